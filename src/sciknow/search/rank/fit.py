"""How records stand to what a question wishes of time, place, grain and terms of use.

Each constraint is answered by the record's field, as a graded fit: a box that covers the whole
place beats one that covers a part, a record that ends before the years that are asked for loses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sciknow.model.licence import OPEN
from sciknow.model.parse import date_key
from sciknow.search.index.columns import Columns, Mask
from sciknow.search.rank import weights
from sciknow.search.wish.unit import kind_of_unit
from sciknow.search.wish.variable import other_names
from sciknow.search.wish.wish import Understood, phrases

Grades = NDArray[np.float64]
_WHOLE = 0.75
"""From this grade on a record is said to fit."""
_LOCAL = 0.5
"""What lying wholly in a place counts, where only a part of the place is covered."""
_BY_NAME = 0.65
"""The most that a place counts which is only read from a record's own words …"""
_NAMED = 0.25
"""… and what is added where it is no larger than the place that is asked for."""
_READ = 0.5
"""How far such a place answers: the question's words for it vote by the rest."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How some records stand to one constraint.

    Parameters
    ----------
    name, phrase : str
        The constraint, and what was understood.
    grade : array of float, shape (records,)
        How well they fit, from 0 (not at all) to 1 (wholly).
    silent : array of bool, shape (records,)
        Records that say nothing of it.
    answers : array of float, shape (records,)
        How far a field of theirs answers it, so that the words for it need not vote.
    """

    name: str
    phrase: str
    grade: Grades
    silent: Mask
    answers: Grades

    @property
    def worth(self) -> Grades:
        """What it gives to, or takes from, the records' scores."""
        missing = 1 - self.grade
        worth = weights.FITS * self.grade - weights.MISSES * missing**weights.LENIENCE
        return np.where(self.silent, 0.0, worth)

    def word(self, place: int) -> str:
        """Say in a word how one record stands to it."""
        if self.silent[place]:
            return "not stated"
        if self.grade[place] >= _WHOLE:
            return "fits"
        return "fits in part" if self.grade[place] > 0 else "does not fit"


def judge(columns: Columns, wish: Understood, rows: NDArray[np.int64]) -> Iterator[Verdict]:
    """Yield how some records stand to each constraint."""
    own = columns.at(rows)
    for name, phrase in phrases(wish):
        if name not in _JUDGES:  # what is not wanted is told by words and concepts
            continue
        grade, silent = _JUDGES[name](own, wish)
        answers = np.where(silent, 0.0, 1.0)
        if name == "place":
            answers[~own.placed] *= _READ
        yield Verdict(name, phrase, np.asarray(grade, np.float64), silent, answers)


def _by_period(columns: Columns, wish: Understood) -> tuple[Grades, Mask]:
    start = date_key(wish.start) if wish.start else None
    end = date_key(wish.end, end=True) if wish.end else None
    return columns.share_of_period(start, end)


def _by_variable(columns: Columns, wish: Understood) -> tuple[Grades, Mask]:
    """Grade by the variables listed; what is not listed may be there all the same."""
    has = [columns.has_variable(sorted(other_names(item))) for item in wish.variables]
    grade = np.mean(has, axis=0)
    return grade, np.asarray(grade == 0)


def _by_unit(columns: Columns, wish: Understood) -> tuple[Grades, Mask]:
    """Grade by units that measure the same; of a record without such the unit is not known."""
    kind = kind_of_unit(wish.unit)
    fits = columns.measured_in(lambda unit: kind_of_unit(unit) == kind)
    return fits.astype(np.float64), ~fits


def _by_license(columns: Columns, wish: Understood) -> tuple[Grades, Mask]:
    fits, silent = columns.licensed(wish.license)
    return np.where(fits, 1.0, 0.5 * columns.licensed(OPEN)[0]), silent


def _by_place(columns: Columns, wish: Understood) -> tuple[Grades, Mask]:
    """Grade by the place that a record fits best: how much of it is covered, and how locally."""
    grade, silent = np.zeros(len(columns)), np.ones(len(columns), bool)
    for place in wish.places:
        if place.kind == "city":
            near, silent = columns.near(place.box)
            grade = np.maximum(grade, near)
            continue
        meets, silent, local, covers = columns.lies_in(place.box)
        everywhere = place.box[2] - place.box[0] >= 360 and place.box[3] - place.box[1] >= 150
        zone = place.kind == "zone" and not everywhere
        whole = local if zone else np.maximum(covers, _LOCAL * local * (not everywhere))
        whole = np.where(columns.placed, whole, np.minimum(whole, _BY_NAME + _NAMED * local))
        grade = np.maximum(grade, np.where(meets, whole, 0.0))
    return grade, silent


_JUDGES: dict[str, Callable[[Columns, Understood], tuple[Grades | Mask, Mask]]] = {
    "period": _by_period,
    "length": lambda columns, wish: columns.lasts(wish.years or 0),
    "place": _by_place,
    "time step": lambda columns, wish: columns.as_often_as(wish.duration),
    "resolution": lambda columns, wish: (
        columns.as_fine_as(wish.meters or 0.0),
        columns.without_resolution,
    ),
    "license": _by_license,
    "access": lambda columns, wish: columns.accessible((wish.access,)),
    "format": lambda columns, wish: columns.in_format(wish.format),
    "variable": _by_variable,
    "unit": _by_unit,
}
