"""How the chunks of a variable lie along its dimensions, and which of them a part touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sciknow.model.selection import Selection
from sciknow.readers.selection import Index, indices, names

Run = tuple[int, int]
"""First index and the one after the last."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One dimension of a variable.

    Parameters
    ----------
    dim : str
        Its name.
    size, chunk : int
        Its length, and that of a chunk along it.
    wanted : tuple of (int, int)
        The runs of indices that are wanted.
    """

    dim: str
    size: int
    chunk: int
    wanted: tuple[Run, ...]

    @property
    def count(self) -> int:
        """How many chunks lie along it."""
        return -(-self.size // self.chunk)

    @property
    def touched(self) -> tuple[Run, ...]:
        """The runs of chunks in which something is wanted."""
        chunks = [
            np.arange(low // self.chunk, (high - 1) // self.chunk + 1) for low, high in self.wanted
        ]
        return _runs(np.unique(np.concatenate(chunks))) if chunks else ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Variables whose chunks lie alike.

    Parameters
    ----------
    variables : tuple of str
        Their names.
    strips : tuple of Strip
        Their dimensions, in order.
    """

    variables: tuple[str, ...]
    strips: tuple[Strip, ...]


def layouts(ds: xr.Dataset, selection: Selection) -> tuple[Layout, ...]:
    """Return the layouts of the wanted variables of a dataset, of which a selection takes a part.

    Variables that are not chunked (index coordinates) are left out.
    """
    wanted = names(ds, selection.variables) if selection.variables else list(map(str, ds.data_vars))
    chosen = indices(ds, selection)
    found: dict[tuple[Strip, ...], list[str]] = {}
    for name in wanted:
        item = ds[name].variable
        if item.chunks is not None and item.ndim:
            found.setdefault(tuple(_strips(item, chosen)), []).append(name)
    return tuple(Layout(tuple(names_), strips) for strips, names_ in found.items())


def _strips(item: xr.Variable, chosen: Mapping[str, Index]) -> Iterable[Strip]:
    for dim, size, chunk in zip(item.dims, item.shape, _chunks(item), strict=True):
        index = chosen.get(str(dim))
        runs = ((0, size),) if index is None else _runs(np.sort(index))
        yield Strip(str(dim), size, max(1, min(chunk, size)), runs)


def _chunks(item: xr.Variable) -> tuple[int, ...]:
    """Return the lengths of a stored chunk, or, where the format tells none, of dask's first."""
    told = item.encoding.get("chunks") or item.encoding.get("preferred_chunks")
    if isinstance(told, Mapping):
        told = tuple(told.get(dim, size) for dim, size in item.sizes.items())
    if told and len(told) == item.ndim:
        return tuple(int(max(item) if isinstance(item, tuple) else item) for item in told)
    return tuple(int(lengths[0]) for lengths in item.chunks or ())


def _runs(index: Index) -> tuple[Run, ...]:
    if not len(index):
        return ()
    breaks = np.flatnonzero(np.diff(index) > 1)
    starts = index[np.concatenate(([0], breaks + 1))]
    ends = index[np.concatenate((breaks, [len(index) - 1]))]
    return tuple((int(low), int(high) + 1) for low, high in zip(starts, ends, strict=True))
