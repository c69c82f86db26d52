"""Costs of datasets that were joined along one dimension: each part by its own layout."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import xarray as xr

from sciknow.readers.plans.cost import Cost, Costs
from sciknow.readers.selection import Index

Part = tuple[xr.Dataset, Costs | None]


class JoinedCosts:
    """Costs of the variables of several datasets that follow each other.

    Parameters
    ----------
    dim : str
        The dimension along which they do.
    parts : sequence of (Dataset, Costs)
        The datasets in order, and what reading each of them costs.
    """

    def __init__(self, dim: str, parts: Sequence[Part]) -> None:
        self.dim, self.parts = dim, list(parts)

    @classmethod
    def of(cls, joined: xr.Dataset, parts: Sequence[Part]) -> JoinedCosts | None:
        """Find out how datasets were joined; None where that is not plain."""
        for dim, size in joined.sizes.items():
            lengths = [part.sizes.get(dim, 0) for part, _ in parts]
            if sum(lengths) == size and all(dim in part.indexes for part, _ in parts):
                name = str(dim)
                return cls(name, sorted(parts, key=lambda part: part[0].indexes[name][0]))
        return None

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        first = self.parts[0][0]
        if name not in first.variables or any(costs is None for _, costs in self.parts):
            return None
        if self.dim not in first[name].dims:
            costs = self.parts[0][1]
            return None if costs is None else costs.cost(name, index, blocks)
        axis = first[name].dims.index(self.dim)
        found, start = Cost(), 0
        for part, costs in self.parts:
            length = part.sizes[self.dim]
            own = (index[axis] >= start) & (index[axis] < start + length)
            at = [*index[:axis], index[axis][own] - start, *index[axis + 1 :]]
            edges = [*blocks[:axis], _cut(blocks[axis], start, length), *blocks[axis + 1 :]]
            one = costs.cost(name, at, edges) if costs is not None and own.any() else Cost()
            if one is None:
                return None
            found += one
            start += length
        return found


def _cut(sizes: Sequence[int], start: int, length: int) -> list[int]:
    """Return the sizes of the blocks within a stretch.

    Examples
    --------
    >>> _cut((4, 4, 4), 4, 6)
    [4, 2]
    """
    edges = np.cumsum([0, *sizes])
    inner = [edge for edge in edges.tolist() if start < edge < start + length]
    cuts = [start, *inner, start + length]
    return [high - low for low, high in pairwise(cuts)]
