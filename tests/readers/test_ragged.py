"""Samples of several stations along one dimension: cut together, counted and numbered anew."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.model import Distribution
from sciknow.model.selection import parse_selection
from sciknow.readers import open_distribution, plan_distribution
from sciknow.readers.selection import select

DAYS = pd.date_range("2000-01-01", periods=12)[[0, 5, 0, 5, 10, 5]]
NORTH, EAST = {"units": "degrees_north"}, {"units": "degrees_east"}
BOX = (-30.0, -10.0, 40.0, 30.0)  # the first and the last of three stations
LATE = ("2000-01-06", None)


def ragged(kind):
    ds = xr.Dataset(
        {"t": ("obs", np.arange(6.0))},
        {
            "lat": ("station", [0.0, 10.0, 20.0], NORTH),
            "lon": ("station", [0.0, 80.0, 20.0], EAST),
            "time": ("obs", DAYS, {"standard_name": "time"}),
        },
    )
    if kind == "counts":
        return ds.assign(size=("station", [2, 3, 1], {"sample_dimension": "obs"}))
    return ds.assign(at=("obs", [0, 2, 1, 1, 0, 2], {"instance_dimension": "station"}))


@pytest.mark.parametrize(
    ("kind", "part", "samples", "tie"),
    [
        ("counts", {"bbox": BOX}, [0, 1, 5], [2, 1]),
        ("counts", {"period": LATE}, [1, 3, 4, 5], [1, 2, 1]),
        ("counts", {"bbox": BOX, "period": LATE}, [1, 5], [1, 1]),
        ("counts", {"bbox": BOX, "variables": "t"}, [0, 1, 5], [2, 1]),
        ("index", {"bbox": BOX}, [0, 1, 4, 5], [0, 1, 0, 1]),
        ("index", {"period": LATE}, [1, 3, 4, 5], [2, 1, 0, 2]),
        ("index", {"bbox": BOX, "period": LATE}, [1, 4, 5], [1, 0, 1]),
        ("index", {"bbox": BOX, "variables": "t"}, [0, 1, 4, 5], [0, 1, 0, 1]),
    ],
)
@pytest.mark.parametrize("suffix", ["nc", "zarr"])
def test_samples_are_cut_with_their_stations(tmp_path, suffix, kind, part, samples, tie):
    ds = ragged(kind)
    if suffix == "nc":
        ds.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    else:
        ds.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    way = Distribution(id="x", access_url=f"a.{suffix}")
    found = open_distribution(way, base=tmp_path, **part)
    assert found.t.values.tolist() == samples
    assert found["size" if kind == "counts" else "at"].values.tolist() == tie
    assert plan_distribution(way, base=tmp_path, **part).open().sizes == found.sizes


def test_stations_across_a_seam_take_their_samples_with_them():
    ds = ragged("counts").assign_coords(lon=("station", [10.0, 180.0, 350.0], EAST))
    found = select(ds, parse_selection((-20, -90, 20, 90)))
    assert found.t.values.tolist() == [0, 1, 5]
    found = select(ds.assign_coords(lat=((), 0.0, NORTH)), parse_selection((-20, -90, 20, 90)))
    assert found.lon.values.tolist() == [350, 10]
    assert found.t.values.tolist() == [5, 0, 1]
    assert found["size"].values.tolist() == [1, 2]


def test_profiles_of_trajectories_are_cut_in_both_steps():
    ds = xr.Dataset(
        {
            "t": ("obs", np.arange(6.0)),
            "size": ("profile", [1, 2, 3], {"sample_dimension": "obs"}),
            "of": ("profile", [1, 0, 1], {"instance_dimension": "track"}),
        },
        {"lat": ("track", [0.0, 50.0], NORTH), "lon": ("track", [0.0, 0.0], EAST)},
    )
    found = select(ds, parse_selection((-10, 40, 10, 60)))
    assert found.t.values.tolist() == [0, 3, 4, 5]
    assert found["size"].values.tolist() == [1, 3]
    assert found["of"].values.tolist() == [0, 0]


def test_stations_without_samples_inside_are_told():
    with pytest.raises(InvalidInput, match="nothing lies inside the selection along 'obs'"):
        select(ragged("counts"), parse_selection(BOX, ("2000-01-11", "2000-01-11")))


@pytest.mark.parametrize("counts", [[2, -3, 7], [2, 3, 9]])
def test_counts_that_are_not_those_of_the_samples_are_refused(counts):
    ds = ragged("counts").assign(size=("station", counts, {"sample_dimension": "obs"}))
    with pytest.raises(InvalidInput, match="the counts 'size' add up to"):
        select(ds, parse_selection(BOX))


def test_samples_after_the_last_station_belong_to_none():
    ds = ragged("counts").assign(size=("station", [2, 2, 1], {"sample_dimension": "obs"}))
    assert select(ds, parse_selection(BOX)).t.values.tolist() == [0, 1, 4]
    found = select(ds, parse_selection(period=LATE))
    assert (found.t.values.tolist(), found["size"].values.tolist()) == ([1, 3, 4, 5], [1, 1, 1])
