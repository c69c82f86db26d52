"""What hostile servers send, byte by byte: nobody waits for ever, and no byte is made up."""

from __future__ import annotations

import pytest
from servers.raw import RawServer

from sciknow.errors import IntegrityError, SourceUnavailable
from sciknow.model.preserved import SourceFile
from sciknow.wire import Client, Patience, Transport, fetch_file

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ONCE = Patience(1, 0.01)


def dripping(*pieces: bytes):
    """Send something, then the last piece again and again, slowly, for ever."""

    def answer(send, closing):
        for piece in pieces:
            send(piece)
        while not closing.wait(0.05):
            send(pieces[-1])

    return answer


DRIPS = {
    "headers": dripping(OK + b"X: ", b"a"),
    "more headers": dripping(OK, b"X: a\r\n"),
    "body without a length": dripping(OK + b"\r\n", b"x"),
    "body with a length": dripping(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "size of a chunk": dripping(CHUNKED, b"0"),
    "extension of a chunk": dripping(CHUNKED + b"5;", b"a"),
    "trailers": dripping(CHUNKED + b"1\r\na\r\n0\r\n", b"X: a\r\n"),
}


@pytest.mark.parametrize("what", DRIPS)
def test_a_server_that_sends_something_now_and_then_is_not_waited_for(what):
    with RawServer(DRIPS[what]) as server, pytest.raises(SourceUnavailable):
        Client(deadline=0.4, patience=ONCE).get(f"{server.url}/a")


@pytest.mark.parametrize("what", ["size of a chunk", "trailers"])
def test_a_file_is_not_waited_for_either(what, tmp_path):
    with RawServer(DRIPS[what]) as server:
        file = SourceFile(path="a", url=f"{server.url}/a")
        with pytest.raises(SourceUnavailable):
            fetch_file(Transport(deadline=0.2), file, tmp_path / "a")


def test_headers_without_end_are_refused():
    def answer(send, closing):
        send(OK)
        while not closing.is_set():
            send(b"X: " + b"a" * 60_000 + b"\r\n")

    with RawServer(answer) as server, pytest.raises(SourceUnavailable):
        Client(patience=ONCE).get(f"{server.url}/a")


@pytest.mark.parametrize(
    "body",
    [
        OK + b"Content-Length: 20\r\n\r\n0123456789",
        CHUNKED + b"a\r\n0123456789\r\n",
        CHUNKED + b"ff\r\n0123456789",
    ],
)
def test_what_is_shorter_than_it_says_is_cut_short(body):
    with RawServer(lambda send, _: send(body)) as server:
        with pytest.raises(IntegrityError, match="cut short"):
            Client().get(f"{server.url}/a")
        assert server.connections == 4  # it might have been whole the next time


def test_what_is_longer_than_it_says_is_no_part_of_the_next_answer():
    def answer(send, _):
        send(OK + b"Content-Length: 5\r\n\r\n01234HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        return True

    with RawServer(answer) as server:
        client = Client()
        assert [client.get(f"{server.url}/{at}").body for at in range(3)] == [b"01234"] * 3


@pytest.mark.parametrize("length", [b"-5", b"5x", b"1e3", b"5, 5"])
def test_a_length_that_is_none_makes_no_bytes(length):
    answer = OK + b"Content-Length: " + length + b"\r\n\r\n01234"
    with RawServer(lambda send, _: send(answer)) as server:
        assert Client(patience=ONCE).get(f"{server.url}/a").body == b"01234"


@pytest.mark.parametrize("length", [b"5, 6", b"5\r\nContent-Length: 6"])
def test_two_lengths_are_one_too_many(length):
    answer = OK + b"Content-Length: " + length + b"\r\n\r\n012345"
    with RawServer(lambda send, _: send(answer)) as server, pytest.raises(SourceUnavailable):
        Client(patience=ONCE).get(f"{server.url}/a")


def test_connections_are_used_again_when_everything_was_read_and_only_then():
    def answer(send, _):
        send(OK + b"Content-Length: 1000000\r\n\r\n" + bytes(1_000_000))
        return True

    with RawServer(answer) as server:
        client = Client()
        for _ in range(3):
            assert len(client.get(f"{server.url}/a").body) == 1_000_000
        assert server.connections == 1
        with client.stream(f"{server.url}/a") as coming:
            next(coming.pieces)
        assert len(client.get(f"{server.url}/a").body) == 1_000_000
        assert server.connections == 2


def test_no_http_at_all():
    with (
        RawServer(lambda send, _: send(b"SSH-2.0-OpenSSH_9.6\r\n")) as server,
        pytest.raises(SourceUnavailable, match="no connection"),
    ):
        Client(patience=ONCE).get(f"{server.url}/a")
