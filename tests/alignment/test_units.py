"""Conversions of units, as UDUNITS spells them."""

import numpy as np
import pytest
import xarray as xr
from alignment.fields import field, nothing_read
from hypothesis import given
from hypothesis import strategies as st

import sciknow as sk
from sciknow.alignment.units import convert
from sciknow.errors import InvalidInput, MissingDependency

KNOWN = [
    ("hPa", "Pa", 1.0, 100.0),
    ("millibars", "hPa", 1013.0, 1013.0),
    ("degC", "K", 25.0, 298.15),
    ("K", "degC", 273.15, 0.0),
    ("degF", "degC", 212.0, 100.0),
    ("Celsius", "kelvin", 0.0, 273.15),
    ("%", "1", 50.0, 0.5),
    ("percent", "1", 50.0, 0.5),
    ("1e-6", "1", 400.0, 4e-4),
    ("ppm", "1e-9", 1.0, 1000.0),
    ("1e8 m3", "km3", 1120.0, 112.0),
    ("m s**-1", "km h-1", 10.0, 36.0),
    ("mm/day", "m s-1", 86.4, 1e-6),
    ("W/m2", "W m-2", 3.0, 3.0),
    ("m**2 s**-2", "J kg-1", 9.8, 9.8),
]


@pytest.mark.parametrize(("source", "target", "value", "expected"), KNOWN)
def test_values_are_converted(source, target, value, expected):
    way = convert(source, target)
    assert value * way.factor + way.offset == pytest.approx(expected, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("K", "m"),
        ("ids", "1"),
        ("1e9 USD", "m"),
        ("", "m"),
        ("dB", "1"),
        ("days since 1970-01-01", "K"),
    ],
)
def test_what_has_no_way_has_none(source, target):
    assert convert(source, target) is None


def test_units_that_are_spelled_alike_need_no_library():
    assert convert("florins", "florins").trivial
    assert convert("", "1").trivial


def test_differences_of_temperature_keep_their_zero():
    assert convert("degC", "K", difference=True).offset == 0
    assert convert("degC", "degF", difference=True).factor == pytest.approx(1.8)


def test_water_is_weighed_only_when_asked():
    assert convert("mm day-1", "kg m-2 s-1") is None
    way = convert("mm day-1", "kg m-2 s-1", water_density=1000)
    assert way.factor == pytest.approx(1 / 86_400)
    assert "water of 1000 kg m-3" in str(way)
    back = convert("kg m-2 s-1", "mm day-1", water_density=1000)
    assert way.factor * back.factor == pytest.approx(1)
    assert convert("K", "kg m-2", water_density=1000) is None
    with pytest.raises(InvalidInput, match="water_density"):
        sk.align(field(10), field(10), water_density=1.0)


@given(st.sampled_from([row[:2] for row in KNOWN]), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same(pair, value):
    there, back = convert(*pair), convert(*reversed(pair))
    again = (value * there.factor + there.offset) * back.factor + back.offset
    assert again == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_variables_in_common_get_the_units_of_the_first():
    a, b = field(10.0, dtype="f4"), field(10.0, dtype="f4", seed=1)
    b["t"].attrs["units"] = "degC"
    b["other"] = b.t.assign_attrs(standard_name="sea_ice_thickness", units="m")
    with nothing_read():
        a2, b2 = found = sk.align(a, b.chunk())
    assert b2.t.attrs["units"] == "K"
    assert b2.t.dtype == "f4"
    np.testing.assert_allclose(b2.t.values, b.t.values + 273.15, rtol=1e-6)
    xr.testing.assert_identical(a2, a)
    np.testing.assert_array_equal(b2.other.values, b.other.values)
    assert "t: degC → K" in found.report
    assert found.interpolated == ()
    kept, _ = sk.align(b, a, units="keep")
    assert kept.t.attrs["units"] == "degC"


def test_units_without_a_way_are_told_and_left():
    a, b = field(10.0), field(10.0)
    b["t"].attrs["units"] = "ids"
    found = sk.align(a, b)
    assert found[1].t.attrs["units"] == "ids"
    assert "no way is known" in found.report


def test_without_pint_it_says_what_to_install(monkeypatch):
    from sciknow.alignment import units

    units._registry.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "cf_xarray.units", None)
    with pytest.raises(MissingDependency, match=r"sciknow\[align\]"):
        convert("hPa", "Pa")
