"""The quads of a content: its records and the vocabulary's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sciknow.graph as graph
from sciknow.graph.fact import Facts, fact
from sciknow.hub.make.harvested import Harvested
from sciknow.hub.make.merge import Merged
from sciknow.hub.store.paths import packaged_source
from sciknow.rdf.term import iri, string, typed
from sciknow.vocab import OWL, PROV, RDF, RDFS, XSD

if TYPE_CHECKING:
    from sciknow.graph import Quad

_ONTOLOGY = ("knowledge_graph", "vocabulary", "sciknow.ttl")


def quads_of(merged: Merged) -> list[Quad]:
    """Return every quad of a hub's graph (`pyoxigraph.Quad`): each record as it came."""
    content = merged.content
    quads = graph.to_quads(
        merged.described,
        content.concepts,
        content.publications,
        content.agents,
        schemes=content.schemes,
        origins=merged.origins,
        activities=_activities(merged),
    )
    return [*quads, *graph.ontology_quads(packaged_source().joinpath(*_ONTOLOGY))]


def _activities(merged: Merged) -> dict[str, Facts]:
    return {item.graph: _facts(item, merged) for item in merged.harvests}


def _facts(harvest: Harvested, merged: Merged) -> Facts:
    """Yield the PROV activity of a source's last run, and which records are others as well."""
    receipt, name = harvest.receipt, iri(harvest.graph)
    run = iri(f"{harvest.graph}:{receipt.began}")
    yield fact(name, PROV.wasGeneratedBy, run)
    yield fact(run, RDF.type, iri(PROV.Activity))
    yield fact(run, PROV.used, iri(receipt.asked.address))
    yield fact(run, PROV.startedAtTime, typed(receipt.began, XSD.dateTime))
    yield fact(run, PROV.endedAtTime, typed(receipt.ended, XSD.dateTime))
    yield fact(run, RDFS.comment, string(receipt.summary))
    for dataset in merged.described:
        if dataset.id in merged.into and merged.origins.get(dataset.iri) == harvest.graph:
            other = dataset.iri.removesuffix(dataset.id) + merged.into[dataset.id]
            yield fact(iri(dataset.iri), OWL.sameAs, iri(other))
