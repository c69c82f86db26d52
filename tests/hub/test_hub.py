"""The public verbs on a small hub: find, look up, open, cite, walk."""

import json

import dask.array
import pytest
import rdflib

import sciknow


def test_the_same_dataset_in_both_languages(hub):
    for question in ("monthly sea ice concentration", "逐月海冰密集度", "海冰", "逐月海冰密集度"):
        assert hub.search(question)[0].id == "ice-monthly"


def test_traditional_characters_are_understood(hub):
    assert hub.search("海冰密集度 逐月 北極")[0].id == "ice-monthly"


def test_a_hit_explains_itself(hub):
    hit = hub.search("SST")[0]
    assert hit.id == "sst-daily"
    assert hit.why.summary
    assert "sea surface temperature" in str(hit.why)


def test_filters_say_what_they_took_away(hub):
    hits = hub.search("ice", license="open")
    assert "sst-daily" not in [hit.id for hit in hits]
    assert sum(hits.filtered.values()) == 2
    assert "license: 1 match, 1 do not, 1 do not say and are left out" in hits.summary
    assert hits.filters["license"].unstated == 1
    marked = hub.search("ice", license="open", unstated="mark")
    assert sum(marked.filtered.values()) == 1
    assert "1 do not say and are marked" in marked.summary


@pytest.mark.parametrize("nothing", ["", "   ", "\u3000\n"])
def test_an_empty_question_is_asked_for(hub, nothing):
    with pytest.raises(sciknow.InvalidInput, match="the question is empty"):
        hub.search(nothing)
    assert hub.facets(nothing).total == 3


def test_what_was_understood_is_taken_away_chip_by_chip(hub):
    question = "ice in the Arctic since 1990, but no tides"
    hits = hub.search(question)
    assert [chip.name for chip in hits.understood] == ["period", "place", "not wanted"]
    assert hits.understood[0].words == ("since 1990",)
    left = hub.search(question, without=["place", "not wanted"])
    assert [chip.phrase for chip in left.understood] == ["since 1990"]
    assert {item.name for item in left[0].why.constraints} == {"period"}
    assert hub.search(question, without="period").understood[0].name == "place"
    with pytest.raises(sciknow.InvalidInput, match="no constraint is called"):
        hub.search(question, without="when")


def test_filters_keep_what_says_nothing(hub):
    ids = {hit.id for hit in hub.search("ice", bbox=(0, -20, 10, -10))}
    assert "ice-monthly" not in ids
    assert "tides" in ids


@pytest.mark.parametrize(
    "wrong",
    [
        {"bbox": (0, 10, 1, -10)},
        {"bbox": (0, 1)},
        {"bbox": (float("nan"), 0, 1, 1)},
        {"period": ("2000", "1990")},
        {"period": ("when it was warm", None)},
        {"sector": "sea"},
        {"limit": -1},
        {"offset": -1},
    ],
)
def test_wrong_filters_are_refused(hub, wrong):
    with pytest.raises(sciknow.InvalidInput):
        hub.search("ice", **wrong)


@pytest.mark.parametrize("question", ["a:b", "((", "*", "\x00", "x" * 20_000, "🧊", "AND OR"])
def test_any_question_is_answered(hub, question):
    assert len(hub.search(question)) <= 10


@pytest.mark.parametrize(
    "name",
    [
        "ice-monthly",
        "10.1234/ICE",
        "https://doi.org/10.1234/ice",
        "urn:sciknow:dataset:ice-monthly",
    ],
)
def test_a_dataset_is_found_by_each_of_its_names(hub, name):
    assert hub.dataset(name).id == "ice-monthly"


def test_a_mistyped_id_is_answered_with_the_closest(hub):
    with pytest.raises(sciknow.NotFound, match="did you mean ice-monthly"):
        hub.dataset("ice-montly")
    with pytest.raises(sciknow.InvalidInput):
        hub.dataset("")


def test_open_is_lazy_and_written_into_the_ledger(hub):
    with sciknow.session() as ledger:
        opened = hub.search("sea ice", offline=True)[0].open()
        (entry,) = ledger
    assert isinstance(opened.siconc.data, dask.array.Array)
    assert opened.siconc.chunks[0] == (6, 6, 6, 6)
    assert float(opened.siconc.max()) == 1.0
    assert opened.attrs["title"] == "Monthly sea ice concentration"
    assert opened.attrs["license"] == "CC-BY-4.0"
    assert opened.attrs["publisher_name"] == "Testing Centre"
    assert entry.source.dataset.id == "ice-monthly"
    assert entry.generation == hub.manifest.id
    assert "xarray" in entry.libraries


def test_what_does_not_open_says_where_to_get_it(hub):
    with pytest.raises(sciknow.NotFound, match=r"get it from https://example.org/tides"):
        hub.open("tides")
    with pytest.raises(sciknow.NotFound, match="those that open: ice-monthly-zarr"):
        hub.open("ice-monthly", "ice-weekly")


def test_a_plan_comes_before_the_bytes_and_open_follows_it(hub):
    hit = hub.search("sea ice", offline=True)[0]
    whole, part = hit.plan(), hit.plan(period=("1979-01", "1979-06"))
    assert part.bytes < whole.bytes
    assert part.chunks == 1
    assert hit.open(period=("1979-01", "1979-06")).siconc.shape[0] == 6
    with pytest.raises(sciknow.LimitExceeded, match="bytes"):
        hit.open(max_bytes=10)


def test_cite_names_dataset_paper_and_software(hub):
    with sciknow.session():
        hub.open("ice-monthly")
        text = sciknow.cite(style="csl")
    kinds = [item["type"] for item in json.loads(text)]
    assert kinds[:2] == ["dataset", "article-journal"]
    assert set(kinds[2:]) <= {"software", "article-journal", "paper-conference"}
    assert "10.1234/ice-paper" in hub.cite("ice-monthly")


def test_the_graph_is_an_rdflib_dataset(hub):
    assert isinstance(hub.graph, rdflib.Dataset)
    subject = rdflib.URIRef("urn:sciknow:dataset:ice-monthly")
    titles = {str(value) for value in hub.graph.objects(subject, rdflib.DCTERMS.title)}
    assert titles == {"Monthly sea ice concentration", "逐月海冰密集度"}


def test_sparql_answers_with_a_frame_and_refuses_to_leave(hub):
    table = hub.sparql("SELECT ?d WHERE { ?d a dcat:Dataset } ORDER BY ?d")
    assert table["d"].iloc[0] == "urn:sciknow:dataset:ice-monthly"
    with pytest.raises(sciknow.UntrustedInput):
        hub.sparql("SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    with pytest.raises(sciknow.InvalidInput):
        hub.sparql("SELECT WHERE")


def test_related_names_papers_concepts_and_people(hub):
    related = hub.related("ice-monthly")
    kinds = {row[0] for row in related.rows()}
    assert {"publication", "concept", "agent"} <= kinds
    assert "A record of Arctic ice" in str(related)


def test_a_sector_at_a_glance(hub):
    overview = hub.sector("ocean")
    assert (overview.datasets, overview.openable, overview.publications) == (3, 1, 1)
    assert "sea ice 海冰  2" in str(overview)
    with pytest.raises(sciknow.InvalidInput, match="one of ocean"):
        hub.sector("oceans")


def test_intake_objects_are_built_from_checked_values(hub):
    catalog = hub.intake("ice-monthly")
    assert list(catalog) == ["ice-monthly-zarr"]
    assert catalog["ice-monthly-zarr"].read().siconc.shape == (24, 4, 5)


def test_an_absent_hub_is_named(tmp_path):
    with pytest.raises(sciknow.NotFound, match="holds no hub"):
        sciknow.open_hub(tmp_path / "nowhere")


def test_a_hub_shows_itself(hub):
    assert "3 datasets" in repr(hub)
    assert len(hub) == 3
    assert {dataset.id for dataset in hub} == {"ice-monthly", "sst-daily", "tides"}
