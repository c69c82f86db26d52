"""The cache: right bytes, bounded size, many processes, kill -9, and work without a network."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time

import pytest
import xarray as xr
from servers.web import DataServer, Fault

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import open_any, open_distribution
from sciknow.wire import Cache
from sciknow.wire.cache import Found, parse_cache

NAMES = ["v2.zarr", "v3.zarr", "sharded.zarr", "four.nc", "classic.nc"]


def opened(url, base, cache, **fields):
    return open_distribution(Distribution(id="x", access_url=url, **fields), base=base, cache=cache)


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.mark.parametrize("name", NAMES)
def test_second_reading_moves_metadata_only(name, web, folder, sample, cache):
    opened(f"{web.url}/{name}", folder, cache).load()
    web.reset()
    xr.testing.assert_equal(opened(f"{web.url}/{name}", folder, cache).load(), sample)
    assert web.sent < 60_000  # the data are 2.6 MB
    assert cache.info().bytes > 1_900_000


@pytest.mark.parametrize("name", [*NAMES, "table.csv", "table.parquet"])
def test_offline_serves_what_is_kept(name, web, folder, cache, monkeypatch):
    url = f"{web.url}/{name}"
    before = opened(url, folder, cache)
    before = before.load() if isinstance(before, xr.Dataset) else before.compute()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    web.reset()
    again = opened(url, folder, cache)
    again = again.load() if isinstance(again, xr.Dataset) else again.compute()
    assert again.equals(before)
    assert web.hits == []


def test_offline_says_what_is_not_kept(web, folder, cache, monkeypatch):
    ds = opened(f"{web.url}/v2.zarr", folder, cache)
    ds["sst"].isel(time=0).load()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    kept = opened(f"{web.url}/v2.zarr", folder, cache)
    kept["sst"].isel(time=0).load()
    with pytest.raises(SourceUnavailable, match=r"v2\.zarr/sst/.* is not kept here"):
        kept["sst"].isel(time=-1).load()
    with pytest.raises(SourceUnavailable, match="not kept here"):
        opened(f"{web.url}/v3.zarr", folder, cache)


def test_s3(s3, folder, sample, cache, monkeypatch):
    options = {"endpoint_url": s3}
    opened("s3://data/four.nc", folder, cache, storage_options=options).load()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    again = opened("s3://data/four.nc", folder, cache, storage_options=options)
    xr.testing.assert_equal(again.load(), sample)
    with pytest.raises(SourceUnavailable):
        opened("s3://data/four.nc", folder, cache, storage_options={"endpoint_url": "http://h"})


def test_changed_file_is_not_mixed_with_what_is_kept(folder, tmp_path, cache, sample):
    shutil.copy(folder / "four.nc", tmp_path / "a.nc")
    with DataServer(tmp_path) as web:
        opened(f"{web.url}/a.nc", tmp_path, cache).load()
        (sample + 1).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
        again = opened(f"{web.url}/a.nc", tmp_path, cache).load()
    xr.testing.assert_equal(again, sample + 1)


def test_old_chunks_are_fetched_again(web, folder, tmp_path):
    cache = Cache(tmp_path / "cache", max_age=0)
    opened(f"{web.url}/v2.zarr", folder, cache).load()
    web.reset()
    opened(f"{web.url}/v2.zarr", folder, cache).load()
    assert web.sent > 1_900_000


def test_damaged_blob_is_fetched_again(web, folder, sample, cache):
    opened(f"{web.url}/v2.zarr", folder, cache).load()
    blobs = sorted((cache.folder / "blobs").glob("*/*"), key=lambda path: path.stat().st_size)
    blobs[-1].write_bytes(b"x" + blobs[-1].read_bytes()[1:])
    blobs[-2].write_bytes(b"")
    xr.testing.assert_equal(opened(f"{web.url}/v2.zarr", folder, cache).load(), sample)
    blobs[-1].write_bytes(b"again")
    assert blobs[-1].name in cache.verify()
    assert cache.verify() == []


def test_failures_are_not_kept(web, folder, sample, cache):
    web.faults.append(Fault("page", times=1, match="sst"))
    with pytest.raises(SourceUnavailable):
        opened(f"{web.url}/v2.zarr", folder, cache).load()
    xr.testing.assert_equal(opened(f"{web.url}/v2.zarr", folder, cache).load(), sample)


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


def test_cache_goes_to_other_processes_with_the_data(web, folder, sample, cache):
    ds = pickle.loads(pickle.dumps(opened(f"{web.url}/v3.zarr", folder, cache)))
    ds.load()
    web.reset()
    opened(f"{web.url}/v3.zarr", folder, cache).load()
    assert web.sent < 60_000


def test_open_any_takes_a_cache(web, folder, cache):
    way = Distribution(id="x", access_url=f"{web.url}/v2.zarr", reader="zarr")
    open_any([way], base=folder, cache=cache)[1].load()
    assert cache.info().keys > 0


def test_parse(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_CACHE", str(tmp_path))
    assert parse_cache(True).folder == tmp_path / "bytes"
    assert parse_cache(None) is None
    assert parse_cache(tmp_path).folder == tmp_path
    with pytest.raises(InvalidInput):
        parse_cache(7)
    with pytest.raises(InvalidInput):
        Cache(tmp_path, limit=-1)
