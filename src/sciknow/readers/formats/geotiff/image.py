"""One image of a TIFF file: its grid of tiles or strips, and reading a part of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from sciknow.errors import IntegrityError
from sciknow.readers.selection import Index
from sciknow.wire.budget import NEAR
from sciknow.wire.rangefile import LocalFile, RangeFile
from sciknow.wire.trouble import DAMAGED

Span = tuple[int, int]
Place = tuple[int, int, int]
"""Plane (of bands stored apart), row and column of a segment."""

STRIP_CHUNK = 4 * 2**20
"""Bytes of one dask chunk of a striped file: as many whole strips as fit."""


@dataclass(frozen=True, eq=False)
class Image:
    """One image of a file: a grid of segments (tiles or strips).

    Parameters
    ----------
    shape : tuple of three int
        Bands, rows, columns.
    dtype : numpy.dtype
        Of the values as they are stored.
    segment : tuple of two int
        Rows and columns of a segment.
    mixed : bool
        Whether a segment holds every band; else each band has segments of its own.
    tiled : bool
        Whether segments are tiles; strips are as wide as the image.
    offsets, counts : array of int
        Where each segment lies; a count of 0 is a segment that was never written.
    nodata : float or int, optional
        The value that stands for none.
    decode : callable
        Unpacks a segment (its bytes, its number) to rows, columns, bands.
    tags : mapping
        What the file says of the image.
    kind : int
        The bits of the tag NewSubfileType.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    segment: tuple[int, int]
    mixed: bool
    tiled: bool
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    nodata: float | int | None
    decode: Callable[[bytes, int], npt.NDArray[Any]]
    tags: Mapping[str, Any]
    kind: int = 0

    @property
    def grid(self) -> Place:
        """Planes, rows and columns of segments."""
        _, rows, columns = self.shape
        planes = 1 if self.mixed else self.shape[0]
        return planes, -(-rows // self.segment[0]), -(-columns // self.segment[1])

    @property
    def unpacked(self) -> int:
        """Bytes of one segment once it is unpacked."""
        bands = self.shape[0] if self.mixed else 1
        return math.prod(self.segment) * bands * self.dtype.itemsize

    @property
    def chunks(self) -> Place:
        """The dask chunks: one tile, or as many strips as make a fair piece."""
        rows = self.segment[0]
        if not self.tiled:
            rows *= max(1, STRIP_CHUNK // max(1, self.unpacked))
        bands, height, width = self.shape
        return bands if self.mixed else 1, min(rows, height), min(self.segment[1], width)

    def number(self, place: Place) -> int:
        """Return where a segment stands in the tables."""
        _, rows, columns = self.grid
        return (place[0] * rows + place[1]) * columns + place[2]

    def places(self, index: Sequence[Index]) -> list[Place]:
        """Return the segments that a part touches.

        Parameters
        ----------
        index : sequence of three arrays
            The bands, rows and columns wanted.
        """
        return list(product(*(axis.tolist() for axis in self.axes(index))))

    def axes(self, index: Sequence[Index]) -> list[Index]:
        """Return the planes, rows and columns of the segments that a part touches."""
        planes = np.zeros(min(1, len(index[0])), int) if self.mixed else index[0]
        steps = (1, *self.segment)
        return [np.unique(at // step) for at, step in zip((planes, *index[1:]), steps, strict=True)]

    def spans(self, index: Sequence[Index]) -> list[Span]:
        """Return the byte ranges that are read for a part, near ones as one."""
        numbers = [self.number(place) for place in self.places(index)]
        return joined(
            (int(self.offsets[at]), int(self.offsets[at] + self.counts[at]))
            for at in numbers
            if self.counts[at]
        )

    def read(self, file: RangeFile | LocalFile, index: Sequence[Index]) -> npt.NDArray[Any]:
        """Return a part: the bands, rows and columns wanted."""
        out = np.full([len(at) for at in index], self.fill, self.dtype)
        spans = self.spans(index)
        blobs, starts = fetch(file, spans), [low for low, _ in spans]
        for place in self.places(index):
            number = self.number(place)
            low, size = int(self.offsets[number]), int(self.counts[number])
            if size:
                at = bisect_right(starts, low) - 1
                data = blobs[at][low - starts[at] : low - starts[at] + size]
                self._paste(out, self._block(data, number, file.url), place, index)
        return out

    @property
    def fill(self) -> Any:
        """What a segment that was never written holds."""
        return 0 if self.nodata is None else self.nodata

    def _block(self, data: bytes, number: int, url: str) -> npt.NDArray[Any]:
        try:
            return self.decode(data, number)
        except Exception as error:
            detail = " ".join(str(error).split())[:200]
            raise IntegrityError(
                f"{url}: segment {number} of the image is not readable: {detail}", hint=DAMAGED
            ) from error

    def _paste(
        self, out: npt.NDArray[Any], block: npt.NDArray[Any], place: Place, index: Sequence[Index]
    ) -> None:
        """Put the wanted part of a segment (rows, columns, bands) where it belongs."""
        plane, *corner = place
        bands = np.arange(len(index[0])) if self.mixed else np.flatnonzero(index[0] == plane)
        inner = [index[0] if self.mixed else np.zeros(len(bands), int)]
        outer = [bands]
        for at, step, number in zip(index[1:], self.segment, corner, strict=True):
            chosen = np.flatnonzero(at // step == number)
            outer.append(chosen)
            inner.append(at[chosen] - number * step)
        part = block.transpose(2, 0, 1)
        for axis, at in enumerate(inner):
            part = part[(slice(None),) * axis + (as_slice(at),)]
        if all(isinstance(as_slice(at), slice) for at in outer):
            out[tuple(as_slice(at) for at in outer)] = part
        else:
            out[np.ix_(*outer)] = part


def as_slice(index: Index) -> Any:
    """Return an index as a slice where it is one."""
    if len(index) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def joined(spans: Iterator[Span]) -> list[Span]:
    """Join byte ranges that lie near each other.

    Examples
    --------
    >>> joined(iter([(0, 10), (12, 20), (10**6, 10**6 + 1)]))
    [(0, 20), (1000000, 1000001)]
    """
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low - found[-1][1] <= NEAR:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def fetch(file: RangeFile | LocalFile, spans: Sequence[Span]) -> list[bytes]:
    """Return byte ranges of a file exactly, those of a remote one at the same time."""
    if isinstance(file, RangeFile):
        return file.fetch_exactly(spans)
    return file.fetch_many(spans)
