"""Counting the records that filters leave, by their words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sciknow.search.columns import Columns

NAMES = ("sectors", "publisher", "license", "variables")


@dataclass(frozen=True, slots=True)
class Facet:
    """How many records have each word of a column.

    Parameters
    ----------
    name : str
        ``sectors``, ``publisher``, ``license``, ``variables``, ``openable`` or ``offline``.
    counts : dict of str to int
        Word → records, most first; words that no record has are left out.
    """

    name: str
    counts: dict[str, int]


def facets(columns: Columns, mask: NDArray[np.bool_] | None) -> list[Facet]:
    """Return the counts of every facet over the records that a mask leaves."""
    kept = np.ones(len(columns), bool) if mask is None else mask
    found = [Facet(name, _counts(columns, name, kept)) for name in NAMES]
    for name in ("openable", "offline"):
        found.append(Facet(name, {"yes": int((getattr(columns, name) & kept).sum())}))
    return found


def _counts(columns: Columns, name: str, kept: NDArray[np.bool_]) -> dict[str, int]:
    words = columns.words(name)
    values, start = columns.numbers(name)
    owner = np.repeat(np.arange(len(columns)), np.diff(start))
    counts = np.bincount(values[kept[owner]], minlength=len(words))
    order = np.argsort(-counts, kind="stable")
    return {words[number]: int(counts[number]) for number in order if counts[number]}
