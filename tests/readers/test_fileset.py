"""Sets of NetCDF files as one dataset, opened one by one or through kept references."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from servers.web import DataServer

from sciknow.errors import InvalidInput, SourceUnavailable, UntrustedInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution
from sciknow.readers.formats.netcdf import virtual

PARTS = 4


def one(number, days=10, lats=6):
    """A file of a set: its time counts from its own first day, as many archives do."""
    random = np.random.default_rng(number)
    ds = xr.Dataset(
        {
            "a": (("time", "lat", "lon"), random.normal(size=(days, lats, 8)).astype("f4")),
            "mask": (("lat", "lon"), np.ones((lats, 8), "i1")),
        },
        coords={
            "time": pd.date_range("2000-01-01", periods=days) + pd.Timedelta(days=10 * number),
            "lat": np.linspace(-50, 50, lats),
            "lon": np.arange(8.0),
        },
        attrs={"title": "a set", "part": number},
    )
    ds["time"].encoding["units"] = f"days since {ds.time.values[0].astype('M8[D]')}"
    return ds


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(virtual, "folder", lambda: tmp_path / "kept")
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(PARTS):
        one(number).to_netcdf(
            folder / f"day-{number}.nc",
            engine="h5netcdf",
            encoding={"a": {"chunksizes": (5, 6, 8), "zlib": True}},
        )
        one(number).to_netcdf(folder / f"old-{number}.nc", engine="scipy")
    (folder / "notes.txt").write_text("not data")
    return folder


@pytest.fixture
def whole():
    parts = [one(number) for number in range(PARTS)]
    return xr.concat(parts, dim="time", data_vars="minimal", combine_attrs="drop_conflicts")


def opened(url, base, **options):
    return open_distribution(
        Distribution(id="x", access_url=url, reader="netcdf", options=options), base=base
    )


@pytest.mark.parametrize("pattern", ["day-*.nc", "old-?.nc"])
@pytest.mark.parametrize("options", [{}, {"concat_dim": "time"}])
def test_local_glob(pattern, options, files, whole):
    found = opened(pattern, files, **options)
    assert found["a"].chunks is not None
    xr.testing.assert_equal(found.compute(), whole)
    assert found.attrs["title"] == "a set"
    assert "part" not in found.attrs


@pytest.mark.parametrize("name", ["day", "old"])
def test_remote_glob_and_list(name, files, whole):
    with DataServer(files, listing=True) as web:
        xr.testing.assert_equal(opened(f"{web.url}/{name}-*.nc", files).compute(), whole)
    with DataServer(files) as web:
        names = [f"{name}-{number}.nc" for number in range(PARTS)]
        xr.testing.assert_equal(opened(f"{web.url}/", files, files=names).compute(), whole)
        with pytest.raises(SourceUnavailable, match="matches 0 files"):
            opened(f"{web.url}/{name}-*.nc", files)


@pytest.mark.parametrize("remote", [False, True])
def test_virtual_references_are_made_once_and_kept(remote, files, whole):
    with DataServer(files, listing=True) as web:
        url = f"{web.url}/day-*.nc" if remote else "day-*.nc"
        first = opened(url, files, virtual=True, concat_dim="time")
        xr.testing.assert_equal(first.compute(), whole)
        web.reset()
        again = opened(url, files, virtual=True, concat_dim="time")
        assert web.sent < 3_000  # the listing; nothing of the files
        xr.testing.assert_equal(again.compute(), whole)
    assert len(list(virtual.folder().iterdir())) == 1


def test_virtual_set_is_planned(files):
    with DataServer(files, listing=True) as web:
        way = Distribution(
            id="x",
            access_url=f"{web.url}/day-*.nc",
            reader="netcdf",
            options={"virtual": True, "concat_dim": "time"},
        )
        plan = plan_distribution(way, base=files, period=("2000-01-08", "2000-01-12"))
        web.reset()
        plan.open().load()
        assert plan.requests == len(web.hits)
        assert plan.bytes == web.sent


def test_changed_file_makes_new_references(files, whole):
    with DataServer(files, listing=True) as web:
        url = f"{web.url}/day-*.nc"
        opened(url, files, virtual=True, concat_dim="time")
        one(9).assign_coords(time=one(3).time).to_netcdf(
            files / "day-3.nc",
            engine="h5netcdf",
            encoding={"a": {"chunksizes": (5, 6, 8), "zlib": True}},
        )
        again = opened(url, files, virtual=True, concat_dim="time").compute()
    np.testing.assert_array_equal(again["a"][30:], one(9)["a"])
    np.testing.assert_array_equal(again["a"][:30], whole["a"][:30])


@pytest.mark.parametrize("virtually", [{}, {"virtual": True, "concat_dim": "time"}])
def test_files_that_do_not_fit(virtually, files):
    one(3, lats=5).to_netcdf(files / "day-3.nc", engine="h5netcdf")
    with pytest.raises(InvalidInput):
        opened("day-*.nc", files, **virtually)


def test_chunks_that_do_not_end_where_files_do(files):
    one(1, days=7).to_netcdf(
        files / "day-1.nc",
        engine="h5netcdf",
        encoding={"a": {"chunksizes": (5, 6, 8), "zlib": True}},
    )
    with pytest.raises(InvalidInput, match="do not end where files do; leave out virtual"):
        opened("day-*.nc", files, virtual=True, concat_dim="time")


def test_virtual_needs_a_dimension(files):
    with pytest.raises(InvalidInput, match="concat_dim"):
        opened("day-*.nc", files, virtual=True)


def test_one_file_that_is_broken_is_named(files):
    (files / "day-2.nc").write_bytes(b"nonsense")
    with pytest.raises(SourceUnavailable, match=r"day-2\.nc"):
        opened("day-*.nc", files)


@pytest.mark.parametrize(
    "names", ["day-1.nc", ["../x.nc"], ["/etc/passwd"], ["http://h/x.nc"], [7]]
)
def test_names_that_lead_elsewhere(names, files):
    with pytest.raises((InvalidInput, UntrustedInput)):
        opened("day-0.nc", files, files=names)


def test_link_in_a_set_that_leads_outside(files, tmp_path):
    shutil.copy(files / "day-3.nc", tmp_path / "outside.nc")
    (files / "day-3.nc").unlink()
    (files / "day-3.nc").symlink_to(tmp_path / "outside.nc")
    with pytest.raises(UntrustedInput, match="outside"):
        opened("day-*.nc", files)


SET_PARTS = {
    "everything": {},
    "one file": {"period": ("2000-01-03", "2000-01-07"), "variables": ["a"]},
    "over a seam": {"period": ("2000-01-08", "2000-01-13"), "bbox": (1, -20, 4, 30)},
    "a point": {"bbox": (2, 10, 2, 10.2), "variables": ["a"]},
    "without time": {"variables": ["mask"]},
}


@pytest.mark.parametrize("part", SET_PARTS)
@pytest.mark.parametrize("dim", ["time", None])
@pytest.mark.parametrize("pattern", ["day-*.nc", "old-*.nc"])
def test_plan_sums_over_the_files_that_are_touched(pattern, dim, part, large):
    with DataServer(large, listing=True) as web:
        options = {"concat_dim": dim} if dim else {}
        way = Distribution(
            id="x", access_url=f"{web.url}/{pattern}", reader="netcdf", options=options
        )
        plan = plan_distribution(way, base=large, **SET_PARTS[part])
        assert not [text for text in plan.warnings if "not known" in text]
        web.reset()
        plan.open().load(scheduler="synchronous")
        assert abs(plan.bytes - web.sent) <= max(0.15 * web.sent, 3_000)
        assert abs(plan.requests - len(web.hits)) <= max(0.15 * len(web.hits), 2)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Files whose variables do not fit into one page of the cache."""
    folder = tmp_path_factory.mktemp("large")
    chunks = {"a": {"chunksizes": (5, 300, 8), "zlib": True}}
    for number in range(PARTS):
        ds = one(number, lats=600)
        ds.to_netcdf(folder / f"day-{number}.nc", engine="h5netcdf", encoding=chunks)
        ds.to_netcdf(folder / f"old-{number}.nc", engine="scipy")
    return folder


def test_local_sets_are_counted(large):
    way = Distribution(id="x", access_url="day-*.nc", reader="netcdf")
    plan = plan_distribution(way, base=large, period=("2000-01-03", "2000-01-04"))
    assert plan.exact
    assert plan.chunks == 2 + 1
