"""A GRIB file near or far, and variables whose fields are read when they are indexed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from xarray.backends import BackendArray
from xarray.core import indexing

from sciknow.errors import IntegrityError
from sciknow.net import redact
from sciknow.readers.formats.grib import process as grib_process
from sciknow.readers.formats.grib.index import Field
from sciknow.readers.plans.cost import Cost, split
from sciknow.readers.selection import Index
from sciknow.wire.rangefile import LocalFile
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED, explain


@dataclass(frozen=True)
class Source:
    """A GRIB file, near or far; picklable."""

    transport: Transport
    url: str
    local: bool

    def size(self) -> int:
        """Return its size in bytes."""
        return self.transport.run(self.transport.size(self.url))

    def read(self, low: int, high: int) -> bytes:
        """Return the bytes from one offset to another."""
        if self.local:
            return LocalFile(Path(self.url)).fetch(low, high)
        return self.transport.run(self.transport.fetch(self.url, low, high))

    def message(self, field: Field) -> bytes:
        """Return one field as a message of its own."""
        return field.message([self.read(low, high) for low, high in field.spans])

    def arrays(self, message: bytes, names: Sequence[str]) -> list[npt.NDArray[np.float64]]:
        """Decode arrays of a message."""
        return grib_process.arrays(message, names, self.url, self.transport.limit.left)


class FieldArray(BackendArray):
    """A variable whose fields are read and decoded when it is indexed."""

    def __init__(
        self, source: Source, items: npt.NDArray[Any], shape: tuple[int, ...], turned: bool
    ) -> None:
        self.source, self.fields, self.turned = source, _fields_of(items), turned
        self.inner = shape
        self.shape, self.dtype = (*items.shape, *shape), np.dtype("f4")

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        outer = self.fields.ndim
        picked: Any = self.fields
        for axis, part in enumerate(key[:outer]):
            picked = np.take(picked, _indices(part, self.fields.shape[axis]), axis)
        inside = tuple(_indices(p, n) for p, n in zip(key[outer:], self.inner, strict=True))
        values = np.full((*picked.shape, *map(len, inside)), np.nan, "f4")
        for at in np.ndindex(picked.shape):
            if picked[at] is not None:
                values[at] = self._decode(picked[at])[np.ix_(*inside)]
        drop = tuple(slice(None) if not np.isscalar(part) else 0 for part in key)
        return values[drop]

    def _decode(self, field: Field) -> npt.NDArray[Any]:
        with explain(self.source.url, "a GRIB message"):
            (values,) = self.source.arrays(self.source.message(field), ["values"])
        if values.size != np.prod(self.inner):
            raise IntegrityError(
                f"{redact(self.source.url)}: a field of {values.size:,} values where the grid has "
                f"{int(np.prod(self.inner)):,}",
                hint="the source has changed; open it again",
            )
        if (np.abs(values) > np.finfo("f4").max).any():
            raise IntegrityError(
                f"{redact(self.source.url)}: a GRIB message holds {np.nanmax(np.abs(values)):.3g}, "
                "which is no value of anything",
                hint=DAMAGED,
            )
        return shaped(values, self.inner, self.turned)


def _fields_of(items: npt.NDArray[Any]) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.full(items.shape, None, object)
    for at, item in np.ndenumerate(items):
        found[at] = None if item is None else item.field
    return found


def _indices(part: Any, size: int) -> npt.NDArray[np.intp]:
    return np.atleast_1d(np.arange(size)[part])


def shaped(values: npt.NDArray[Any], shape: tuple[int, ...], turned: bool) -> npt.NDArray[Any]:
    """Return values on their grid; *turned* where columns run first."""
    return values.reshape(shape[::-1]).T if turned else values.reshape(shape)


class GribCosts:
    """Costs of the variables of a GRIB file: a field is read whole."""

    def __init__(self, arrays: Mapping[str, FieldArray]) -> None:
        self.arrays = arrays

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        array = self.arrays.get(name)
        if array is None or len(array.shape) != len(index):
            return None
        outer = array.fields.ndim
        repeat = int(
            np.prod(
                [len(split(at, n)) for at, n in zip(index[outer:], blocks[outer:], strict=True)]
            )
        )
        picked: Any = array.fields
        for axis, at in enumerate(index[:outer]):
            picked = np.take(picked, at, axis)
        fields = [item for item in picked.flat if item is not None]
        decoded = int(np.prod(array.inner)) * 8 * len(fields)
        return Cost(
            requests=repeat * sum(len(item.spans) for item in fields),
            bytes=repeat * sum(item.size for item in fields),
            chunks=len(fields),
            decoded=decoded,
        )
