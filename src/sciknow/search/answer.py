"""The answer to a question: hits that explain themselves when they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sciknow.search.collection import Collection, Meant, Ranking
from sciknow.search.constraint import Understood, Verdict, judge
from sciknow.search.explain import explain
from sciknow.search.filters import Selection
from sciknow.search.question import Question
from sciknow.search.store import Record
from sciknow.search.why import Why


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
    _answer: Answer
    _place: int

    @cached_property
    def record(self) -> Record:
        """Its texts and metadata; read when first asked for."""
        return self._answer.record(self._place)

    @cached_property
    def why(self) -> Why:
        """Why it is there; worked out when first asked for."""
        return self._answer.why(self._place, self.record)


@dataclass(frozen=True)
class Answer:
    """What is needed to explain the hits of one question."""

    collection: Collection
    question: Question
    meant: Meant
    selection: Selection
    ranking: Ranking
    wish: Understood

    @cached_property
    def _ways(self) -> list[dict[int, list[str]]]:
        return [
            dict(self.collection.store.members(match.concept)) for match in self.question.concepts
        ]

    @cached_property
    def _verdicts(self) -> list[Verdict]:
        return list(judge(self.collection.columns, self.wish, self.ranking.rows))

    @cached_property
    def _fields(self) -> NDArray[np.float64]:
        return self.collection.lexical.weights(list(self.question.terms), self.ranking.rows)

    @cached_property
    def _rarity(self) -> dict[str, float]:
        names = self.question.terms
        idf = self.collection.lexical.idf(list(names))
        pairs = zip(names.items(), idf, strict=True)
        return {name: weight * float(rare) for (name, weight), rare in pairs}

    def record(self, place: int) -> Record:
        """Return the texts and metadata of one of the ranking."""
        row = int(self.ranking.rows[place])
        return self.collection.store.records([row])[row]

    def why(self, place: int, record: Record) -> Why:
        """Return why one of the ranking is there."""
        return explain(
            self.collection,
            self.question,
            self.meant,
            self.selection,
            self.ranking,
            self._fields,
            self._rarity,
            self._ways,
            place,
            record,
            self._verdicts,
        )


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
    understood : str
        What was recognised in the question beyond its words; empty for nothing.
    constraints : Understood
        The same, in parts.
    """

    hits: tuple[IndexHit, ...]
    total: int
    filtered: dict[str, int] = field(default_factory=dict)
    understood: str = ""
    constraints: Understood = field(default_factory=Understood)
