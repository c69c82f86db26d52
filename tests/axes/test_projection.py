"""Boxes on projected grids, whatever the unit of their coordinates."""

import math

import numpy as np
import pytest
import xarray as xr
from pyproj import CRS, Transformer

from sciknow.axes.projection import (
    crs_of,
    degrees_of,
    extent,
    in_degrees,
    metres_of,
    scale_of,
    unit_of,
)
from sciknow.errors import InvalidInput

POLAR = CRS.from_epsg(3413).to_cf()
HEIGHT = 35_786_023.0
VIEW = {
    "grid_mapping_name": "geostationary",
    "perspective_point_height": HEIGHT,
    "semi_major_axis": 6378137.0,
    "semi_minor_axis": 6356752.31414,
    "latitude_of_projection_origin": 0.0,
    "longitude_of_projection_origin": -75.0,
    "sweep_angle_axis": "x",
}


def side(name, values, unit):
    return xr.DataArray(values, dims=name, name=name, attrs={"units": unit} if unit else {})


@pytest.mark.parametrize(
    ("unit", "metres"),
    [
        ("m", 1), ("metre", 1), ("meters", 1), ("", 1), ("km", 1e3), ("kilometers", 1e3),
        ("Kilometre", 1e3), ("100 km", 1e5), ("1000 m", 1e3), ("cm", 0.01), ("1e3 m", 1e3),
        ("US_survey_foot", 1200 / 3937), ("ft", 0.3048),
    ],
)  # fmt: skip
def test_a_box_is_the_same_rectangle_in_every_unit(unit, metres):
    box = (-20.0, 70.0, 10.0, 80.0)
    x, y = np.arange(-3.85e6, 3.8e6, 1e5), np.arange(5.85e6, -5.4e6, -1e5)
    plain = extent(POLAR, side("x", x, "m"), side("y", y, "m"), box)
    found = extent(POLAR, side("x", x / metres, unit), side("y", y / metres, unit), box)
    np.testing.assert_allclose(np.multiply(found, metres), plain, rtol=1e-9)
    corner = Transformer.from_crs("OGC:CRS84", 3413, always_xy=True).transform(-20.0, 70.0)
    assert plain[0] <= corner[0] <= plain[1]
    assert plain[2] <= corner[1] <= plain[3]


@pytest.mark.parametrize(
    ("unit", "radians"),
    [
        ("rad", 1), ("radian", 1), ("radians", 1), ("microradian", 1e-6), ("urad", 1e-6),
        ("µrad", 1e-6), ("1e-6 rad", 1e-6), ("mrad", 1e-3), ("degrees", math.radians(1)),
    ],
)  # fmt: skip
def test_a_geostationary_view_is_cut_in_angles_as_in_metres(unit, radians):
    at = np.linspace(-0.1, 0.1, 201)
    box = (-80.0, 20.0, -70.0, 30.0)
    plain = extent(VIEW, side("x", at * HEIGHT, "m"), side("y", at[::-1] * HEIGHT, "m"), box)
    sides = side("x", at / radians, unit), side("y", at[::-1] / radians, unit)
    found = extent(VIEW, *sides, box)
    np.testing.assert_allclose(np.multiply(found, radians * HEIGHT), plain, rtol=1e-9)
    assert metres_of(sides[0], VIEW) == pytest.approx(radians * HEIGHT)


@pytest.mark.parametrize("unit", ["furlong", "K", "rad"])
def test_a_unit_that_is_none_of_the_projection_is_refused(unit):
    with pytest.raises(InvalidInput, match="none of the projection"):
        scale_of(side("x", [1.0], unit), crs_of(POLAR, "it"))


def test_a_system_in_feet_takes_metres_and_feet():
    feet = crs_of(CRS.from_epsg(2263).to_cf(), "it")
    assert scale_of(side("x", [1.0], "m"), feet) == pytest.approx(3937 / 1200)
    assert scale_of(side("x", [1.0], "US_survey_foot"), feet) == pytest.approx(1.0)
    assert scale_of(side("x", [1.0], ""), feet) == 1.0


def test_a_mapping_that_pyproj_does_not_know_is_named():
    with pytest.raises(InvalidInput, match=r"the projection of \(x, y\)"):
        crs_of({"grid_mapping_name": "flat"}, "(x, y)")


@pytest.mark.parametrize("unit", ["", " ", "7", "m s-1", "none"])
def test_what_is_no_unit_is_none(unit):
    assert unit_of(unit) is None


def test_a_globe_in_radians_is_brought_to_degrees_with_its_bounds():
    edges = np.radians(np.array([[-90.0, 0.0], [0.0, 90.0]]))
    lat = {"standard_name": "latitude", "units": "radian", "bounds": "edges"}
    ds = xr.Dataset(
        {"edges": (("lat", "side"), edges)},
        {
            "lat": ("lat", np.radians([-45.0, 45.0]), lat),
            "lon": ("lon", [0.0], {"units": "degreeE"}),
        },
    )
    found = in_degrees(ds)
    np.testing.assert_allclose(found.lat, [-45, 45])
    np.testing.assert_allclose(found.edges, [[-90, 0], [0, 90]])
    assert found.lat.attrs["units"] == "degrees_north"
    assert found.lon.identical(ds.lon)


@pytest.mark.parametrize(("unit", "value"), [("deg", 7.0), ("", 7.0), ("m", 7.0), ("mrad", 0.401)])
def test_only_other_angles_are_brought_to_degrees(unit, value):
    assert degrees_of(side("lat", [7.0], unit)) == pytest.approx(value, abs=1e-3)
