"""Costs of a set of files opened one by one: the sum over the files that a part touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from sciknow.readers.cost import Cost, Costs
from sciknow.readers.selection import Index


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a set.

    Parameters
    ----------
    ds : xarray.Dataset
        The file as it is opened.
    costs : callable
        Makes the costs of its variables; called where the part touches the file.
    """

    ds: xr.Dataset
    costs: Callable[[], Costs | None]


class SetCosts:
    """Costs of the variables of a set.

    Parameters
    ----------
    whole : xarray.Dataset
        The set as it is opened.
    members : sequence of Member
        Its files, in the order in which they follow each other along `dim`.
    dim : str, optional
        The dimension that grows; without it each file lies where its coordinates say.
    """

    def __init__(self, whole: xr.Dataset, members: Sequence[Member], dim: str | None) -> None:
        self.whole, self.members, self.dim = whole, members, dim
        self.starts = np.cumsum([0, *(item.ds.sizes.get(dim or "", 0) for item in members)])

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        dims = [str(dim) for dim in self.whole[name].dims]
        grows = any(self._grows(dim) for dim in dims)
        found = Cost()
        for number, member in enumerate(self.members[: None if grows else 1]):
            if name not in member.ds.variables:
                return None
            inside = [self._local(number, dim, at) for dim, at in zip(dims, index, strict=True)]
            if not all(len(at) for at in inside):
                continue
            costs, chunks = member.costs(), _chunks(member.ds[name])
            read = [_blocks(at, sizes) for at, sizes in zip(inside, chunks, strict=True)]
            one = None if costs is None else costs.cost(name, read, chunks)
            if one is None:
                return None
            found += one
        return found

    def _grows(self, dim: str) -> bool:
        if self.dim is not None:
            return dim == self.dim
        return any(item.ds.sizes.get(dim) != self.whole.sizes[dim] for item in self.members)

    def _local(self, number: int, dim: str, index: Index) -> Index:
        """Return where in one file the wanted places lie along a dimension."""
        if not self._grows(dim):
            return index
        local = np.full(self.whole.sizes[dim], -1)
        places = self._places(number, dim)
        local[places] = np.arange(len(places))
        found = local[index]
        return found[found >= 0]

    def _places(self, number: int, dim: str) -> Index:
        if self.dim is not None:
            return np.arange(self.starts[number], self.starts[number + 1])
        own: Any = self.members[number].ds.indexes[dim]
        return np.asarray(self.whole.indexes[dim].get_indexer(own))


def _blocks(index: Index, sizes: Sequence[int]) -> Index:
    """Return the whole dask blocks that some places lie in.

    A selection does not reach through the joining of the files, so blocks are read whole.
    """
    edges = np.cumsum([0, *sizes])
    touched = np.unique(np.searchsorted(edges[1:], index, side="right"))
    return np.concatenate([np.arange(edges[number], edges[number + 1]) for number in touched])


def _chunks(item: xr.DataArray) -> Sequence[Sequence[int]]:
    return item.chunks if item.chunks is not None else tuple((size,) for size in item.shape)
