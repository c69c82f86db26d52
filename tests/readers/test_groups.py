"""Files and stores that hold groups: one of them by name, or all as a tree."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr
from servers.web import DataServer

from sciknow.errors import InvalidInput, SourceUnavailable
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


def test_part_of_a_tree_is_refused(stores):
    way = Distribution(id="x", access_url="two.zarr")
    with pytest.raises(InvalidInput, match="name a group"):
        open_distribution(way, base=stores, variables=["a"])
    assert "tree" in plan_distribution(way, base=stores).warnings[0]
