from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import InvalidInput
from sciknow.search import Document, Filters
from sciknow.search.index.columns import Columns, build_columns, hours


def found(index, unstated="mark", **wishes):
    results = index.search("data", filters=Filters.of(unstated=unstated, **wishes))
    return {hit.id for hit in results.hits}, results


ALL = {"sea-ice-index", "pacific-sst", "mauna-loa", "wheat-zh", "bare"}


@pytest.mark.parametrize(
    ("wide", "half"),
    [
        ({"variables": ["ｓｉｃｏｎｃ"]}, {"variables": ["siconc"]}),
        ({"license": "ＣＣ０-1.0"}, {"license": "cc0-1.0"}),
        ({"publisher": "ＮＯＡＡ"}, {"publisher": "NOAA"}),
        ({"sector": "ｏｃｅａｎ"}, {"sector": "ocean"}),
        ({"period": ("１９６０", "１９７０")}, {"period": ("1960", "1970")}),
        ({"period": ("19600101", "..")}, {"period": ("1960-01-01", None)}),
        ({"step": "ｄａｉｌｙ"}, {"step": "daily"}),
        ({"resolution": "１ｋｍ"}, {"resolution": "1km"}),
        ({"format": "ＮｅｔＣＤＦ"}, {"format": "netcdf"}),
    ],
)
def test_full_width_characters_are_as_good(wide, half):
    assert Filters.of(**wide) == Filters.of(**half)


@pytest.mark.parametrize(
    "wishes",
    [
        {"variables": ["nonsense"]},
        {"format": "nonsense"},
        {"license": "nonsense"},
        {"sector": "nonsense"},
        {"access": "nonsense"},
        {"step": "nonsense"},
        {"resolution": "nonsense"},
        {"period": ("nonsense", None)},
        {"period": ("1979 to 1990", None)},
        {"period": ("1979/..", None)},
        {"period": ("2000-02-30", None)},
        {"period": "1979/.."},
    ],
)
def test_a_filter_that_is_not_understood_is_refused(index, wishes):
    with pytest.raises(InvalidInput, match=r"nonsense|19|2000"):
        found(index, **wishes)


def test_a_near_miss_is_told(index):
    with pytest.raises(InvalidInput, match="did you mean siconc"):
        found(index, variables=["sicon"])


@pytest.mark.parametrize(
    ("wishes", "dropped"),
    [
        ({"bbox": (0, -10, 20, 10)}, {"sea-ice-index", "pacific-sst", "mauna-loa"}),
        ({"bbox": (170, -10, -170, 10)}, {"sea-ice-index", "mauna-loa"}),
        ({"bbox": (-160, 15, -150, 25)}, {"sea-ice-index"}),
        ({"bbox": (-180, -90, 180, 90)}, set()),
        ({"period": ("1960", "1970")}, {"sea-ice-index", "pacific-sst"}),
        ({"period": ("2021", None)}, {"sea-ice-index"}),
        ({"period": (None, "1957")}, {"sea-ice-index", "pacific-sst", "mauna-loa"}),
        ({"variables": ["siconc"]}, {"pacific-sst"}),
        ({"variables": ["sea_surface_temperature"]}, {"sea-ice-index"}),
        ({"variables": ["海冰密集度"]}, {"pacific-sst"}),
        ({"sector": "meteorology"}, {"sea-ice-index", "mauna-loa", "wheat-zh"}),
        ({"sector": ["ocean", "agriculture"]}, {"mauna-loa"}),
        ({"license": "open"}, {"pacific-sst"}),
        ({"license": "cc0-1.0"}, {"pacific-sst"}),
        ({"publisher": "NOAA"}, set()),
        ({"publisher": "海洋和大气"}, set()),
        ({"publisher": "nobody"}, {"sea-ice-index", "pacific-sst"}),
        ({"openable": True}, {"mauna-loa", "wheat-zh", "bare"}),
        ({"offline": True}, {"pacific-sst", "mauna-loa", "wheat-zh", "bare"}),
    ],
)
def test_a_filter_drops_what_is_known_not_to_match(index, wishes, dropped):
    ids, results = found(index, **wishes)
    assert ids == ALL - dropped
    assert results.total == len(ids)
    assert sum(results.filtered.values()) == len(dropped)


def test_each_dropped_record_is_counted_once(index):
    ids, results = found(index, period=("1960", "1970"), openable=True)
    assert ids == set()
    assert results.filtered == {"period": 2, "openable": 3}


def test_what_does_not_say_is_kept_marked_or_left_out(index):
    kept, _ = found(index, "keep", license="open")
    marked, results = found(index, "mark", license="open")
    stated, _ = found(index, "drop", license="open")
    assert kept == marked == {"sea-ice-index", "mauna-loa", "wheat-zh", "bare"}
    assert stated < marked
    count = results.counts["license"]
    assert count.match == len(stated)
    assert (count.match + count.unstated, count.other) == (len(marked), 1)
    silent = {hit.id for hit in results.hits if "license" in hit.why.unknown}
    assert silent == marked - stated


def test_a_licence_and_access_are_strict_and_the_rest_is_where_it_is_common(index):
    for wishes in ({"license": "open"}, {"access": "open"}, {"bbox": (-180, -90, 180, 90)}):
        ids, results = found(index, None, **wishes)
        (count,) = results.counts.values()
        assert count.handling == "drop", wishes
        assert len(ids) == count.match, "boxes are stated by most of these records"
    ids, results = found(index, None, variables=["siconc"])
    assert results.counts["variables"].handling == "mark"
    assert "bare" in ids


@pytest.mark.parametrize(
    ("wishes", "same"),
    [
        ({"resolution": "1 km"}, {"resolution": 1000}),
        ({"resolution": "1000"}, {"resolution": 1000.0}),
        ({"step": "daily"}, {"step": "P1D"}),
        ({"step": "逐日"}, {"step": "P1D"}),
        ({"format": "NetCDF"}, {"format": "netcdf"}),
        ({"access": "open"}, {"access": ["open"]}),
    ],
)
def test_a_filter_reads_words(wishes, same):
    assert Filters.of(**wishes) == Filters.of(**same)
    assert Filters.of(**wishes)


@pytest.mark.parametrize(
    "wishes",
    [
        {"access": "public"},
        {"resolution": "fine"},
        {"resolution": -1},
        {"resolution": True},
        {"step": "often"},
        {"unstated": "hide"},
        {"bbox": (0, 0, 0)},
        {"bbox": (0, 50, 10, 40)},
        {"bbox": (0, 0, 500, 10)},
        {"bbox": (float("nan"), 0, 1, 1)},
        {"period": ("2020", "1979")},
        {"period": "1979"},
        {"period": ("soon", None)},
        {"sector": "astrology"},
    ],
)
def test_impossible_wishes_are_refused(wishes):
    with pytest.raises(InvalidInput):
        Filters.of(**wishes)


@pytest.mark.parametrize(
    ("text", "number"), [("P1D", 24), ("PT3H", 3), ("P1Y", 8766), ("P7D", 168)]
)
def test_durations_in_hours(text, number):
    assert hours(text) == number


lon = st.integers(-180, 180)
lat = st.integers(-90, 90)
boxes = st.tuples(lon, lat, lon, lat).filter(lambda box: box[1] <= box[3])


def covers(box, x, y):
    west, south, east, north = box
    inside = west <= x <= east if west <= east else x >= west or x <= east
    return inside and south <= y <= north


@given(st.lists(boxes, min_size=1, max_size=8), boxes)
def test_boxes_meet_when_they_share_a_point(tmp_path_factory, areas, asked):
    folder = tmp_path_factory.mktemp("columns")
    build_columns(folder, [Document(id=str(n), bbox=box) for n, box in enumerate(areas)])
    touched = Columns(folder).touches(asked)
    for area, hit in zip(areas, touched, strict=True):
        corners = [
            (x, y)
            for x in (area[0], area[2], asked[0], asked[2])
            for y in (area[1], area[3], asked[1], asked[3])
        ]
        assert bool(hit) == any(covers(area, *p) and covers(asked, *p) for p in corners)


def test_columns_of_nothing(tmp_path):
    build_columns(tmp_path, [])
    assert Columns(tmp_path).touches((0, 0, 1, 1)).shape == (0,)
    assert not np.any(Columns(tmp_path).openable)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"bbox": 5}, "a list"),
        ({"bbox": "1,2,3,4"}, "a list"),
        ({"bbox": (0, 50, 10, 40)}, "0, 50, 10, 40"),
        ({"period": ("1979-13", None)}, "no date that exists"),
        ({"period": ("1979-02-31", None)}, "no date that exists"),
        ({"period": 1979}, "not a pair"),
        ({"sector": 5}, "no text"),
        ({"variables": 5}, "no text"),
        ({"variables": [None]}, "no text"),
        ({"license": 5}, "no text"),
        ({"publisher": b"noaa"}, "no text"),
        ({"openable": "no"}, "neither true nor false"),
    ],
)
def test_filters_of_another_kind_are_refused(wishes, said):
    with pytest.raises(InvalidInput, match=said):
        Filters.of(**wishes)


def test_filters_take_what_arrays_and_clocks_give():
    days = (np.datetime64("1979-01-02T03:00"), datetime(2020, 5, 6, 7))
    made = Filters.of(bbox=np.array([0, 1, 2, 3], np.float32), period=days, openable=np.bool_(True))
    assert (made.bbox, made.start, made.end) == ((0, 1, 2, 3), 19790102, 20200506)
    assert Filters.of(period=(1979, date(2020, 1, 1))).end == 20200101


@pytest.mark.parametrize(
    "name", ["CC0", "cc zero", "ＣＣ０", "creativecommons.org/publicdomain/zero/1.0"]
)
def test_a_licence_is_found_by_any_of_its_names(index, name):
    url = f"https://{name}" if "/" in name else name
    assert found(index, license=url)[0] == found(index, license="CC0-1.0")[0]


def test_what_is_no_licence_is_refused(index):
    with pytest.raises(InvalidInput, match="no licence that is known"):
        found(index, license="nonsense")


def test_a_licence_needs_no_version(index):
    ids, _ = found(index, license="CC-BY-NC")
    assert "pacific-sst" in ids
    ids, _ = found(index, license="CC-BY")
    assert "pacific-sst" not in ids
