"""Records for the graph's tests: the project's own knowledge base, and small ones made here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from sciknow import catalogs
from sciknow import graph as room
from sciknow.errors import InvalidInput
from sciknow.model import Dataset

ROOT = Path(__file__).parents[2]
KNOWLEDGE = ROOT / "knowledge_graph"


@pytest.fixture(scope="session")
def knowledge() -> room.Knowledge:
    return room.examine(KNOWLEDGE)


@pytest.fixture(scope="session")
def datasets() -> tuple[Dataset, ...]:
    """Every real dataset whose file reads (the catalogues have tests of their own)."""
    found: dict[str, Dataset] = {}
    for path in sorted((ROOT / "catalogs").glob("*.yaml")):
        try:
            catalog = catalogs.read_file(path)
        except InvalidInput:
            continue
        found.update({dataset.id: dataset for dataset in catalog.datasets})
    return tuple(found.values())


@pytest.fixture(scope="session")
def made(once, request) -> Path:
    """The graph of the whole knowledge base, made once a test run: as a store, and as N-Quads."""

    def make(folder: Path) -> None:
        knowledge, datasets = map(request.getfixturevalue, ("knowledge", "datasets"))
        quads = room.to_quads(
            datasets,
            knowledge.concepts,
            knowledge.publications,
            knowledge.agents,
            schemes=knowledge.schemes,
            origins=knowledge.origins,
        )
        quads += room.ontology_quads(KNOWLEDGE / "vocabulary" / "sciknow.ttl")
        folder.mkdir()
        serialize(quads, str(folder / "graph.nq"), format=RdfFormat.N_QUADS)
        room.write_store(folder / "store", quads)

    return once("graph", make)


@pytest.fixture(scope="session")
def quads(made):
    return list(parse(path=str(made / "graph.nq"), format=RdfFormat.N_QUADS))


@pytest.fixture(scope="session")
def store_folder(made) -> Path:
    return made / "store"


@pytest.fixture
def store(store_folder) -> Iterator[room.GraphStore]:
    with room.GraphStore.open(store_folder) as opened:
        yield opened


PREFIXES = """
@prefix agent: <urn:sciknow:agent:> .
@prefix concept: <urn:sciknow:concept:> .
@prefix dataset: <urn:sciknow:dataset:> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix publication: <urn:sciknow:publication:> .
@prefix schema: <https://schema.org/> .
@prefix scheme: <urn:sciknow:scheme:> .
@prefix sk: <urn:sciknow:vocabulary:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SCHEME = """
scheme:sea a skos:ConceptScheme ;
    dcterms:title "Sea"@en, "海"@zh ;
    dcterms:source <https://example.org/list> ;
    dcterms:modified "2026-01-01"^^xsd:date .
"""
ICE = """
concept:ice a skos:Concept ;
    skos:prefLabel "sea ice"@en, "海冰"@zh ;
    skos:altLabel "NO2"@zh, "ice of the sea"@en ;
    skos:broader concept:top ; skos:inScheme scheme:sea .
concept:top a skos:Concept ;
    skos:prefLabel "sea"@en, "海洋"@zh ;
    skos:topConceptOf scheme:sea ; skos:inScheme scheme:sea .
"""
PAPER = """
<https://doi.org/10.1000/abc> a schema:ScholarlyArticle ;
    dcterms:title "A paper on ice (海冰)"@en ;
    schema:author ( "Li, Wei" "Smith, Ann" ) ;
    dcterms:issued "2017-03"^^xsd:gYearMonth ;
    sk:container "Journal" ; sk:volume "1" ; sk:issue "2" ; sk:pages "3-4" ;
    schema:publisher "Press" ; sk:authorsComplete false ;
    sk:describes dataset:ice ; sk:uses dataset:other ;
    dcterms:source <https://example.org/paper> .
"""
AGENT = """
agent:nasa a schema:Organization ;
    schema:name "National Aeronautics and Space Administration"@en, "美国国家航空航天局"@zh ;
    schema:alternateName "NASA"@en ;
    sk:ror "027ka1x80" ; sk:country "US" ; schema:url <https://www.nasa.gov/> ;
    dcterms:source <https://ror.org/027ka1x80> .
"""


class Base:
    """A knowledge base on disk that a test spoils."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = {
            "concepts/sea.ttl": SCHEME + ICE,
            "publications/sea.ttl": PAPER,
            "agents/some.ttl": AGENT,
        }

    def write(self) -> Path:
        for name, text in self.texts.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PREFIXES + text, encoding="utf-8")
        return self.folder


@pytest.fixture
def base(tmp_path) -> Base:
    return Base(tmp_path / "kg")
