"""NetCDF classic files (CDF-1, CDF-2, CDF-5) read in place: the header, then byte ranges.

The layout is that of the NetCDF Classic and 64-bit Offset Format specification (OGC 11-164).
A slice costs the bytes of the slice: scipy reads the whole of a remote file, and references of
kerchunk the whole of a variable, or of each record (``docs/decisions/0013``).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from xarray.backends import AbstractDataStore, BackendArray
from xarray.core import indexing

from sciknow.errors import IntegrityError
from sciknow.wire.budget import NEAR
from sciknow.wire.rangefile import PAGE
from sciknow.wire.trouble import DAMAGED

TYPES = {1: "i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8"} | {
    7: "u1",
    8: ">u2",
    9: ">u4",
    10: ">i8",
    11: ">u8",
}
_DIMENSION, _VARIABLE, _ATTRIBUTE = 10, 11, 12
MAX_HEADER = 64 * 2**20
CHUNK_BYTES = 16 * 2**20
"""Bytes of one dask chunk of a contiguous variable: whole slices of the first dimension."""

Fetch = Callable[[int, int], bytes]
"""Return the bytes from an offset to another, the second excluded."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a variable lies in the file.

    Parameters
    ----------
    begin : int
        Offset of its first byte.
    record : int
        Bytes from one record to the next; 0 for a variable without the record dimension.
    """

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    begin: int
    record: int
    attrs: dict[str, Any] = field(default_factory=dict)


def _broken(what: str) -> IntegrityError:
    return IntegrityError(f"a NetCDF header with {what}", hint=DAMAGED)


class _Header:
    """A cursor over the header, which grows as more of it is asked for."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.fetch, self.size = fetch, size
        self.data = fetch(0, min(size, PAGE))
        self.at = 4
        self.version = self.data[3] if self.data[:3] == b"CDF" else 0
        if self.version not in (1, 2, 5):
            raise _broken("a file that does not start with CDF")

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > min(self.size, MAX_HEADER):
            raise IntegrityError(
                f"the NetCDF header ends beyond the file's {self.size:,} bytes",
                hint=DAMAGED,
            )
        while end > len(self.data):
            more = min(self.size, max(end, 2 * len(self.data)))
            self.data += self.fetch(len(self.data), more)
        self.at, start = end, self.at
        return self.data[start:end]

    def number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def count(self) -> int:
        """Read a NON_NEG: 4 bytes, 8 in CDF-5."""
        return self.number(">Q" if self.version == 5 else ">I")

    def offset(self) -> int:
        return self.number(">I" if self.version == 1 else ">Q")

    def name(self) -> str:
        length = self.count()
        return self.take(length + -length % 4)[:length].decode("utf-8", "replace")

    def list_of(self, tag: int) -> range:
        found, count = self.number(">I"), self.count()
        if found not in (0, tag) or (found == 0 and count):
            raise _broken(f"the tag {found} where {tag} belongs")
        return range(count)

    def attributes(self) -> dict[str, Any]:
        return {self.name(): self._value() for _ in self.list_of(_ATTRIBUTE)}

    def _value(self) -> Any:
        kind = self.dtype()
        count = self.count()
        length = count * kind.itemsize
        data = self.take(length + -length % 4)[:length]
        if kind.kind == "S":
            return data.rstrip(b"\0").decode("utf-8", "replace")
        values = np.frombuffer(data, kind).astype(kind.newbyteorder("="))
        return values[0] if count == 1 else values

    def dtype(self) -> np.dtype[Any]:
        code = self.number(">I")
        if code not in TYPES:
            raise _broken(f"the unknown type {code}")
        return np.dtype(TYPES[code])


def read_header(fetch: Fetch, size: int) -> tuple[dict[str, Any], list[Layout]]:
    """Read the header of a NetCDF classic file.

    Parameters
    ----------
    fetch : callable
        Returns bytes of the file; called once for most files.
    size : int
        Size of the file in bytes.

    Returns
    -------
    attrs : dict
        Global attributes.
    layouts : list of Layout
        Every variable, in the order of the file.

    Raises
    ------
    IntegrityError
        When the header is broken, or the file ends before its data do.
    """
    header = _Header(fetch, size)
    streaming = 2**64 - 1 if header.version == 5 else 2**32 - 1
    records = header.count()
    dims = [(header.name(), header.count()) for _ in header.list_of(_DIMENSION)]
    attrs = header.attributes()
    raw = [_variable(header) for _ in header.list_of(_VARIABLE)]
    layouts = _place(dims, raw, None if records == streaming else records, size)
    _check_size(layouts, size)
    return attrs, layouts


def _variable(header: _Header) -> tuple[str, list[int], dict[str, Any], np.dtype[Any], int]:
    name = header.name()
    where = [header.count() for _ in range(header.count())]
    attrs, dtype = header.attributes(), header.dtype()
    header.count()  # vsize: not to be relied on, it is computed instead
    return name, where, attrs, dtype, header.offset()


def _place(
    dims: list[tuple[str, int]],
    raw: list[tuple[str, list[int], dict[str, Any], np.dtype[Any], int]],
    records: int | None,
    size: int,
) -> list[Layout]:
    if any(at >= len(dims) for item in raw for at in item[1]):
        raise _broken("a dimension that it does not declare")
    grows = {item[0]: bool(item[1]) and dims[item[1][0]][1] == 0 for item in raw}
    slices = {
        item[0]: math.prod(dims[at][1] for at in item[1][1:]) * item[3].itemsize
        for item in raw
        if grows[item[0]]
    }
    step = sum(one + -one % 4 for one in slices.values())
    if len(slices) == 1:
        step = sum(slices.values())  # one record variable alone is not padded
    if records is None:
        first = min((item[4] for item in raw if grows[item[0]]), default=size)
        records = (size - first) // step if step else 0
    return [
        Layout(
            name,
            tuple(dims[at][0] for at in where),
            tuple(records if grows[name] and at == where[0] else dims[at][1] for at in where),
            dtype,
            begin,
            step if grows[name] else 0,
            attrs,
        )
        for name, where, attrs, dtype, begin in raw
    ]


def _check_size(layouts: list[Layout], size: int) -> None:
    for item in layouts:
        rows = item.shape[0] if item.record else 1
        own = math.prod(item.shape[1:] if item.record else item.shape) * item.dtype.itemsize
        if rows and own and item.begin + (rows - 1) * item.record + own > size:
            raise IntegrityError(
                f"the NetCDF file ends before its variable {item.name!r} does "
                f"({size:,} bytes are there)",
                hint=DAMAGED,
            )


class Netcdf3Array(BackendArray):
    """One variable, read by ranges when it is indexed."""

    def __init__(self, layout: Layout, file: Any) -> None:
        self.layout, self.file = layout, file
        self.shape = layout.shape
        self.dtype = layout.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        if not self.shape:
            low = self.layout.begin
            return self._block(self.file.fetch(low, low + self.dtype.itemsize), ())
        index = [np.atleast_1d(np.arange(n)[k]) for n, k in zip(self.shape, key, strict=True)]
        out = np.empty([len(one) for one in index], self.dtype)
        if out.size:
            self._fill(out, index)
        return out[tuple(0 if np.ndim(k) == 0 and not _is_slice(k) else slice(None) for k in key)]

    def _fill(self, out: npt.NDArray[Any], index: list[npt.NDArray[Any]]) -> None:
        groups = list(runs(self.layout, index))
        blobs = self.file.fetch_many([(low, high) for _, _, low, high in groups])
        inner = [_relative(one) for one in index[1:]]
        extent = [int(one.max() - one.min()) + 1 for one in index[1:]]
        for (first, last, _, _), blob in zip(groups, blobs, strict=True):
            block = self._block(blob, (last - first + 1, *extent))
            chosen = np.flatnonzero((index[0] >= first) & (index[0] <= last))
            part = _outer(block, [_relative(index[0][chosen], first), *inner])
            out[_relative(chosen, 0)] = part

    def _block(self, data: bytes, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return np.ndarray(shape, self.dtype, data, strides=strides(self.layout)[: len(shape)])


def strides(layout: Layout) -> tuple[int, ...]:
    """Return the bytes from one index to the next along each dimension."""
    inner = [
        math.prod(layout.shape[axis + 1 :]) * layout.dtype.itemsize
        for axis in range(len(layout.shape))
    ]
    return (layout.record or inner[0], *inner[1:]) if inner else ()


def runs(layout: Layout, index: list[npt.NDArray[Any]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield (first row, last row, low, high): rows that are read at once, and their bytes.

    Parameters
    ----------
    layout : Layout
        The variable.
    index : list of arrays of int
        The indices wanted along each dimension, none of them empty.
    """
    steps = strides(layout)
    before = sum(int(one.min()) * step for one, step in zip(index[1:], steps[1:], strict=True))
    after = sum(int(one.max()) * step for one, step in zip(index[1:], steps[1:], strict=True))
    after += layout.dtype.itemsize
    rows = np.unique(index[0])
    gaps = np.diff(rows) * steps[0] - (after - before)
    for part in np.split(rows, np.flatnonzero(gaps > NEAR) + 1):
        first, last = int(part[0]), int(part[-1])
        start = layout.begin
        yield first, last, start + first * steps[0] + before, start + last * steps[0] + after


def _is_slice(key: object) -> bool:
    return isinstance(key, slice)


def _relative(index: npt.NDArray[Any], base: int | None = None) -> Any:
    """Count an index from a base (its least by default), as a slice where it is one."""
    moved = index - (int(index.min()) if base is None else base)
    step = int(moved[1] - moved[0]) if len(moved) > 1 else 1
    if step > 0 and np.array_equal(moved, moved[0] + step * np.arange(len(moved))):
        return slice(int(moved[0]), int(moved[-1]) + 1, step)
    return moved


def _outer(array: npt.NDArray[Any], key: list[Any]) -> npt.NDArray[Any]:
    """Index each axis by itself, the last one first, so that the axes stay in place."""
    for axis in range(len(key) - 1, -1, -1):
        array = array[(slice(None),) * axis + (key[axis],)]
    return array


def dask_chunks(layout: Layout) -> dict[str, int]:
    """Return the chunks of a variable: whole rows, about `CHUNK_BYTES` together."""
    if not layout.shape:
        return {}
    row = max(1, math.prod(layout.shape[1:]) * layout.dtype.itemsize)
    sizes = dict(zip(layout.dims, layout.shape, strict=True))
    return sizes | {layout.dims[0]: max(1, min(layout.shape[0], CHUNK_BYTES // row))}


class ClassicStore(AbstractDataStore):
    """A NetCDF classic file as xarray's engine ``store`` takes it.

    Parameters
    ----------
    file : RangeFile or LocalFile
        Has ``fetch(low, high)``, ``fetch_many(spans)``, ``size`` and ``url``.
    """

    def __init__(self, file: Any) -> None:
        self.file = file
        self.attrs, self.layouts = read_header(file.fetch, file.size)

    def get_attrs(self) -> dict[str, Any]:
        """Return the global attributes."""
        return self.attrs

    def get_variables(self) -> dict[str, xr.Variable]:
        """Return every variable, read when it is indexed."""
        return {item.name: self._variable(item) for item in self.layouts}

    def _variable(self, layout: Layout) -> xr.Variable:
        data = indexing.LazilyIndexedArray(Netcdf3Array(layout, self.file))
        encoding = {"preferred_chunks": dask_chunks(layout), "source": self.file.url}
        return xr.Variable(layout.dims, data, layout.attrs, encoding)
