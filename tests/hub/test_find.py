"""More ways to ask a hub: other kinds of records, counts, likeness, batches, pages."""

import asyncio
import dataclasses
import re

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sciknow
from sciknow.hub.find.likeness import likeness_of
from sciknow.show.record import dataset_cell


def test_publications_concepts_and_variables_are_found(hub):
    paper = hub.search("Arctic ice record", kind="publication")[0]
    assert paper.publication.doi == "10.1234/ice-paper"
    concept = hub.search("海面温度", kind="concept")[0]
    assert concept.concept.id == "sea-surface-temperature"
    assert str(concept.title) == "sea surface temperature"
    variable = hub.search("fraction of sea ice area", kind="variable")[0]
    assert variable.id == "ice-monthly#siconc"
    assert variable.variable.units == "1"
    assert variable.dataset.id == "ice-monthly"
    assert {hit.kind for hit in (paper, concept, variable)} == {
        "publication",
        "concept",
        "variable",
    }


@pytest.mark.parametrize(
    "question",
    [
        "10.1234/ice",
        "10.1234/ICE",
        "doi:10.1234/ice",
        "DOI 10.1234/ice.",
        "https://doi.org/10.1234/ice",
        "http://dx.doi.org/10.1234/ice",
        "https://www.doi.org/10.1234%2Fice",
        "doi.org/10.1234/ice",
        "(10.1234/ice)",
        "１０.１２３４/ｉｃｅ",
    ],
)
def test_a_doi_is_a_question(hub, question):
    hits = hub.search(question)
    assert hits.question == question
    assert hits[0].id == "ice-monthly"
    assert hits[0].score == max(hit.score for hit in hits)
    assert hub.dataset(question).id == "ice-monthly"


def test_the_doi_of_a_paper_finds_it_and_what_it_describes(hub):
    paper = hub.search("https://doi.org/10.1234/ICE-paper", kind="publication")[0]
    assert paper.publication.doi == "10.1234/ice-paper"
    described = hub.publication("10.1234/ice-paper").describes
    assert [hub.search("10.1234/ice-paper")[0].id] == list(described)


def test_a_doi_that_no_record_has_finds_nothing(hub):
    assert not hub.search("10.9999/of-nobody")
    hits = hub.search_many(["sea ice", "10.9999/of-nobody", "10.1234/ice", "sea ice"])
    assert [bool(one) for one in hits] == [True, False, True, True]
    assert [hit.id for hit in hits[0]] == [hit.id for hit in hits[3]]


@pytest.mark.parametrize(
    ("wide", "half"),
    [("ｓｅａ　ｉｃｅ", "sea ice"), ("１９８０年至１９９０年海冰", "1980年至1990年海冰")],
)
def test_full_width_questions_find_the_same(hub, wide, half):
    wider, narrow = hub.search(wide), hub.search(half)
    assert [(hit.id, hit.score) for hit in wider] == [(hit.id, hit.score) for hit in narrow]
    assert wider.understood == narrow.understood
    assert wider.question == wide


def test_a_variable_opens_alone(hub):
    opened = hub.search("sea ice", kind="variable")[0].open()
    assert list(opened.data_vars) == ["siconc"]


@pytest.mark.parametrize("kind", ["dataset", "publication", "concept", "variable"])
def test_every_kind_shows_and_explains_itself(hub, kind):
    hits = hub.search("sea ice", kind=kind)
    shown = hits._repr_html_()
    assert hits[0].id in shown
    assert f"{hits.total} {kind}s" in hits.summary
    assert hits[0].id in repr(hits)
    assert abs(sum(hits[0].why.shares.values()) - 1) < 1e-9
    assert len(re.findall("<td ", shown)) % len(re.findall("<th ", shown)) == 0


def test_terms_that_are_an_address_are_a_link(hub):
    ways = {"CC-BY-4.0": "CC-BY-4.0", "https://example.org/a": '<a href="https://example.org/a"'}
    for terms, shown in ways.items():
        card = dataclasses.replace(hub.dataset("ice-monthly"), license=terms)
        assert shown in dataset_cell(card)


def test_a_hit_of_another_kind_says_what_it_is(hub):
    hit = hub.search("ice", kind="publication")[0]
    for name in ("dataset", "concept", "variable"):
        with pytest.raises(sciknow.InvalidInput, match=f"is a publication and has no {name}"):
            getattr(hit, name)
    with pytest.raises(sciknow.InvalidInput, match="has no dataset"):
        hit.open()


def test_filters_that_mean_nothing_for_a_kind_are_refused(hub):
    with pytest.raises(sciknow.InvalidInput, match="license means nothing for a publication"):
        hub.search("ice", kind="publication", license="open")
    with pytest.raises(sciknow.InvalidInput, match="filtered by sector and variables"):
        hub.search("ice", kind="concept", bbox=(0, 0, 1, 1))
    with pytest.raises(sciknow.InvalidInput, match="unknown kind 'person'"):
        hub.search("ice", kind="person")


def test_filters_that_mean_something_apply_to_the_kind(hub):
    assert len(hub.search("ice", kind="publication", period=("2005", None))) == 0
    assert len(hub.search("ice", kind="publication", period=("1999", "2002"), sector="ocean")) == 1
    found = hub.search("ice", kind="concept", variables=["sea_ice_area_fraction"])
    assert found[0].id == "sea-ice"
    assert len(hub.search("ice", kind="variable", license="CC-BY-4.0")) == 1


def test_years_in_words_are_the_data_s_and_not_the_paper_s(hub):
    assert hub.search("Arctic ice since 1990", kind="publication").understood == ()
    heeded = hub.search("Arctic ice since 1990", kind="variable").understood
    assert "since 1990" in str(heeded)


def test_facets_count_what_the_filters_leave(hub):
    facets = hub.facets()
    assert facets.total == 3
    assert facets["license"] == {"CC-BY-4.0": 1, "CC-BY-NC-4.0": 1, "(not stated)": 1}
    assert facets["format"] == {"zarr": 1, "(not stated)": 2}
    assert facets["language"] == {"en": 3, "zh": 2}
    assert facets["concept"] == {"sea-ice": 2, "sea-surface-temperature": 1}
    assert facets["offline"] == {"yes": 1, "no": 2}
    assert hub.facets(offline=True)["concept"] == {"sea-ice": 1}
    assert "Testing Centre <b>3</b>" in facets._repr_html_()
    assert "sea ice" in repr(facets)
    assert facets.to_dict()["publisher"] == {"testing-centre": 3}


def test_facets_of_a_question_count_its_best_hits(hub):
    facets = hub.facets("sea surface temperature", best=1)
    assert facets["concept"] == {"sea-surface-temperature": 1}
    assert "'sea surface temperature'" in facets.summary
    assert hub.facets("ice", kind="publication", best=5)["sector"] == {"ocean": 1}
    with pytest.raises(sciknow.InvalidInput, match="means nothing for a concept"):
        hub.facets(kind="concept", openable=True)


def test_many_questions_get_the_answers_that_each_gets_alone(hub):
    questions = ["sea ice", "海表温度", "tide gauges", "?"]
    together = hub.search_many(questions, license="open", limit=2)
    alone = [hub.search(question, license="open", limit=2) for question in questions]
    assert [[hit.id for hit in hits] for hits in together] == [
        [hit.id for hit in hits] for hits in alone
    ]
    assert [hits.question for hits in together] == questions
    assert hub.search_many([]) == []
    with pytest.raises(sciknow.InvalidInput, match="put it into a list"):
        hub.search_many("sea ice")


def test_questions_are_answered_beside_other_work(hub):
    async def ask():
        questions = ("sea ice", "tides", "海表温度", "sea ice")
        return await asyncio.gather(*(hub.search_async(item, limit=1) for item in questions))

    found = [hits[0].id for hits in asyncio.run(ask())]
    assert found == ["ice-monthly", "tides", "sst-daily", "ice-monthly"]


def test_pages_follow_one_another(hub):
    whole = [hit.id for hit in hub.search("sea", license=None)]
    page, seen = hub.search("sea", limit=2), []
    while len(page):
        seen += [hit.id for hit in page]
        last, page = page, page.next()
    assert seen == whole
    assert last.offset == 2
    assert "3 to 3 of 3 datasets" in last.summary
    with pytest.raises(sciknow.InvalidInput, match="one page"):
        hub.similar("tides").next()


def test_an_explanation_is_the_same_at_once_and_later(hub):
    now = hub.search("sea ice", explain=True)
    later = hub.search("sea ice")
    assert [hit.why for hit in now] == [hit.why for hit in later]


def test_like_a_dataset_by_any_of_its_names(hub):
    record = hub.dataset("ice-monthly")
    for what in (record, "ice-monthly", "10.1234/ice"):
        found = [hit.id for hit in hub.similar(what)]
        assert "ice-monthly" not in found
        assert set(found) == {"sst-daily", "tides"}
    assert hub.similar("water level at the coast")[0].id == "tides"
    assert hub.similar(record, kind="publication")[0].id == "10.1234/ice-paper"
    assert hub.similar(hub.concept("sea-ice"), kind="variable")[0].id == "ice-monthly#siconc"
    assert hub.similar(hub.publication("10.1234/ice-paper"))[0].id == "ice-monthly"


def test_like_an_array_that_a_hub_opened(hub):
    with sciknow.session():
        opened = hub.open("ice-monthly")
    assert "ice-monthly" not in [hit.id for hit in hub.similar(opened)]
    bare = opened.siconc.drop_attrs()
    assert hub.similar(bare.assign_attrs(long_name="sea ice cover"))[0].id == "ice-monthly"


def grid(west=-40.0, east=-10.0, start="1979-01", end="1980-12", **attrs):
    time = pd.date_range(start, end, freq="MS")
    latitude, longitude = np.linspace(62, 88, 4), np.linspace(west, east, 5)
    return xr.Dataset(
        {"cover": (("time", "y", "x"), np.zeros((len(time), 4, 5)), {"long_name": "ice cover"})},
        coords={
            "time": time,
            "y": ("y", latitude, {"standard_name": "latitude"}),
            "x": ("x", longitude, {"units": "degrees_east"}),
        },
        attrs=attrs,
    )


def test_an_array_s_box_and_years_raise_what_fits(hub):
    hits = hub.similar(grid())
    assert hits[0].id == "ice-monthly"
    assert str(hits.understood) == "1979 to 1980, box -40 62 -10 88"
    assert hits[0].why.shares["constraints"] > 0


def test_an_array_tells_its_words_box_and_years():
    told = likeness_of(grid(title="Ice of the north", summary="A test.", keywords="ice, north"))
    assert told.text == "Ice of the north. A test. ice, north. ice cover"
    assert told.bbox == (-40.0, 62.0, -10.0, 88.0)
    assert told.years == (1979, 1980)
    assert likeness_of(grid(150.0, 210.0)).bbox == (150.0, 62.0, -150.0, 88.0)
    assert likeness_of(grid(0.0, 355.0)).bbox == (-180.0, 62.0, 180.0, 88.0)


def test_attributes_stand_in_for_missing_indexes():
    ends = {"lat_min": -10, "lat_max": "5.5", "lon_min": 100, "lon_max": 120}
    attrs = {f"geospatial_{name}": value for name, value in ends.items()}
    attrs |= {"time_coverage_start": "2001-05-01T00:00:00Z", "title": "Rain"}
    told = likeness_of(xr.Dataset(attrs=attrs))
    assert told.bbox == (100.0, -10.0, 120.0, 5.5)
    assert told.years == (2001, None)


def test_frames_tell_their_columns():
    frame = pd.DataFrame({"water_level": [1.0], "station": ["a"]})
    assert likeness_of(frame).text == "water level. station"


def test_years_of_other_calendars_are_read():
    time = xr.date_range("0850-01-01", periods=13, freq="MS", calendar="noleap", use_cftime=True)
    told = likeness_of(xr.Dataset({"tas": ("time", np.zeros(13))}, coords={"time": time}))
    assert told.years == (850, 851)


@pytest.mark.parametrize("what", [3, None, ["ice"], xr.Dataset(), xr.DataArray([1.0])])
def test_what_says_nothing_is_refused(hub, what):
    with pytest.raises(sciknow.InvalidInput, match="give a text"):
        hub.similar(what)


def test_strange_attributes_do_no_harm(hub):
    odd = xr.Dataset({"a": ("x", [1.0])}, attrs={"title": 3, "sciknow_dataset": "no such id"})
    assert len(hub.similar(odd))
    odd = xr.Dataset(coords={"lat": ("lat", [np.nan, 1]), "lon": ("lon", ["a", "b"])})
    assert likeness_of(odd.assign(rain=1.0)).bbox is None


def test_questions_may_come_from_an_iterator_and_be_long(hub):
    questions = ["sea ice", "词" * 5_000]
    found = hub.search_many(iter(questions), limit=1)
    assert [hits.question for hits in found] == questions
    assert len(found[1].summary) < 400
    with pytest.raises(sciknow.InvalidInput, match="several questions"):
        hub.search_many(5)


@pytest.mark.parametrize("what", ["", "  \u200b"])
def test_nothing_is_like_an_empty_text(hub, what):
    with pytest.raises(sciknow.InvalidInput, match="empty"):
        hub.similar(what)


@pytest.mark.parametrize("half", ["\ud800", "\udce6\udcb5\udcb7"])
@pytest.mark.parametrize("door", ["similar", "search"])
def test_halves_of_characters_are_refused_with_what_to_do(hub, door, half):
    with pytest.raises(sciknow.InvalidInput, match=r"no text in the encoding.*UTF-8 locale"):
        getattr(hub, door)(f"sea {half} ice")


def test_similar_takes_the_doi_of_a_publication_and_refuses_an_unknown_one(hub):
    paper = hub.search("Arctic ice record", kind="publication")[0].publication
    assert hub.similar(f"https://doi.org/{paper.doi}")[0].id == "ice-monthly"
    for unknown in ("10.9999/nothing", "https://example.org/nothing"):
        with pytest.raises(sciknow.NotFound, match="describe in words"):
            hub.similar(unknown)


def test_facets_of_what_never_opens_do_not_count_openings(hub):
    assert "openable" in hub.facets()
    assert "openable" in hub.facets(kind="variable")
    assert not {"openable", "offline"} & set(hub.facets(kind="publication"))
    assert hub.facets(kind="concept").total > 0


def test_the_table_shows_passage_concept_and_every_share(hub):
    hits = hub.search("monthly sea ice since 1980 at 1 km <b>", limit=2)
    shown = hits._repr_html_()
    html5lib.HTMLParser(strict=True).parseFragment(shown)
    assert shown.count("<details>") == len(hits)
    why = hits[0].why
    for reason in (why.terms[0].term, why.passage[:30], f"{why.shares['words']:.0%}"):
        assert reason in shown
    assert "<b>score</b> words" in shown
    assert "<b> " not in shown
    assert any(word in shown for word in ("not stated", "does not fit", "fits"))


def test_the_table_speaks_the_language_of_the_question(hub):
    hits = hub.search("北极海冰 <b>")
    shown = hits._repr_html_()
    html5lib.HTMLParser(strict=True).parseFragment(shown)
    for words in ("数据集", "发布者", "匹配原因", f"{hits.total}条数据集"):
        assert words in shown
    assert "why it matched" not in shown
    assert "why it matched" in hub.search("sea ice")._repr_html_()


def test_one_hit_shows_its_whole_record(hub):
    hit = hub.search("monthly sea ice")[0]
    shown = hit._repr_html_()
    html5lib.HTMLParser(strict=True).parseFragment(shown)
    assert hit.dataset.title.zh in shown
    assert hit.dataset.variables[0].name in shown


def test_no_hits_are_a_line_and_no_empty_table(hub):
    shown = hub.search("ice", publisher="nobody at all")._repr_html_()
    assert "<table" not in shown
    assert "left out by publisher" in shown


def test_the_years_of_an_array_are_those_of_its_own_time():
    run = np.arange("2000-01-01", "2000-01-04", dtype="M8[D]").astype("M8[ns]")
    coords = {
        "run": ("run", run, {"standard_name": "forecast_reference_time"}),
        "time": ("time", run + np.timedelta64(800, "D"), {"standard_name": "time"}),
    }
    ds = xr.Dataset({"rain": (("run", "time"), np.zeros((3, 3)))}, coords)
    assert likeness_of(ds).years == (2002, 2002)
    assert likeness_of(ds.rain).years == (2002, 2002)


def test_the_box_of_an_array_is_in_degrees_and_holds_both_sides_of_its_grid():
    lat = {"standard_name": "latitude", "units": "radian"}
    coords = {
        "clat": ("clat", np.radians([40.0, 50.0]), lat),
        "lon": ("lon", [0.0, 10.0], {"units": "degreeE"}),
        "slon": ("slon", [5.0, 15.0], {"units": "degreeE"}),
    }
    found = likeness_of(xr.Dataset({"wind": ("lon", np.zeros(2))}, coords)).bbox
    assert found == pytest.approx((0.0, 40.0, 15.0, 50.0))
