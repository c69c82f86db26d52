import pytest

from sciknow.place.place import find_place, find_places
from sciknow.search import understand


@pytest.mark.parametrize(
    ("question", "name", "box"),
    [
        ("wheat in northern Pakistan", "northern Pakistan", (60.84, 30.39, 77.05, 37.04)),
        ("wheat and Pakistan", "Pakistan", None),
        ("巴基斯坦北部 小麦", "巴基斯坦北部", (60.84, 30.39, 77.05, 37.04)),
        ("northwestern Pakistan", "northwestern Pakistan", (60.84, 30.39, 68.95, 37.04)),
        ("巴基斯坦西北部", "巴基斯坦西北部", (60.84, 30.39, 68.95, 37.04)),
        ("central Pakistan", "central Pakistan", (64.89, 27.06, 73.0, 33.71)),
        ("上海南部 潮汐", "上海南部", (120.85, 30.67, 122.25, 31.27)),
        ("upper Yangtze runoff", "upper Yangtze", (90, 24, 111.3, 36)),
        ("长江上游 径流", "长江上游", (90, 24, 111.3, 36)),
        ("长江中下游 水稻", "长江中下游", (111.3, 24, 123, 36)),
        ("the lower reaches of the Yellow River", None, (113.5, 32, 120, 42)),
        ("lower Mekong rice", "lower Mekong", (93, 8, 109, 16.67)),
        ("upper Nile", "upper Nile", (30.31, 15.63, 33.97, 20.46)),
        (
            "within 50 miles of Chicago",
            "within 50 miles of Chicago",
            (-88.62, 41.13, -86.68, 42.57),
        ),
    ],
)
def test_parts_and_surroundings(question, name, box):
    place = find_place(question)
    assert place.name == (name or question)
    assert place.box == pytest.approx(box or find_place("Pakistan").box, abs=0.02)
    assert question[place.at : place.end] == place.name


def test_names_that_begin_with_a_side_stay_whole():
    for name in ("North Korea", "South Sudan", "East China Sea", "Central Asia", "North Africa"):
        assert [(place.name, place.at) for place in find_places(name)] == [(name, 0)]


@pytest.mark.parametrize(
    "question",
    ["temperature within 200 km of Lhasa", "拉萨周边200公里 气温", "距拉萨200公里以内 气温"],
)
def test_a_distance_around_a_place_is_no_grid_spacing(question):
    wish = understand(question)
    assert wish.meters is None
    assert wish.theme in ("temperature", "气温")
    west, south, east, north = wish.places[0].box
    inner = find_place("Lhasa").box
    assert inner[1] - south == pytest.approx(200 / 111.2, abs=0.01)
    assert north - inner[3] == pytest.approx(200 / 111.2, abs=0.01)
    assert 2.0 < inner[0] - west < 2.2
    assert east - inner[2] == pytest.approx(inner[0] - west, abs=0.02)


def test_around_the_antimeridian_and_the_pole():
    west, _, east, _ = find_place("within 300 km of Fiji").box
    assert west > 170
    assert east < -170
    assert find_place("within 3000 km of Svalbard").box[::2] == (-180, 180)
