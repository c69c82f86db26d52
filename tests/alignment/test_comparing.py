"""Profiles of cards and arrays, what they have in common, and how it is shown."""

import html5lib
import numpy as np
import pytest
import xarray as xr
from alignment.fields import LAT, LON, field, nothing_read
from hypothesis import given
from hypothesis import strategies as st

import sciknow as sk
from sciknow.alignment import (
    Compatibility,
    Verdict,
    common_box,
    common_period,
    compare,
    profile_of_array,
    profile_of_card,
    with_card,
)
from sciknow.alignment.overlap import share, wider, width
from sciknow.errors import InvalidInput, NotFound
from sciknow.model import (
    Dataset,
    LangString,
    PeriodOfTime,
    Publication,
    Resolution,
    SpatialCoverage,
    Variable,
)


def card(name="a", **facts):
    """Return a card that states a few things."""
    return Dataset(id=name, title=LangString(name), **facts)


FULL = {
    "spatial": SpatialCoverage((-180.0, -90.0, 180.0, 90.0)),
    "temporal": PeriodOfTime("1979", "2020"),
    "resolution": Resolution(0.25, None, "P1D"),
    "variables": (Variable(name="sst", standard_name="sea_surface_temperature", units="degC"),),
    "license": "CC-BY-4.0",
}


def test_cards_are_compared_by_what_they_state():
    other = FULL | {
        "spatial": SpatialCoverage((170.0, -10.0, -170.0, 10.0)),
        "temporal": PeriodOfTime("2000-06", ""),
        "resolution": Resolution(1.0, None, "P1M"),
        "variables": (Variable(name="t", standard_name="sea_surface_temperature", units="K"),),
        "license": "CC0-1.0",
    }
    pair = compare(profile_of_card(card("a", **FULL)), profile_of_card(card("b", **other)))
    verdicts = {item.name: item.verdict for item in pair.aspects}
    assert verdicts == {
        "space": Verdict.COMPATIBLE,
        "time": Verdict.COMPATIBLE,
        "variables": Verdict.CONVERTIBLE,
        "time step": Verdict.CONVERTIBLE,
        "grid spacing": Verdict.CONVERTIBLE,
        "licence": Verdict.COMPATIBLE,
    }
    assert "across the antimeridian" in pair["space"].sentence
    assert "2000-06 to 2020" in pair["time"].sentence
    assert "K → degC" in pair["variables"].sentence
    assert pair["grid spacing"].sentence.startswith("one is 4 times as coarse")
    assert not pair.blocking
    assert "a and b can be combined; to be converted: variables, time step" in pair.headline


def test_empty_cards_state_nothing_and_nothing_is_made_up():
    pair = compare(profile_of_card(card("a")), profile_of_card(card("b")))
    assert {item.verdict for item in pair.aspects} == {Verdict.NOT_STATED}
    assert pair["space"].sentence == "a and b state no area"


def test_what_does_not_meet_is_in_the_way():
    far = FULL | {"temporal": PeriodOfTime("1850", "1900")}
    found = Compatibility(
        [compare(*(profile_of_card(card(n, **f)) for n, f in (("a", FULL), ("b", far))))]
    )
    assert not found.ok
    assert "cannot be combined" in repr(found)
    assert [item.name for item in found[0].blocking] == ["time"]


def test_arrays_are_described_by_their_coordinates_alone():
    times = xr.date_range("2001-01-01", periods=30, calendar="noleap", use_cftime=True)
    ds = field(2.5, 0.0, times=times, falling=True).chunk(time=5)
    ds["t"].encoding["_FillValue"] = -999.0
    ds = ds.assign_coords(level=("level", [1000.0, 500.0], {"axis": "Z", "units": "hPa"}))
    with nothing_read():
        found = profile_of_array(ds)
    assert found.bbox == (-180.0, -90.0, 180.0, 90.0)
    assert (found.degrees, found.longitudes, found.latitudes) == (2.5, "0 to 360", "north to south")
    assert (str(found.step), found.calendar, found.gaps) == ("P1D", "noleap", 0)
    assert (found.start, found.end) == ("2001-01-01", "2001-01-30")
    assert found.vertical == "level, 2 from 1000 to 500 hPa"
    assert found.missing == "-999.0"
    assert [item.key for item in found.variables] == ["air_temperature"]


def test_the_conventions_of_two_arrays_are_told():
    times = [
        xr.date_range("2001-01-01", periods=30),
        xr.date_range("2001-01-01", periods=30, calendar="360_day"),
    ]
    a, b = field(5.0, times=times[0]), field(5.0, 0.0, times=times[1], falling=True)
    pair = compare(profile_of_array(a, "a"), profile_of_array(b, "b"))
    for name in ("calendar", "longitudes", "latitudes"):
        assert pair[name].verdict is Verdict.CONVERTIBLE
    assert pair["grid"].verdict is Verdict.SAME
    assert pair["space"].sentence == "both cover the globe"


@pytest.mark.parametrize("thing", [3, None, [1, 2], np.zeros(3)])
def test_other_things_are_refused(thing):
    with pytest.raises(InvalidInput, match=r"is no array object but \w+; give an xarray"):
        sk.align(field(10), thing)


def test_trees_and_things_without_axes_are_refused():
    tree = xr.DataTree.from_dict({"/ocean": field(10), "/land": field(10)})
    with pytest.raises(InvalidInput, match=r"tree of groups.*/land"):
        sk.align(tree, field(10))
    with pytest.raises(InvalidInput, match="neither times nor places"):
        sk.align(field(10), xr.Dataset({"v": ("row", [1, 2])}))


def test_a_data_array_will_do():
    a2, _ = sk.align(field(5.0).t, field(10.0).t)
    assert list(a2.data_vars) == ["t"]


@pytest.mark.parametrize(
    "options",
    [
        {"method": "cubic"},
        {"on": "left"},
        {"units": "si"},
        {"grid": "mine"},
        {"time": "1 month"},
        {"share": 0},
    ],
)
def test_unknown_words_are_refused_with_those_that_are_known(options):
    times = xr.date_range("2001-01-01", periods=3)
    with pytest.raises(InvalidInput, match=next(iter(options)) + "=|no time step"):
        sk.align(field(10, times=times), field(5, times=times), **options)


def test_axes_are_found_without_cf_xarray(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cf_xarray", None)
    assert sk.compatible(field(10), field(10))["grid"].verdict is Verdict.SAME


def test_a_card_fills_what_an_array_does_not_tell():
    told = FULL | {"variables": (Variable(name="t", standard_name="sea_surface_temperature"),)}
    bare = field(5.0, attrs={})
    found = with_card(profile_of_array(bare), card("oisst", **told))
    assert (found.label, found.license) == ("oisst", "CC-BY-4.0")
    assert found.variables[0].standard_name == "sea_surface_temperature"
    assert found.degrees == 5.0


def test_many_are_compared_each_with_each_and_found_by_name():
    profiles = [
        profile_of_array(field(step), name) for step, name in ((5, "a"), (10, "b"), (15, "c"))
    ]
    pairs = [compare(profiles[i], profiles[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    found = Compatibility(pairs)
    assert [pair.labels for pair in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found["grid"].verdict is Verdict.SAME
    with pytest.raises(NotFound, match="licence"):
        found["colour"]
    assert found.to_dict()["ok"] is True


def test_publications_that_name_both_are_evidence():
    paper = Publication(id="10.1/x", doi="10.1/x", title=LangString("Both <seas>"))
    profiles = [profile_of_card(card(name, **FULL)) for name in "ab"]
    found = Compatibility([compare(*profiles, publications=(paper,))])
    assert found["used together"].sentence == "1 publication names both"
    assert found.publications == (paper,)
    assert "10.1/x" in repr(found)
    markup = found._repr_html_()
    html5lib.HTMLParser(strict=True).parseFragment(markup)
    assert "Both &lt;seas&gt;" in markup
    assert "https://doi.org/10.1/x" in markup
    none = compare(*profiles, publications=())
    assert none["used together"].verdict is Verdict.NOT_STATED


def test_the_report_of_an_alignment_is_html_that_parses():
    found = sk.align(field(5.0), field(10.0), labels=("<a>", "b"))
    html5lib.HTMLParser(strict=True).parseFragment(found._repr_html_())
    assert "&lt;a&gt;" in found._repr_html_()
    assert found.to_dict()["datasets"] == ["<a>", "b"]
    assert "aligned: <a> {'lat': 18" in repr(found)


LONGITUDES = st.integers(-180, 180).map(float)
BOXES = st.tuples(
    LONGITUDES, st.integers(-90, 0).map(float), LONGITUDES, st.integers(1, 90).map(float)
)


def inside(box, lon, lat):
    return box[1] <= lat <= box[3] and (lon - box[0]) % 360 <= width(box[0], box[2])


@given(BOXES, BOXES, st.integers(-180, 179), st.integers(-90, 90))
def test_the_common_box_lies_in_both(one, other, lon, lat):
    both = common_box([one, other])
    if both is None:
        assert not (inside(one, lon, lat) and inside(other, lon, lat))
    elif inside(both, lon, lat):
        assert inside(one, lon, lat)
        assert inside(other, lon, lat)
    if both is not None:
        assert 0 <= share(both, one) <= 1
        assert common_box([other, one])[1::2] == both[1::2]


@given(BOXES, st.floats(0, 500_000))
def test_a_wider_box_holds_the_box(box, meters):
    found = wider(box, meters)
    if found is not None:
        assert inside(found, box[0], box[1])
        assert inside(found, box[2], box[3])


@pytest.mark.parametrize(
    ("periods", "common"),
    [
        ([("1979", "2020"), ("2020", "")], ("2020", "2020")),
        ([("1979", "2020-03"), ("2020", "2021")], ("2020", "2020-03")),
        ([("", ""), ("2000", "")], ("2000", "")),
        ([("1979", "1999"), ("2000", "")], None),
    ],
)
def test_common_periods(periods, common):
    assert common_period(periods) == common


def test_areas_of_points_and_of_fields_across_the_seam():
    part = field(1.0, 170.0, 190.0, 0, 10)
    assert profile_of_array(part).bbox == (170.0, 0.0, -170.0, 10.0)
    points = xr.Dataset(
        {"v": ("s", [1.0, 2.0])},
        {"lon": ("s", [179.0, -179.0], LON), "lat": ("s", [0.0, 1.0], LAT)},
    )
    assert profile_of_array(points).bbox == (179.0, 0.0, -179.0, 1.0)
