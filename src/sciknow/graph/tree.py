"""The tree of concepts: no dangling parent, no cycle, every branch ends at a top concept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sciknow.errors import InvalidInput
from sciknow.model import Concept
from sciknow.model.parse import Where

MAX_DEPTH = 12
"""No chain of broader concepts is longer."""


def check_tree(concepts: Sequence[Concept], origins: Mapping[str, str]) -> Iterator[InvalidInput]:
    """Yield a problem for every broken link between concepts.

    Parameters
    ----------
    concepts : sequence of Concept
        All concepts of a knowledge base.
    origins : mapping
        IRI of a concept → its file, for the messages.
    """
    known = {concept.id: concept for concept in concepts}
    for concept in concepts:
        where = Where(origins.get(concept.iri, "")) @ concept.id
        for key, others in (("skos:broader", concept.broader), ("skos:related", concept.related)):
            for other in others:
                if other not in known:
                    yield (where / key).refuse(f"concept:{other}", "a concept that exists")
        if (cycle := _cycle(concept, known)) is not None:
            yield (where / "skos:broader").refuse(" > ".join(cycle), "a tree without a cycle")


def _cycle(start: Concept, known: Mapping[str, Concept]) -> list[str] | None:
    """Return the way from a concept up to itself (or a way too long), or None."""
    ways = [[start.id]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for parent in known[way[-1]].broader:
            if parent == start.id or len(way) > MAX_DEPTH:
                return [*way, parent]
            if parent in known and parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    return None
