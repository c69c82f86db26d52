"""Derived arrays tell what they were made from, as far as attributes and graphs carry it."""

import pickle

import pytest
import xarray as xr
from drifting import sample, to_zarr

import sciknow as sk
from sciknow.readers import open_distribution, remember


@pytest.fixture
def ice(hub):
    with sk.session():
        return hub.open("ice-monthly")


@pytest.fixture
def sst(place):
    to_zarr(sample(24), place / "a.zarr")
    opened = open_distribution(
        place.way("a.zarr"), base=place.hub.base, attrs={"sciknow_dataset": "sst"}
    )
    remember(opened)
    return opened


def names(thing):
    return [item.dataset for item in thing.sciknow.origins]


def test_what_was_opened(ice):
    (found,) = ice.sciknow.origins
    assert found.distribution == "ice-monthly-zarr"
    assert found.identifier == "https://doi.org/10.1234/ice"
    assert found.generation
    assert "ice-monthly-zarr" in repr(ice.sciknow)


def test_attributes_carry_it_through_loading_and_saving(ice, tmp_path):
    assert names(ice.load()) == ["ice-monthly"]
    ice.to_netcdf(tmp_path / "a.nc")
    with xr.open_dataset(tmp_path / "a.nc") as again:
        assert names(again) == ["ice-monthly"]
    assert names(pickle.loads(pickle.dumps(ice))) == ["ice-monthly"]


DERIVED = {
    "a variable": lambda ds: ds["siconc"],
    "arithmetic": lambda ds: ds["siconc"] * 100 - 1,
    "a mean": lambda ds: ds["siconc"].mean("time"),
    "a part": lambda ds: ds["siconc"].isel(time=slice(3), lat=0),
    "a resampling": lambda ds: ds["siconc"].resample(time="YS").mean(),
    "a rechunking": lambda ds: ds["siconc"].chunk({"time": 3}),
    "a new dataset": lambda ds: xr.Dataset({"x": ds["siconc"].drop_attrs()}),
}


@pytest.mark.parametrize("name", DERIVED)
def test_the_graph_carries_it_while_lazy(ice, name):
    assert names(DERIVED[name](ice)) == ["ice-monthly"]


def test_an_array_of_two_datasets_has_two_origins(ice, sst):
    joined = ice["siconc"].mean(("lat", "lon")).values.sum() + sst["sst"]
    assert names(joined) == ["sst"]  # a computed part has lost its own
    left = ice["siconc"].isel(lat=0, lon=0, drop=True).drop_vars("time")
    right = sst["sst"].isel(lat=0, lon=0, drop=True).drop_vars("time")
    both = left + right
    assert names(both) == ["ice-monthly", "sst"]
    merged = xr.merge([left.rename("a"), right.rename("b")])
    assert names(merged) == ["ice-monthly", "sst"]


def test_where_it_cannot_be_carried(ice):
    assert names(ice["siconc"].compute()) == []
    assert names(xr.DataArray([1])) == []
    assert repr(xr.Dataset().sciknow) == "no origin is known"


def test_a_tree(ice):
    tree = xr.DataTree.from_dict({"/all": ice, "/part": ice.isel(time=[0])})
    assert names(tree) == ["ice-monthly"]
