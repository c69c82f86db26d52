"""The axes of whole datasets: which of several is meant, and what is told of the grid."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st

from sciknow.axes.finder import GridKind, find, find_axes, find_times, grid_mappings, rivals
from sciknow.axes.rule import Kind

DAYS = pd.date_range("2000-01-01", periods=6)
RUN = {"standard_name": "forecast_reference_time"}
NORTH, EAST = {"units": "degreeN"}, {"units": "degree_E"}


def timed(**coords):
    return xr.Dataset({"t": ("time", np.arange(6.0))}, coords)


@pytest.mark.parametrize(
    "coords",
    [
        {"run": ("time", DAYS, RUN), "time": ("time", DAYS)},
        {"run": ("time", DAYS, RUN | {"axis": "T"}), "time": ("time", DAYS, {"axis": "T"})},
        {"deployment_time": ("time", DAYS), "time": ("time", DAYS)},
        {"started": ("time", DAYS), "time": ("time", DAYS, {"standard_name": "time"})},
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_time_that_the_data_run_along_is_found_in_any_order(coords, order):
    assert find_times(timed(**dict(list(coords.items())[::order]))) == ["time"]


def test_a_told_time_beside_a_dimension_comes_before_the_dimension():
    coords = {"run": ("run", DAYS, RUN), "valid": ("run", DAYS, {"standard_name": "time"})}
    ds = xr.Dataset({"t": ("run", np.arange(6.0))}, coords)
    assert find_axes(ds).time == "valid"
    assert find_times(ds.drop_vars("valid")) == ["run"]


def test_times_of_several_steps_are_all_cut():
    monthly = pd.date_range("2000-01-01", periods=3, freq="MS")
    told = {"standard_name": "time"}
    ds = timed(time=("time", DAYS, told), month=("month", monthly, told))
    ds["p"] = ("month", np.arange(3.0))
    assert sorted(find_times(ds)) == ["month", "time"]
    assert rivals(ds, find_times(ds)) == []


def test_times_of_which_nothing_tells_are_rivals():
    ds = xr.Dataset({"t": ("obs", np.arange(6.0))}, {k: ("obs", DAYS) for k in ("opened", "shut")})
    assert rivals(ds, find_times(ds)) == ["opened", "shut"]


def test_dates_of_other_calendars_beside_a_dimension_are_times_unread():
    stamps = xr.date_range("2000-01-01", periods=6, calendar="noleap", use_cftime=True)
    ds = xr.Dataset({"t": ("obs", np.arange(6.0))}, {"when": ("obs", stamps)})
    assert find_times(ds) == []
    ds.when.encoding["units"] = "days since 2000-01-01"
    assert find_times(ds) == ["when"]


def grid(y, x, dims=("y", "x"), **attrs):
    shape = tuple(len(item[1]) for item in (y, x))
    return xr.Dataset({"t": (dims, np.zeros(shape), attrs)}, {y[0]: y, x[0]: x})


def test_degrees_along_the_axes_of_a_turned_grid_are_not_the_globes():
    y = ("rlat", np.arange(3.0), {"axis": "Y", "units": "degrees"})
    x = ("rlon", np.arange(4.0), {"axis": "X", "units": "degrees"})
    ds = grid(y, x, ("rlat", "rlon"), grid_mapping="pole")
    assert find_axes(ds).kind is GridKind.LATLON
    ds["pole"] = ((), 0, {"grid_mapping_name": "rotated_latitude_longitude"})
    assert find_axes(ds).kind is GridKind.PROJECTED
    assert find(ds, Kind.LATITUDE) == ""


def test_bounds_are_no_axes():
    ds = grid(
        ("lat", [1.0, 2.0], NORTH | {"bounds": "lat_b"}), ("lon", [1.0], EAST), ("lat", "lon")
    )
    ds = ds.assign_coords(lat_b=(("lat", "n"), np.zeros((2, 2)), NORTH))
    assert find_axes(ds).y == "lat"


def test_the_layout_is_told_by_dimensions():
    y, x = ("Y", [10.0, 20.0], NORTH), ("X", [0.0, 10.0, 20.0], EAST)
    assert find_axes(grid(y, x, ("Y", "X"))).kind is GridKind.LATLON
    at = {"lat": ("station", [1.0, 2.0], NORTH), "lon": ("station", [1.0, 2.0], EAST)}
    points = xr.Dataset({"t": ("station", [0.0, 1.0])}, at)
    assert find_axes(points).kind is GridKind.POINTS
    assert find_axes(points.rename(station="ncells")).kind is GridKind.UNSTRUCTURED
    assert find_axes(points.isel(station=0)).kind is GridKind.PLACE
    assert find_axes(xr.Dataset({"t": ("n", [1.0])})).kind is GridKind.NONE


@pytest.mark.parametrize(
    ("said", "along", "found"),
    [
        ("a", ("x", "y"), ["a"]),
        ("a: x y", ("x", "y"), ["a"]),
        ("b: lat lon a: x y", ("x", "y"), ["a"]),
        ("b: lat lon a: x y", (), ["b", "a"]),
        ("b:lat lon a:x y", ("y", "x"), ["a"]),
        ("missing", ("x", "y"), ["crs"]),
        ("", ("x", "y"), ["crs"]),
    ],
)
def test_the_extended_form_of_a_grid_mapping_is_read(said, along, found):
    ds = grid(("y", [1.0, 2.0]), ("x", [1.0]), grid_mapping=said)
    for name in ("a", "b", "crs"):
        ds[name] = ((), 0, {"grid_mapping_name": name})
    assert list(grid_mappings(ds, *along)) == found


def test_the_mapping_of_other_variables_is_left_out():
    ds = grid(("y", [1.0, 2.0]), ("x", [1.0]), grid_mapping="a")
    ds["u"] = ("z", [1.0], {"grid_mapping": "b"})
    ds["a"], ds["b"] = ((), 0, {"one": 1}), ((), 0, {"one": 2})
    assert grid_mappings(ds, "x", "y") == {"a": {"one": 1}}
    assert list(grid_mappings(ds, variables=["u"])) == ["b"]


NAMES = st.sampled_from(["lat", "lon", "Y", "X", "time", "z", "a", "b"])
ATTRS = st.dictionaries(
    st.sampled_from(["units", "standard_name", "axis"]),
    st.sampled_from(["degrees_north", "degreeE", "latitude", "longitude", "X", "Y", "T", "Z", "m"]),
    max_size=2,
)


@settings(max_examples=draws(60), deadline=None)
@given(st.lists(st.tuples(NAMES, ATTRS), max_size=5, unique_by=lambda pair: pair[0]))
def test_order_does_not_choose_between_latitude_and_longitude(coords):
    made = {name: (name, np.arange(2.0), attrs) for name, attrs in coords}
    axes, back = (
        find_axes(xr.Dataset(coords=dict(c))) for c in (made.items(), [*made.items()][::-1])
    )
    assert axes.kind is back.kind
    assert not axes.x or axes.x != axes.y
