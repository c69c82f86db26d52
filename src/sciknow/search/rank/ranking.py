"""Records ranked for a question: words, meaning, concepts, standing, fit and company in one sum.

How a hit is weighed depends a little on the hits beside it (its company) and on how deep words and
vectors are followed. So that the second page goes on where the first ended, with no hit twice and
none left out, hits are ranked in steps of fixed depth, each going after the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import IntegrityError
from sciknow.place.place import find_places
from sciknow.search.arrays import open_array
from sciknow.search.embed.embedder import Tokens, Vectors
from sciknow.search.index.columns import Columns
from sciknow.search.index.document import FIELDS
from sciknow.search.index.filters import Filters, Selection, select
from sciknow.search.index.lexical import Lexical, saturated
from sciknow.search.index.store import Store
from sciknow.search.index.vectors import TitleStore, TokenStore, VectorStore
from sciknow.search.rank import weights
from sciknow.search.rank.fit import Verdict, judge
from sciknow.search.rank.question import Alternative, Question, Unit
from sciknow.search.wish.wish import Understood, phrases

Rows = NDArray[np.int64]
_MAX_DEPTH = 64
"""How many times deeper than asked the words are followed to find what a filter leaves."""
_SPARE = 1.3
"""How many times deeper they are followed at first than a filter's share asks for."""
UNWANTED = "not wanted"
"""Name of the constraint that says what is not wanted."""
_NAMING = ("title", "keywords", "concepts")
"""Fields that say what a record is."""
_TOLD = 0.5
"""How far a record is something that its description mentions."""
SURE = 0.5
"""Weight from which a way to read a word surely means the same."""
FIRST = min(weights.CLOSE - weights.CLOSE // 4, weights.POOL // 2)
"""Hits of the first step: as many as cost nothing more than the first one."""
GROWTH = 4
"""How many times deeper each step goes than the one before."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the sentence model made of a question.

    Parameters
    ----------
    vector : array of float32, shape (dimensions,)
        Unit length.
    tokens : Tokens or None
        Where the model gives them.
    weights : array of float, shape (tokens,), or None
        What each token counts, where they do not count alike.
    theme : Meant or None
        The same for the question without the words of its constraints, where it has any.
    """

    vector: Vectors
    tokens: Tokens | None = None
    weights: NDArray[np.float64] | None = None
    theme: Meant | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Records in order, with every part of their scores.

    Parameters
    ----------
    rows : array of int, shape (records,)
        Best first.
    score : array of float, shape (records,)
        Sum of the parts.
    units : array of float, shape (units, records)
        What each unit of the question gave.
    readings : array of int, shape (units, records)
        Which alternative of each unit gave it.
    meaning : array of float, shape (records,)
        What the comparison of the whole texts gave.
    tokens : array of float, shape (tokens, records)
        What each token gave.
    concepts : array of float, shape (concepts, records)
        What each concept gave.
    standing, silence : array of float, shape (records,)
        What other records' mentions gave; what silence took away.
    preferred : array of float, shape (records,)
        What opening, being current and being open gave.
    fits : array of float, shape (records,)
        What fitting the constraints in plain words gave or took away.
    company : array of float, shape (records,)
        What nearness to the best hits gave.
    answered : array of float, shape (records,)
        Which part of the question's constraints the record's fields answer: so much of its
        meaning is compared with the theme alone, the rest with the whole question.
    """

    rows: Rows
    score: NDArray[np.float64]
    units: NDArray[np.float64]
    readings: NDArray[np.int64]
    meaning: NDArray[np.float64]
    tokens: NDArray[np.float64]
    concepts: NDArray[np.float64]
    standing: NDArray[np.float64]
    silence: NDArray[np.float64]
    preferred: NDArray[np.float64]
    fits: NDArray[np.float64]
    company: NDArray[np.float64]
    answered: NDArray[np.float64]

    def sorted(self, limit: int) -> Ranking:
        """Return the best records, best first."""
        order = np.lexsort((self.rows, -self.score))[:limit]
        return Ranking(*(getattr(self, name)[..., order] for name in self.__slots__))


class Collection:
    """The records of one kind, opened read-only.

    Parameters
    ----------
    folder : Path
        What `sciknow.search.index.build` wrote for the kind.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.standing = open_array(folder, "standing")

    def __len__(self) -> int:
        return len(self.standing)

    @cached_property
    def lexical(self) -> Lexical:
        """The records' words."""
        return Lexical(self._folder)

    @cached_property
    def vectors(self) -> VectorStore:
        """The records' vectors."""
        return VectorStore(self._folder)

    @cached_property
    def titles(self) -> TitleStore | None:
        """The vectors of the records' titles, where any has one."""
        return TitleStore(self._folder) if TitleStore.there(self._folder) else None

    @cached_property
    def tokens(self) -> TokenStore | None:
        """The records' tokens, where they were kept."""
        return TokenStore(self._folder) if TokenStore.there(self._folder) else None

    @cached_property
    def columns(self) -> Columns:
        """The records' columns."""
        return Columns(self._folder)

    @cached_property
    def store(self) -> Store:
        """The records' texts, and the hub's labels."""
        return Store(self._folder / "store.sqlite")

    def load(self) -> None:
        """Open every part, also those that no question has needed yet.

        Raises
        ------
        IntegrityError
            For a part that does not open.
        """
        self.columns.load()
        rows = [len(self.lexical), len(self.vectors), len(self.columns), self.store.count()]
        rows += [len(part) for part in (self.titles, self.tokens) if part is not None]
        if any(number != len(self) for number in rows):
            raise IntegrityError(
                f"the parts of {self._folder} hold {sorted(set(rows))} records, "
                f"expected are {len(self)} in each",
                hint="run: sciknow build",
            )

    def select(self, filters: Filters) -> Selection:
        """Apply filters."""
        if not filters:
            return Selection(None, len(self), prefer=filters.prefer)
        return select(self.columns, filters)

    def rank(
        self,
        question: Question,
        meant: Meant,
        selection: Selection,
        limit: int,
        wish: Understood | None = None,
    ) -> Ranking:
        """Rank the records that a selection leaves.

        Parameters
        ----------
        question : Question
            What was asked.
        meant : Meant
            The same, as the sentence model sees it.
        selection : Selection
            Which records count.
        limit : int
            How many to return at most.
        wish : Understood, optional
            What the question says of time, place and grain.
        """
        pool = max(weights.POOL, limit + weights.POOL // 2)
        rows = self._candidates(question, meant, selection.mask, pool)
        loose = self.weigh(question, meant, selection, rows, wish)
        near = loose.sorted(max(weights.CLOSE, limit + weights.CLOSE // 4))
        return self._in_company(self._by_tokens(meant, near)).sorted(limit)

    def _by_tokens(self, meant: Meant, ranking: Ranking) -> Ranking:
        """Add the comparison token by token, where there are tokens on both sides."""
        if meant.tokens is None or self.tokens is None:
            return ranking
        tokens = self._late(meant, ranking.rows)
        if meant.theme is not None:
            themed = self._late(meant.theme, ranking.rows) * ranking.answered
            tokens = np.concatenate([tokens * (1 - ranking.answered), themed])
        meaning = ranking.meaning * (weights.MEANING / weights.MEANING_ALONE)
        score = ranking.score + meaning - ranking.meaning + tokens.sum(axis=0)
        return replace(ranking, score=score, meaning=meaning, tokens=tokens)

    def _late(self, meant: Meant, rows: Rows) -> NDArray[np.float64]:
        """Return what each token of a question is worth to some records."""
        if meant.tokens is None or self.tokens is None:
            return np.zeros((0, len(rows)))
        tokens = weights.TOKENS * self.tokens.score(meant.tokens, rows)
        return tokens if meant.weights is None else tokens * meant.weights[:, None]

    def _in_company(self, ranking: Ranking) -> Ranking:
        """Add what nearness to the best hits gives, less nearness to just any hit."""
        count = len(ranking.rows)
        if count < weights.CROWD_SIZE + 2:
            return ranking
        vectors = self.vectors.first(ranking.rows)
        near = (vectors @ vectors.T).astype(np.float64)
        best = np.argsort(-ranking.score, kind="stable")[: weights.BEST]
        weight = np.exp(weights.SHARPNESS * (ranking.score[best] - ranking.score.max()))
        nearest = np.sort(near, axis=1)[:, -weights.CROWD_SIZE - 1 : -1]
        company = near[:, best] @ (weight / weight.sum()) - weights.CROWD * nearest.mean(axis=1)
        gain = weights.COMPANY * company
        return replace(ranking, score=ranking.score + gain, company=gain)

    def weigh(
        self,
        question: Question,
        meant: Meant,
        selection: Selection,
        rows: Rows,
        wish: Understood | None = None,
    ) -> Ranking:
        """Return the parts of the score of some records, but for tokens and company."""
        verdicts = list(self.verdicts(question, wish, rows)) if wish else []
        told = {item.name: item.answers for item in verdicts if item.name != UNWANTED}
        units, readings = self._words(question, rows)
        alone = None if meant.theme is None else self.near(meant.theme, rows)
        on_theme = 1.0 if alone is None else np.minimum(alone / weights.ON_THEME, 1)
        for number, unit in enumerate(question.units):
            told_of = told.get(unit.constraint)
            if told_of is not None and told_of.any():  # no second vote for what a field answers
                units[number] *= (1 - told_of) * on_theme
        answered = np.zeros(len(rows))
        meaning = weights.MEANING_ALONE * self.near(meant, rows)
        if alone is not None and told:
            answered = np.mean([*told.values()], axis=0)
            meaning += answered * (weights.MEANING_ALONE * alone - meaning)
        concepts = self._concepts(question, rows)
        if question.theme is not None:
            asked = {match.concept for match in question.theme.concepts}
            for number, match in enumerate(question.concepts):
                if match.concept not in asked and "place" in told:  # a place and a concept
                    concepts[number] *= (1 - told["place"]) * on_theme
        standing = weights.STANDING * self.standing[rows].astype(np.float64)
        silence = np.zeros(len(rows))
        for mask in selection.unknown.values():
            silence -= weights.SILENCE * mask[rows]
        preferred = np.zeros(len(rows))
        own = self.columns.at(rows)
        for name in selection.prefer:
            preferred += weights.PREFERRED * own.preferred(name)
        fits = np.sum([verdict.worth for verdict in verdicts], axis=0) + np.zeros(len(rows))
        parts = [units.sum(0), meaning, concepts.sum(0), standing, silence, preferred, fits]
        score = np.sum(parts, axis=0)
        none = np.zeros(len(rows))
        tokens = np.zeros((0, len(rows)))
        return Ranking(
            rows,
            score,
            units,
            readings,
            meaning,
            tokens,
            concepts,
            standing,
            silence,
            preferred,
            fits,
            none,
            answered,
        )

    def verdicts(self, question: Question, wish: Understood, rows: Rows) -> Iterator[Verdict]:
        """Yield how some records stand to each constraint, and to what is not wanted."""
        yield from judge(self.columns, wish, rows)
        if wish.unwanted:
            grade = np.ones(len(rows))
            for item in question.unwanted:
                grade = np.minimum(grade, 1 - self._is(item, rows))
            phrase = dict(phrases(wish))[UNWANTED]
            none = np.zeros(len(rows))
            yield Verdict(UNWANTED, phrase, grade, none.astype(bool), none)

    def _is(self, question: Question, rows: Rows) -> NDArray[np.float64]:
        """Tell how far records are what a few words name: by concept, place, title, description."""
        share = np.zeros(len(rows))
        for place in find_places(question.text):
            share = np.maximum(share, self.columns.at(rows).lies_in(place.box).local)
        for match in question.concepts:
            members = [row for row, _ in self.store.members(match.concept)]
            share = np.where(np.isin(rows, members), 1.0, share)
        names = list(question.terms)
        if not names or not question.units:
            return share
        place_of = {name: number for number, name in enumerate(names)}
        fields: NDArray[np.bool_] = np.greater(self.lexical.weights(names, rows), 0)
        named = np.asarray(fields[:, :, [FIELDS.index(name) for name in _NAMING]].any(axis=2))
        told = fields[:, :, FIELDS.index("description")]
        for held, worth in ((told, _TOLD), (named, 1.0)):
            whole = np.ones(len(rows), bool)
            for unit in question.units:
                ways = [held[[place_of[term] for term in way]].all(axis=0) for way in _sure(unit)]
                whole &= np.any(ways, axis=0)
            share = np.maximum(share, worth * whole)
        return share

    def near(self, meant: Meant, rows: Rows) -> NDArray[np.float64]:
        """Return how near records are to a question: whole texts, moved towards nearer titles."""
        near = np.maximum(self.vectors.similarity(meant.vector, rows), 0)
        if self.titles is None:
            return near
        titled = self.titles.similarity(meant.vector, rows)
        return near + weights.TITLED * np.maximum(titled - near, 0)

    def _candidates(
        self, question: Question, meant: Meant, mask: NDArray[np.bool_] | None, pool: int
    ) -> Rows:
        """Gather the records that words, meaning or a concept put forward."""
        parts = [self._by_words(question, mask, pool)]
        parts.append(self.vectors.candidates(meant.vector, pool, mask))
        if question.theme is not None and meant.theme is not None:
            parts.append(self._by_words(question.theme, mask, pool))
            parts.append(self.vectors.candidates(meant.theme.vector, pool, mask))
        for match in question.concepts:
            members = np.array([row for row, _ in self.store.members(match.concept)], np.int64)
            parts.append(members[:pool] if mask is None else members[mask[members]][:pool])
        return np.unique(np.concatenate(parts))

    def _by_words(self, question: Question, mask: NDArray[np.bool_] | None, pool: int) -> Rows:
        if mask is None:
            return self.lexical.candidates(question.terms, pool)
        allowed = np.flatnonzero(mask)
        if len(allowed) <= 4 * pool:  # so few that all of them can be weighed
            return allowed.astype(np.int64)
        most = pool * _MAX_DEPTH
        depth = min(most, int(_SPARE * pool * len(mask) / len(allowed)))
        while True:
            rows = self.lexical.candidates(question.terms, depth)
            kept = rows[mask[rows]][:pool]
            if len(kept) == pool or len(rows) < depth or depth == most:
                return kept
            depth = min(most, 8 * depth)

    def _words(self, question: Question, rows: Rows) -> tuple[NDArray[np.float64], Rows]:
        """Return what each unit is worth, and the alternative that makes it so."""
        names = list(question.terms)
        shape = (len(question.units), len(rows))
        best, reading = np.zeros(shape), np.zeros(shape, np.int64)
        if not names or not len(rows):
            return best, reading
        place = {name: number for number, name in enumerate(names)}
        found = self.lexical.weights(names, rows)
        rarity = self.lexical.idf(names)[:, None]
        worth = weights.WORDS * rarity * saturated(found.sum(axis=2))
        worth += weights.TITLE * rarity * (found[:, :, 0] > 0)
        for number, unit in enumerate(question.units):
            ways = [_worth(choice, worth, place) for choice in unit.alternatives]
            choices = unit.weight * np.array(ways)
            reading[number] = choices.argmax(axis=0)
            best[number] = choices.max(axis=0)
        return best, reading

    def _concepts(self, question: Question, rows: Rows) -> NDArray[np.float64]:
        out = np.zeros((len(question.concepts), len(rows)))
        for number, match in enumerate(question.concepts):
            members = self.store.members(match.concept)
            special = 1 - np.log1p(len(members)) / np.log1p(len(self) + 1)
            worth = {
                row: weights.CONCEPT * weights.CONCEPT_DECAY ** (len(path) - 1) * special
                for row, path in members
            }
            out[number] = [worth.get(int(row), 0.0) for row in rows]
        return out

    def rows_of(self, identifiers: Sequence[str]) -> dict[str, int]:
        """Return the rows of some records by id; unknown ids are left out."""
        found = ((name, self.store.row_of(name)) for name in identifiers)
        return {name: row for name, row in found if row is not None}


def _sure(unit: Unit) -> Iterator[tuple[str, ...]]:
    """Yield the terms of each way to read a unit that surely means the same."""
    for choice in unit.alternatives:
        if choice.weight >= SURE:
            yield choice.terms


def scaled(score: float) -> float:
    """Bring a sum of parts into 0 to 1."""
    return float(min(1.0, max(0.0, score * weights.SCALE)))


def _worth(
    choice: Alternative, worth: NDArray[np.float64], place: Mapping[str, int]
) -> NDArray[np.float64]:
    """Return what one way to read a unit is worth to each record."""
    each = worth[[place[term] for term in choice.terms]]
    own = each.sum(axis=0)
    if choice.together:
        own = np.where((each > 0).all(axis=0), own, 0)
    if choice.beside:
        more = worth[[place[term] for term in choice.beside]].sum(axis=0)
        own += np.where(own > 0, more, 0)
    return np.asarray(choice.weight * own)


def ranked(ask: Callable[[int], Ranking], start: int, end: int) -> Iterator[Ranking]:
    """Yield the hits from one place to another of the order, step by step.

    Parameters
    ----------
    ask : callable
        Ranks the records to a depth; fewer come when there are no more.
    start, end : int
        The first place that is wanted, and the one after the last.
    """
    seen = np.zeros(0, np.int64)
    depth, floor = FIRST, np.inf
    while len(seen) < end:
        whole = ask(depth)
        fresh = np.flatnonzero(~np.isin(whole.rows, seen))
        step = _taken(whole, fresh[max(0, start - len(seen)) : end - len(seen)], floor)
        if len(step.rows):
            yield step
        if len(fresh):
            floor = min(floor, float(whole.score[fresh[-1]]))
        seen = np.concatenate([seen, whole.rows[fresh]])
        if len(whole.rows) < depth:
            return
        depth *= GROWTH


def _taken(ranking: Ranking, places: NDArray[np.int64], most: float) -> Ranking:
    """Return some records of a ranking, none above a score."""
    parts = {name: getattr(ranking, name)[..., places] for name in ranking.__slots__}
    parts["score"] = np.minimum(parts["score"], most)
    return Ranking(**parts)
