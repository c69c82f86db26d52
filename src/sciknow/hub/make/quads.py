"""The quads of a content: its records and the vocabulary's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sciknow.graph as graph
from sciknow.hub.make.source import Content
from sciknow.hub.store.paths import packaged_source

if TYPE_CHECKING:
    from sciknow.graph import Quad

_ONTOLOGY = ("knowledge_graph", "vocabulary", "sciknow.ttl")


def quads_of(content: Content) -> list[Quad]:
    """Return every quad of a hub's graph (`pyoxigraph.Quad`)."""
    quads = graph.to_quads(
        content.datasets,
        content.concepts,
        content.publications,
        content.agents,
        schemes=content.schemes,
        origins=content.origins,
    )
    return [*quads, *graph.ontology_quads(packaged_source().joinpath(*_ONTOLOGY))]
