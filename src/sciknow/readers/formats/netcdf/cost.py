"""Costs of variables in NetCDF files: classic ones by their layout, HDF5 by its chunk index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import h5py
import numpy as np

from sciknow.readers.formats.netcdf.classic import ClassicStore, Layout, runs
from sciknow.readers.plans.cost import Cost, reads, split
from sciknow.readers.plans.pages import Pages, Span
from sciknow.readers.selection import Index
from sciknow.wire.rangefile import RangeFile


class ClassicCosts:
    """Costs of the variables of a NetCDF classic file.

    Parameters
    ----------
    store : ClassicStore
        The file.
    paged : bool
        Whether small reads come from pages, as those of a remote file do.
    """

    def __init__(self, store: ClassicStore, *, paged: bool) -> None:
        self.file, self.paged = store.file, paged
        self.layouts = {item.name: item for item in store.layouts}

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        layout = self.layouts.get(name)
        if layout is None or len(layout.shape) != len(index):
            return None
        meter = Pages(self.file, self.paged)
        for group in _groups(layout, index, blocks):
            meter.add(group)
        decoded = sum(high - low for group in _groups(layout, index, blocks) for low, high in group)
        return Cost(meter.requests, meter.bytes, len(meter.spans), decoded)


def _groups(
    layout: Layout, index: Sequence[Index], blocks: Sequence[Sequence[int]]
) -> Iterable[list[Span]]:
    """Yield the byte ranges that each dask block reads together."""
    if not layout.shape:
        yield [(layout.begin, layout.begin + layout.dtype.itemsize)]
        return
    for rows in split(index[0], blocks[0]):
        yield [(low, high) for _, _, low, high in runs(layout, [rows, *index[1:]])]


class Hdf5Costs:
    """Costs of the variables of an HDF5 file.

    Parameters
    ----------
    source : RangeFile or str
        The file; its chunk index is read, which reading the data needs as well.
    group : str
        The group that holds the variables.
    """

    def __init__(self, source: RangeFile | str, group: str) -> None:
        self.source, self.group = source, group

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        file: Any = self.source
        with h5py.File(file, "r") as opened:
            dataset = (opened[self.group] if self.group else opened).get(name)
            if not isinstance(dataset, h5py.Dataset) or len(dataset.shape) != len(index):
                return None
            places = _places(dataset, index, blocks)
        if places is None:
            return None
        spans, decoded, chunks = places
        if isinstance(self.source, str):
            return Cost(len(spans), sum(high - low for low, high in spans), chunks, decoded)
        meter = Pages(self.source, True)
        for span in spans:
            meter.add([span])
        return Cost(meter.requests, meter.bytes, chunks, decoded)


def _places(
    dataset: Any, index: Sequence[Index], blocks: Sequence[Sequence[int]]
) -> tuple[list[Span], int, int] | None:
    """Return the byte ranges that are read, their unpacked bytes, and the chunks touched."""
    if dataset.chunks is None:
        return _contiguous(dataset, index, blocks)
    table: dict[tuple[int, ...], Span] = {}

    def note(chunk: Any) -> None:
        at = tuple(
            low // step for low, step in zip(chunk.chunk_offset, dataset.chunks, strict=True)
        )
        table[at] = (chunk.byte_offset, chunk.byte_offset + chunk.size)

    dataset.id.chunk_iter(note)
    lists = [
        reads(at, sizes, step)
        for at, sizes, step in zip(index, blocks, dataset.chunks, strict=True)
    ]
    grid = np.stack(np.meshgrid(*lists, indexing="ij"), -1).reshape(-1, len(lists))
    spans = [table[key] for row in grid.tolist() if (key := tuple(row)) in table]
    chunks = math.prod(len(set(item)) for item in lists)
    return spans, chunks * math.prod(dataset.chunks) * dataset.dtype.itemsize, chunks


def _contiguous(
    dataset: Any, index: Sequence[Index], blocks: Sequence[Sequence[int]]
) -> tuple[list[Span], int, int] | None:
    begin = dataset.id.get_offset()
    if begin is None:
        return [], 0, 0
    layout = Layout(dataset.name, (), dataset.shape, dataset.dtype, begin, 0)
    spans = [span for group in _groups(layout, index, blocks) for span in group]
    return spans, sum(high - low for low, high in spans), 1
