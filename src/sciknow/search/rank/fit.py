"""How records stand to what a question wishes of time, place, grain and terms of use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sciknow.model.licence import OPEN
from sciknow.model.parse import date_key
from sciknow.place.place import Place
from sciknow.search.index.columns import Columns, Mask
from sciknow.search.rank import weights
from sciknow.search.wish.wish import Understood, phrases

_WITHIN = 0.5
"""A record fits a place when so much of it lies there, or it covers so much of the place."""
_Judged: TypeAlias = tuple[Mask, Mask, Mask]
"""Records that fit, that say nothing, and that fit in part."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How some records stand to one constraint.

    Parameters
    ----------
    name, phrase : str
        The constraint, and what was understood.
    worth : array of float, shape (records,)
        What it gives to, or takes from, the records' scores.
    silent, part : array of bool, shape (records,)
        Records that say nothing of it, and those that fit in part.
    """

    name: str
    phrase: str
    worth: NDArray[np.float64]
    silent: Mask
    part: Mask

    def word(self, place: int) -> str:
        """Say in a word how one record stands to it."""
        if self.silent[place]:
            return "not stated"
        if self.part[place]:
            return "fits in part"
        return "fits" if self.worth[place] > 0 else "does not fit"


def fit(columns: Columns, wish: Understood, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what fitting, or known not to fit, gives to the scores of some records."""
    worths = [verdict.worth for verdict in judge(columns, wish, rows)]
    return np.sum(worths, axis=0) if worths else np.zeros(len(rows))


def judge(columns: Columns, wish: Understood, rows: NDArray[np.int64]) -> Iterator[Verdict]:
    """Yield how some records stand to each constraint."""
    own = columns.at(rows)
    for name, phrase in phrases(wish):
        if name == "place":
            yield Verdict(name, phrase, *_placed(own, wish.places))
            continue
        fits, silent, part = _JUDGES[name](own, wish)
        worth = np.where(fits, weights.FITS, np.where(silent | part, 0.0, -weights.MISSES))
        yield Verdict(name, phrase, worth, silent, part)


def _by_period(columns: Columns, wish: Understood) -> _Judged:
    start = date_key(wish.start) if wish.start else None
    end = date_key(wish.end, end=True) if wish.end else None
    meets, silent = columns.overlaps(start, end)
    whole = columns.covers(start, end)
    return meets & whole, silent, meets & ~whole


def _by_license(columns: Columns, wish: Understood) -> _Judged:
    fits, silent = columns.licensed(wish.license)
    return fits, silent, ~fits & columns.licensed(OPEN)[0]


def _whole(fits: Mask, silent: Mask) -> _Judged:
    """Return a verdict that knows no parts."""
    return fits, silent, np.zeros(len(fits), bool)


_JUDGES: dict[str, Callable[[Columns, Understood], _Judged]] = {
    "period": _by_period,
    "length": lambda columns, wish: _whole(*columns.lasts(wish.years or 0)),
    "time step": lambda columns, wish: _whole(*columns.as_often_as(wish.duration)),
    "resolution": lambda columns, wish: _whole(
        columns.as_fine_as(wish.meters or 0.0), columns.without_resolution
    ),
    "license": _by_license,
    "format": lambda columns, wish: _whole(*columns.in_format(wish.format)),
}


def _placed(columns: Columns, places: Sequence[Place]) -> tuple[NDArray[np.float64], Mask, Mask]:
    """Return what lying in one of some places gives, the more local the more; elsewhere takes."""
    worth, whole = np.full(len(columns), -np.inf), np.zeros(len(columns), bool)
    silent = whole
    for place in places:
        meets, silent, local, covers = columns.lies_in(place.box)
        own = np.ones(len(columns)) if place.kind == "zone" else local
        worth = np.maximum(worth, np.where(meets, weights.FITS * own, -weights.ELSEWHERE))
        whole |= meets & (np.maximum(local, covers) >= _WITHIN)
    return np.where(silent, 0.0, worth), silent, ~silent & ~whole & (worth >= 0)
