"""Differences keep their zero, and practical salinity is one unit, however it is spelled."""

import pytest
from alignment.fields import field

import sciknow as sk
from sciknow.alignment.nature import nature_of
from sciknow.alignment.units import convert

DIFFERENCES = [
    ("tas", {"units_metadata": "temperature: difference"}),
    ("tas", {"standard_name": "air_temperature_anomaly"}),
    ("tas", {"standard_name": "tendency_of_air_temperature"}),
    ("tas", {"standard_name": "air_temperature standard_error"}),
    ("tas", {"standard_name": "wet_bulb_temperature_depression"}),
    ("tas", {"standard_name": "air_temperature", "cell_methods": "time: standard_deviation"}),
    ("tas", {"standard_name": "air_temperature", "cell_methods": "area: mean time: range"}),
    ("tas", {"cell_methods": "time: range within days time: mean over days time: range"}),
    ("tas", {"long_name": "temperature anomaly"}),
    ("tas", {"long_name": "Surface temperature departures from 1961-1990"}),
    ("tas", {"long_name": "ensemble spread of temperature"}),
    ("tas", {"long_name": "diurnal temperature range"}),
    ("tas", {"long_name": "standard error of the mean"}),
    ("tas", {"long_name": "气温距平"}),
    ("tas_anom", {}),
    ("sst_anomaly", {}),
    ("t2m_std", {}),
    ("dtr", {}),
    ("tas_diff", {}),
]
TEMPERATURES = [
    ("tas", {}),
    ("tas", {"standard_name": "air_temperature"}),
    ("tas", {"standard_name": "air_temperature", "cell_methods": "time: mean"}),
    ("tas", {"cell_methods": "time: maximum within days time: mean over days"}),
    ("tas", {"long_name": "bias corrected temperature"}),
    ("tas", {"long_name": "bias-adjusted near-surface air temperature"}),
    ("tas", {"long_name": "temperature in a changing climate"}),
    ("tas", {"units_metadata": "temperature: on_scale", "long_name": "anomaly-free temperature"}),
    ("standard_t", {"long_name": "standard level temperature"}),
    ("different", {"long_name": "temperature of different layers"}),
]


def units_of(name, attrs):
    """Return a field of ones in K, aligned to one in degC, with the report."""
    first, other = (
        field(name=name, attrs=attrs | {"units": unit}).map(lambda item: item * 0 + 1, True)
        for unit in ("K", "degC")
    )
    found = sk.align(first, other)
    return float(found[1][name][0, 0]), found.report


@pytest.mark.parametrize(("name", "attrs"), DIFFERENCES)
def test_differences_of_temperature_take_no_offset(name, attrs):
    value, report = units_of(name, attrs)
    assert value == pytest.approx(1)
    assert "a difference by its" in report


@pytest.mark.parametrize(("name", "attrs"), TEMPERATURES)
def test_temperatures_take_one(name, attrs):
    value, report = units_of(name, attrs)
    assert value == pytest.approx(274.15)
    assert "values on a scale" in report


@pytest.mark.parametrize("name", ["salinity", "so", "sos", "PSAL", "sss_mean"])
@pytest.mark.parametrize(
    "unit", ["psu", "PSU", "PSS-78", "1e-3", "0.001", "1", "g/kg", "g kg-1", "‰"]
)
def test_practical_salinity_is_one_unit(name, unit):
    salty = nature_of(name, {}).salinity
    assert salty
    for way in (convert(unit, "1", salinity=salty), convert("psu", unit, salinity=salty)):
        assert way.trivial


def test_absolute_salinity_is_another_quantity():
    absolute = nature_of("so", {"standard_name": "sea_water_absolute_salinity"}).salinity
    assert absolute is False
    assert convert("g/kg", "1", salinity=absolute).factor == 1e-3
    assert convert("g/kg", "1e-3", salinity=absolute).trivial
    assert convert("g/kg", "psu", salinity=absolute) is None
    assert convert("psu", "g kg-1", salinity=absolute) is None
    assert nature_of("x", {"long_name": "preformed salinity"}).salinity is False
    assert nature_of("x", {"standard_name": "air_temperature"}).salinity is None


@pytest.mark.parametrize(("one", "other"), [("1e-3", "psu"), ("psu", "1"), ("g kg-1", "PSS-78")])
def test_salinity_keeps_its_numbers_and_the_report_says_so(one, other):
    told = {"standard_name": "sea_water_practical_salinity"}
    a, b = (field(name="so", attrs=told | {"units": unit}) for unit in (one, other))
    found = sk.align(a, b)
    assert found[1].so.equals(b.so)
    assert found[1].so.attrs["units"] == one
    assert "one unit of practical salinity" in found.report
    assert "in common: sea_water_practical_salinity" in str(sk.compatible(a, b))


def test_a_fraction_that_is_no_salinity_is_converted():
    assert convert("1e-3", "1").factor == 1e-3
    assert convert("g/kg", "1").factor == 1e-3


@pytest.mark.parametrize(
    ("unit", "kelvin"),
    [
        *((unit, 283.15) for unit in ("degC", "deg C", "deg_C", "°C", "° C", "℃", "º C", "DegC")),
        *(
            (unit, 283.15)
            for unit in ("Celsius", "degree_C", "degrees celsius", "deg. C", "摄氏度")
        ),
        *((unit, 10.0) for unit in ("deg K", "degK", "deg_K", "Kelvin", "kelvins", "degrees K")),
        *((unit, 260.928) for unit in ("degF", "deg F", "°F", "℉", "degrees Fahrenheit")),
    ],
)
def test_degrees_are_read_in_every_spelling(unit, kelvin):
    way = convert(unit, "K")
    assert 10 * way.factor + way.offset == pytest.approx(kelvin, abs=1e-3)
    assert convert(unit, "K", difference=True).offset == 0


def test_angles_stay_angles():
    assert convert("degrees", "radian").factor == pytest.approx(0.0174533, rel=1e-5)
    assert convert("degrees_north", "K") is None
