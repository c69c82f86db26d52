"""What one coordinate is: the spellings of CF, and what the attributes say before the name."""

import cf_xarray  # noqa: F401  (registers the accessor: a second finder of axes)
import numpy as np
import pytest
import xarray as xr
from cf_xarray.criteria import coordinate_criteria

from sciknow.axes.rule import Kind, column_of, guessed, kind_of, told

OURS = {
    "latitude": Kind.LATITUDE,
    "longitude": Kind.LONGITUDE,
    "time": Kind.TIME,
    "T": Kind.TIME,
    "vertical": Kind.VERTICAL,
    "Z": Kind.VERTICAL,
    "X": Kind.X,
    "Y": Kind.Y,
}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (kind, key, value)
        for kind, criteria in coordinate_criteria.items()
        for key, values in criteria.items()
        if key in ("standard_name", "units", "_CoordinateAxisType", "axis", "cartesian_axis")
        for value in values
    ],
)
def test_every_attribute_that_cf_xarray_knows_tells_the_same(kind, key, value):
    assert told({key: value}) is OURS[kind]
    found = xr.Dataset(coords={"a": ("a", np.arange(3.0), {key: value})}).cf
    assert "a" in {**found.axes, **found.coordinates}[kind]


@pytest.mark.parametrize("mark", ["_", " ", ""])
@pytest.mark.parametrize("degree", ["degrees", "degree", "Degrees", "deg", "°"])
def test_every_way_to_write_degrees_north_and_east_is_read(degree, mark):
    for end, kind in (("north", Kind.LATITUDE), ("N", Kind.LATITUDE), ("east", Kind.LONGITUDE)):
        assert told({"units": f"{degree}{mark}{end}"}) is kind


def test_degrees_along_y_are_guessed_to_be_latitude():
    assert guessed("Y", {"units": "degrees"}) is Kind.LATITUDE
    assert guessed("Y", {"units": "km"}) is guessed("Y", {}) is Kind.Y


@pytest.mark.parametrize("unit", ["degrees", "degree", "degree_north", "degreesN", "DEGREES_NORTH"])
def test_an_axis_in_degrees_is_latitude(unit):
    assert told({"axis": "Y", "units": unit}) is Kind.LATITUDE


@pytest.mark.parametrize(
    ("name", "attrs", "kind"),
    [
        ("time", {"standard_name": "forecast_reference_time", "axis": "T"}, Kind.OTHER_TIME),
        ("run", {"_CoordinateAxisType": "RunTime"}, Kind.OTHER_TIME),
        ("lat", {"standard_name": "grid_latitude", "units": "degrees"}, Kind.Y),
        ("lat", {"standard_name": "projection_y_coordinate", "units": "km"}, Kind.Y),
        ("t", {"units": "days since 2000-01-01"}, Kind.TIME),
        ("y", {"axis": "Y", "units": "km"}, Kind.Y),
        ("level", {"units": "hPa"}, Kind.VERTICAL),
        ("k", {"positive": "down"}, Kind.VERTICAL),
        ("s_rho", {"standard_name": "ocean_s_coordinate_g2"}, Kind.VERTICAL),
        ("lat", {"standard_name": "air_temperature", "units": "K"}, Kind.LATITUDE),
        ("Y", {"standard_name": "Latitude"}, Kind.LATITUDE),
        ("nav_lon", {}, Kind.LONGITUDE),
        ("TLAT", {}, Kind.LATITUDE),
        ("latent_heat", {}, None),
        ("longwave", {}, None),
        ("member", {"units": "1"}, None),
    ],
)
def test_attributes_come_before_names(name, attrs, kind):
    assert kind_of(name, attrs) is kind


def test_a_latitude_of_something_else_is_a_guess_only():
    attrs = {"standard_name": "deployment_latitude", "units": "degrees_north"}
    assert told(attrs) is None
    assert guessed("where", attrs) is Kind.LATITUDE


def test_columns_are_found_by_name_the_most_usual_first():
    assert column_of(Kind.LATITUDE, ["decimalLatitude", "LAT", "lat_error"]) == "LAT"
    assert column_of(Kind.TIME, ["started", "eventDate"]) == "eventDate"
    assert column_of(Kind.LONGITUDE, ["x", "y"]) is None
