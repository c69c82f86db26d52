"""Opening through the cache: right bytes, few of them, and work without a network."""

from __future__ import annotations

import pickle
import shutil

import pytest
import xarray as xr
from servers.web import DataServer, Fault

from sciknow.errors import SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import open_any, open_distribution
from sciknow.wire import Cache

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
