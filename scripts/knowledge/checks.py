"""Every check of the knowledge base, in one call."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.base import Base, Finding
from knowledge.cards import check_cards
from knowledge.clauses import check_clauses
from knowledge.filled import check_marks
from knowledge.graph import check_graph
from knowledge.kinds import check_kinds


def check_all(base: Base) -> Iterator[Finding]:
    """Run them all over what was read."""
    yield from base.findings
    for check in (check_cards, check_kinds, check_clauses, check_marks, check_graph):
        yield from check(base)
