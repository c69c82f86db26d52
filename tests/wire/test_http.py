"""Web addresses on the transfer loop: one request is one attempt, and every answer is checked."""

from __future__ import annotations

import pytest
from servers.raw import RawServer
from servers.web import DataServer, Fault, free_port

from sciknow.errors import UntrustedInput
from sciknow.wire import Transport, http
from sciknow.wire.trouble import Trouble, TroubleKind

DATA = b"0123456789" * 10


@pytest.fixture
def served(tmp_path):
    (tmp_path / "a b.bin").write_bytes(DATA)
    (tmp_path / "sub").mkdir()
    with DataServer(tmp_path, listing=True) as server:
        yield server


@pytest.fixture(autouse=True)
def this_machine_may_be_asked(monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")


def run(work):
    return Transport().run(work)


def kind(work):
    with pytest.raises(Trouble) as caught:
        run(work)
    return caught.value.kind


def test_a_range_and_all(served):
    url = f"{served.url}/a%20b.bin"
    assert run(http.fetch(url, (3, 6), 1000)).body == b"345"
    assert run(http.fetch(url, None, 1000)).body == DATA
    assert [hit.range for hit in served.hits] == ["bytes=3-5", ""]


def test_a_size(served, tmp_path):
    assert run(http.head(f"{served.url}/a%20b.bin")).total == 100
    assert [hit.method for hit in served.hits] == ["HEAD"]
    with DataServer(tmp_path, head=False) as other:
        assert run(http.head(f"{other.url}/a%20b.bin")).total == 100
        assert [(hit.method, hit.range) for hit in other.hits] == [
            ("HEAD", ""),
            ("GET", "bytes=0-0"),
        ]


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (503, 1), (403, 2)])
def test_a_size_that_is_not_told(status, asked, served):
    served.faults.append(Fault("status", status=status))
    with pytest.raises(Trouble):
        run(http.head(f"{served.url}/a"))
    assert len(served.hits) == asked


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("reset", TroubleKind.UNREACHABLE),
        ("cut", TroubleKind.TRUNCATED),
        ("garbage", TroubleKind.FATAL),
        ("status", TroubleKind.TRANSIENT),
    ],
)
def test_trouble_is_told_once_and_not_tried_again(fault, expected, served):
    served.faults.append(Fault(fault))
    assert kind(http.fetch(f"{served.url}/a b.bin", None, 1000)) is expected
    assert len(served.hits) == (fault != "garbage")


def test_nobody_there():
    assert kind(http.fetch(f"http://127.0.0.1:{free_port()}/", None, 9)) is TroubleKind.UNREACHABLE
    assert kind(http.fetch("http://nowhere.invalid/", None, 9)) is TroubleKind.NO_HOST


def test_the_limit_holds_with_and_without_a_length(served):
    assert kind(http.fetch(f"{served.url}/a b.bin", None, 99)) is TroubleKind.FATAL
    assert served.sent <= 100
    assert kind(http.fetch(f"{served.url}/endless", None, 10_000)) is TroubleKind.FATAL
    assert served.hits[-1].sent < 20_000_000


def test_the_words_of_a_failure(served):
    body = b'HTTP/1.1 500 No\r\n\r\nError { code=500; message="out of tape"; }'
    with (
        RawServer(lambda send, _: send(body)) as server,
        pytest.raises(Trouble, match="HTTP 500 No: out of tape"),
    ):
        run(http.fetch(server.url, None, 100))


def test_a_server_that_does_not_come_to_say_why(served, monkeypatch):
    monkeypatch.setattr(http, "SAYING", 0.2)

    def answer(send, closing):
        send(b"HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\nwh")
        closing.wait(60)

    with RawServer(answer) as server:
        assert kind(http.fetch(server.url, None, 100)) is TroubleKind.ABSENT


def test_redirects_are_followed_with_their_headers(served):
    served.faults.append(Fault("redirect", match="^/old", location=f"{served.url}/a%20b.bin"))
    assert run(http.fetch(f"{served.url}/old", (0, 4), 100)).body == b"0123"
    served.faults[:] = [Fault("redirect", location="file:///etc/passwd")]
    with pytest.raises(UntrustedInput):
        run(http.fetch(f"{served.url}/old", None, 100))


def test_names_of_a_page_of_links(served):
    assert run(http.links(f"{served.url}")) == ["a b.bin", "sub"]
    page = b"""<a href="../up">1</a> <A class=x HREF='deep/er'>2</A> <a href="/f/here?q">3</a>
    <a href="one.nc">4</a> <a href="one.nc">5</a> <a href="b&amp;c.nc">6</a> <a href="#x">7</a>
    <a href="http://other.org/f/no.nc">8</a> <a href="dir/">9</a> <a href="/f/abs.nc">10</a>"""
    served.answers["/f/"] = lambda _: ("text/html", page)
    assert run(http.links(f"{served.url}/f")) == ["abs.nc", "b&c.nc", "dir", "one.nc"]


def test_a_closed_session_is_made_again(served):
    url = f"{served.url}/a%20b.bin"
    run(http.fetch(url, (0, 1), 10))
    http.close_sessions()
    assert run(http.fetch(url, (0, 1), 10)).body == b"0"


def test_ranges_are_asked_for_as_they_are_and_by_name():
    got = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with RawServer(lambda send, _: send(got)) as server:
        assert run(http.fetch(server.url, None, 10)).body == b"ok"
        asked = server.requests[0].lower()
    assert b"accept-encoding: identity\r\n" in asked
    assert b"user-agent: sciknow/" in asked
