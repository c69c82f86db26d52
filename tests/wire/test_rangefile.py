"""A remote file as a file: whatever is read in whatever order, few requests, the same bytes."""

from __future__ import annotations

import io
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from servers.web import DataServer

from sciknow.wire import Transport
from sciknow.wire.rangefile import PAGE, PAGES, LocalFile, RangeFile

DATA = bytes(index * 7 % 251 for index in range(PAGE * 4 + 100))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "a.bin").write_bytes(DATA)
    (folder / "long.bin").write_bytes(bytes(PAGE * (PAGES + 2)))
    with DataServer(folder) as server:
        yield server


@pytest.fixture
def file(served):
    served.reset()
    return RangeFile(Transport(), f"{served.url}/a.bin")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("seek"), st.integers(-10, len(DATA) + 10), st.sampled_from([0, 1, 2])),
        st.tuples(st.just("read"), st.integers(0, PAGE * 3)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_it_reads_like_a_file(served, steps):
    file, real = RangeFile(Transport(), f"{served.url}/a.bin", len(DATA)), io.BytesIO(DATA)
    for name, *given_ in steps:
        if name == "seek":
            at = max(0, given_[0] + {0: 0, 1: real.tell(), 2: len(DATA)}[given_[1]])
            real.seek(at)
            assert file.seek(*given_) == at
        else:
            assert file.read(*given_) == real.read(*given_)
        assert file.tell() == real.tell()
    assert file.readable()
    assert file.seekable()


def test_the_first_page_comes_with_the_size_and_is_not_asked_for_again(file, served):
    assert file.size == len(DATA)
    assert file.read(10) == DATA[:10]
    assert file.fetch(100, PAGE) == DATA[100:PAGE]
    assert len(served.hits) == 1


def test_small_reads_come_by_pages_and_large_ones_exactly(file, served):
    assert file.fetch(PAGE + 5, PAGE + 9) == DATA[PAGE + 5 : PAGE + 9]
    assert file.fetch(PAGE, PAGE * 2) == DATA[PAGE : PAGE * 2]
    assert [hit.sent for hit in served.hits[1:]] == [PAGE]
    assert file.fetch(PAGE * 2 + 1, PAGE * 4) == DATA[PAGE * 2 + 1 : PAGE * 4]
    assert [hit.sent for hit in served.hits[2:]] == [PAGE * 2 - 1]
    assert file.fetch(PAGE - 1, PAGE * 2) == DATA[PAGE - 1 : PAGE * 2]  # two pages, both held
    assert len(served.hits) == 3


def test_pages_that_are_held_are_not_asked_for(file, served):
    file.hold(PAGE * 2 + 5, PAGE * 4)
    assert [hit.sent for hit in served.hits[1:]] == [PAGE * 2]
    file.hold(PAGE * 2, PAGE * 3)
    assert file.fetch(PAGE * 3 + 1, PAGE * 3 + 2) == DATA[PAGE * 3 + 1 : PAGE * 3 + 2]
    assert len(served.hits) == 2
    file.hold(PAGE * 4 + 10, PAGE * 9)
    assert [hit.sent for hit in served.hits[2:]] == [100]


def test_several_ranges(file, served):
    assert file.fetch_many([(0, 5)]) == [DATA[:5]]
    spans = [(PAGE * 3, PAGE * 3 + 5), (10, 20), (len(DATA) - 5, len(DATA) + 50)]
    expected = [DATA[low:high] for low, high in spans]
    assert file.fetch_many(spans) == file.fetch_exactly(spans) == expected
    assert len(served.hits) == 1 + 2 * len(spans)


def test_no_more_pages_are_kept_than_that(served):
    file = RangeFile(Transport(), f"{served.url}/long.bin")
    served.reset()
    for number in range(1, PAGES + 1):
        file.fetch(number * PAGE, number * PAGE + 1)
    assert len(served.hits) == PAGES
    file.fetch(PAGES * PAGE, PAGES * PAGE + 1)  # the newest
    file.fetch(PAGE, PAGE + 1)
    assert len(served.hits) == PAGES
    file.fetch(0, 1)  # the oldest had to go
    assert len(served.hits) == PAGES + 1


def test_it_goes_to_other_processes(file, served):
    other = pickle.loads(pickle.dumps(file))
    assert (other.url, other.size) == (file.url, file.size)
    assert other.read(4) == DATA[:4]
    assert file.__dask_tokenize__() == other.__dask_tokenize__()


def test_behind_the_end_there_is_nothing(file):
    file.seek(len(DATA) + 5)
    assert file.read(5) == b""
    assert file.tell() == len(DATA) + 5


def test_a_local_file_has_the_same_part(tmp_path):
    (tmp_path / "a").write_bytes(DATA)
    file = LocalFile(tmp_path / "a")
    assert (file.size, file.url) == (len(DATA), str(tmp_path / "a"))
    assert file.fetch(5, 9) == DATA[5:9]
    assert file.fetch_many([(0, 2), (7, 8)]) == [DATA[:2], DATA[7:8]]
