"""The graph room: Turtle and model objects ↔ RDF, the store, guarded SPARQL, shapes.

Only names are listed here; each is imported when first asked for, so that a search loads no
rdflib and no pyshacl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from sciknow.graph.answer import Answer
    from sciknow.graph.guard import check_query
    from sciknow.graph.hubgraph import HubGraph
    from sciknow.graph.knowledge import (
        Knowledge,
        examine,
        read_agents,
        read_concepts,
        read_publications,
        read_schemes,
    )
    from sciknow.graph.neighbour import Neighbour, related
    from sciknow.graph.quads import META, canonical_digest, ontology_quads, to_quads
    from sciknow.graph.ready import Parameter, ReadyQuery, ready_queries
    from sciknow.graph.rebuild import from_graph, normal_form
    from sciknow.graph.shape import Violation, read_shapes, validate
    from sciknow.graph.store import GraphStore, write_store

_HOMES = {
    "Answer": "answer",
    "GraphStore": "store",
    "HubGraph": "hubgraph",
    "Knowledge": "knowledge",
    "META": "quads",
    "Neighbour": "neighbour",
    "Parameter": "ready",
    "Quad": "quads",
    "ReadyQuery": "ready",
    "Violation": "shape",
    "canonical_digest": "quads",
    "check_query": "guard",
    "examine": "knowledge",
    "from_graph": "rebuild",
    "normal_form": "rebuild",
    "ontology_quads": "quads",
    "read_agents": "knowledge",
    "read_concepts": "knowledge",
    "read_publications": "knowledge",
    "read_schemes": "knowledge",
    "read_shapes": "shape",
    "ready_queries": "ready",
    "related": "neighbour",
    "to_quads": "quads",
    "validate": "shape",
    "write_store": "store",
}

__all__ = [
    "META",
    "Answer",
    "GraphStore",
    "HubGraph",
    "Knowledge",
    "Neighbour",
    "Parameter",
    "Quad",
    "ReadyQuery",
    "Violation",
    "canonical_digest",
    "check_query",
    "examine",
    "from_graph",
    "normal_form",
    "ontology_quads",
    "read_agents",
    "read_concepts",
    "read_publications",
    "read_schemes",
    "read_shapes",
    "ready_queries",
    "related",
    "to_quads",
    "validate",
    "write_store",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
