"""Files and stores that hold groups: one of them by name, or all as a tree."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from servers.web import DataServer

from sciknow.errors import DegradedWarning, InvalidInput, NotFound, SourceUnavailable
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


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """Stores of which the top holds a variable, or a coordinate alone, beside groups."""
    folder = tmp_path_factory.mktemp("beside")
    about = xr.Dataset(attrs={"made": "here"})
    data = xr.Dataset({"no2": ("x", np.arange(3.0))})
    for name, top in (
        ("data", xr.Dataset({"count": ("x", [1, 2, 3])})),
        ("coordinate", xr.Dataset(coords={"x": ("x", [10, 20, 30])})),
    ):
        tree = xr.DataTree.from_dict({"/": top, "/product/deep": data, "/about": about})
        tree.to_netcdf(folder / f"{name}.nc", engine="h5netcdf")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree.to_zarr(folder / f"{name}-2.zarr", zarr_format=2)
            tree.to_zarr(folder / f"{name}-3.zarr", zarr_format=3, consolidated=False)
    other = xr.Dataset({"no2": ("x", np.arange(5.0))}, {"x": np.arange(5)})
    xr.Dataset({"a": 1}, {"x": [1, 2]}).to_netcdf(folder / "apart.nc", engine="h5netcdf")
    other.to_netcdf(folder / "apart.nc", engine="h5netcdf", group="wide", mode="a")
    return folder


@pytest.mark.parametrize("end", [".nc", "-2.zarr", "-3.zarr"])
@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("top", ["data", "coordinate"])
def test_groups_beside_variables_are_shown_and_searched(top, remote, end, beside):
    with DataServer(beside, listing=True) as web:
        url = f"{web.url}/{top}{end}" if remote else f"{top}{end}"
        way = Distribution(id="x", access_url=url)
        found = open_distribution(way, base=beside)
        assert isinstance(found, xr.DataTree)
        assert found["product/deep/no2"].values.tolist() == [0, 1, 2]
        part = open_distribution(way, base=beside, variables=["no2"])
        assert [node.path for node in part.leaves] == ["/product/deep"]
        alone = Distribution(id="x", access_url=url, options={"group": "/"})
        assert isinstance(open_distribution(alone, base=beside), xr.Dataset)


@pytest.mark.parametrize("end", [".nc", "-2.zarr", "-3.zarr"])
def test_the_top_alone_is_a_dataset_that_names_its_groups(end, beside):
    way = Distribution(id="x", access_url=f"data{end}")
    with pytest.warns(DegradedWarning, match=r"the groups product.* are left out"):
        found = open_distribution(way, base=beside, as_="dataset")
    assert list(found.data_vars) == ["count"]
    alone = open_distribution(way, base=beside, as_="dataset", variables=["count"])
    assert list(alone.data_vars) == ["count"]
    way = Distribution(id="x", access_url=f"coordinate{end}")
    with pytest.raises(InvalidInput, match="is a tree, not a dataset"):
        open_distribution(way, base=beside, as_="dataset")


def test_groups_that_do_not_fit_the_top_are_named(beside):
    way = Distribution(id="x", access_url="apart.nc")
    with pytest.warns(DegradedWarning, match=r"do not fit .* the groups wide are left out"):
        assert list(open_distribution(way, base=beside).data_vars) == ["a"]
    one = Distribution(id="x", access_url="apart.nc", options={"group": "wide"})
    assert open_distribution(one, base=beside).no2.size == 5


def test_sets_take_the_top_and_name_the_groups(beside, tmp_path):
    for number in (0, 1):
        tree = xr.DataTree.from_dict(
            {
                "/": xr.Dataset({"a": ("time", [number])}, {"time": [number]}),
                "/b": xr.Dataset({"c": 1}),
            }
        )
        tree.to_netcdf(tmp_path / f"{number}.nc", engine="h5netcdf")
    way = Distribution(id="x", access_url="*.nc", reader="netcdf")
    with pytest.warns(DegradedWarning, match="the groups b are left out"):
        assert open_distribution(way, base=tmp_path).a.values.tolist() == [0, 1]
