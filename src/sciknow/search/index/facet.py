"""Counting the records that filters leave, by their words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sciknow.search.index.columns import Columns

COLUMNS = {
    "sector": "sectors",
    "publisher": "publisher",
    "license": "license",
    "access": "access",
    "format": "formats",
    "language": "languages",
    "concept": "concepts",
    "variable": "variables",
}
"""Facet → the column that it counts."""
NAMES = (*COLUMNS, "openable", "offline")


@dataclass(frozen=True, slots=True)
class Facet:
    """How many records have each word of a column.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    counts : dict of str to int
        Word → records, most first; words that no record has are left out. ``openable`` and
        ``offline`` count ``yes`` and ``no``.
    silent : int
        Records that say nothing of it.
    """

    name: str
    counts: dict[str, int]
    silent: int = 0


def facets(columns: Columns, mask: NDArray[np.bool_] | None) -> list[Facet]:
    """Return the counts of every facet over the records that a mask leaves."""
    kept = np.ones(len(columns), bool) if mask is None else mask
    found = [_facet(columns, name, kept) for name in COLUMNS]
    total = int(kept.sum())
    for name in ("openable", "offline"):
        yes = int((getattr(columns, name) & kept).sum())
        found.append(Facet(name, {"yes": yes, "no": total - yes}))
    return found


def _facet(columns: Columns, name: str, kept: NDArray[np.bool_]) -> Facet:
    words = columns.words(COLUMNS[name])
    values, start = columns.numbers(COLUMNS[name])
    sizes = np.diff(start)
    owner = np.repeat(np.arange(len(columns)), sizes)
    counts = np.bincount(values[kept[owner]], minlength=len(words))
    order = np.argsort(-counts, kind="stable")
    named = {words[number]: int(counts[number]) for number in order if counts[number]}
    return Facet(name, named, int((kept & (sizes == 0)).sum()))
