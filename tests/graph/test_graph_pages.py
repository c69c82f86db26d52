"""The pages about the graph say what is so."""

import importlib.util
from collections import defaultdict
from pathlib import Path

import pytest

from sciknow.graph import ready_queries
from sciknow.rdf.prefix import PREFIXES
from sciknow.vocab import RDF

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT = DOCS / "explanation" / "draw_knowledge_graph.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("draw_knowledge_graph", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def iri(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return PREFIXES[prefix] + rest


def test_each_arrow_of_the_picture_stands_in_the_graph(script, quads):
    types = defaultdict(set)
    for quad in quads:
        if quad.predicate.value == RDF.type:
            types[quad.subject.value].add(quad.object.value)
    seen = {
        (start, quad.predicate.value, end)
        for quad in quads
        for start in types[quad.subject.value]
        for end in types.get(getattr(quad.object, "value", ""), ())
    }
    for start, end, label, _ in script.ARROWS:
        classes = script.BOXES[start].cls, script.BOXES[end].cls
        assert (iri(classes[0]), iri(label), iri(classes[1])) in seen, label


def test_the_committed_picture_is_what_the_script_draws(script, tmp_path):
    script.draw(tmp_path / "picture.svg")
    drawn = (tmp_path / "picture.svg").read_text()
    committed = (DOCS / "explanation" / "knowledge-graph.svg").read_text()
    for box in script.BOXES.values():
        assert box.cls in drawn
        assert box.cls in committed
    for arrow in script.ARROWS:
        assert arrow[2] in committed


def test_each_ready_query_stands_in_the_docs():
    page = (DOCS / "how-to" / "query-with-sparql.md").read_text()
    for query in ready_queries(DOCS.parent / "knowledge_graph" / "queries"):
        assert f"`{query.name}`" in page
        assert query.answers in page
