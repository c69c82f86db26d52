"""Images of several files on one grid: side by side, and one above the other.

Nothing is resampled. Images are joined where they lie on the same lattice of pixels (system,
resolution and phase); where they do not, the error says which of them differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from xarray.backends import BackendArray
from xarray.core import indexing

from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.readers.formats.geotiff.image import Image, Span, as_slice
from sciknow.readers.formats.geotiff.keys import Grid
from sciknow.readers.formats.geotiff.tiff import Tiff
from sciknow.readers.selection import Index

PHASE = 0.01
"""How far, in pixels, two lattices may be apart and still be one."""

MAX_SIDE = 10_000_000
"""The most rows or columns that a mosaic may have."""

MAX_BLOCKS = 2_000_000
"""The most dask blocks that one variable may have."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One band of one image, placed in a mosaic.

    Parameters
    ----------
    tiff : Tiff
        The file.
    number : int
        Which of its images.
    band : int
        Which band, counted from 0.
    layer, row, column : int
        Where its first pixel lies.
    """

    tiff: Tiff
    number: int
    band: int
    layer: int
    row: int
    column: int

    @property
    def image(self) -> Image:
        """The image."""
        return self.tiff.images[self.number]


@dataclass(frozen=True, eq=False)
class Part:
    """What one piece gives to a part of a mosaic.

    Parameters
    ----------
    piece : Piece
        The piece.
    index : list of three arrays
        Bands, rows and columns of its image.
    target : tuple
        Where they go in the part: layer, rows, columns.
    """

    piece: Piece
    index: list[Index]
    target: tuple[int, Index, Index]


class Mosaic(BackendArray):
    """Layers of images on one grid, read when they are indexed.

    Parameters
    ----------
    shape : tuple of three int
        Layers, rows, columns.
    dtype : numpy.dtype
        Type of the values.
    fill : scalar, optional
        What stands where no image lies; None where images cover everything.
    pieces : sequence of Piece
        Where they overlap in a layer, the first that has a value wins.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        dtype: np.dtype[Any],
        fill: Any,
        pieces: Sequence[Piece],
    ) -> None:
        self.shape, self.dtype, self.fill = shape, dtype, fill
        self.pieces = list(pieces)
        self._layers: list[list[Piece]] = [[] for _ in range(shape[0])]
        for piece in pieces:
            self._layers[piece.layer].append(piece)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._read
        )

    def parts(self, index: Sequence[Index]) -> Iterator[Part]:
        """Yield what each image gives to a part."""
        layers, rows, columns = index
        for at, layer in enumerate(layers.tolist()):
            for piece in self._layers[layer]:
                _, height, width = piece.image.shape
                down = _within(rows, piece.row, height)
                right = _within(columns, piece.column, width)
                if len(down) and len(right):
                    inner = [
                        np.array([piece.band]),
                        rows[down] - piece.row,
                        columns[right] - piece.column,
                    ]
                    yield Part(piece, inner, (at, down, right))

    def spans(self, index: Sequence[Index]) -> list[Span]:
        """Return the byte ranges that are read for a part, of whichever file."""
        return [span for part in self.parts(index) for span in part.piece.image.spans(part.index)]

    def _read(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        index = outer(self.shape, key)
        empty = 0 if self.fill is None else self.fill
        out = np.full([len(at) for at in index], empty, self.dtype)
        for part in self.parts(index):
            piece = part.piece
            block = piece.image.read(piece.tiff.file, part.index)[0].astype(self.dtype, copy=False)
            layer, down, right = part.target
            self._paste(out[layer], block, down, right)
        return np.asarray(out[squeezed(key)])

    def _paste(self, out: npt.NDArray[Any], block: Any, rows: Index, columns: Index) -> None:
        where: Any = (as_slice(rows), as_slice(columns))
        if not all(isinstance(at, slice) for at in where):
            where = np.ix_(rows, columns)
        if self.fill is None:
            out[where] = block
            return
        before = out[where]
        vacant = before != before if self.fill != self.fill else before == self.fill
        out[where] = np.where(vacant, block, before)


def outer(shape: Sequence[int], key: Sequence[Any]) -> list[Index]:
    """Return the indices that an outer key stands for along each dimension."""
    return [np.atleast_1d(np.arange(size)[at]) for size, at in zip(shape, key, strict=True)]


def squeezed(key: Sequence[Any]) -> tuple[Any, ...]:
    """Return the key that drops the dimensions that were indexed by a number."""
    return tuple(0 if np.ndim(at) == 0 and not isinstance(at, slice) else slice(None) for at in key)


def _within(index: Index, low: int, size: int) -> Index:
    return np.flatnonzero((index >= low) & (index < low + size))


def join(named: Sequence[tuple[str, Grid]]) -> tuple[Grid, list[tuple[int, int]]]:
    """Return the least grid that holds several, and where the first pixel of each lies in it.

    Parameters
    ----------
    named : sequence of (str, Grid)
        The grids and what they are called in messages.

    Raises
    ------
    InvalidInput
        When they do not lie on one lattice.
    LimitExceeded
        When the whole would be too large.
    """
    name, first = named[0]
    for other, grid in named:
        if not grid.upright:
            raise InvalidInput(f"{other} has no upright grid", hint="open it by itself")
        if not _same_lattice(first, grid):
            raise InvalidInput(
                f"{name} and {other} do not lie on one grid: {_told(first)}; {_told(grid)}",
                hint="take assets or files of one resolution and one projection; nothing is "
                "resampled here (odc-stac and rioxarray do that)",
            )
    places = [_offset(first, grid) for _, grid in named]
    top, left = min(row for row, _ in places), min(column for _, column in places)
    bottom = max(row + grid.rows for (row, _), (_, grid) in zip(places, named, strict=True))
    right = max(column + grid.columns for (_, column), (_, grid) in zip(places, named, strict=True))
    if max(bottom - top, right - left) > MAX_SIDE:
        raise LimitExceeded(
            f"the images together span {bottom - top:,} x {right - left:,} pixels",
            hint=f"at most {MAX_SIDE:,} a side; take images that lie nearer to each other",
        )
    x, xx, xy, y, yx, yy = _numbers(first)
    made = (x + left * xx, xx, xy, y + top * yy, yx, yy)
    whole = Grid(first.crs, made, bottom - top, right - left)
    return whole, [(row - top, column - left) for row, column in places]


def _numbers(grid: Grid) -> tuple[float, float, float, float, float, float]:
    return grid.transform or (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def _same_lattice(one: Grid, other: Grid) -> bool:
    if one.crs != other.crs:
        return False
    a, b = _numbers(one), _numbers(other)
    span = max(other.rows, other.columns)
    if any(abs(a[at] - b[at]) * span > PHASE * abs(a[at]) for at in (1, 5)):
        return False
    places = ((b[0] - a[0]) / a[1], (b[3] - a[3]) / a[5])
    return all(abs(place - round(place)) <= PHASE for place in places)


def _offset(first: Grid, grid: Grid) -> tuple[int, int]:
    a, b = _numbers(first), _numbers(grid)
    return round((b[3] - a[3]) / a[5]), round((b[0] - a[0]) / a[1])


def _told(grid: Grid) -> str:
    x, right, _, y, _, down = _numbers(grid)
    crs = grid.crs.to_string()[:60] if grid.crs is not None else "no system"
    return f"{crs}, pixels of {right:g} x {abs(down):g}, from {x:.10g}, {y:.10g}"


def compose(grid: Grid, layers: int, pieces: Sequence[Piece], nodata: Any = None) -> Mosaic:
    """Put pieces together.

    Parameters
    ----------
    grid : Grid
        What holds them all.
    layers : int
        How many layers there are.
    pieces : sequence of Piece
        The pieces, of one type.
    nodata : scalar, optional
        The value that stands for none; without one, what no image covers is NaN, and whole
        numbers become floating-point ones.
    """
    shape = (layers, grid.rows, grid.columns)
    dtype = pieces[0].image.dtype
    covered = {
        piece.layer for piece in pieces if piece.image.shape[1:] == (grid.rows, grid.columns)
    }
    if len(covered) == layers == len(pieces):
        return Mosaic(shape, dtype, None, pieces)
    if nodata is not None:
        return Mosaic(shape, dtype, dtype.type(nodata), pieces)
    if dtype.kind not in "fc":
        dtype = np.dtype("f4") if dtype.itemsize <= 2 else np.dtype("f8")
    return Mosaic(shape, dtype, dtype.type(np.nan), pieces)


def preferred_chunks(found: Mosaic) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return the dask chunks of a mosaic: the tiles of its first image, carried on.

    Raises
    ------
    LimitExceeded
        When there would be very many.
    """
    piece = found.pieces[0]
    _, height, width = piece.image.chunks
    rows = _carried(piece.row, height, found.shape[1])
    columns = _carried(piece.column, width, found.shape[2])
    if math.prod((found.shape[0], len(rows), len(columns))) > MAX_BLOCKS:
        raise LimitExceeded(
            f"the cube has {found.shape[0] * len(rows) * len(columns):,} blocks of "
            f"{height} x {width} pixels",
            hint="take fewer items, or an overview",
        )
    return 1, rows, columns


def _carried(start: int, size: int, length: int) -> tuple[int, ...]:
    """Return sizes along one axis whose edges are those of tiles that start at some place.

    Examples
    --------
    >>> _carried(5, 4, 11)
    (1, 4, 4, 2)
    """
    edges = [0, *range(start % size or size, length, size), length]
    return tuple(high - low for low, high in pairwise(edges))
