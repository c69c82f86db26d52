"""The graph room: Turtle and model objects ↔ RDF, the store, guarded SPARQL, shapes.

Only names are listed here; each is imported when first asked for, so that a search loads no
rdflib and no pyshacl.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from sciknow.graph.prefix import PREFIXES
    from sciknow.graph.quads import META, canonical_digest, ontology_quads, to_quads
    from sciknow.graph.ready import Parameter, ReadyQuery, ready_queries
    from sciknow.graph.rebuild import from_graph, normal_form
    from sciknow.graph.shape import Violation, read_shapes, validate
    from sciknow.graph.store import GraphStore, write_store

_HOMES = {
    "answer": ("Answer",),
    "guard": ("check_query",),
    "hubgraph": ("HubGraph",),
    "knowledge": (
        "Knowledge",
        "examine",
        "read_agents",
        "read_concepts",
        "read_publications",
        "read_schemes",
    ),
    "prefix": ("PREFIXES",),
    "quads": ("META", "canonical_digest", "ontology_quads", "to_quads"),
    "ready": ("Parameter", "ReadyQuery", "ready_queries"),
    "rebuild": ("from_graph", "normal_form"),
    "neighbour": ("Neighbour", "related"),
    "shape": ("Violation", "read_shapes", "validate"),
    "store": ("GraphStore", "write_store"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "META",
    "PREFIXES",
    "Answer",
    "GraphStore",
    "HubGraph",
    "Knowledge",
    "Neighbour",
    "Parameter",
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


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
