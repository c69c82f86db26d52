"""Variables by short names, and the units that values should have."""

from __future__ import annotations

from pathlib import Path

import pytest

from sciknow.search import build_index, understand
from sciknow.search.index.document import Document
from sciknow.search.rank.index import Index
from sciknow.search.wish.unit import find_unit, kind_of_unit
from sciknow.search.wish.variable import find_variables, other_names, short_names

NAMES = Path(__file__).parents[2] / "knowledge_graph" / "vocabulary" / "cf-standard-names.txt"


def test_each_short_name_has_a_standard_name_of_cf():
    lines = NAMES.read_text("utf-8").splitlines()
    known = {line.split("\t")[0] for line in lines if not line.startswith("#")}
    assert len(short_names()) > 60
    assert {item.standard for item in short_names().values()} <= known


@pytest.mark.parametrize(
    ("question", "standard"),
    [
        ("hourly t2m over Europe", ["air_temperature"]),
        ("tas and pr to 2100", ["air_temperature", "precipitation_flux"]),
        ("青藏高原 tos 逐月", ["sea_surface_temperature"]),
        ("sfcWind", ["wind_speed"]),
        ("PR campaign of a tasmanian firm", []),
        ("chl-a", []),
        ("a talk on pressure", []),
    ],
)
def test_short_names_are_found(question, standard):
    assert [item.standard for item in find_variables(question)] == standard


def test_a_mean_is_no_maximum():
    tas = short_names()["tas"]
    assert {"t2m", "air_temperature", "气温"} <= other_names(tas)
    assert "tasmax" not in other_names(tas)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("°C", "K"),
        ("℃", "degree_Celsius"),
        ("摄氏度", "kelvin"),
        ("mm/day", "kg m-2 s-1"),
        ("mm d^-1", "m s-1"),
        ("µg/m³", "kg m-3"),
        ("ug m-3", "mg m^-3"),
        ("W/m^2", "W m-2"),
        ("hPa", "dbar"),
        ("km/h", "knots"),
        ("percent", "1"),
        ("立方米每秒", "m3 s-1"),
    ],
)
def test_units_of_one_kind(one, other):
    assert kind_of_unit(one) == kind_of_unit(other) is not None


@pytest.mark.parametrize("text", ["", "bananas", "K per banana", "nT", "2 m", "m s-1 and K"])
def test_what_is_no_unit(text):
    assert kind_of_unit(text) is None


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("PM2.5 in µg/m³, daily", "µg/m³"),
        ("temperature in °C", "°C"),
        ("气温 单位摄氏度", "摄氏度"),
        ("wind in m/s over Kenya", "m/s"),
        ("precipitation in mm/day", "mm/day"),
        ("lakes in Kenya", ""),
        ("rain in May", ""),
        ("cities in K2 region", ""),
    ],
)
def test_a_wish_for_a_unit_is_found(question, unit):
    assert find_unit(question)[0] == unit


def test_what_was_understood_is_shown_and_taken_away():
    wish = understand("t2m in °C over Kenya")
    assert str(wish) == "Kenya, 2 metre temperature (t2m), in °C"
    assert wish.theme == "t2m"
    assert str(wish.without("unit", "variable")) == "Kenya"


def test_values_in_a_unit_of_the_kind_fit(tmp_path, embedder, cache):
    names = {"kelvin": ("K", "tas"), "celsius": ("degC", "temp"), "height": ("m", "zg")}
    records = [
        Document(id=name, fields={"title": "Air temperature"}, units=(unit,), variables=(variable,))
        for name, (unit, variable) in names.items()
    ]
    records.append(Document(id="unsaid", fields={"title": "Air temperature"}))
    build_index(tmp_path / "index", records, embedder=embedder, cache=cache)
    index = Index.open(tmp_path / "index", embedder)
    hits = index.search("t2m in °C").hits
    told = {hit.id: {item.name: item.verdict for item in hit.why.constraints} for hit in hits}
    index.close()
    assert hits[0].id == "kelvin"
    assert told["kelvin"] == {"variable": "fits", "unit": "fits"}
    assert told["celsius"] == {"variable": "not stated", "unit": "fits"}
    assert told["height"]["unit"] == told["unsaid"]["unit"] == "not stated"
