"""What is taken from the cache and when, and what one transport remembers."""

from __future__ import annotations

import pytest

from sciknow.errors import DegradedWarning, IntegrityError, SourceUnavailable
from sciknow.model.preserved import FileVersion
from sciknow.wire import Absent, Cache
from sciknow.wire import kept as room
from sciknow.wire.answer import Reply
from sciknow.wire.budget import ENDS, MEMO_LIMIT
from sciknow.wire.kept import Kept, Memory

URL = "http://a.org/x"
SPAN = (0, 4)
BODY = Reply(b"abcd", FileVersion(10, '"t"'))


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def test_a_chunk_is_taken_while_it_is_young_and_a_document_only_offline(cache, monkeypatch):
    kept = Kept(cache, {})
    assert kept.find(URL, SPAN, document=False) is None
    kept.keep(URL, SPAN, BODY)
    assert kept.find(URL, SPAN, document=False) == BODY
    assert kept.find(URL, (0, 5), document=False) is None
    assert kept.find(URL, SPAN, document=True) is None
    assert kept.find(URL, SPAN, document=False, tag='"t"') == BODY
    assert kept.find(URL, SPAN, document=False, tag='"u"') is None
    old = Kept(Cache(cache.folder, max_age=0), {})
    assert old.find(URL, SPAN, document=False) is None
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    assert kept.find(URL, SPAN, document=True) == old.find(URL, SPAN, document=False) == BODY
    with pytest.raises(SourceUnavailable, match="not kept here"):
        kept.find(URL, (0, 5), document=True)


def test_that_there_is_nothing_is_kept_in_the_words_of_the_source(cache):
    kept = Kept(cache, {})
    kept.keep(URL, SPAN, None, "http://a.org/x: HTTP 404")
    with pytest.raises(Absent, match="HTTP 404") as caught:
        kept.find(URL, SPAN, document=False)
    assert caught.value.hint
    kept.keep(URL, SPAN, None)
    with pytest.raises(Absent, match=r"a\.org/x: nothing there"):
        kept.find(URL, SPAN, document=False)


def test_a_whole_file_in_the_place_of_a_range_is_not_kept(cache):
    kept = Kept(cache, {})
    kept.keep(URL, SPAN, Reply(b"all of it", whole=True))
    assert kept.find(URL, SPAN, document=False) is None
    Kept(None, {}).keep(URL, SPAN, BODY)
    assert Kept(None, {}).find(URL, SPAN, document=False) is None


@pytest.mark.parametrize(
    "options", [{"endpoint_url": "http://b"}, {"client_kwargs": {"endpoint_url": "http://b"}}]
)
def test_the_same_address_at_another_endpoint_is_another_source(options, cache):
    Kept(cache, {}).keep(URL, SPAN, BODY)
    assert Kept(cache, options).find(URL, SPAN, document=False) is None
    assert Kept(cache, {"anon": True}).find(URL, SPAN, document=False) == BODY


def test_small_ranges_are_remembered_while_something_is_opened():
    memory = Memory()
    memory.keep(URL, 0, 4, b"abcd")
    assert memory.find(URL, 0, 4) is None
    memory.ranges = {}
    memory.keep(URL, 0, 4, b"abcd")
    memory.keep(URL, 0, MEMO_LIMIT, bytes(MEMO_LIMIT))
    memory.keep(URL, 0, None, bytes(MEMO_LIMIT + 1))
    assert memory.find(URL, 0, 4) == b"abcd"
    assert memory.find(URL, 0, MEMO_LIMIT) is not None
    assert memory.find(URL, 0, None) is None
    assert memory.find(URL, 0, 5) is None


def test_ends_are_remembered_the_newest_of_them():
    memory = Memory()
    memory.keep(URL, -4, 9, b"no end")
    assert memory.find(URL, -4, 9) is None
    for number in range(ENDS + 1):
        memory.keep(f"{URL}{number}", -4, None, b"abcd")
    assert memory.find(f"{URL}0", -4, None) is None
    assert memory.find(f"{URL}1", -4, None) == b"abcd"


def test_a_whole_file_answers_every_range_until_others_need_the_room(monkeypatch):
    monkeypatch.setattr(room, "WHOLE_LIMIT", 25)
    memory = Memory()
    for name in "abc":
        with pytest.warns(DegradedWarning, match=r"10 bytes"):
            memory.keep_whole(name, b"0123456789")
    assert memory.whole("a") is None
    assert memory.find("c", 2, 4) == b"23"
    assert memory.find("b", -2, None) == b"89"
    with pytest.warns(DegradedWarning):
        memory.keep_whole("large", bytes(100))
    assert [name for name in ("b", "c", "large") if memory.whole(name)] == ["large"]


def test_another_validator_is_a_change_and_none_is_not():
    memory = Memory()
    memory.check(URL, "")
    memory.check(URL, "one")
    memory.check(URL, "")
    memory.check(URL, "one")
    with pytest.raises(IntegrityError, match="changed"):
        memory.check(URL, "two")
    with pytest.raises(IntegrityError):
        memory.part(URL, Reply(b"a", FileVersion(1, "two")), 0, None)
    assert memory.part(URL, Reply(b"a", FileVersion(1, "two")), None, None) == b"a"
