"""The hub's own terms are described, and only those; the room stays light."""

import subprocess
import sys
from pathlib import Path

import pytest

from sciknow import graph as room
from sciknow.errors import InvalidInput
from sciknow.graph import ontology_quads
from sciknow.rdf.prefix import PREFIXES
from sciknow.vocab import RDFS, SK

VOCABULARY = Path(__file__).parents[2] / "knowledge_graph" / "vocabulary" / "sciknow.ttl"


def test_each_term_is_described_in_both_languages():
    labels: dict[str, set[str]] = {}
    for quad in ontology_quads(VOCABULARY):
        if quad.predicate.value == RDFS.label:
            labels.setdefault(quad.subject.value, set()).add(quad.object.language)
    own = {name: tags for name, tags in labels.items() if name.startswith(SK.base)}
    assert set(own) == {SK.base + term for term in SK.terms}
    assert all(tags == {"en", "zh"} for tags in own.values())


def test_a_blank_node_in_the_vocabulary_is_refused(tmp_path):
    (tmp_path / "v.ttl").write_text("[] <urn:p> 1 .")
    with pytest.raises(InvalidInput, match="blank node"):
        ontology_quads(tmp_path / "v.ttl")


def test_only_terms_that_are_declared_are_used(quads):
    used = {item.predicate.value for item in quads}
    bases = tuple(PREFIXES.values())
    assert all(name.startswith(bases) for name in used)
    assert {name for name in used if name.startswith(SK.base)} <= {SK.base + t for t in SK.terms}


def test_every_public_name_is_there():
    assert sorted(room.__all__) == sorted(room._HOMES)
    for name in room.__all__:
        assert getattr(room, name) is not None
    with pytest.raises(AttributeError, match="has no attribute"):
        _ = room.nothing


def test_reading_and_asking_load_no_rdflib():
    script = (
        "import sys; from sciknow import graph\n"
        "graph.GraphStore, graph.to_quads, graph.examine, graph.related, graph.ready_queries\n"
        "heavy = {'rdflib', 'pyshacl', 'pandas', 'numpy', 'xarray', 'intake', 'torch'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_worker_imports_nothing_of_the_package():
    source = Path(room.__file__).with_name("worker.py").read_text()
    assert "import sciknow" not in source
    assert "from sciknow" not in source
