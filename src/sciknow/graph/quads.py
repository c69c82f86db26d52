"""Model objects → quads of a hub's graph, one named graph per origin.

The facts about the graphs themselves (what they hold, where from) stand in `META`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from sciknow.errors import InvalidInput, LimitExceeded, UntrustedInput
from sciknow.files import read_regular
from sciknow.graph.describe_dataset import describe_dataset
from sciknow.graph.describe_knowledge import (
    describe_agent,
    describe_concept,
    describe_publication,
    describe_scheme,
)
from sciknow.model import Agent, Concept, ConceptScheme, Dataset, Publication
from sciknow.rdf.guarded import parse_rdf
from sciknow.rdf.term import iri, string, tagged, typed
from sciknow.vocab import DCTERMS, ID_BASE, PROV, RDF, RDFS, SK, XSD

T = TypeVar("T", Dataset, Concept, ConceptScheme, Publication, Agent)

GRAPH_BASE = ID_BASE + "graph:"
META = GRAPH_BASE + "meta"
"""The graph of facts about graphs."""

ONTOLOGY = GRAPH_BASE + "vocabulary"
"""The graph of the terms themselves."""

Facts = Iterable[Triple]


def to_quads(
    datasets: Iterable[Dataset] = (),
    concepts: Iterable[Concept] = (),
    publications: Iterable[Publication] = (),
    agents: Iterable[Agent] = (),
    *,
    schemes: Iterable[ConceptScheme] = (),
    origins: Mapping[str, str] | None = None,
    activities: Mapping[str, Facts] | None = None,
) -> list[Quad]:
    """Turn records into the quads of a hub's graph.

    Parameters
    ----------
    datasets, concepts, publications, agents, schemes : iterables of model objects
        The records.
    origins : mapping, optional
        IRI of a record → path of its file, or a graph's IRI (harvested records). A dataset
        without one stands in the graph of its sector, others in the graph of their kind.
    activities : mapping, optional
        IRI of a graph → further facts about it for the meta graph, for example the harvest
        that made it.

    Returns
    -------
    list of Quad
        Sorted by graph and record; equal input gives equal quads in equal order.

    Raises
    ------
    InvalidInput
        When an address cannot be made into an IRI.
    """
    places = origins or {}
    kept: list[Quad] = []
    records: Counter[str] = Counter()
    files: dict[str, str] = {}
    for name, file, facts in _described(datasets, concepts, publications, agents, schemes, places):
        records[name] += 1
        files.setdefault(name, file)
        graph = NamedNode(name)
        kept.extend(Quad(item.subject, item.predicate, item.object, graph) for item in facts)
    kept.extend(_meta(records, files, activities or {}))
    return kept


def _described(
    datasets: Iterable[Dataset],
    concepts: Iterable[Concept],
    publications: Iterable[Publication],
    agents: Iterable[Agent],
    schemes: Iterable[ConceptScheme],
    places: Mapping[str, str],
) -> Iterator[tuple[str, str, Facts]]:
    """Yield (graph, file, facts) of each record."""
    for dataset in _by_iri(datasets):
        place = places.get(dataset.iri, "")
        sector = f"catalog:{dataset.sector}" if dataset.sector else "catalog"
        yield _graph(place, "catalog", sector), place, describe_dataset(dataset)
    for scheme in _by_iri(schemes):
        place = places.get(scheme.iri, "")
        yield _graph(place, "concepts", f"concepts:{scheme.id}"), place, describe_scheme(scheme)
    for concept in _by_iri(concepts):
        place = places.get(concept.iri, "")
        default = f"concepts:{concept.in_scheme}"
        yield _graph(place, "concepts", default), place, describe_concept(concept)
    for publication in _by_iri(publications):
        place = places.get(publication.iri, "")
        graph = _graph(place, "publications", "publications")
        yield graph, place, describe_publication(publication)
    for agent in _by_iri(agents):
        place = places.get(agent.iri, "")
        yield _graph(place, "agents", "agents"), place, describe_agent(agent)


def _by_iri(records: Iterable[T]) -> list[T]:
    return sorted(records, key=lambda record: record.iri)


def _graph(place: str, kind: str, default: str) -> str:
    """Name the graph of a record: its origin's IRI, its file's name, or the default."""
    if not place:
        return GRAPH_BASE + default
    if place.startswith(ID_BASE) or "://" in place:
        return iri(place).value
    return iri(f"{GRAPH_BASE}{kind}:{PurePosixPath(place).stem}").value


def _meta(
    records: Counter[str], files: Mapping[str, str], activities: Mapping[str, Facts]
) -> Iterator[Quad]:
    meta = NamedNode(META)
    for name in sorted({*records, *activities}):
        for predicate, value in _about(name, records[name], files.get(name, "")):
            yield Quad(NamedNode(name), NamedNode(predicate), value, meta)
        for fact in activities.get(name, ()):
            yield Quad(fact.subject, fact.predicate, fact.object, meta)


def _about(name: str, count: int, file: str) -> Iterator[tuple[str, NamedNode | Literal]]:
    yield RDF.type, NamedNode(PROV.Entity)
    yield RDFS.label, tagged("en", name.removeprefix(GRAPH_BASE).replace(":", " "))
    yield DCTERMS.identifier, string(name)
    yield SK.recordCount, typed(count, XSD.integer)
    if file and "://" not in file and not file.startswith(ID_BASE):
        yield SK.sourceFile, string(file)


def ontology_quads(path: Path) -> list[Quad]:
    """Read the vocabulary's own description (``vocabulary/sciknow.ttl``) into its graph.

    Raises
    ------
    InvalidInput
        When the file is no Turtle or holds a blank node.
    """
    graph = NamedNode(ONTOLOGY)
    try:
        quads = [
            Quad(item.subject, item.predicate, item.object, graph)
            for item in parse_rdf(read_regular(path, path.parent))
        ]
    except (OSError, UntrustedInput) as error:
        raise InvalidInput(f"{path}: {error}", hint="mend the Turtle file") from None
    except (InvalidInput, LimitExceeded) as error:
        raise InvalidInput(f"{path}: {error.message}", hint="mend the Turtle file") from None
    for quad in quads:
        if not isinstance(quad.subject, NamedNode):
            raise InvalidInput(f"{path}: a blank node", hint="give every term a name")
    return quads


def canonical_digest(quads: Iterable[Quad]) -> str:
    """Return the SHA-256 of the quads' canonical N-Quads: sorted, each once, no blank nodes.

    Two equal sets of facts have one digest, whatever their order; without blank nodes the
    sorted lines are what RDF Dataset Canonicalization (RDFC-1.0) gives.

    Raises
    ------
    InvalidInput
        When a quad holds a blank node.
    """
    lines = sorted({_line(quad) for quad in quads})
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _line(quad: Quad) -> str:
    graph = quad.graph_name
    parts = [str(quad.subject), str(quad.predicate), str(quad.object)]
    if not isinstance(graph, DefaultGraph):
        parts.append(str(graph))
    if any(part.startswith("_:") for part in parts):
        raise InvalidInput(
            f"a blank node in {' '.join(parts)[:200]}", hint="name every node by an IRI"
        )
    return " ".join(parts) + " .\n"
