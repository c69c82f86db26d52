"""Ranges of files from anywhere: few requests, right bytes, and a file that changes is noticed."""

from __future__ import annotations

import pickle

import pytest
from servers.web import DataServer, Fault

from sciknow.errors import (
    DegradedWarning,
    IntegrityError,
    InvalidInput,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.wire import Absent, Cache, Transport
from sciknow.wire.budget import MEMO_LIMIT

DATA = bytes(range(256)) * 20_000  # 5.12 MB


@pytest.fixture
def served(tmp_path):
    (tmp_path / "a.bin").write_bytes(DATA)
    (tmp_path / "b.bin").write_bytes(b"other")
    with DataServer(tmp_path, listing=True) as server:
        yield server


@pytest.fixture
def asked():
    return Transport(deadline=10)


@pytest.mark.parametrize(
    ("start", "end", "body"),
    [
        (0, 10, DATA[:10]),
        (5, 6, DATA[5:6]),
        (len(DATA) - 3, len(DATA) + 9, DATA[-3:]),
        (len(DATA) - 3, None, DATA[-3:]),
        (-4, None, DATA[-4:]),
        (None, None, DATA),
        (len(DATA) + 5, len(DATA) + 9, b""),
    ],
)
def test_ranges(start, end, body, served, asked):
    url = f"{served.url}/a.bin"
    assert asked.run(asked.fetch(url, start, end)) == body
    assert len(served.hits) == 1
    assert (asked.meter.requests, asked.meter.retries, asked.meter.bytes) == (1, 0, len(body))
    if start is not None and end is not None:
        assert asked.read(url, start, end) == body


def test_nothing_is_asked_for_an_empty_range(served, asked):
    url = f"{served.url}/a.bin"
    assert asked.run(asked.fetch(url, 7, 7)) == asked.run(asked.fetch(url, 9, 7)) == b""
    assert asked.read(url, 7, 7) == b""
    assert served.hits == []


def test_the_beginning_comes_with_the_size(served, asked):
    url = f"{served.url}/a.bin"
    assert asked.run(asked.start(url, 10)) == (DATA[:10], len(DATA))
    assert asked.run(asked.size(url)) == len(DATA)
    assert len(served.hits) == 1


def test_a_size_is_asked_for_once_and_a_state_always(served, asked):
    url = f"{served.url}/a.bin"
    assert asked.run(asked.size(url)) == asked.run(asked.size(url)) == len(DATA)
    assert [hit.method for hit in served.hits] == ["HEAD"]
    version = asked.run(asked.version(url))
    assert (version.size, version.strong) == (len(DATA), True)
    assert asked.run(asked.state(url)) == f"{len(DATA)} {version.etag}"
    assert len(served.hits) == 3


def test_while_something_is_opened_no_small_range_is_asked_for_twice(served, asked):
    url = f"{served.url}/a.bin"
    with asked.until(asked.limit):
        for _ in range(2):
            assert asked.run(asked.fetch(url, 0, 10)) == DATA[:10]
        assert len(served.hits) == 1
        for _ in range(2):  # too large to be remembered
            assert len(asked.run(asked.fetch(url, 0, MEMO_LIMIT + 1))) == MEMO_LIMIT + 1
        assert len(served.hits) == 3
    asked.run(asked.fetch(url, 0, 10))
    assert len(served.hits) == 4


def test_the_end_of_a_file_is_remembered_for_good(served, asked):
    url = f"{served.url}/a.bin"
    for _ in range(2):
        assert asked.run(asked.fetch(url, -4, None)) == DATA[-4:]
    assert len(served.hits) == 1
    asked.run(asked.fetch(url, -5, None))
    assert len(served.hits) == 2


@pytest.mark.parametrize("way", ["fetch", "read"])
def test_a_file_that_changes_between_two_ranges_is_noticed(way, served, asked, tmp_path):
    url = f"{served.url}/a.bin"
    asked.run(asked.fetch(url, 0, 10))
    (tmp_path / "a.bin").write_bytes(DATA[::-1])
    with pytest.raises(IntegrityError, match="changed while it was being read"):
        asked.run(asked.fetch(url, 10, 20)) if way == "fetch" else asked.read(url, 10, 20)


def test_without_ranges_the_file_is_taken_once_and_that_is_said(tmp_path, asked):
    (tmp_path / "a.bin").write_bytes(DATA)
    with DataServer(tmp_path, ranges=False) as server:
        url = f"{server.url}/a.bin"
        with pytest.warns(DegradedWarning, match=r"no byte ranges.*5,120,000 bytes"):
            assert asked.run(asked.fetch(url, 5, 10)) == DATA[5:10]
        assert asked.run(asked.fetch(url, -3, None)) == DATA[-3:]
        assert asked.read(url, 0, 4) == DATA[:4]
        assert asked.run(asked.size(url)) == len(DATA)
        assert asked.run(asked.start(url, 3)) == (DATA[:3], len(DATA))
        assert len(server.hits) == 1


def test_names_and_files(served, asked):
    assert asked.run(asked.names(served.url)) == {"a.bin": None, "b.bin": None}
    with pytest.raises(SourceUnavailable, match="lists no folders whole"):
        asked.run(asked.files(served.url))


def test_a_page_in_the_place_of_data(served, asked):
    served.faults.append(Fault("page"))
    with pytest.raises(SourceUnavailable, match="web page instead of data"):
        asked.read(f"{served.url}/a.bin", 0, 60)
    assert len(served.hits) == 1


def test_one_local_folder_is_read(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"0123456789")
    (tmp_path / "out").write_bytes(b"secret")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    asked, path = Transport(folder=tmp_path / "in"), str(tmp_path / "in" / "a")
    assert asked.run(asked.fetch(path, 2, 5)) == asked.read(path, 2, 5) == b"234"
    assert asked.run(asked.fetch(path, -3, None)) == b"789"
    assert asked.run(asked.fetch(path)) == b"0123456789"
    assert asked.run(asked.start(path, 4)) == (b"0123", 10)
    assert asked.run(asked.version(path)).size == 10
    assert asked.run(asked.state(path)).startswith("10 ")
    assert asked.run(asked.names(str(tmp_path / "in")))["a"] == 10
    for bad in (tmp_path / "out", tmp_path / "in" / "link", tmp_path / "in" / ".." / "out"):
        with pytest.raises(UntrustedInput):
            asked.run(asked.fetch(str(bad)))
    with pytest.raises(UntrustedInput):
        Transport().local(path)
    with pytest.raises(Absent):
        asked.run(asked.fetch(str(tmp_path / "in" / "none")))


def test_offline_only_what_is_kept_is_read(served, tmp_path, monkeypatch):
    url = f"{served.url}/a.bin"
    kept = Transport(cache=Cache(tmp_path / "cache"))
    kept.run(kept.fetch(url, 0, 10))
    kept.read(url, 20, 30)
    assert kept.run(kept.size(url)) == len(DATA)
    with pytest.raises(Absent):
        kept.run(kept.fetch(f"{served.url}/none", 0, 10))
    served.reset()
    again = Transport(cache=Cache(tmp_path / "cache"))
    assert again.run(again.fetch(url, 0, 10)) == DATA[:10]
    assert served.hits == []  # a chunk is not asked for again
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    assert again.run(again.fetch(url, 0, 10)) == DATA[:10]
    assert again.run(again.fetch(url, 20, 30)) == again.read(url, 20, 30) == DATA[20:30]
    assert again.run(again.size(url)) == len(DATA)
    with pytest.raises(Absent):
        again.run(again.fetch(f"{served.url}/none", 0, 10))
    for nothing in (again, Transport()):
        with pytest.raises(SourceUnavailable, match=r"not kept here.*offline"):
            nothing.run(nothing.fetch(url, 40, 50))
    assert served.hits == []


def test_metadata_are_asked_for_again_although_they_are_kept(served, tmp_path):
    kept = Transport(cache=Cache(tmp_path / "cache"))
    for _ in range(2):
        kept.run(kept.fetch(f"{served.url}/b.bin", document=True))
    assert len(served.hits) == 2


def test_it_goes_to_other_processes_and_is_equal_there(tmp_path):
    one = Transport(
        storage_options={"anon": True},
        deadline=7,
        folder=tmp_path,
        cache=Cache(tmp_path),
        trusted=True,
    )
    other = pickle.loads(pickle.dumps(one))
    assert other == one
    assert hash(other) == hash(one)
    assert (other.deadline, other.folder, other.trusted) == (7, tmp_path, True)
    assert one != Transport(storage_options={"anon": True}, deadline=7, folder=tmp_path)
    assert one != "a transport"


@pytest.mark.parametrize("deadline", [0, -1, "5", float("nan"), 1e9])
def test_a_deadline_is_a_number_of_seconds(deadline):
    with pytest.raises(InvalidInput, match="deadline"):
        Transport(deadline=deadline)


def test_a_deadline_of_a_block_counts_for_all_of_it(served, asked):
    from sciknow.net import Deadline

    served.faults.append(Fault("stall"))
    with (
        asked.until(Deadline.after(0.3)),
        pytest.raises(SourceUnavailable, match=r"within 0\.3 s"),
    ):
        asked.run(asked.fetch(f"{served.url}/a.bin", 0, 10))
    assert asked.limit.seconds == 10
