"""Whether any record is about what a question asks for, so that the answer can be an honest no.

A ranking always has a first record. Whether it is about the theme is told from four numbers: how
near its meaning is, how many of the theme's words it holds, whether it stands under a concept
that the question names, and how much of the theme stands in no record at all. Their weighted sum
is compared with one threshold. Weights and threshold were set on one half of
``benchmarks/held.tsv``; ``benchmarks/held.py`` tells how often they err on the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sciknow.search.rank.ranking import SURE
from sciknow.search.wish.purpose import HOLLOW

if TYPE_CHECKING:
    from sciknow.search.index.lexical import Lexical
    from sciknow.search.rank.explain import Asked
    from sciknow.search.rank.question import Question, Unit

DEPTH = 20
"""The best records that are looked at."""
LEAST = 0.64
"""The sum from which on a record is about the theme."""
_WORDS = 0.5
"""What the share of the theme's words that a record holds counts, next to its cosine …"""
_CONCEPT = 0.12
"""… and standing under a concept that the theme names …"""
_UNKNOWN = -0.27
"""… and the share of the theme, by the rarity of its words, that no record of the hub holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """Whether what was asked for is there.

    Parameters
    ----------
    fits : bool
        Whether any record is about the theme.
    theme : str
        The theme, in the question's words.
    unmet : tuple of str
        What was understood of the question that no record on the theme is known to meet.
    """

    fits: bool
    theme: str
    unmet: tuple[str, ...] = ()


def held(asked: Asked) -> Held:
    """Tell whether the best records are about what was asked for.

    Parameters
    ----------
    asked : Asked
        The question with the `DEPTH` records that are best for its theme alone.
    """
    on_theme = themes(asked) >= LEAST
    theme = asked.wish.theme or asked.question.text
    if not on_theme.any():
        return Held(False, theme)
    unmet = []
    for item in asked.verdicts:
        stated = item.grade[on_theme & ~item.silent]
        if len(stated) and not stated.any():
            unmet.append(item.phrase)
    return Held(True, theme, tuple(unmet))


def themes(asked: Asked) -> NDArray[np.float64]:
    """Return how surely each record of a ranking is about the theme."""
    question, meant = asked.question.theme or asked.question, asked.meant.theme or asked.meant
    rows = asked.ranking.rows
    words, unknown = _words(question, asked.collection.lexical, rows)
    under = np.zeros(len(rows))
    for match in question.concepts:
        members = [row for row, _ in asked.collection.store.members(match.concept)]
        under = np.maximum(under, np.isin(rows, members))
    near = asked.collection.near(meant, rows)
    return near + _WORDS * words + _CONCEPT * under + _UNKNOWN * unknown


def _words(
    question: Question, lexical: Lexical, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """Return which share of a question's words records hold, and which share none does."""
    units = [unit for unit in question.units if not _is_hollow(unit, question)]
    units = units or list(question.units)
    names = list(question.terms)
    if not units or not names:
        return np.zeros(len(rows)), 0.0
    at = {name: number for number, name in enumerate(names)}
    there = np.asarray(lexical.weights(names, rows).any(axis=2))
    known = np.asarray(lexical.frequency(names) > 0)
    rarity = np.where(known, lexical.idf(names), lexical.rarest)
    share, whole, unknown = np.zeros(len(rows)), 0.0, 0.0
    for unit in units:
        ways = [[at[term] for term in choice.terms] for choice in unit.alternatives]
        worth = [choice.weight for choice in unit.alternatives]
        held = [there[way].mean(axis=0) * each for way, each in zip(ways, worth, strict=True)]
        share += np.max(held, axis=0) / len(units)
        sure = [way for way, each in zip(ways, worth, strict=True) if each >= SURE] or ways[:1]
        rare = unit.weight * min(float(rarity[way].max()) for way in sure)
        whole += rare
        unknown += 0.0 if known[[term for way in sure for term in way]].any() else rare
    return share, unknown / max(whole, 1e-9)


def _is_hollow(unit: Unit, question: Question) -> bool:
    """Tell whether a word says nothing of the theme, or stands beside what is asked for."""
    aside = bool(question.core) and unit.weight < 1
    own = unit.alternatives[0].terms
    return aside or unit.text in HOLLOW or all(term in HOLLOW for term in own)
