"""Files and stores that hold groups: one of them by name, or all as a tree."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from servers.web import DataServer

from sciknow.errors import InvalidInput, NotFound, SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution


@pytest.fixture(scope="module")
def tree():
    one = xr.Dataset({"a": (("y", "x"), np.arange(12.0).reshape(3, 4))}, attrs={"title": "north"})
    two = xr.Dataset({"b": ("t", np.arange(5.0))})
    return xr.DataTree.from_dict({"/north": one, "/south/deep": two})


@pytest.fixture(scope="module")
def stores(tmp_path_factory, tree):
    folder = tmp_path_factory.mktemp("trees")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree.to_zarr(folder / "two.zarr", zarr_format=2)
        tree.to_zarr(folder / "three.zarr", zarr_format=3)
        tree.to_zarr(folder / "loose.zarr", zarr_format=3, consolidated=False)
    tree.to_netcdf(folder / "four.nc", engine="h5netcdf")
    return folder


@pytest.mark.parametrize("name", ["two.zarr", "three.zarr", "loose.zarr", "four.nc"])
@pytest.mark.parametrize("remote", [False, True])
def test_groups_alone_open_as_a_tree(name, remote, stores, tree):
    with DataServer(stores, listing=True) as web:
        url = f"{web.url}/{name}" if remote else name
        found = open_distribution(
            Distribution(id="x", access_url=url), base=stores, attrs={"license": "CC0-1.0"}
        )
        assert found.attrs["license"] == "CC0-1.0"
        assert found["north/a"].chunks is not None
        for path in ("north", "south/deep"):
            xr.testing.assert_equal(found[path].to_dataset().compute(), tree[path].to_dataset())


@pytest.mark.parametrize("name", ["two.zarr", "three.zarr", "four.nc"])
@pytest.mark.parametrize("remote", [False, True])
def test_one_group_opens_as_a_dataset(name, remote, stores, tree):
    with DataServer(stores) as web:
        url = f"{web.url}/{name}" if remote else name
        way = Distribution(id="x", access_url=url, options={"group": "south/deep"})
        found = open_distribution(way, base=stores)
        xr.testing.assert_equal(found.compute(), tree["south/deep"].to_dataset())
        plan = plan_distribution(way, base=stores)
        assert plan.chunks == 1


@pytest.mark.parametrize("name", ["two.zarr", "four.nc"])
def test_group_that_is_not_there(name, stores):
    way = Distribution(id="x", access_url=name, options={"group": "east"})
    with pytest.raises(SourceUnavailable):
        open_distribution(way, base=stores)


@pytest.fixture(scope="module")
def station_tree():
    """Two groups on a grid, and one without coordinates."""
    random = np.random.default_rng(3)

    def grid(name, step):
        lat, lon = np.arange(-88.0, 89, step), np.arange(0, 360, step)
        values = random.normal(size=(24, lat.size, lon.size)).astype("f4")
        return xr.Dataset(
            {name: (("time", "lat", "lon"), values)},
            {"time": pd.date_range("2001-01-01", periods=24, freq="MS"), "lat": lat, "lon": lon},
        )

    about = xr.Dataset({"note": ("n", np.arange(3.0))})
    return xr.DataTree.from_dict(
        {"/ocean": grid("sst", 4.0), "/air/near": grid("t2m", 8.0), "/about": about}
    )


@pytest.fixture(scope="module")
def grids(tmp_path_factory, station_tree):
    folder = tmp_path_factory.mktemp("grids")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        station_tree.to_zarr(folder / "two.zarr", zarr_format=2)
    chunks = {"chunksizes": (6, 20, 20), "zlib": True}
    encoding = {"/ocean": {"sst": chunks}, "/air/near": {"t2m": chunks}}
    station_tree.to_netcdf(folder / "four.nc", engine="h5netcdf", encoding=encoding)
    return folder


TREE_PARTS = {
    "whole": {},
    "a box": {"bbox": (20, -40, 140, 40)},
    "a year": {"period": ("2002", "2002"), "variables": ["sst"]},
    "a group": {"variables": ["air/near/t2m"], "bbox": (0, 0, 90, 45)},
}


@pytest.mark.parametrize("part", TREE_PARTS)
@pytest.mark.parametrize("name", ["two.zarr", "four.nc"])
def test_parts_of_a_tree_are_cut_and_counted(name, part, grids, station_tree):
    with DataServer(grids) as web:
        way = Distribution(id="x", access_url=f"{web.url}/{name}")
        plan = plan_distribution(way, base=grids, **TREE_PARTS[part])
        web.reset()
        found = plan.open().load()
        assert abs(plan.bytes - web.sent) <= max(0.15 * web.sent, 3_000)
        assert abs(plan.requests - len(web.hits)) <= max(0.15 * len(web.hits), 2)
    if part == "a box":
        assert set(found.children) == {"ocean", "air", "about"}
        sst = station_tree["ocean/sst"].sel(lat=slice(-40, 40), lon=slice(20, 140))
        np.testing.assert_array_equal(found["ocean/sst"], sst)
    if part == "a year":
        assert set(found.children) == {"ocean"}
        assert found["ocean"].sizes["time"] == 12
    if part == "a group":
        assert [node.path for node in found.leaves] == ["/air/near"]


def test_parts_that_no_group_has(grids, stores):
    way = Distribution(id="x", access_url="two.zarr")
    with pytest.raises(NotFound, match=r"no group has a variable 'salinity'; the groups are"):
        open_distribution(way, base=grids, variables=["salinity"])
    with pytest.raises(NotFound, match="no group has"):
        open_distribution(way, base=grids, variables=["ocean/t2m"])
    with pytest.raises(InvalidInput, match="no group of the tree has one-dimensional latitude"):
        open_distribution(way, base=stores, bbox=(0, 0, 1, 1))
    with pytest.raises(InvalidInput, match="time"):
        open_distribution(way, base=stores, period=("2000", ""))
