from datetime import date

import numpy as np
import pytest

from sciknow.errors import InvalidInput
from sciknow.model import Dataset, Distribution, LangString
from sciknow.model.coverage import PeriodOfTime, SpatialCoverage
from sciknow.place.box import share_within
from sciknow.place.place import find_place, find_places, places_of
from sciknow.search import Filters, Index, build_index, document_of, understand


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("rainfall since 1998", "since 1998"),
        ("from 1979 to 2020", "1979 to 2020"),
        ("1979-2020 sea ice", "1979 to 2020"),
        ("1979年至2020年 海冰", "1979 to 2020"),
        ("projections to 2100", "until 2100"),
        ("到2100年 降水", "until 2100"),
        ("going back to the 1940s or 50s", "since 1940"),
        ("2015年 火灾", "2015"),
        ("hourly reanalysis", "every hour"),
        ("逐小时再分析", "every hour"),
        ("every 30 minutes: 30 min rainfall", "every 30 minutes"),
        ("monthly means over Kenya", "Kenya, every month"),
        ("青藏高原 逐月", "青藏高原, every month"),
        ("elevation at 30 m", "30 m or finer"),
        ("30米 高程", "30 m or finer"),
        ("全球1公里人口", "全球, 1 km or finer"),
        ("逐日0.25度海温", "every day, 27.8 km or finer"),
        ("ERA5 v4.0 5m", "5 m or finer"),
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


TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("sea ice 1979/..", "since 1979"),
        ("1979-06/.. sea ice", "since 1979-06"),
        ("sea ice 1979-01-01/..", "since 1979-01-01"),
        ("sea ice ../1990", "until 1990"),
        ("sea ice 1979/1990", "1979 to 1990"),
        ("20000101 rainfall", "2000-01-01"),
        ("rainfall 20000101-20101231", "2000-01-01 to 2010-12-31"),
        ("rainfall since 20000101", "since 2000-01-01"),
        ("200001-201012 rainfall", "2000-01 to 2010-12"),
        ("19790101至20201231 海温", "1979-01-01 to 2020-12-31"),
        ("20200230 rainfall", ""),
        ("20000101 m of rope", ""),
        ("过去2000年气候", "since the year 26"),
        ("近两千年气候重建", "since the year 26"),
        ("过去一万年", "since 7975 BC"),
        ("过去1000年", "since 1026"),
        ("接近2000年", "2000"),
        ("the past 2,000 years", "since the year 26"),
        ("last two millennia", "since the year 26"),
        ("the past millennium", "since 1026"),
        ("the past 30 years", "since 1996"),
        ("2000-02-29", "2000-02-29"),
    ],
)
def test_dates_in_every_spelling(question, said):
    assert str(understand(question, today=TODAY)) == said


@pytest.mark.parametrize(
    "question",
    [
        "rainfall on 2000-02-30",
        "1900-02-29",
        "2001-13-01",
        "2000/02/30",
        "30 February 2000",
        "2000年2月30日 降水",
        "2000年13月",
    ],
)
def test_a_date_that_does_not_exist_is_refused(question):
    with pytest.raises(InvalidInput, match="no date that exists"):
        understand(question)


def test_the_smallest_place_counts():
    assert find_place("lakes of China in Asia").name == "China"
    assert find_place("data from the US").name == "US"
    assert find_place("take us there") is None


def test_a_constraint_raises_what_fits_and_hides_nothing(index):
    asked = index.search("temperature of the sea, daily, since 1990, over the Pacific")
    assert asked.understood == "since 1990, Pacific, every day"
    plain = index.search(
        "temperature of the sea, daily, since 1990, over the Pacific", constraints=False
    )
    assert plain.understood == ""
    assert {hit.id for hit in asked.hits} == {hit.id for hit in plain.hits}
    score = {hit.id: hit.score for hit in asked.hits}
    before = {hit.id: hit.score for hit in plain.hits}
    ahead = score["pacific-sst"] - score["sea-ice-index"]
    assert ahead > before["pacific-sst"] - before["sea-ice-index"]
    assert score["sea-ice-index"] < before["sea-ice-index"]
    assert score["bare"] == before["bare"]


def polar(name, title, place=None, box=None):
    spatial = SpatialCoverage(box, LangString(place or ""))
    return document_of(Dataset(id=name, title=LangString(title), spatial=spatial), {})


@pytest.fixture(scope="module")
def polar_index(tmp_path_factory, embedder, cache):
    records = [
        polar("south-named", "Sea ice extent", "Antarctic seas"),
        polar("south-titled", "Sea ice extent of Antarctica"),
        polar("north-named", "Sea ice extent", "Arctic Ocean"),
        polar("both-named", "Sea ice extent", "Arctic and Antarctic"),
        polar("boxed", "Sea ice extent of Antarctica", box=(-180, 60, 180, 90)),
        polar("silent", "Sea ice extent"),
        *(polar(f"other-{n}", f"Wheat yield of field {n}") for n in range(4)),
    ]
    target = tmp_path_factory.mktemp("polar") / "index"
    build_index(target, records, embedder=embedder, cache=cache)
    opened = Index.open(target, embedder)
    yield opened
    opened.close()


@pytest.mark.parametrize("question", ["sea ice extent in the Arctic", "北极 海冰范围"])
def test_a_record_that_names_another_place_is_lowered_and_kept(polar_index, question):
    asked = polar_index.search(question, limit=20)
    scores = {hit.id: hit.score for hit in asked.hits}
    plain = polar_index.search(question, limit=20, constraints=False)
    assert set(scores) == {hit.id for hit in plain.hits}
    assert scores["north-named"] > scores["silent"] > scores["south-named"]
    assert scores["both-named"] > scores["south-named"]
    assert scores["boxed"] > scores["south-titled"]


def test_a_named_place_is_no_reason_to_leave_a_record_out(polar_index):
    north = Filters.of(bbox=(-180, 60, 180, 90))
    found = polar_index.search("sea ice extent", filters=north, limit=20)
    assert "south-named" in {hit.id for hit in found.hits}


def test_places_are_read_from_the_name_then_from_the_title():
    assert places_of(["China and India"], "Rain of Africa") == tuple(
        place.box for place in find_places("China, India")
    )
    assert places_of(["the moon"], "Rain of Africa 非洲") == (find_place("Africa").box,)
    assert places_of([], "Rain") == ()


def test_each_hit_says_how_it_stands_to_what_was_understood(index):
    asked = index.search("temperature of the sea, daily, since 1990, over the Pacific", limit=20)
    verdicts = {
        hit.id: {item.name: item.verdict for item in hit.why.constraints} for hit in asked.hits
    }
    assert verdicts["pacific-sst"]["place"] == "fits"
    assert set(verdicts["bare"].values()) == {"not stated"}
    assert verdicts["sea-ice-index"]["place"] == "fits in part"
    whole = {hit.id: hit for hit in asked.hits}
    assert "not stated: since 1990, Pacific, every day" in str(whole["bare"].why)
    assert whole["bare"].why.to_dict()["constraints"][0]["understood"] == "since 1990"
    off = index.search("daily temperature", constraints=False).hits
    assert off[0].why.constraints == ()


def record(name, **more):
    return document_of(Dataset(id=name, title=LangString("Rain"), **more), {})


@pytest.fixture(scope="module")
def terms_index(tmp_path_factory, embedder, cache):
    zarr = (Distribution(id="a", access_url="https://example.org/a", reader="zarr"),)
    records = [
        record("long", temporal=PeriodOfTime("1950", "2000")),
        record("short", temporal=PeriodOfTime("1990", "2000")),
        record("by", license="CC-BY-4.0"),
        record("by-nc", license="CC-BY-NC-4.0"),
        record("zero", license="CC0-1.0"),
        record("zarr", distributions=zarr),
        *(record(f"other-{n}") for n in range(4)),
    ]
    target = tmp_path_factory.mktemp("terms") / "index"
    build_index(target, records, embedder=embedder, cache=cache)
    opened = Index.open(target, embedder)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "fits", "misses", "in_part"),
    [
        ("rain, at least 30 years", "long", "short", None),
        ("rain under CC BY", "by", "by-nc", "zero"),
        ("rain under an open licence", "zero", "by-nc", None),
        ("rain as zarr", "zarr", None, None),
        ("rain as csv", None, "zarr", None),
        ("雨 1940年至2010年", None, None, "long"),
        ("雨 1940年以前", None, "long", None),
        ("雨 一九六〇年以來", "long", None, None),
        ("雨 30年以上 開放授權", "long", "short", None),
    ],
)
def test_length_licence_and_format_count(terms_index, question, fits, misses, in_part):
    asked = terms_index.search(question, limit=20)
    plain = terms_index.search(question, limit=20, constraints=False)
    assert {hit.id for hit in asked.hits} == {hit.id for hit in plain.hits}
    verdicts = {hit.id: {item.verdict for item in hit.why.constraints} for hit in asked.hits}
    for name, word in ((fits, "fits"), (misses, "does not fit"), (in_part, "fits in part")):
        assert name is None or word in verdicts[name]
    score = {hit.id: hit.score for hit in asked.hits}
    middle = score["other-0"]
    assert fits is None or score[fits] > middle
    assert misses is None or score[misses] < middle


@pytest.mark.parametrize(
    ("inner", "outer", "share"),
    [
        ((0, 0, 10, 10), (0, 0, 20, 20), 1),
        ((0, 0, 10, 10), (5, 0, 20, 20), 0.5),
        ((170, -10, -170, 10), (100, -60, -70, 66), 1),
        ((-180, -10, 180, 10), (90, -90, -90, 90), 0.5),
        ((160, 0, 180, 10), (170, 0, -170, 10), 0.5),
        ((36.8, -1.3, 36.8, -1.3), (33.9, -4.7, 41.9, 5.5), 1),
        ((0, 51, 0, 51), (33.9, -4.7, 41.9, 5.5), 0),
        ((10, 0, 10, 20), (0, 0, 20, 10), 0.5),
    ],
)
def test_the_share_of_a_box_in_another(inner, outer, share):
    found = share_within(np.array([inner], np.float32), outer)
    assert found == pytest.approx([share], abs=1e-5)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("elections in Georgia", "Georgia: the country at 42°N, 43°E, not the state at 33°N, 83°W"),
        ("soil in Jordan", "Jordan: the country at 31°N, 37°E, not the city at 22°N, 114°E"),
    ],
)
def test_a_place_that_shares_its_name_says_which_was_meant(question, told):
    (chip,) = understand(question).chips
    assert chip.others == (told,)


def test_a_place_of_its_own_says_no_more():
    assert [chip.others for chip in understand("rain over the Sahel since 1990").chips] == [(), ()]
