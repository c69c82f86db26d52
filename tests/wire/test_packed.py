"""Packed bodies: the same bytes come back, bombs burst in small pieces, damage is told."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers.raw import RawServer

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable
from sciknow.wire import Budget, Client, Patience
from sciknow.wire.budget import PIECE
from sciknow.wire.packed import unpacked
from sciknow.wire.trouble import Trouble, TroubleKind


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.integers(1, 500))
def test_what_was_packed_comes_back(members, size):
    packed = b"".join(gzip.compress(item) for item in members)
    assert b"".join(unpacked(cut(packed, size), "gzip")) == b"".join(members)


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_an_end_before_the_end_is_told(body, data):
    packed = gzip.compress(body)
    end = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(Trouble) as caught:
        list(unpacked([packed[:end]], "gzip"))
    assert caught.value.kind is TroubleKind.TRUNCATED


def test_a_byte_that_changed_on_the_way_is_told():
    packed = bytearray(gzip.compress(b"temperature" * 100))
    packed[-6] ^= 1  # of the checksum
    with pytest.raises(Trouble, match="damaged"):
        list(unpacked([bytes(packed)], "GZip"))


@pytest.mark.parametrize("after", [b"\0" * 512, b"padding", gzip.compress(b"", mtime=0)])
def test_padding_is_passed_over(after):
    assert b"".join(unpacked([gzip.compress(b"a") + after], "x-gzip")) == b"a"


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity "])
def test_what_was_not_packed_passes(coding):
    assert list(unpacked([b"a", b"b"], coding)) == [b"a", b"b"]


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_a_packing_that_was_not_asked_for_is_refused(coding):
    with pytest.raises(Trouble, match="unasked"):
        list(unpacked([zlib.compress(b"a")], coding))


def test_no_body_at_all_is_none():
    assert list(unpacked([], "gzip")) == []


def test_a_bomb_bursts_in_small_pieces():
    bomb = gzip.compress(bytes(20_000_000))
    sizes = [len(piece) for piece in unpacked([bomb], "gzip")]
    assert sum(sizes) == 20_000_000
    assert max(sizes) <= PIECE


@pytest.fixture(scope="module")
def bomb():
    """A quarter of a gigabyte in a quarter of a megabyte."""
    body = gzip.compress(bytes(2**28))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"

    def answer(send, _):
        send(head.encode() + body)

    with RawServer(answer) as server:
        yield f"{server.url}/bomb"


def test_a_bomb_meets_the_limit(bomb):
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnavailable, match="more than the 1,000,000 bytes"):
            Client(limit=1_000_000).get(bomb)
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_meets_the_budget(bomb):
    budget = Budget(2_000_000)
    with pytest.raises(LimitExceeded), Client(budget=budget).stream(bomb) as coming:
        for _ in coming.pieces:
            pass
    assert budget.spent <= 2_000_000 + PIECE


def test_answers_come_packed_and_are_what_they_were():
    body = gzip.compress(b"a" * 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\n\r\n"
    with RawServer(lambda send, _: send(head + body)) as server:
        client = Client()
        found = client.get(f"{server.url}/a")
        assert (found.text, client.meter.bytes, found.version.size) == ("a" * 1000, 1000, None)
        assert b"accept-encoding: gzip\r\n" in server.requests[0].lower()
    with (
        RawServer(lambda send, _: send(head + body[:-4])) as server,  # no length: only gzip knows
        pytest.raises(IntegrityError, match="cut short"),
    ):
        Client(patience=Patience(1, 0.01)).get(f"{server.url}/a")


def test_the_words_of_a_failure_are_unpacked_too():
    words = gzip.compress(b'Error { code=500; message="out of tape"; }')
    head = b"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\n\r\n"
    with (
        RawServer(lambda send, _: send(head + words)) as server,
        pytest.raises(SourceUnavailable, match="out of tape"),
    ):
        Client(patience=Patience(1, 0.01)).get(f"{server.url}/a")
