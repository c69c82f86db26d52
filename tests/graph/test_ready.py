"""The ready queries, each run over the real knowledge base."""

from datetime import date
from pathlib import Path

import pytest
from rdflib.plugins.sparql import prepareQuery

from sciknow.errors import InvalidInput, NotFound
from sciknow.graph import ready_queries
from sciknow.graph.guard import check_query

FOLDER = Path(__file__).parents[2] / "knowledge_graph" / "queries"
READY = ready_queries(FOLDER)
BY_NAME = {query.name: query for query in READY}
MAY_FIND_NOTHING = {"gaps-sectors-without-openable", "gaps-datasets-without-licence"}


def test_there_are_enough_and_each_says_what_it_answers():
    assert len(READY) >= 62
    for query in READY:
        assert query.title
        assert query.title_zh
        assert query.answers.endswith(".")
        assert all(item.about and item.default for item in query.parameters)


@pytest.fixture
def examples(datasets, knowledge):
    """Real values for the parameters: ones that must find something."""
    known = {dataset.id: dataset for dataset in datasets}
    paper = next(
        item for item in knowledge.publications if set(item.uses + item.describes) & set(known)
    )
    tied = next(name for name in paper.uses + paper.describes if name in known)
    themed = next(dataset for dataset in datasets if dataset.theme)
    measured = next(
        variable.standard_name
        for dataset in datasets
        if dataset.access_rights == "open"
        for variable in dataset.variables
        if variable.standard_name
    )
    placed = next(item for item in datasets if item.spatial.bbox and item.temporal.start)
    west, south, east, north = placed.spatial.bbox
    return {
        "datasets-of-sector": {"sector": f"concept:sector-{datasets[0].sector}"},
        "concept-tree": {"sector": f"concept:sector-{datasets[0].sector}"},
        "publications-of-dataset": {"dataset": f"dataset:{tied}"},
        "provenance-of-dataset": {"dataset": datasets[0].iri},
        "datasets-of-concept": {"concept": f"concept:{themed.theme[0]}"},
        "open-datasets-with-variable": {"standard_name": measured},
        "find-by-label": {"text": "海"},
        "datasets-in-box-and-period": {
            "west": west,
            "south": south,
            "east": max(west, east),
            "north": north,
            "first": "0001-01-01",
            "last": date(2026, 1, 1),
        },
    }


@pytest.mark.parametrize("query", READY, ids=lambda query: query.name)
def test_each_runs_as_it_stands_and_finds_something_real(store, examples, query):
    assert store.sparql(query.text).columns
    found = store.sparql(query.fill(**examples.get(query.name, {})))
    assert len(found) > 0 or query.name in MAY_FIND_NOTHING


@pytest.mark.parametrize("query", READY, ids=lambda query: query.name)
def test_each_is_whole_for_other_engines(query):
    assert prepareQuery(query.text).algebra


def test_the_box_query_knows_the_antimeridian(tmp_path):
    from sciknow.graph import GraphStore, to_quads, write_store
    from sciknow.model import Dataset, LangString, PeriodOfTime, SpatialCoverage

    def one(name, box, start, end=""):
        return Dataset(
            id=name,
            title=LangString(en=name),
            spatial=SpatialCoverage(bbox=box),
            temporal=PeriodOfTime(start, end),
        )

    made = [
        one("fiji", (170, -25, -170, -10), "2000"),
        one("china", (73, 18, 135, 54), "1950", "1980-05"),
        one("world", (-180, -90, 180, 90), "1900"),
        one("old", (73, 18, 135, 54), "-10000", "-5000"),
    ]
    write_store(tmp_path / "g", to_quads(made))

    def ask(west, south, east, north, first, last):
        text = BY_NAME["datasets-in-box-and-period"].fill(
            west=west, south=south, east=east, north=north, first=first, last=last
        )
        return {row[0].rpartition(":")[2] for row in store.sparql(text).rows}

    with GraphStore.open(tmp_path / "g") as store:
        assert ask(-179, -20, -175, -15, "2010-01-01", "2011-01-01") == {"fiji", "world"}
        assert ask(175, -20, 179, -15, "2010-01-01", "2011-01-01") == {"fiji", "world"}
        assert ask(0, -20, 10, -15, "2010-01-01", "2011-01-01") == {"world"}
        assert ask(100, 20, 110, 30, "1980-05-31", "1990-01-01") == {"china", "world"}
        assert ask(100, 20, 110, 30, "1980-06-01", "1990-01-01") == {"world"}


def test_a_value_cannot_change_the_query():
    evil = '" } SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } #'
    text = BY_NAME["find-by-label"].fill(text=evil)
    assert check_query(text) == text
    iri = BY_NAME["datasets-of-sector"].fill(sector="urn:x> } SERVICE <http://x/> {")
    assert check_query(iri) == iri


def test_wrong_values_are_refused():
    with pytest.raises(NotFound, match="no parameter 'sectr'"):
        BY_NAME["datasets-of-sector"].fill(sectr="x")
    with pytest.raises(InvalidInput, match="no number"):
        BY_NAME["datasets-in-box-and-period"].fill(west="far")
    with pytest.raises(InvalidInput, match="YYYY-MM-DD"):
        BY_NAME["datasets-in-box-and-period"].fill(first="1990")
    with pytest.raises(InvalidInput, match="no IRI"):
        BY_NAME["datasets-of-sector"].fill(sector="ocean")


def test_a_file_without_its_head_is_refused(tmp_path):
    (tmp_path / "a.rq").write_text("SELECT * { ?s ?p ?o }")
    with pytest.raises(InvalidInput, match="no title"):
        ready_queries(tmp_path)
    (tmp_path / "a.rq").write_text("# title: A\n# answers: B.\n# parameter x: y\nASK { ?s ?p ?o }")
    with pytest.raises(InvalidInput, match="no default"):
        ready_queries(tmp_path)
