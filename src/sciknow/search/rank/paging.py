"""Pages: one order of the hits, whichever page of it is asked for.

How a hit is weighed depends a little on the hits beside it (its company) and on how deep words and
vectors are followed. So that the second page goes on where the first ended, with no hit twice and
none left out, hits are ranked in steps of fixed depth, each going after the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sciknow.search.index.collection import Ranking
from sciknow.search.rank import rank

FIRST = min(rank.CLOSE - rank.CLOSE // 4, rank.POOL // 2)
"""Hits of the first step: as many as cost nothing more than the first one."""
GROWTH = 4
"""How many times deeper each step goes than the one before."""


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
