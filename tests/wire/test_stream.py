"""Whole files as streams: from where they broke off, of the version that is known, or anew."""

from __future__ import annotations

import os

import pytest
from servers.objects import object_server
from servers.raw import RawServer
from servers.web import DataServer, Fault

from sciknow.model.preserved import FileVersion
from sciknow.wire import Transport
from sciknow.wire import stream as room
from sciknow.wire.stream import look, stream
from sciknow.wire.trouble import Trouble, TroubleKind

DATA = bytes(index * 7 % 251 for index in range(20_000))


@pytest.fixture
def served(tmp_path):
    (tmp_path / "a").write_bytes(DATA)
    with DataServer(tmp_path) as server:
        yield server


def taken(url, offset, known, **more):
    """Return where a stream began, and what it brought."""
    with stream(Transport(deadline=5), url, offset, known, **more) as found:
        return found.offset, b"".join(found.pieces), found.state


def test_it_goes_on_where_the_version_is_the_known_one(served):
    url = f"{served.url}/a"
    known = look(Transport(), url)
    assert known.size == len(DATA)
    assert taken(url, 0, known) == (0, DATA, known)
    assert taken(url, 500, known) == (500, DATA[500:], known)
    assert taken(url, 500, FileVersion(len(DATA), '"other"')) == (0, DATA, known)
    assert taken(url, 500, FileVersion(len(DATA))) == (0, DATA, known)
    asked = [hit.range for hit in served.hits if hit.method == "GET"]
    assert asked == ["", "bytes=500-", "bytes=500-", ""]


def test_a_date_is_a_condition_where_there_is_no_strong_validator():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    with RawServer(lambda send, _: send(head)) as server:
        weak = FileVersion(9, 'W/"a"', "2020-01-02T03:04:05+00:00")
        assert taken(server.url, 5, weak, headers={"X-Api-Key": "k"})[0] == 0
        asked = server.requests[0].lower()
        assert b"if-range: thu, 02 jan 2020 03:04:05 gmt\r\n" in asked
        assert b"range: bytes=5-\r\n" in asked
        assert b"x-api-key: k\r\n" in asked


def test_a_part_of_another_version_is_a_change():
    head = b'HTTP/1.1 206 P\r\nETag: "new"\r\nContent-Range: bytes 1-3/4\r\n\r\nabc'
    with RawServer(lambda send, _: send(head)) as server, pytest.raises(Trouble) as caught:
        taken(server.url, 1, FileVersion(4, '"old"'))
    assert caught.value.kind is TroubleKind.CHANGED


def test_a_part_that_begins_elsewhere_is_refused():
    head = b'HTTP/1.1 206 P\r\nETag: "a"\r\nContent-Range: bytes 0-2/4\r\n\r\nabc'
    with (
        RawServer(lambda send, _: send(head)) as server,
        pytest.raises(Trouble, match="bytes from 0 instead of 1"),
    ):
        taken(server.url, 1, FileVersion(4, '"a"'))


def test_a_source_that_has_less_than_came_before(served):
    known = look(Transport(), f"{served.url}/a")
    with pytest.raises(Trouble, match="less than came before") as caught:
        taken(f"{served.url}/a", len(DATA) + 1, known)
    assert caught.value.kind is TroubleKind.CHANGED


@pytest.mark.parametrize(("size", "fine"), [(10, False), (5 * 512, True)])
def test_too_few_bytes_in_the_time_are_given_up_and_enough_are_not(size, fine, monkeypatch):
    now, pieces = [0.0], [b"x" * size] * 4

    def piece(*_):
        now[0] += 4  # of the five seconds in which something must come
        return pieces.pop() if pieces else b""

    monkeypatch.setattr(room.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(room.blocking, "piece", piece)
    if fine:
        assert len(b"".join(room._web_pieces(None, 5.0))) == 4 * size
    else:
        with pytest.raises(Trouble, match="20 bytes within 8 s") as caught:
            b"".join(room._web_pieces(None, 5.0))
        assert caught.value.kind is TroubleKind.TRANSIENT


def test_no_answer_to_a_look_is_late(served):
    served.faults.append(Fault("stall"))
    with pytest.raises(Trouble) as caught:
        look(Transport(deadline=0.2), f"{served.url}/a")
    assert caught.value.kind is TroubleKind.LATE


def test_a_local_file_goes_on_where_it_is_the_known_one(tmp_path):
    (tmp_path / "a").write_bytes(DATA)
    transport, url = Transport(folder=tmp_path), str(tmp_path / "a")
    known = look(transport, url)
    for start, version in ((10, known), (0, FileVersion(len(DATA)))):
        with stream(transport, url, 10, version) as found:
            assert (found.offset, b"".join(found.pieces)) == (start, DATA[start:])
    with pytest.raises(Trouble) as caught, stream(transport, url, 0, known):
        os.utime(url, (0, 0))
    assert caught.value.kind is TroubleKind.CHANGED


def test_an_object_is_asked_again_at_the_end_unless_a_listing_has_told(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "BLOCK", 9_000)
    (tmp_path / "a").write_bytes(DATA)
    with object_server(tmp_path, "streams") as endpoint:
        transport = Transport(storage_options={"endpoint_url": endpoint}, trusted=True)
        url = "s3://streams/a"
        known = look(transport, url)
        with stream(transport, url, 9_000, known) as found:
            assert (found.offset, b"".join(found.pieces)) == (9_000, DATA[9_000:])
        transport.meter.requests = 0
        with stream(transport, url, 0, FileVersion(), known) as found:
            assert b"".join(found.pieces) == DATA
        assert transport.meter.requests == 3  # three blocks, and no look
        states = iter([known, FileVersion(len(DATA), '"other"')])
        monkeypatch.setattr(room, "look", lambda *_: next(states))
        with pytest.raises(Trouble) as caught, stream(transport, url, 0, FileVersion()) as found:
            b"".join(found.pieces)
        assert caught.value.kind is TroubleKind.CHANGED
