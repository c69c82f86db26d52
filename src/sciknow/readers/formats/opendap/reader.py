"""OPeNDAP servers (DAP 2), ERDDAP's griddap among them: the server cuts out what is read."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from xarray.backends import AbstractDataStore, BackendArray
from xarray.core import indexing

from sciknow.errors import InvalidInput
from sciknow.readers.arrays import chunked, chunks, open_decoded
from sciknow.readers.formats.opendap import FORMAT
from sciknow.readers.formats.opendap.dap2 import Array, decode, parse_das, parse_dds
from sciknow.readers.formats.opendap.probe import address
from sciknow.readers.plans.cost import Cost, split
from sciknow.readers.protocol import Location
from sciknow.readers.selection import Index
from sciknow.readers.size import check_variables
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

CHUNK_BYTES = 8 * 2**20
"""Bytes of one request by default: the server has no chunks, and limits what one answer holds."""

OVERHEAD = 250
"""Bytes of an answer beside its values: the structure of what is sent, in words."""


class DapArray(BackendArray):
    """A variable, asked for by index ranges."""

    def __init__(self, transport: Transport, url: str, array: Array) -> None:
        self.transport, self.url, self.array = transport, url, array
        self.shape, self.dtype = array.shape, array.dtype
        self.whole: npt.NDArray[Any] | None = None

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.BASIC, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        slabs = [_slab(part, size) for part, size in zip(key, self.shape, strict=True)]
        shape = tuple(len(range(part.start, part.stop, part.step)) for part in slabs)
        drop = tuple(slice(None) if isinstance(part, slice) else 0 for part in key)
        if not math.prod(shape):
            return np.empty(shape, self.dtype)[drop]
        if self.whole is not None:
            kept: npt.NDArray[Any] = self.whole[key]
            return kept
        values = self.transport.run(self._fetch(slabs, shape))
        flipped = tuple(
            slice(None, None, -1)
            if isinstance(part, slice) and (part.step or 1) < 0
            else slice(None)
            for part in key
        )
        return values[flipped][drop]

    async def _fetch(self, slabs: Sequence[slice], shape: tuple[int, ...]) -> npt.NDArray[Any]:
        url = f"{self.url}.dods?{self.array.query(slabs)}"
        return decode(await self.transport.fetch(url), self.array, shape)

    async def keep(self) -> None:
        """Read all of it, and answer from that from now on."""
        self.whole = await self._fetch([slice(0, size, 1) for size in self.shape], self.shape)


def _slab(part: Any, size: int) -> slice:
    """Write an index or slice as an ascending slice."""
    if not isinstance(part, slice):
        at = int(part) % size
        return slice(at, at + 1, 1)
    places = range(size)[part]
    if not places:
        return slice(0, 0, 1)
    low, high = min(places[0], places[-1]), max(places[0], places[-1])
    return slice(low, high + 1, abs(places.step))


class DapStore(AbstractDataStore):
    """A DAP dataset as xarray's engine ``store`` takes it."""

    def __init__(
        self, transport: Transport, url: str, arrays: Sequence[Array], attrs: Mapping[str, Any]
    ) -> None:
        self.arrays, self.attrs, self.url = arrays, attrs, url
        self.lazy = {item.name: DapArray(transport, url, item) for item in arrays}

    def get_attrs(self) -> dict[str, Any]:
        """Return the global attributes."""
        top = [key for key in self.attrs if key.upper().endswith("_GLOBAL")]
        return {name: value for key in top for name, value in self.attrs[key].items()}

    async def keep_indexes(self) -> None:
        """Read the index coordinates at the same time; xarray would, one after the other."""
        indexes = (item for item in self.arrays if item.dims == (item.name,) and item.shape[0])
        await asyncio.gather(*(self.lazy[item.name].keep() for item in indexes))

    def get_variables(self) -> dict[str, xr.Variable]:
        """Return every variable, asked for when it is indexed."""
        return {item.name: self._variable(item) for item in self.arrays}

    def _variable(self, item: Array) -> xr.Variable:
        data = indexing.LazilyIndexedArray(self.lazy[item.name])
        attrs = {
            key: value
            for key, value in self.attrs.get(item.name, {}).items()
            if not isinstance(value, list)
        }
        encoding = {"preferred_chunks": dask_chunks(item), "source": self.url}
        return xr.Variable(item.dims, data, attrs, encoding)


def dask_chunks(item: Array) -> dict[str, int]:
    """Return the chunks of a variable: whole rows, about `CHUNK_BYTES` together."""
    if not item.shape:
        return {}
    row = max(1, math.prod(item.shape[1:]) * item.wire)
    sizes = dict(zip(item.dims, item.shape, strict=True))
    return sizes | {item.dims[0]: max(1, min(item.shape[0], CHUNK_BYTES // row))}


class OpendapReader:
    """Open an OPeNDAP address, written without ``.dds``, ``.das``, ``.dods`` or ``.html``."""

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset:
        """Open lazily; the structure, the attributes and the index coordinates are read."""
        if location.path is not None:
            raise InvalidInput(
                f"{location.url} is a local path; OPeNDAP is a service", hint="give its address"
            )
        url = address(location.url)
        with explain(url, "an OPeNDAP dataset"):
            dds, das = location.transport.run(_documents(location.transport, url))
            store = DapStore(location.transport, url, parse_dds(dds), parse_das(das))
            check_variables(store.get_variables(), location.limits, url, options.get("chunks"))
            location.transport.kept[location.url] = store
            location.transport.run(store.keep_indexes())
            opener = partial(xr.open_dataset, store, engine="store")
            return chunked(open_decoded(opener, url, options), chunks(options))

    def costs(self, location: Location, options: Mapping[str, object]) -> DapCosts:
        """Return what reading costs: the values asked for, and one request a dask chunk."""
        return DapCosts(location.transport.kept[location.url].arrays)


async def _documents(transport: Transport, url: str) -> list[bytes]:
    endings = (".dds", ".das")
    return list(
        await asyncio.gather(*(transport.fetch(url + one, document=True) for one in endings))
    )


class DapCosts:
    """Costs of the variables of a DAP dataset."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        self.arrays = {item.name: item for item in arrays}

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        item = self.arrays.get(name)
        if item is None or len(item.shape) != len(index) or item.dtype == object:
            return None
        parts = [split(at, sizes) for at, sizes in zip(index, blocks, strict=True)]
        spans = [sum(_span(part) for part in one) for one in parts]
        requests = math.prod(map(len, parts))
        values = math.prod(spans) * item.wire
        return Cost(requests, values + requests * OVERHEAD, requests, values)


def _span(index: Index) -> int:
    """Count what a slice that holds some indices takes."""
    steps = np.diff(index)
    if len(steps) and np.all(steps == steps[0]) and steps[0] > 0:
        return len(index)
    return int(index.max() - index.min()) + 1
