"""The plan says before what the server counts after."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from kerchunk.hdf import SingleHdf5ToZarr
from servers.web import DataServer

from sciknow.errors import InvalidInput, LimitExceeded, NotFound, SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import (
    open_any,
    open_distribution,
    plan_dataset,
    plan_distribution,
    registry,
)

DAYS, LATS, LONS = 120, 60, 90


@pytest.fixture(scope="module")
def field():
    """Values that compress unevenly: noise over half of the area, constant over the rest."""
    random = np.random.default_rng(11)
    values = random.normal(size=(DAYS, LATS, LONS)).astype("f4")
    values[:, :, LONS // 2 :] = 1.0
    return xr.Dataset(
        {
            "a": (("time", "lat", "lon"), values, {"standard_name": "sea_surface_temperature"}),
            "b": (("time", "lat", "lon"), (values * 100).astype("i2")),
        },
        coords={
            "time": pd.date_range("2000-01-01", periods=DAYS),
            "lat": np.linspace(89, -89, LATS),
            "lon": np.arange(0, 360, 4.0),
            "area": (("lat", "lon"), random.normal(size=(LATS, LONS))),
        },
    )


def zarr_layout(version, chunks, shards=None, consolidated=True, packed=True):
    def write(ds, path):
        encoding = {"chunks": chunks}
        if shards:
            encoding["shards"] = shards
        if not packed:
            encoding["compressors"] = None
        ds.to_zarr(
            path.with_suffix(".zarr"),
            zarr_format=version,
            consolidated=consolidated,
            encoding={"a": encoding, "b": encoding},
        )
        return path.with_suffix(".zarr").name

    return write


def hdf5_layout(chunks, packed=True):
    def write(ds, path):
        encoding = {"zlib": packed, "chunksizes": chunks} if chunks else {}
        ds.to_netcdf(
            path.with_suffix(".nc"), engine="h5netcdf", encoding={"a": encoding, "b": encoding}
        )
        return path.with_suffix(".nc").name

    return write


def classic_layout(kind, unlimited=()):
    def write(ds, path):
        ds.to_netcdf(
            path.with_suffix(".nc"), engine="scipy", format=kind, unlimited_dims=list(unlimited)
        )
        return path.with_suffix(".nc").name

    return write


def kerchunk_layout(chunks):
    def write(ds, path):
        name = hdf5_layout(chunks)(ds, path)
        with (path.parent / name).open("rb") as file:
            references = SingleHdf5ToZarr(file, url=name).translate()
        path.with_suffix(".json").write_text(json.dumps(references))
        return path.with_suffix(".json").name

    return write


LAYOUTS = {
    "v2 maps": zarr_layout(2, (1, LATS, LONS)),
    "v2 series": zarr_layout(2, (DAYS, 10, 10)),
    "v2 cubes": zarr_layout(2, (20, 20, 30)),
    "v2 unaligned": zarr_layout(2, (17, 23, 29)),
    "v2 whole": zarr_layout(2, (DAYS, LATS, LONS)),
    "v2 loose": zarr_layout(2, (20, 20, 30), consolidated=False),
    "v3 maps": zarr_layout(3, (1, LATS, LONS)),
    "v3 series": zarr_layout(3, (DAYS, 10, 10)),
    "v3 cubes": zarr_layout(3, (20, 20, 30)),
    "v3 unaligned": zarr_layout(3, (17, 23, 29)),
    "v3 plain": zarr_layout(3, (20, 20, 30), packed=False),
    "v3 loose": zarr_layout(3, (20, 20, 30), consolidated=False),
    "v3 shards": zarr_layout(3, (10, 20, 30), (40, 60, 90)),
    "v3 small in shards": zarr_layout(3, (5, 10, 15), (60, 60, 45)),
    "v3 shards of one": zarr_layout(3, (20, 20, 30), (20, 20, 30)),
    "hdf5 maps": hdf5_layout((1, LATS, LONS)),
    "hdf5 cubes": hdf5_layout((20, 20, 30)),
    "hdf5 unaligned": hdf5_layout((17, 23, 29)),
    "hdf5 plain": hdf5_layout((20, 20, 30), packed=False),
    "classic": classic_layout("NETCDF3_CLASSIC"),
    "classic records": classic_layout("NETCDF3_CLASSIC", ["time"]),
    "classic 64": classic_layout("NETCDF3_64BIT"),
    "kerchunk maps": kerchunk_layout((1, LATS, LONS)),
    "kerchunk cubes": kerchunk_layout((20, 20, 30)),
}

PARTS = {
    "everything": {},
    "a month": {"period": ("2000-02", "2000-02"), "variables": ["sea_surface_temperature"]},
    "a box": {"bbox": (10, -30, 120, 40), "variables": ["a", "b"]},
    "across the seam": {"bbox": (-40, 0, 30, 60), "variables": "a"},
    "a point": {"bbox": (100, 10, 104, 13), "variables": ["b"]},
}


@pytest.fixture(scope="module")
def layouts(tmp_path_factory, field):
    folder = tmp_path_factory.mktemp("layouts")
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr: consolidated metadata of v3 are no standard yet
        for number, (title, write) in enumerate(LAYOUTS.items()):
            names[title] = write(field, folder / f"l{number}")
    return folder, names


def close(estimate, counted, slack):
    return abs(estimate - counted) <= max(0.15 * counted, slack)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("title", LAYOUTS)
def test_estimates_are_within_fifteen_percent(title, part, layouts, field):
    folder, names = layouts
    with DataServer(folder, listing="loose" in title) as web:
        way = Distribution(id="x", access_url=f"{web.url}/{names[title]}")
        plan = plan_distribution(way, base=folder, **PARTS[part])
        heads = [hit for hit in web.hits if hit.method == "HEAD"]
        assert not any(hit.sent for hit in heads)
        web.reset()
        found = plan.open().load()
        assert close(plan.bytes, web.sent, 3_000)
        assert close(plan.requests, len(web.hits), 2)
    assert plan.memory == sum(item.nbytes for item in found.variables.values())
    assert plan.chunks > 0


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_the_same_by_every_way(part, layouts, field):
    folder, names = layouts
    parts = [
        open_distribution(Distribution(id="x", access_url=name), base=folder, **PARTS[part]).load()
        for name in list(names.values())[::4]
    ]
    for other in parts[1:]:
        xr.testing.assert_equal(other, parts[0])
    assert parts[0].sizes["lon"] > 0


def test_many_chunks_are_sampled(tmp_path):
    random = np.random.default_rng(2)
    ds = xr.Dataset({"a": (("t", "x"), random.normal(size=(400, 50)))})
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2, encoding={"a": {"chunks": (2, 50)}})
    with DataServer(tmp_path) as web:
        way = Distribution(id="x", access_url=f"{web.url}/a.zarr")
        plan = plan_distribution(way, base=tmp_path)
        assert not plan.exact
        assert plan.chunks == plan.requests == 200
        assert len([hit for hit in web.hits if hit.method == "HEAD"]) < 30
        web.reset()
        plan.open().load()
        assert close(plan.bytes, web.sent, 0)


def test_tables(tmp_path):
    random = np.random.default_rng(5)
    frame = pd.DataFrame({name: random.normal(size=40_000) for name in "abcd"})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv", index=False)
    with DataServer(tmp_path) as web:
        for name in ("t.parquet", "t.csv"):
            way = Distribution(id="x", access_url=f"{web.url}/{name}")
            plan = plan_distribution(way, base=tmp_path, variables=["b"])
            web.reset()
            assert list(plan.open().compute().columns) == ["b"]
            assert close(plan.bytes, web.sent, 140_000)  # the footer, twice
            with pytest.raises(InvalidInput, match="table"):
                plan_distribution(way, base=tmp_path, bbox=(0, 0, 1, 1))


def test_the_cheaper_way_is_taken_and_the_others_explained(layouts):
    folder, names = layouts
    with DataServer(folder) as web:
        ways = [
            Distribution(id="maps", access_url=f"{web.url}/{names['v2 maps']}", reader="zarr"),
            Distribution(id="series", access_url=f"{web.url}/{names['v2 series']}", reader="zarr"),
            Distribution(id="gone", access_url=f"{web.url}/gone.zarr", reader="zarr"),
            Distribution(id="page", access_url="https://example.org/download"),
        ]
        point = plan_dataset(ways, base=folder, bbox=(100, 10, 104, 13), variables=["a"])
        assert point.distribution.id == "series"
        day = plan_dataset(ways, base=folder, period=("2000-01-01", "2000-01-01"), variables=["a"])
        assert day.distribution.id == "maps"
    reasons = dict(point.rejected)
    assert "requests" in reasons["maps"]
    assert "not a Zarr store" in reasons["gone"]
    assert "no reader" in reasons["page"]
    assert "not maps" in str(point)


def test_series_through_maps_warns_with_a_mend(tmp_path):
    ds = xr.Dataset(
        {"a": (("time", "lat", "lon"), np.zeros((200, 100, 200)))},
        coords={
            "time": pd.date_range("2000-01-01", periods=200),
            "lat": np.arange(100) - 50.0,
            "lon": np.arange(200.0),
        },
    )
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2, encoding={"a": {"chunks": (1, 100, 200)}})
    way = Distribution(id="x", access_url="a.zarr")
    plan = plan_distribution(way, base=tmp_path, bbox=(10, 10, 10, 10))
    assert len(plan.warnings) == 1
    assert "20,000 bytes are unpacked" in plan.warnings[0]
    assert "long in time" in plan.warnings[0]
    assert plan_distribution(way, base=tmp_path).warnings == ()


def test_budget_refuses_with_the_plan(layouts):
    folder, names = layouts
    way = Distribution(id="x", access_url=names["v2 cubes"])
    with pytest.raises(LimitExceeded, match=r"budget is 1.0 kB.*way: x .*max_bytes"):
        open_distribution(way, base=folder, max_bytes=1000)
    assert open_distribution(way, base=folder, max_bytes=10**9).sizes["time"] == DAYS
    with pytest.raises(LimitExceeded):
        plan_distribution(way, base=folder, max_bytes=1)


def test_plan_is_shown(layouts):
    folder, names = layouts
    way = Distribution(id="<b>x</b>", access_url=names["v3 shards"])
    plan = plan_distribution(way, base=folder, bbox=(10, -30, 120, 40))
    assert "&lt;b&gt;x&lt;/b&gt;" in plan._repr_html_()
    assert "<b>" not in plan._repr_html_()
    assert "this machine" in str(plan)
    assert plan.fits


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"bbox": (0, 50, 10, 40)}, "south is above north"),
        ({"bbox": (0, 0, 10)}, "south"),
        ({"period": ("2001", "2000")}, "ends before"),
        ({"period": "2000"}, "first date"),
        ({"period": ("1990", "1991")}, "nothing lies inside"),
    ],
)
def test_parts_that_cannot_be(part, words, layouts):
    folder, names = layouts
    with pytest.raises(InvalidInput, match=words):
        plan_distribution(Distribution(id="x", access_url=names["v2 cubes"]), base=folder, **part)


def test_unknown_variable(layouts):
    folder, names = layouts
    way = Distribution(id="x", access_url=names["v2 cubes"])
    with pytest.raises(NotFound, match="no variable 'salinity'; they have a, b"):
        open_distribution(way, base=folder, variables=["salinity"])


def test_no_area_to_cut(tmp_path):
    xr.Dataset({"a": (("y", "x"), np.zeros((2, 2)))}).to_zarr(tmp_path / "a.zarr", zarr_format=2)
    way = Distribution(id="x", access_url="a.zarr")
    with pytest.raises(InvalidInput, match="one-dimensional latitude"):
        open_distribution(way, base=tmp_path, bbox=(0, 0, 1, 1))
    with pytest.raises(InvalidInput, match="no time"):
        open_distribution(way, base=tmp_path, period=("2000", ""))


def test_mirrors_are_tried_in_order(layouts):
    folder, names = layouts
    with DataServer(folder) as web:
        ways = [
            Distribution(id="first", access_url=f"{web.url}/gone.zarr", reader="zarr"),
            Distribution(id="page", access_url="https://example.org/"),
            Distribution(id="second", access_url=f"{web.url}/{names['v2 cubes']}", reader="zarr"),
        ]
        way, opened = open_any(ways, base=folder, attrs={"license": "CC0-1.0"})
        assert way.id == opened.attrs["sciknow_distribution"] == "second"
        with pytest.raises(SourceUnavailable, match=r"^http.*gone\.zarr"):
            open_any(ways[:2], base=folder)
        gone = Distribution(id="third", access_url=f"{web.url}/no.zarr", reader="zarr")
        with pytest.raises(SourceUnavailable, match=r"none of 2 ways.*first: .*gone.*third: .*no"):
            open_any([*ways[:2], gone], base=folder)
        with pytest.raises(NotFound, match=r"example\.org"):
            open_any(ways[1:2], base=folder)


def test_every_array_reader_tells_its_costs():
    for name in ("zarr", "netcdf", "kerchunk", "parquet", "csv"):
        assert callable(registry.get(name).costs)
