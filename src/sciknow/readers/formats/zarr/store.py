"""Zarr stores over a transport: one for a store at an address, one for references.

Both are read-only, keep the metadata documents they have read, and never list what a source does
not list.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr
import zarr
from fsspec.asyn import get_loop
from zarr.abc.store import (
    ByteRequest,
    OffsetByteRequest,
    RangeByteRequest,
    Store,
    SuffixByteRequest,
)
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype
from zarr.storage import LocalStore

from sciknow.errors import LimitExceeded, SciknowError, SourceUnavailable, UntrustedInput
from sciknow.readers.arrays import TOP, chunks, open_decoded, open_grouped
from sciknow.readers.formats.zarr.codec import bounded
from sciknow.readers.formats.zarr.size import check_group
from sciknow.readers.jsontext import read_json
from sciknow.wire.budget import Limits
from sciknow.wire.folder import read_local
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import HINTS, Absent, TroubleKind, explain

LIMITS = Limits()

METADATA = frozenset({"zarr.json", ".zmetadata", ".zgroup", ".zarray", ".zattrs"})
"""The last part of the keys under which Zarr keeps metadata."""


def span(request: ByteRequest | None) -> tuple[int | None, int | None]:
    """Turn one of Zarr's byte requests into start and end."""
    if isinstance(request, RangeByteRequest):
        return request.start, request.end
    if isinstance(request, OffsetByteRequest):
        return request.offset, None
    if isinstance(request, SuffixByteRequest):
        return -request.suffix, None
    return None, None


class ReadOnlyStore(Store):
    """What both stores share: the half of Zarr's interface that writes is refused."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(read_only=True)
        self.transport = transport
        self._is_open = True

    @property
    def supports_writes(self) -> bool:
        """False: nothing is ever written to a source."""
        return False

    @property
    def supports_deletes(self) -> bool:
        """False: nothing is ever deleted from a source."""
        return False

    @property
    def supports_listing(self) -> bool:
        """Whether the members of a group can be told without consolidated metadata."""
        return True

    async def set(self, key: str, value: Buffer) -> None:
        """Refuse to write."""
        raise UntrustedInput(f"{key} is not written: sciknow never writes to a source")

    async def delete(self, key: str) -> None:
        """Refuse to delete."""
        raise UntrustedInput(f"{key} is not deleted: sciknow never writes to a source")

    async def _bytes(self, key: str, start: int | None, end: int | None) -> bytes | None:
        raise Absent(key)

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Return the bytes under a key, or None where there are none."""
        start, end = span(byte_range)
        work = asyncio.run_coroutine_threadsafe(self._bytes(key, start, end), get_loop())
        found = await asyncio.wrap_future(work)
        return None if found is None else prototype.buffer.from_bytes(found)

    async def get_partial_values(
        self,
        prototype: BufferPrototype,
        key_ranges: Iterable[tuple[str, ByteRequest | None]],
    ) -> list[Buffer | None]:
        """Return the bytes of several ranges."""
        return list(
            await asyncio.gather(*(self.get(key, prototype, part) for key, part in key_ranges))
        )

    async def exists(self, key: str) -> bool:
        """Tell whether there is something under a key."""
        work = asyncio.run_coroutine_threadsafe(self._bytes(key, 0, 1), get_loop())
        return await asyncio.wrap_future(work) is not None

    async def _names(self, prefix: str) -> list[str]:
        return []

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Yield the names directly below a prefix."""
        work = asyncio.run_coroutine_threadsafe(self._names(prefix.strip("/")), get_loop())
        for name in await asyncio.wrap_future(work):
            yield name

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """Yield every key below a prefix."""
        async for name in self.list_dir(prefix):
            key = f"{prefix.strip('/')}/{name}".lstrip("/")
            if await self.exists(key):
                yield key
            else:
                async for below in self.list_prefix(key):
                    yield below

    async def list(self) -> AsyncIterator[str]:
        """Yield every key."""
        async for key in self.list_prefix(""):
            yield key


class FolderStore(LocalStore):
    """A Zarr store in a folder, of which regular files are read and no link that leads out.

    Parameters
    ----------
    root : Path or str
        The store.
    folder : Path, optional
        What its files must lie in, links followed; the store itself when left out.
    """

    def __init__(
        self, root: Path | str, *, read_only: bool = True, folder: Path | None = None
    ) -> None:
        super().__init__(root, read_only=read_only)
        self.folder = folder or self.root

    async def get(
        self,
        key: str,
        prototype: BufferPrototype | None = None,
        byte_range: ByteRequest | None = None,
    ) -> Buffer | None:
        """Return the bytes under a key, or None where there are none."""
        return await asyncio.to_thread(
            self.get_sync, key, prototype=prototype, byte_range=byte_range
        )

    def get_sync(
        self,
        key: str,
        *,
        prototype: BufferPrototype | None = None,
        byte_range: ByteRequest | None = None,
    ) -> Buffer | None:
        """Return the bytes under a key, in this thread."""
        start, end = span(byte_range)
        path = self.root / key
        try:
            data = read_local(path, start, end, self.folder)
        except Absent:
            return None
        except UntrustedInput:
            if path.is_dir():
                return None
            raise
        return (prototype or default_buffer_prototype()).buffer.from_bytes(data)

    async def get_partial_values(
        self,
        prototype: BufferPrototype,
        key_ranges: Iterable[tuple[str, ByteRequest | None]],
    ) -> list[Buffer | None]:
        """Return the bytes of several ranges."""
        return list(
            await asyncio.gather(*(self.get(key, prototype, part) for key, part in key_ranges))
        )


class SourceStore(ReadOnlyStore):
    """A Zarr store below an address.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    root : str
        Address of the store, without a final slash; a query is kept for every key.
    """

    def __init__(self, transport: Transport, root: str) -> None:
        super().__init__(transport)
        self.root, mark, query = root.partition("?")
        self.root = self.root.rstrip("/")
        self.query = mark + query
        self._metadata: dict[str, bytes | None] = {}
        self._below: dict[str, set[str]] | None = None
        self.denied: SciknowError | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.transport, self.root + self.query)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SourceStore) and self.__reduce__()[1] == other.__reduce__()[1]

    def __hash__(self) -> int:
        return hash((self.root, self.query))

    def __dask_tokenize__(self) -> object:
        return ("sciknow-source", self.root, self.query)

    def __repr__(self) -> str:
        return f"<SourceStore {self.root}>"

    def url(self, key: str) -> str:
        """Return the address of a key."""
        return f"{self.root}/{key}{self.query}"

    async def _bytes(self, key: str, start: int | None, end: int | None) -> bytes | None:
        if key.rsplit("/", 1)[-1] in METADATA:
            return await self._document(key)
        try:
            return await self.transport.fetch(self.url(key), start, end)
        except Absent:
            return None

    async def _document(self, key: str) -> bytes | None:
        if key not in self._metadata:
            self._metadata[key] = await self._fetch_document(key)
        return self._metadata[key]

    async def _fetch_document(self, key: str) -> bytes | None:
        try:
            return await self.transport.fetch(self.url(key), document=True)
        except Absent:
            return None
        except SciknowError as error:
            # object stores that may not be listed say "denied" for what is not there
            if error.hint == HINTS[TroubleKind.DENIED]:
                self.denied = error
                return None
            raise

    def adopt(self, documents: Mapping[str, Any]) -> None:
        """Take the metadata of every member from the consolidated metadata of the top group."""
        flat = flatten(documents)
        if flat:
            self._metadata |= {key: json.dumps(value).encode() for key, value in flat.items()}
            self._below = _tree(flat)

    async def _names(self, prefix: str) -> list[str]:
        if self._below is not None:
            return sorted(self._below.get(prefix, ()))
        try:
            return sorted(await self.transport.names(self.url(prefix).rstrip("/")))
        except Absent:
            return []


class ReferenceStore(ReadOnlyStore):
    """A Zarr store whose keys are byte ranges of other files (kerchunk references).

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    references : mapping
        Key → bytes, or (address,), or (address, offset, length).
    """

    def __init__(self, transport: Transport, references: Mapping[str, Any]) -> None:
        super().__init__(transport)
        self.references = references
        self._below: dict[str, set[str]] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.transport, self.references)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ReferenceStore)
            and self.transport == other.transport
            and self.references == other.references
        )

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<ReferenceStore {len(self.references)} keys>"

    async def _bytes(self, key: str, start: int | None, end: int | None) -> bytes | None:
        if isinstance(self.references, dict):
            found = self.references.get(key)
        else:
            found = await asyncio.to_thread(self.references.get, key)
        if found is None:
            return None
        if isinstance(found, bytes):
            return found[start:end]
        url, *place = found
        offset, length = place or (0, None)
        first, last = _within(offset, length, start, end)
        return await self.transport.fetch(url, first, last)

    async def _names(self, prefix: str) -> list[str]:
        if self._below is None:
            self._below = _tree(self.references)
        return sorted(self._below.get(prefix, ()))


def _within(
    offset: int, length: int | None, start: int | None, end: int | None
) -> tuple[int | None, int | None]:
    """Place a range inside a reference, which is itself a range of a file."""
    if length is None:
        return start, end
    if start is not None and start < 0:
        return offset + max(0, length + start), offset + length
    stop = length if end is None else min(end, length)
    return offset + (start or 0), offset + stop


def _tree(keys: Iterable[str]) -> dict[str, set[str]]:
    below: dict[str, set[str]] = {}
    for key in keys:
        folder, _, name = key.rpartition("/")
        while name and name not in below.setdefault(folder, set()):
            below[folder].add(name)
            folder, _, name = folder.rpartition("/")
    return below


def flatten(documents: Mapping[str, Any]) -> dict[str, Any]:
    """Return each member's own metadata document from consolidated metadata; empty if none."""
    if ".zmetadata" in documents:
        flat = dict(documents[".zmetadata"].get("metadata", {}))
    else:
        inner = documents.get("zarr.json", {}).get("consolidated_metadata") or {}
        flat = {f"{path}/zarr.json": value for path, value in inner.get("metadata", {}).items()}
    # a subgroup may carry a consolidated list of its own, which is often empty and then wrong
    return {
        key: {name: item for name, item in value.items() if name != "consolidated_metadata"}
        if key.rpartition("/")[2] in {".zgroup", "zarr.json"}
        else value
        for key, value in flat.items()
    }


def document(data: bytes | None) -> Any:
    """Read a metadata document; None where there is none or it is no JSON object."""
    try:
        found = read_json(data, "a Zarr metadata document") if data else None
    except LimitExceeded:
        raise
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


# what xarray sees of a store


async def probe(store: ReadOnlyStore, group: str) -> dict[str, Any]:
    """Read the documents that tell what kind of Zarr there is below a key."""
    prefix = f"{group}/" if group else ""
    keys = ("zarr.json", ".zmetadata", ".zgroup", ".zarray")
    found = await asyncio.gather(*(store._bytes(prefix + key, None, None) for key in keys))
    return {key: read for key, data in zip(keys, found, strict=True) if (read := document(data))}


def kind_of(documents: Mapping[str, Any], url: str) -> tuple[int, bool]:
    """Tell the Zarr version and whether the metadata are consolidated.

    Raises
    ------
    SourceUnavailable
        When it is no Zarr group at all.
    """
    root = documents.get("zarr.json", {})
    if root.get("node_type") == "array" or (".zarray" in documents and not root):
        raise SourceUnavailable(
            f"{url} is a single Zarr array, not a group", hint="name the group that holds it"
        )
    if root.get("zarr_format") == 3:
        return 3, bool(root.get("consolidated_metadata"))
    if ".zmetadata" in documents or ".zgroup" in documents:
        return 2, ".zmetadata" in documents
    raise SourceUnavailable(
        f"{url} is not a Zarr store: it has none of zarr.json, .zmetadata, .zgroup",
        hint="check the address; it must be that of the store's top folder",
    )


def open_group(
    store: Store,
    url: str,
    documents: Mapping[str, Any],
    options: Mapping[str, object],
    limits: Limits = LIMITS,
) -> xr.Dataset | xr.DataTree:
    """Open a Zarr group lazily, with the store's own chunks; one that holds groups as a tree."""
    version, consolidated = kind_of(documents, url)
    consolidated = consolidated and options.get("consolidated") is not False
    way: dict[str, Any] = {
        "engine": "zarr",
        "group": options.get("group") or None,
        "consolidated": consolidated,
        "zarr_format": version,
        "chunks": chunks(options),
    }
    source: Any = store
    root = partial(xr.open_dataset, source, **way)
    with explain(url, "a Zarr store"):
        flat = flatten(documents) if consolidated else {}
        check_group(store, url, flat, version, options, limits)
    with explain(url, "a Zarr store"), bounded():
        opened = open_decoded(root, url, options)
    below = [] if options.get("group") == TOP else _groups(source, version, options)
    if not below:
        if opened.variables or consolidated:
            return opened
        raise SourceUnavailable(
            f"{url} has no consolidated metadata, and the source does not list its folders",
            hint="ask the publisher for consolidated metadata, or name a group",
        )
    with explain(url, "a tree of Zarr groups"), bounded():
        check_group(store, url, flat, version, options, limits, deep=True)
        tree = partial(xr.open_datatree, source, **way)
        return open_grouped(tree, root, below, url, options)


def _groups(store: Any, version: Any, options: Mapping[str, object]) -> list[str]:
    """Return the groups of a group that hold arrays, themselves or further below."""
    group = zarr.open_group(
        store, path=str(options.get("group") or ""), mode="r", zarr_format=version
    )
    return [name for name, one in group.groups() if _holds(one)]


def _holds(group: zarr.Group) -> bool:
    return any(isinstance(item, zarr.Array) or _holds(item) for _, item in group.members())
