"""The answer to a question: hits that explain themselves when they are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sciknow.search.index.filters import Count
from sciknow.search.index.store import Record
from sciknow.search.rank.explain import Asked, explain
from sciknow.search.rank.held import Held, held
from sciknow.search.rank.why import Why
from sciknow.search.wish.wish import Understood


@dataclass(eq=False)
class IndexHit:
    """One record that a question found.

    Parameters
    ----------
    id : str
        Its id.
    score : float
        Between 0 and 1; comparable within one answer.
    kind : str
        ``dataset``, ``publication``, ``concept`` or ``variable``.
    """

    id: str
    score: float
    kind: str
    _asked: Asked
    _place: int

    @cached_property
    def record(self) -> Record:
        """Its texts and metadata; read when first asked for."""
        row = int(self._asked.ranking.rows[self._place])
        return self._asked.collection.store.records([row])[row]

    @cached_property
    def why(self) -> Why:
        """Why it is there; worked out when first asked for."""
        return explain(self._asked, self._place, self.record)


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a question.

    Parameters
    ----------
    hits : tuple of IndexHit
        The page that was asked for, best first.
    total : int
        How many records the filters leave.
    filtered : dict of str to int
        Filter → how many records it took away.
    counts : dict of str to Count
        Filter → how many records match, do not match, and do not say.
    understood : str
        What was recognised in the question beyond its words; empty for nothing.
    constraints : Understood
        The same, in parts.
    asked : callable, optional
        Ranks the best records again, to tell whether any is about the theme; none where that
        cannot be told: for other kinds than datasets, and with another sentence model than ours.
    """

    hits: tuple[IndexHit, ...]
    total: int
    filtered: dict[str, int] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    understood: str = ""
    constraints: Understood = field(default_factory=Understood)
    asked: Callable[[], Asked] | None = None

    @property
    def held(self) -> Held | None:
        """Whether any record is about what was asked for; None where that cannot be told."""
        return held(self.asked()) if self.asked else None

    def led_by(self, names: Sequence[str]) -> Results:
        """Return the same hits, those of some records before the rest, as good as the best."""
        first = [hit for name in names for hit in self.hits if hit.id == name]
        best = max((hit.score for hit in self.hits), default=0.0)
        for hit in first:
            hit.score = best
        rest = (hit for hit in self.hits if hit not in first)
        return replace(self, hits=(*first, *rest), asked=None)
