"""Fingerprints of what looks like a Zarr store.

The metadata documents are taken in a canonical form, consolidated or not, so that it makes no
difference in which order or in which document they stand. Chunks are digested as they are stored.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zarr

from sciknow.errors import SourceUnavailable
from sciknow.files import sha256_bytes
from sciknow.model.fingerprint import Fingerprint, Strength, VariableState
from sciknow.readers.fingerprints.sample import RANGE, WHOLE_BYTES, WHOLE_CHUNKS, cells
from sciknow.readers.fingerprints.structure import dtype_name, plain_attrs
from sciknow.readers.formats.zarr.store import (
    ReadOnlyStore,
    ReferenceStore,
    SourceStore,
    kind_of,
    probe,
)
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import Absent, explain

LARGE = 2**20
"""Of sampled chunks with more bytes than this, unpacked, the two ends are read."""

ENDS = "ends:"
"""Before the digest of a chunk of which only size and ends were read."""

GONE = "gone"
"""In place of a digest: the reference is there, what it leads to is not."""

AT_ONCE = 16

_DOCUMENTS = {2: (".zgroup", ".zarray", ".zattrs"), 3: ("zarr.json",)}


@dataclass(frozen=True, slots=True)
class _Array:
    name: str
    documents: Mapping[str, Any]
    array: Any

    @property
    def attrs(self) -> dict[str, Any]:
        v2 = self.documents.get(".zattrs", {})
        return dict(v2 or self.documents.get("zarr.json", {}).get("attributes", {}))

    @property
    def step(self) -> tuple[int, ...]:
        return tuple(self.array.shards or self.array.chunks)

    @property
    def grid(self) -> tuple[int, ...]:
        return tuple(
            -(-size // step) for size, step in zip(self.array.shape, self.step, strict=True)
        )

    @property
    def piece(self) -> int:
        return math.prod(self.step) * int(self.array.dtype.itemsize)

    def keys(self, whole: bool, variables: int) -> list[str]:
        if not all(self.grid):
            return []
        encode = self.array.metadata.encode_chunk_key
        return [encode(place) for place in cells(self.grid, whole, variables)]

    def layout(self) -> str:
        plain = dict(self.documents.get(".zarray") or self.documents.get("zarr.json", {}))
        for key in ("shape", "attributes", "dimension_names"):
            plain.pop(key, None)
        if "zarr.json" not in self.documents:
            plain.setdefault("dimension_separator", ".")
        return sha256_bytes(canonical(plain))

    def dims(self) -> tuple[str, ...]:
        found = self.attrs.get("_ARRAY_DIMENSIONS") or self.documents.get("zarr.json", {}).get(
            "dimension_names"
        )
        return tuple(map(str, found or ()))


def canonical(value: Any) -> bytes:
    """Write a JSON value with sorted keys and no white space.

    Examples
    --------
    >>> canonical({"b": 1, "a": [1.0]})
    b'{"a":[1.0],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def zarr_fingerprint(
    location: Location, options: Mapping[str, object], like: Fingerprint | None
) -> Fingerprint:
    """Take the fingerprint of a Zarr store.

    Raises
    ------
    SourceUnavailable
        When there is none, or nothing in it.
    """
    store = SourceStore(location.transport, location.url)
    return store_fingerprint(store, location, options, like)


def store_fingerprint(
    store: ReadOnlyStore,
    location: Location,
    options: Mapping[str, object],
    like: Fingerprint | None,
    listing: str = "",
) -> Fingerprint:
    """Take the fingerprint of what a store shows as Zarr."""
    group = str(options.get("group") or "").strip("/")
    run = location.transport.run
    top, documents, arrays = _walk(store, location, group)
    raw = sum(item.piece * math.prod(item.grid) for item in arrays)
    count = sum(math.prod(item.grid) for item in arrays)
    whole = raw <= WHOLE_BYTES and count <= WHOLE_CHUNKS
    known = {item.name: item for item in like.variables} if like else {}
    variables = tuple(
        run(_variable(store, item, known.get(item.name), whole, len(arrays))) for item in arrays
    )
    modified = run(_modified(store, known, variables, group)) if known else ""
    return Fingerprint(
        strength=Strength.WHOLE if whole else Strength.SAMPLED,
        metadata=sha256_bytes(canonical(documents)),
        attrs=plain_attrs(top),
        variables=variables,
        listing=listing,
        modified=modified,
    )


def _walk(
    store: ReadOnlyStore, location: Location, group: str
) -> tuple[dict[str, Any], dict[str, Any], list[_Array]]:
    """Return the attributes of the group, every document below it, and its arrays."""
    run = location.transport.run
    found = run(probe(store, ""))
    if isinstance(store, SourceStore):
        store.adopt(found)
    version: Any
    version, _ = kind_of(run(probe(store, group)) if group else found, location.url)
    with explain(location.url, "a Zarr store"):
        opened: Any = zarr.open_group(store, path=group, mode="r", zarr_format=version)
        nodes = dict(opened.members(max_depth=None))
    documents = {
        path: run(_documents(store, f"{group}/{path}".strip("/"), version))
        for path in ("", *sorted(nodes))
    }
    arrays = [
        _Array(path, documents[path], nodes[path])
        for path in sorted(nodes)
        if isinstance(nodes[path], zarr.Array)
    ]
    if not arrays:
        raise SourceUnavailable(
            f"there are no arrays in {location.url}",
            hint="check the address and the group; the source may not list its folders",
        )
    top = documents[""].get(".zattrs") or documents[""].get("zarr.json", {}).get("attributes", {})
    return top, documents, arrays


async def _documents(store: ReadOnlyStore, path: str, version: int) -> dict[str, Any]:
    prefix = f"{path}/" if path else ""
    names = _DOCUMENTS[version]
    raw = await asyncio.gather(*(store._bytes(prefix + name, None, None) for name in names))
    found = {name: json.loads(data) for name, data in zip(names, raw, strict=True) if data}
    found.get("zarr.json", {}).pop("consolidated_metadata", None)
    return {name: value for name, value in found.items() if value != {}}


async def _variable(
    store: ReadOnlyStore, item: _Array, like: VariableState | None, whole: bool, variables: int
) -> VariableState:
    keys = item.keys(whole, variables)
    if like is not None and like.chunks:
        asked = dict(like.chunks)
    else:
        cut = not whole and item.piece > LARGE
        asked = dict.fromkeys(keys, ENDS if cut else "")
    gate = asyncio.Semaphore(AT_ONCE)
    root = item.array.path.strip("/")

    async def one(key: str, before: str) -> str:
        async with gate:
            return await _chunk(store, f"{root}/{key}" if key else root, before.startswith(ENDS))

    digests = await asyncio.gather(*(one(key, before) for key, before in asked.items()))
    attrs = {key: value for key, value in item.attrs.items() if key != "_ARRAY_DIMENSIONS"}
    return VariableState(
        name=item.name,
        dtype=dtype_name(item.array.dtype),
        dims=item.dims(),
        shape=tuple(item.array.shape),
        attrs=plain_attrs(attrs),
        layout=item.layout(),
        chunks=dict(zip(asked, digests, strict=True)),
    )


async def _chunk(store: ReadOnlyStore, key: str, ends: bool) -> str:
    try:
        if not ends:
            data = await store._bytes(key, None, None)
            return "" if data is None else sha256_bytes(data)
        head = await store._bytes(key, 0, RANGE)
        if head is None:
            return ""
        tail = await store._bytes(key, -RANGE, None)
        size = await _chunk_size(store, key)
        return ENDS + sha256_bytes(b"%d:" % size + head + (tail or b""))
    except Absent:
        return GONE


async def _chunk_size(store: ReadOnlyStore, key: str) -> int:
    if isinstance(store, SourceStore):
        return await store.transport.size(store.url(key))
    if not isinstance(store, ReferenceStore):
        return await store.getsize(key)
    reference: Sequence[Any] = store.references[key]
    if isinstance(reference, bytes):
        return len(reference)
    return int(reference[2]) if len(reference) == 3 else await store.transport.size(reference[0])


async def _modified(
    store: ReadOnlyStore,
    known: Mapping[str, VariableState],
    variables: Sequence[VariableState],
    group: str,
) -> str:
    """Return when the first few chunks that differ were written, as far as the source says."""
    if not isinstance(store, SourceStore):
        return ""
    keys = [
        "/".join(filter(None, (group, item.name, key)))
        for item in variables
        for key, digest in item.chunks.items()
        if item.name in known and known[item.name].chunks.get(key, digest) != digest and digest
    ]
    moments = [(await store.transport.version(store.url(key))).modified for key in keys[:4]]
    return max(moments, default="")
