"""The cache itself: bounded size, many processes, kill -9, and no damaged byte."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time

import pytest

from sciknow.errors import InvalidInput
from sciknow.files import exclusive_lock
from sciknow.wire import Cache
from sciknow.wire.cache import Found, parse_cache


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves."""
    now = [1_700_000_000.0]
    monkeypatch.setattr("sciknow.wire.cache.time.time", lambda: now[0])
    return now


FOUND = Found(b"abcd", False, '"t"', 10)


def test_what_was_put_comes_back_until_it_is_too_old_or_has_changed(cache, clock):
    assert cache.get("k", max_age=None) is None
    cache.put("k", FOUND)
    clock[0] += 100
    assert cache.get("k", max_age=100) == cache.get("k", max_age=None) == FOUND
    assert cache.get("k", max_age=99) is None
    assert cache.get("k", max_age=None, tag='"t"') == FOUND
    assert cache.get("k", max_age=None, tag='"u"') is None
    cache.put("none", Found(absent=True, words="HTTP 404"))
    assert cache.get("none", max_age=1, tag='"u"') == Found(absent=True, words="HTTP 404")
    assert cache.info().blobs == 1
    assert cache.info().keys == 2


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"absent": false}', b"\xff"])
def test_a_key_that_is_damaged_is_none(text, cache):
    cache.put("k", FOUND)
    next((cache.folder / "keys").glob("*/*")).write_bytes(text)
    assert cache.get("k", max_age=None) is None
    cache.prune(0)  # and in nobody's way
    cache.put("k", FOUND)
    assert cache.get("k", max_age=None) == FOUND


def test_a_blob_that_is_damaged_is_dropped(cache):
    cache.put("k", FOUND)
    blob = next((cache.folder / "blobs").glob("*/*"))
    blob.write_bytes(b"abce")
    assert cache.get("k", max_age=None) is None
    assert not blob.exists()


def test_what_a_killed_process_left_goes_after_an_hour_and_keys_of_nothing_at_once(cache, clock):
    cache.put("k", FOUND)
    cache.put("gone", Found(b"gone"))
    cache.put("none", Found(absent=True))
    folder = next((cache.folder / "blobs").glob("*"))
    for age, name in ((3700, ".old"), (3500, ".young")):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (clock[0] - age,) * 2)
    for path in (cache.folder / "blobs").glob("*/*"):
        if path.read_bytes() == b"gone":
            path.unlink()
    assert cache.info().keys == 3
    assert cache.prune() == 0
    assert [path.name for path in folder.iterdir() if path.name[0] == "."] == [".young"]
    assert cache.info().keys == 2
    assert cache.get("none", max_age=None).absent


def test_one_process_prunes_at_a_time(cache):
    cache.put("k", FOUND)
    with exclusive_lock(cache.folder / "prune.lock"):
        assert cache.prune(0) == 0
    assert cache.info().bytes == 4
    assert cache.prune(4) == 0
    assert cache.prune(3) == 4
    assert cache.info().bytes == 0


def test_a_full_disk_is_no_reason_to_fail(tmp_path):
    (tmp_path / "c").mkdir()
    for name in ("blobs", "keys"):
        (tmp_path / "c" / name).write_text("in the way")
    cache = Cache(tmp_path / "c")
    cache.put("k", FOUND)
    assert cache.get("k", max_age=None) is None


def test_it_goes_to_other_processes(tmp_path):
    one = Cache(tmp_path / "c", limit=7, max_age=8)
    other = pickle.loads(pickle.dumps(one))
    assert (other.folder, other.limit, other.max_age) == (tmp_path / "c", 7, 8)
    assert (one == other, hash(one) == hash(other), one == Cache(tmp_path)) == (True, True, False)
    assert one.info().limit == 7


def test_least_recently_used_go_first(tmp_path):
    cache = Cache(tmp_path / "c", limit=10_000)
    for number in range(10):
        cache.put(f"k{number}", Found(bytes([number]) * 1_000))
        for path in (cache.folder / "blobs").glob("*/*"):
            os.utime(path, ns=(path.stat().st_mtime_ns - 10**9,) * 2)
    assert cache.get("k0", max_age=None).body == b"\0" * 1_000  # used: now the youngest
    assert cache.prune(limit=5_000) > 0
    assert cache.info().bytes <= 5_000
    assert cache.get("k0", max_age=None) is not None
    assert cache.get("k1", max_age=None) is None
    assert cache.info().keys == cache.info().blobs


def test_size_is_bounded_by_itself(tmp_path):
    cache = Cache(tmp_path / "c", limit=50_000)
    for number in range(200):
        cache.put(f"k{number}", Found(os.urandom(1_000)))
    assert cache.info().bytes <= 50_000 * 17 / 16 + 1_000


def test_same_content_is_kept_once(cache):
    for key in ("a", "b"):
        cache.put(key, Found(b"same"))
    assert cache.info().blobs == 1
    assert cache.info().keys == 2


def test_signed_addresses_are_not_written_down(cache):
    cache.put("|https://h/a?X-Amz-Signature=abcdef|0|1", Found(b"x"))
    text = b"".join(path.read_bytes() for path in (cache.folder / "keys").glob("*/*"))
    assert b"abcdef" not in text


WRITER = """
import os, sys
from sciknow.wire.cache import Cache, Found
cache = Cache(sys.argv[1], limit=3_000_000)
print("ready", flush=True)
number = 0
while True:
    number += 1
    key = f"{number % 300}"
    found = cache.get(key, max_age=None)
    expected = (key.encode() * 20_000)[:20_000 + int(key)]
    if found is not None and found.body != expected:
        print("WRONG", key, flush=True)
        os._exit(3)
    cache.put(key, Found(expected))
"""


def test_many_processes_and_kill_9(tmp_path):
    place = tmp_path / "c"

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place)], stdout=subprocess.PIPE, text=True
        )

    steady = start()
    assert steady.stdout.readline() == "ready\n"
    for number in range(8):
        victim = start()
        assert victim.stdout.readline() == "ready\n"
        time.sleep(0.02 * number)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
        victim.stdout.close()
    assert steady.poll() is None
    steady.send_signal(signal.SIGKILL)
    steady.wait()
    steady.stdout.close()
    cache = Cache(place, limit=3_000_000)
    assert cache.verify() == []
    assert cache.info().blobs > 0
    cache.prune()
    assert cache.info().bytes <= 3_000_000


def test_parse(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_CACHE", str(tmp_path))
    assert parse_cache(True).folder == tmp_path / "bytes"
    assert parse_cache(None) is None
    assert parse_cache(tmp_path).folder == tmp_path
    with pytest.raises(InvalidInput):
        parse_cache(7)
    assert parse_cache(False) is None
    assert parse_cache(Cache(tmp_path)) == parse_cache(str(tmp_path))
    monkeypatch.delenv("SCIKNOW_CACHE")
    assert Cache().folder.name == "bytes"
    for bad in ({"limit": -1}, {"limit": True}, {"max_age": "1"}, {"max_age": float("nan")}):
        with pytest.raises(InvalidInput):
            Cache(tmp_path, **bad)
    assert Cache(tmp_path, limit=0, max_age=0).limit == 0
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="is a file"):
        Cache(tmp_path / "file")


def test_a_write_that_fails_leaves_nothing(cache, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("sciknow.wire.cache.os.replace", full)
    cache.put("k", FOUND)
    assert [path for path in cache.folder.rglob("*") if path.is_file()] == []
