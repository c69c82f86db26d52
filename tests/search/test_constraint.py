import pytest

from sciknow.search import understand
from sciknow.search.constraint import find_place, gazetteer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("rainfall since 1998", "since 1998"),
        ("from 1979 to 2020", "1979 to 2020"),
        ("1979-2020 sea ice", "1979 to 2020"),
        ("1979年至2020年 海冰", "1979 to 2020"),
        ("projections to 2100", "until 2100"),
        ("到2100年 降水", "until 2100"),
        ("going back to the 1940s or 50s", "1940 to 1949"),
        ("2015年 火灾", "2015"),
        ("hourly reanalysis", "every PT1H"),
        ("逐小时再分析", "every PT1H"),
        ("every 30 minutes: 30 min rainfall", "every PT30M"),
        ("monthly means over Kenya", "Kenya, every P1M"),
        ("青藏高原 逐月", "青藏高原, every P1M"),
        ("elevation at 30 m", "30 m or finer"),
        ("30米 高程", "30 m or finer"),
        ("0.25 degree", "27.8 km or finer"),
        ("openly licensed images", "open licence"),
        ("开放许可 zarr", "open licence, zarr"),
        ("nothing of the kind", ""),
        ("take us there", ""),
        ("single-cell data of 10 m people? no: 10 m2", "10 m or finer"),
    ],
)
def test_what_is_understood(question, said):
    assert str(understand(question)) == said


def test_the_smallest_place_counts():
    assert find_place("lakes of China in Asia").name == "China"
    assert find_place("data from the US").name == "US" if "us" in gazetteer() else True


def test_the_gazetteer_is_sound():
    for name, place in gazetteer().items():
        west, south, east, north = place.box
        assert -180 <= west <= 180, name
        assert -180 <= east <= 180, name
        assert -90 <= south < north <= 90, name


def test_a_constraint_raises_what_fits_and_hides_nothing(index):
    asked = index.search("temperature of the sea, daily, since 1990, over the Pacific")
    assert asked.understood == "since 1990, Pacific, every P1D"
    plain = index.search(
        "temperature of the sea, daily, since 1990, over the Pacific", constraints=False
    )
    assert plain.understood == ""
    assert {hit.id for hit in asked.hits} == {hit.id for hit in plain.hits}
    score = {hit.id: hit.score for hit in asked.hits}
    before = {hit.id: hit.score for hit in plain.hits}
    assert score["pacific-sst"] > before["pacific-sst"]
    assert score["sea-ice-index"] < before["sea-ice-index"]
    assert score["bare"] == before["bare"]
