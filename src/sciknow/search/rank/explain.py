"""From the parts of a score to the reasons that a person reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sciknow.search.index.document import FIELDS, Link
from sciknow.search.index.filters import Selection
from sciknow.search.index.store import Record
from sciknow.search.language.analysis import terms
from sciknow.search.rank.fit import Verdict
from sciknow.search.rank.question import Question, Unit
from sciknow.search.rank.ranking import Collection, Meant, Ranking
from sciknow.search.rank.why import ConceptWhy, ConstraintWhy, TermWhy, Why
from sciknow.search.wish.wish import Understood
from sciknow.text import squeeze

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|(?<=[。！？；])\s*(?=\S)|\n+")
_READ = 2_500
_PASSAGE = 320
_MEANT = 0.02
"""A word that stands nowhere in the record is named from this share of the score on."""


@dataclass(frozen=True)
class Asked:
    """A question with its ranking, and what explaining any of its hits takes, worked out once."""

    collection: Collection
    question: Question
    meant: Meant
    selection: Selection
    ranking: Ranking
    wish: Understood

    @cached_property
    def fields(self) -> NDArray[np.float64]:
        """Weight of each of the question's terms by field, shape (terms, records, fields)."""
        return self.collection.lexical.weights(list(self.question.terms), self.ranking.rows)

    @cached_property
    def rarity(self) -> dict[str, float]:
        """Term → its weight times its idf; 0 when no record holds it."""
        names = self.question.terms
        idf = self.collection.lexical.idf(list(names))
        pairs = zip(names.items(), idf, strict=True)
        return {name: weight * float(rare) for (name, weight), rare in pairs}

    @cached_property
    def ways(self) -> list[dict[int, list[str]]]:
        """For each concept of the question: row → path from it down to the record's."""
        store = self.collection.store
        return [dict(store.members(match.concept)) for match in self.question.concepts]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """How the records stand to what the question states in plain words."""
        return list(self.collection.verdicts(self.question, self.wish, self.ranking.rows))

    @cached_property
    def _tokens(self) -> NDArray[np.float64]:
        """Which of the model's tokens each word of the question is, shape (words, tokens)."""
        tokens = self.meant.tokens
        if tokens is None or not len(self.ranking.tokens):
            return np.zeros((len(self.question.units), 0))
        spans = tokens.spans
        low = self.question.english.lower()
        rows = _of_units(low, self.question.units, spans)
        theme, alone = self.question.theme, self.meant.theme
        if theme is None or alone is None or alone.tokens is None:
            return rows
        low, spans = theme.english.lower(), alone.tokens.spans
        return np.concatenate([rows, _of_units(low, self.question.units, spans)], axis=1)

    def read(self, place: int) -> list[float]:
        """Return which part of the comparison token by token each word gave."""
        if not self._tokens.size:
            return [0.0] * len(self.question.units)
        worth = self.ranking.tokens[:, place]
        parts: list[float] = (self._tokens @ worth / max(worth.sum(), 1e-9)).tolist()
        return parts


def _of_units(
    low: str, units: Sequence[Unit], spans: Sequence[tuple[int, int]]
) -> NDArray[np.float64]:
    """Tell which tokens stand for each word, shape (words, tokens)."""
    rows = [_inside(low, unit, spans) for unit in units]
    return np.array(rows, float).reshape(len(units), len(spans))


def _inside(low: str, unit: Unit, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Tell which tokens stand for a word, as it is or in its first rendering that was read."""
    ways = (unit.text, *(choice.text for choice in unit.alternatives))
    word = next((way.lower() for way in ways if way and way.lower() in low), "")
    start = low.find(word) if word else len(low) + 1
    return [start <= first and last <= start + len(word) for first, last in spans]


def explain(asked: Asked, place: int, record: Record) -> Why:
    """Return why one record of a ranking is there.

    Parameters
    ----------
    asked : Asked
        The question with its ranking.
    place : int
        Which of the ranking.
    record : Record
        The same record's texts.
    """
    question, ranking = asked.question, asked.ranking
    row = int(ranking.rows[place])
    own = asked.collection.columns.at(ranking.rows[place : place + 1])
    parts = {
        "words": float(ranking.units[:, place].sum()),
        "meaning": float(ranking.meaning[place] + ranking.tokens[:, place].sum()),
        "concepts": float(ranking.concepts[:, place].sum()),
        "standing": float(ranking.standing[place]),
        "preferred": float(ranking.preferred[place]),
        "company": max(float(ranking.company[place]), 0.0),
        "constraints": max(float(ranking.fits[place]), 0.0),
    }
    whole = sum(parts.values()) or 1.0
    unknown = asked.selection.unknown
    return Why(
        terms=tuple(_terms(asked, place, parts["meaning"], whole)),
        meant=tuple(_meant(asked, place, parts["meaning"], whole)),
        concepts=tuple(_concepts(asked, place, whole)),
        publications=tuple(_publications(record, set(question.terms))),
        passage=_passage(record, question, asked.rarity),
        shares={name: value / whole for name, value in parts.items() if value > 0},
        constraints=tuple(
            ConstraintWhy(item.name, item.phrase, item.word(place)) for item in asked.verdicts
        ),
        unknown=tuple(name for name, mask in unknown.items() if mask[row]),
        preferred=tuple(name for name in asked.selection.prefer if own.preferred(name)[0]),
    )


def _terms(asked: Asked, place: int, meaning: float, whole: float) -> Iterator[TermWhy]:
    ranking, found = asked.ranking, asked.fields[:, place]
    worth, read = ranking.units[:, place], asked.read(place)
    at = {name: number for number, name in enumerate(asked.question.terms)}
    for number in np.argsort(-worth, kind="stable"):
        if worth[number] <= 0:
            return
        unit, meant = asked.question.units[number], meaning * read[number]
        choice = unit.alternatives[ranking.readings[number, place]]
        by_field = found[[at[term] for term in choice.terms]].sum(axis=0)
        where = [FIELDS[n] for n in np.argsort(-by_field, kind="stable") if by_field[n] > 0]
        yield TermWhy(unit.text, choice.text, tuple(where), (float(worth[number]) + meant) / whole)


def _meant(asked: Asked, place: int, meaning: float, whole: float) -> Iterator[TermWhy]:
    """Yield words that stand in no field, but that the sentence model read in the record."""
    worth, read = asked.ranking.units[:, place], asked.read(place)
    for number, unit in enumerate(asked.question.units):
        share = meaning * read[number] / whole
        if worth[number] <= 0 and share >= _MEANT and _known(unit, asked.rarity):
            yield TermWhy(unit.text, unit.text, (), share)


def _known(unit: Unit, rarity: Mapping[str, float]) -> bool:
    """Tell whether any record holds a word; the model's reading of others is noise."""
    own = (term for choice in unit.alternatives for term in choice.terms)
    return any(rarity.get(term, 0.0) > 0 for term in own)


def _concepts(asked: Asked, place: int, whole: float) -> Iterator[ConceptWhy]:
    row = int(asked.ranking.rows[place])
    for number, match in enumerate(asked.question.concepts):
        worth = float(asked.ranking.concepts[number, place])
        if worth > 0:
            path = asked.ways[number][row]
            names = asked.collection.store.concept_names(path, asked.question.language)
            yield ConceptWhy(match.label, tuple(names.get(n, n) for n in path), worth / whole)


def _publications(record: Record, wanted: set[str]) -> Iterator[Link]:
    """Yield the publications whose titles hold words of the question, most words first."""
    counted = [(len(wanted.intersection(terms(link.title))), link) for link in record.links]
    for count, link in sorted(counted, key=lambda pair: -pair[0])[:3]:
        if count:
            yield link


def _passage(record: Record, question: Question, rarity: Mapping[str, float]) -> str:
    """Return the sentence of the description that holds most of the question's words."""
    text = record.fields.get("description", "")[:_READ]
    sentences = [part for part in map(squeeze, _SENTENCE.split(text)) if len(part) > 1]
    if not sentences:
        return ""
    low = [part.casefold() for part in sentences]
    worth = [sum(value for term, value in rarity.items() if term in part) for part in low]
    return sentences[worth.index(max(worth))][:_PASSAGE]
