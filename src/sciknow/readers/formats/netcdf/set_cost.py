"""Costs of a set of files opened one by one: the sum over the files that a part touches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from sciknow.readers.plans.cost import Cost, Costs
from sciknow.readers.selection import Index


@dataclass(frozen=True, slots=True)
class Shape:
    """What costs need to know of a dataset, which itself would keep its file open.

    Parameters
    ----------
    sizes, indexes : mapping
        Of its dimensions.
    dims, chunks : mapping
        Of its variables: dimensions, and sizes of the dask chunks along each.
    """

    sizes: Mapping[str, int]
    indexes: Mapping[str, Any]
    dims: Mapping[str, tuple[str, ...]]
    chunks: Mapping[str, Sequence[Sequence[int]]]


def shape_of(ds: xr.Dataset) -> Shape:
    """Return the shape of a dataset."""
    variables = {str(name): item for name, item in ds.variables.items()}
    return Shape(
        {str(dim): size for dim, size in ds.sizes.items()},
        {str(dim): index for dim, index in ds.indexes.items()},
        {name: tuple(map(str, item.dims)) for name, item in variables.items()},
        {name: item.chunks or [(size,) for size in item.shape] for name, item in variables.items()},
    )


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a set.

    Parameters
    ----------
    shape : Shape
        Of the file as it is opened.
    costs : callable
        Makes the costs of its variables; called where the part touches the file.
    """

    shape: Shape
    costs: Callable[[], Costs | None]


class SetCosts:
    """Costs of the variables of a set.

    Parameters
    ----------
    whole : Shape
        Of the set as it is opened.
    members : sequence of Member
        Its files, in the order in which they follow each other along `dim`.
    dim : str, optional
        The dimension that grows; without it each file lies where its coordinates say.
    """

    def __init__(self, whole: Shape, members: Sequence[Member], dim: str | None) -> None:
        self.whole, self.members, self.dim = whole, members, dim
        self.starts = np.cumsum([0, *(item.shape.sizes.get(dim or "", 0) for item in members)])

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        dims = self.whole.dims[name]
        grows = any(self._grows(dim) for dim in dims)
        found = Cost()
        for number, member in enumerate(self.members[: None if grows else 1]):
            if name not in member.shape.dims:
                return None
            inside = [self._local(number, dim, at) for dim, at in zip(dims, index, strict=True)]
            if not all(len(at) for at in inside):
                continue
            costs, chunks = member.costs(), member.shape.chunks[name]
            read = [_blocks(at, sizes) for at, sizes in zip(inside, chunks, strict=True)]
            one = None if costs is None else costs.cost(name, read, chunks)
            if one is None:
                return None
            found += one
        return found

    def _grows(self, dim: str) -> bool:
        if self.dim is not None:
            return dim == self.dim
        return any(item.shape.sizes.get(dim) != self.whole.sizes[dim] for item in self.members)

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
        own = self.members[number].shape.indexes[dim]
        return np.asarray(self.whole.indexes[dim].get_indexer(own))


def _blocks(index: Index, sizes: Sequence[int]) -> Index:
    """Return the whole dask blocks that some places lie in.

    A selection does not reach through the joining of the files, so blocks are read whole.
    """
    edges = np.cumsum([0, *sizes])
    touched = np.unique(np.searchsorted(edges[1:], index, side="right"))
    return np.concatenate([np.arange(edges[number], edges[number + 1]) for number in touched])
