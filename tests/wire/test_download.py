"""Whole files: of one version, gone on with where they broke off, and what their digest says."""

from __future__ import annotations

import hashlib
import json

import pytest
from servers.objects import object_server
from servers.raw import RawServer
from servers.web import DataServer, Fault

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable, UntrustedInput
from sciknow.files import sha256_bytes
from sciknow.model.preserved import FileVersion, SourceFile
from sciknow.wire import (
    Absent,
    Budget,
    Transport,
    current_state,
    fetch_file,
    record_of,
)
from sciknow.wire.budget import BLOCK
from sciknow.wire.download import SMALL, Part
from sciknow.wire.stream import look, stream
from sciknow.wire.trouble import Trouble, TroubleKind

DATA = bytes(index * 7 % 251 for index in range(3_000_000))
OLD = 1_580_000_000


@pytest.fixture
def served(tmp_path):
    (tmp_path / "served").mkdir()
    for name, body in (("big", DATA), ("small", DATA[:1000]), ("empty", b"")):
        (tmp_path / "served" / name).write_bytes(body)
    with DataServer(tmp_path / "served") as server:
        yield server


@pytest.fixture
def part(tmp_path):
    return tmp_path / "parts" / "it"


def file(url, **more):
    return SourceFile(path="it", url=url, **more)


def ranges(server):
    return [hit.range for hit in server.hits]


def test_what_is_recorded(served, part):
    transport = Transport()
    record = fetch_file(transport, file(f"{served.url}/big", named="here"), part)
    assert part.read_bytes() == DATA
    assert (record.path, record.url, record.size) == ("it", "here", len(DATA))
    assert record.sha256 == sha256_bytes(DATA)
    assert record.sha512 == hashlib.sha512(DATA).hexdigest()
    assert record.state == current_state(transport, file(f"{served.url}/big"))
    assert record.retrieved[:2] == "20"
    assert [item.name for item in part.parent.iterdir()] == ["it"]
    assert transport.meter.retries == 0


@pytest.mark.parametrize("name", ["small", "empty"])
def test_small_ones(name, served, part):
    body = (served.folder / name).read_bytes()
    assert fetch_file(Transport(), file(f"{served.url}/{name}"), part).size == len(body)
    assert part.read_bytes() == body


def test_what_another_process_left_is_gone_on_with(served, part):
    with pytest.raises(LimitExceeded):
        fetch_file(Transport(), file(f"{served.url}/big"), part, spend=Budget(SMALL + 500_000))
    left = part.stat().st_size
    assert SMALL < left < len(DATA)
    told = json.loads(part.with_name("it.json").read_bytes())
    assert (told["durable"], told["size"]) == (left, len(DATA))
    served.reset()
    fetch_file(Transport(), file(f"{served.url}/big"), part)
    assert ranges(served) == [f"bytes={left}-"]
    assert part.read_bytes() == DATA


@pytest.mark.parametrize("damage", ["no note", "no json", "no numbers"])
def test_without_a_note_it_starts_again(damage, served, part):
    with pytest.raises(LimitExceeded):
        fetch_file(Transport(), file(f"{served.url}/big"), part, spend=Budget(SMALL + 500_000))
    note = part.with_name("it.json")
    note.write_text({"no note": "", "no json": "{", "no numbers": '{"durable": "x"}'}[damage])
    served.reset()
    fetch_file(Transport(), file(f"{served.url}/big"), part)
    assert (ranges(served), part.read_bytes()) == ([""], DATA)


def test_another_version_starts_again(served, part):
    served.faults.append(Fault("cut", times=1))
    fetched = []

    def spend(count):
        fetched.append(count)
        if sum(fetched) == len(DATA) // 2:
            (served.folder / "big").write_bytes(DATA[::-1])

    fetch_file(Transport(), file(f"{served.url}/big"), part, spend=spend)
    assert part.read_bytes() == DATA[::-1]
    assert ranges(served) == ["", f"bytes={len(DATA) // 2}-"]  # If-Range brought all of it


def test_bytes_of_an_unknown_version_are_not_gone_on_with(tmp_path, part):
    (tmp_path / "big").write_bytes(DATA)
    with DataServer(tmp_path, etag=False) as server:
        server.faults.append(Fault("cut", times=1))
        fetch_file(Transport(), file(f"{server.url}/big"), part)
        assert (ranges(server), part.read_bytes()) == (["", ""], DATA)


def test_the_digest_that_is_known(served, part):
    right, wrong = sha256_bytes(DATA), "0" * 64
    assert fetch_file(Transport(), file(f"{served.url}/big"), part, sha256=right).sha256 == right
    part.unlink()
    served.reset()
    with pytest.raises(IntegrityError, match=r"other bytes.*recorded is 0000"):
        fetch_file(Transport(), file(f"{served.url}/big"), part, sha256=wrong)
    assert len(served.hits) == 1
    assert not part.exists()


def test_damage_in_what_was_left_costs_a_second_fetch(served, part):
    with pytest.raises(LimitExceeded):
        fetch_file(Transport(), file(f"{served.url}/big"), part, spend=Budget(SMALL + 500_000))
    with part.open("r+b") as handle:
        handle.write(b"damage")
    served.reset()
    fetch_file(Transport(), file(f"{served.url}/big"), part, sha256=sha256_bytes(DATA))
    assert (len(served.hits), part.read_bytes()) == (2, DATA)


def test_what_is_not_there(served, part):
    with pytest.raises(Absent):
        fetch_file(Transport(), file(f"{served.url}/none"), part)
    assert len(served.hits) == 1
    assert current_state(Transport(), file(f"{served.url}/none")) is None
    served.faults.append(Fault("page"))
    with pytest.raises(SourceUnavailable, match="web page"):
        fetch_file(Transport(), file(f"{served.url}/big"), part)


def test_trouble_that_stays_ends_after_five_tries(served, part):
    served.faults.append(Fault("status", status=503))
    with pytest.raises(SourceUnavailable, match=r"503.*tried 5 times"):
        fetch_file(Transport(), file(f"{served.url}/big"), part)
    assert len(served.hits) == 5


def test_as_long_as_it_gets_further_it_is_not_given_up(part):
    """Twelve tries, each of which brings a quarter of a megabyte and ends."""
    step, tag = 250_000, b'HTTP/1.1 206 P\r\nETag: "a"\r\n'

    def answer(send, _):
        asked = server.requests[-1].lower()
        at = int(asked.partition(b"bytes=")[2].partition(b"-")[0] or 0)
        head = tag if at else tag.replace(b"206 P", b"200 OK")
        span = f"Content-Range: bytes {at}-{len(DATA) - 1}/{len(DATA)}\r\n" if at else ""
        send(head + f"{span}Content-Length: {len(DATA) - at}\r\n\r\n".encode())
        send(DATA[at : at + step])

    with RawServer(answer) as server:
        fetch_file(Transport(deadline=60), file(f"{server.url}/a"), part)
        assert part.read_bytes() == DATA
        assert len(server.requests) == 12


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_bytes_that_were_packed_unasked_are_refused(coding, part):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 4\r\n\r\n"
    with RawServer(lambda send, _: send(head.encode() + b"abcd")) as server:
        with pytest.raises(SourceUnavailable, match=rf"packs the file \({coding}\), unasked"):
            fetch_file(Transport(), file(f"{server.url}/a.csv"), part)
        # a packed file, marked by its server
        assert fetch_file(Transport(), file(f"{server.url}/a.csv.GZ"), part).size == 4


def test_offline_and_forbidden_addresses(served, part, monkeypatch):
    with pytest.raises(UntrustedInput):
        fetch_file(Transport(), file("ftp://127.0.0.1/a"), part)
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    for work in (
        lambda it: fetch_file(Transport(), it, part),
        lambda it: current_state(Transport(), it),
    ):
        with pytest.raises(SourceUnavailable, match="offline"):
            work(file(f"{served.url}/big"))
    assert served.hits == []


def test_a_local_file(tmp_path, part):
    (tmp_path / "a").write_bytes(DATA)
    transport, url = Transport(folder=tmp_path), str(tmp_path / "a")
    record = fetch_file(transport, file(url), part)
    assert (part.read_bytes(), record.size) == (DATA, len(DATA))
    assert look(transport, url).size == len(DATA)
    with stream(transport, url, 10, look(transport, url)) as found:
        assert (found.offset, b"".join(found.pieces)) == (10, DATA[10:])
    with stream(transport, url, 10, FileVersion(3)) as found:
        assert (found.offset, b"".join(found.pieces)) == (0, DATA)
    with pytest.raises(Trouble) as caught, stream(transport, url, 0, FileVersion()):
        (tmp_path / "a").write_bytes(b"other")
    assert caught.value.kind is TroubleKind.CHANGED


def test_an_object_of_a_store_comes_in_blocks(tmp_path, part):
    body = DATA * 3  # over one block
    (tmp_path / "a").write_bytes(body)
    with object_server(tmp_path, "whole") as endpoint:
        transport = Transport(storage_options={"endpoint_url": endpoint}, trusted=True)
        record = fetch_file(transport, file("s3://whole/a"), part)
        assert (part.read_bytes() == body, record.size) == (True, len(body))
        assert record.etag
        state = look(transport, "s3://whole/a")
        with stream(transport, "s3://whole/a", BLOCK, state) as found:
            assert found.offset == BLOCK
            assert b"".join(found.pieces) == body[BLOCK:]
        with stream(transport, "s3://whole/a", BLOCK, FileVersion(1, '"b"')) as found:
            assert found.offset == 0


def test_what_was_made_here(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    record = record_of(tmp_path / "a", "data/a", "http://a/", "by hand")
    assert (record.path, record.url, record.size, record.made) == (
        "data/a",
        "http://a/",
        3,
        "by hand",
    )
    assert record.sha256 == sha256_bytes(b"abc")


def test_a_part_that_is_shorter_than_its_note_says(tmp_path):
    (tmp_path / "p").write_bytes(b"abc")
    (tmp_path / "p.json").write_text('{"size": 9, "durable": 7}')
    found = Part(tmp_path / "p")
    assert (found.size, found.state) == (3, FileVersion(9))
    found.drop()
    assert (found.size, found.state, [*tmp_path.iterdir()]) == (0, FileVersion(), [])


def test_a_file_that_drips_is_given_up(served, part):
    served.faults.append(Fault("drip"))
    with pytest.raises(SourceUnavailable, match=r"bytes within|no answer"):
        fetch_file(Transport(deadline=0.3), file(f"{served.url}/big"), part)
