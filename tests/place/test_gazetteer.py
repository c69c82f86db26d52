from collections import Counter

import pytest

from sciknow.place.box import holds
from sciknow.place.gazetteer import TOP, entries, known, names
from sciknow.place.naming import MARKS, fold

KINDS = {
    "country", "state", "prefecture", "county", "city", "continent", "ocean", "region", "lake",
    "river", "zone", "none",
}  # fmt: skip
PLACES = list(entries())


def test_there_are_enough_places_of_each_kind():
    count = Counter(place.kind for place in PLACES)
    areas = sum(count.values()) - count["city"] - count["none"]
    natural = count["ocean"] + count["region"] + count["lake"] + count["river"]
    assert areas >= 9_000
    assert natural >= 2_500
    assert count["state"] >= 4_000
    assert count["prefecture"] >= 330
    assert count["county"] >= 2_800
    assert count["city"] >= 13_000


def test_places_are_sound():
    for place in PLACES:
        west, south, east, north = place.box
        assert place.kind in KINDS, place
        assert place.english or place.chinese, place
        assert -180 <= west <= 180, place
        assert -180 <= east <= 180, place
        assert -90 <= south <= north <= 90, place
        point = (west, south) == (east, north)
        assert point == (place.kind in ("city", "none")), place


def test_names_are_sorted_and_lead_to_places_that_have_them():
    lines = names()
    assert lines == sorted(lines)
    for line in lines:
        name = line.split("\t")[0]
        for mark, place in known(name):
            assert name in map(fold, (*place.english, *place.chinese)), line
            assert mark == "" or mark in MARKS, line


def test_every_name_of_a_place_is_listed():
    for place in PLACES:
        for name in (*place.english, *place.chinese):
            assert place in [found for _, found in known(fold(name))], name


def test_what_is_kept_by_hand_goes_first():
    for line in names():
        weights = [place.weight for _, place in known(line.split("\t")[0])]
        assert weights == sorted(weights, reverse=True), line
    assert sum(place.weight == TOP for place in PLACES) > 650


def named(name, kind):
    return next(place for _, place in known(name) if place.kind == kind)


def test_units_lie_in_the_units_that_hold_them():
    china = named("中国", "country")
    apart = []
    for place in PLACES:
        if place.kind not in ("state", "prefecture", "county") or not place.within.startswith(
            "中国"
        ):
            continue
        rest = place.within.removeprefix("中国")
        held = rest.find("省") + 1 or rest.find("区") + 1 or len(rest)
        province = rest[:held] if rest else ""
        owners = [found for _, found in known(province)] if province else [china]
        if not any(holds(owner.box, place.box) for owner in owners):
            apart.append(place)
    assert [place.chinese[0] for place in apart if place.within != "中国"] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("harbin", "哈尔滨"), ("hohhot", "呼和浩特"), ("urumqi", "乌鲁木齐"), ("lhasa", "拉萨"),
        ("kashgar", "喀什"), ("chongqing", "重庆"), ("lu'an", "六安"), ("changzhi", "长治"),
        ("bengbu", "蚌埠"), ("bozhou", "亳州"), ("chaoyang", "朝阳"), ("lishui", "丽水"),
        ("taizhou", "台州"), ("yueyang", "岳阳"), ("panyu district", "番禺区"),
    ],
)  # fmt: skip
def test_chinese_units_are_read_as_the_places_are(english, chinese):
    assert {place.box for _, place in known(english)} & {place.box for _, place in known(chinese)}
