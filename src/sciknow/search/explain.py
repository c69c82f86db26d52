"""From the parts of a score to the reasons that a person reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sciknow.search import rank
from sciknow.search.analysis import terms
from sciknow.search.collection import Collection, Meant, Ranking
from sciknow.search.constraint import Verdict
from sciknow.search.document import FIELDS, Link
from sciknow.search.filters import Selection
from sciknow.search.question import Question, Unit
from sciknow.search.store import Record
from sciknow.search.why import ConceptWhy, ConstraintWhy, TermWhy, Why
from sciknow.text import squeeze

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|(?<=[。！？；])\s*(?=\S)|\n+")
_READ = 2_500
_PASSAGE = 320


def explain(
    collection: Collection,
    question: Question,
    meant: Meant,
    selection: Selection,
    ranking: Ranking,
    fields: NDArray[np.float64],
    rarity: Mapping[str, float],
    ways: Sequence[Mapping[int, Sequence[str]]],
    place: int,
    record: Record,
    verdicts: Sequence[Verdict] = (),
) -> Why:
    """Return why one record of a ranking is there.

    Parameters
    ----------
    fields : array of float, shape (terms, records, fields)
        `Lexical.weights` of the question's terms for the ranking's records.
    rarity : mapping of str to float
        Term → its weight times its idf.
    ways : sequence of mapping
        For each concept of the question: row → path from the concept down to the record's.
    place : int
        Which of the ranking.
    record : Record
        The same record's texts.
    verdicts : sequence of Verdict
        How the ranking's records stand to what the question states in plain words.
    """
    row = int(ranking.rows[place])
    parts = {
        "words": float(ranking.units[:, place].sum()),
        "meaning": float(ranking.meaning[place] + ranking.tokens[:, place].sum()),
        "concepts": float(ranking.concepts[:, place].sum()),
        "standing": float(ranking.standing[place]),
        "company": max(float(ranking.company[place]), 0.0),
        "constraints": max(float(ranking.fits[place]), 0.0),
    }
    whole = sum(parts.values()) or 1.0
    return Why(
        terms=tuple(_terms(question, meant, ranking, fields[:, place], place, parts, whole)),
        concepts=tuple(_concepts(collection, question, ranking, ways, place, whole)),
        publications=tuple(_publications(record, set(question.terms))),
        passage=_passage(record, question, rarity),
        shares={name: value / whole for name, value in parts.items() if value > 0},
        constraints=tuple(
            ConstraintWhy(item.name, item.phrase, item.word(place)) for item in verdicts
        ),
        unknown=tuple(name for name, mask in selection.unknown.items() if mask[row]),
    )


def _terms(
    question: Question,
    meant: Meant,
    ranking: Ranking,
    weights: NDArray[np.float64],
    place: int,
    parts: Mapping[str, float],
    whole: float,
) -> Iterator[TermWhy]:
    worth = ranking.units[:, place]
    names = list(question.terms)
    at = {name: number for number, name in enumerate(names)}
    for number in np.argsort(-worth, kind="stable"):
        if worth[number] <= 0:
            return
        unit = question.units[number]
        choice = unit.alternatives[ranking.readings[number, place]]
        by_field = weights[[at[term] for term in choice.terms]].sum(axis=0)
        where = [FIELDS[n] for n in np.argsort(-by_field, kind="stable") if by_field[n] > 0]
        read = _reading(unit, choice.text, question, meant, ranking, place)
        share = (float(worth[number]) + parts["meaning"] * read) / whole
        yield TermWhy(unit.text, choice.text, tuple(where), share)


def _reading(
    unit: Unit, text: str, question: Question, meant: Meant, ranking: Ranking, place: int
) -> float:
    """Return which part of the comparison token by token a word of the question gave."""
    tokens = meant.tokens
    if tokens is None or not len(ranking.tokens):
        return 0.0
    word = (text if question.language == "zh" else unit.text).lower()
    start = question.english.lower().find(word)
    if start < 0:
        return 0.0
    inside = [start <= first and last <= start + len(word) for first, last in tokens.spans]
    worth = ranking.tokens[:, place]
    return float(worth[np.array(inside, bool)].sum() / max(worth.sum(), 1e-9))


def _concepts(
    collection: Collection,
    question: Question,
    ranking: Ranking,
    ways: Sequence[Mapping[int, Sequence[str]]],
    place: int,
    whole: float,
) -> Iterator[ConceptWhy]:
    row = int(ranking.rows[place])
    for number, match in enumerate(question.concepts):
        worth = float(ranking.concepts[number, place])
        if worth > 0:
            path = ways[number][row]
            names = collection.store.concept_names(path, question.language)
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


def scaled(score: float) -> float:
    """Bring a sum of parts into 0 to 1."""
    return float(min(1.0, max(0.0, score * rank.SCALE)))
