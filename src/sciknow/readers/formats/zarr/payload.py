"""The keys of a Zarr store."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import zarr

from sciknow.errors import LimitExceeded, SourceUnavailable
from sciknow.model.preserved import FileVersion
from sciknow.net import OBJECT_SCHEMES
from sciknow.readers.copies.members import MAX_FILES, Member, Members, members_of
from sciknow.readers.formats.zarr.store import METADATA, SourceStore, kind_of, probe
from sciknow.readers.protocol import Location
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Absent, Denied, explain


def store_members(location: Location, options: Mapping[str, object]) -> Members:
    """Return the keys of a Zarr store: as the source lists them, or as its metadata say.

    Raises
    ------
    SourceUnavailable
        When there is no store, or neither says what it holds.
    """
    group = str(options.get("group") or "").strip("/")
    if location.path is not None:
        if not location.path.is_dir():
            raise SourceUnavailable(f"there is no Zarr folder at {location.url}", hint="check it")
        return members_of(location, _local_keys(location.path, group))
    if location.url.partition("://")[0] in OBJECT_SCHEMES:
        found = _object_keys(location.transport, location.url)
        if found is not None:
            return members_of(location, (key for key in found if _wanted(key.path, group)))
    return members_of(location, _metadata_keys(location, group), listed=False)


def _local_keys(folder: Path, group: str) -> Iterator[Member]:
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith(".__") and _wanted(key, group):
            yield Member(key, str(path), FileVersion(path.stat().st_size))


def _wanted(key: str, group: str) -> bool:
    """Tell whether a key belongs to a group, or is a document of the groups above it."""
    folder, _, name = key.rpartition("/")
    above = f"{group}/".startswith(f"{folder}/") if folder else True
    return not group or key.startswith(f"{group}/") or (above and name in METADATA)


def _object_keys(transport: Transport, url: str) -> list[Member] | None:
    """List a store in an object store; None where it may not be listed."""
    top = url.rstrip("/")
    try:
        found = transport.run(transport.files(top))
    except SourceUnavailable as error:
        if isinstance(error, (Absent, Denied)):
            return None
        raise
    return [Member(at[len(top) + 1 :], at, says) for at, says in sorted(found.items())] or None


def _metadata_keys(location: Location, group: str) -> Iterator[Member]:
    store = SourceStore(location.transport, location.url)
    documents = location.transport.run(probe(store, ""))
    version: Any = kind_of(documents, location.url)[0]
    store.adopt(documents)
    with explain(location.url, "a Zarr store"):
        opened: Any = zarr.open_group(store, mode="r", zarr_format=version)
        nodes = {"": opened, **dict(opened.members(max_depth=None))}
    arrays = {name: node for name, node in nodes.items() if isinstance(node, zarr.Array)}
    if not arrays:
        raise SourceUnavailable(
            f"there are no arrays in {location.url}",
            hint="the source may not list its folders; ask the publisher for consolidated metadata",
        )
    _check_count(arrays, location.url)
    names = ("zarr.json",) if version == 3 else (".zgroup", ".zarray", ".zattrs", ".zmetadata")
    for name, node in nodes.items():
        prefix = f"{name}/" if name else ""
        own = (prefix + one for one in names)
        # asked for as a reader asks: buckets that may not be listed deny what is not there
        there = (key for key in own if location.transport.run(store._bytes(key, None, None)))
        chunks = (prefix + one for one in _chunk_keys(node)) if name in arrays else ()
        for key in itertools.chain(there, chunks):
            if _wanted(key, group):
                yield Member(key, store.url(key), optional=key not in documents)


def _check_count(arrays: Mapping[str, Any], url: str) -> None:
    total = sum(math.prod(_grid(item)) for item in arrays.values())
    if total > MAX_FILES:
        raise LimitExceeded(
            f"the arrays of {url} have {total:,} chunks, which the source does not list",
            hint=f"at most {MAX_FILES:,} are asked for one by one; name a part instead",
        )


def _grid(array: Any) -> tuple[int, ...]:
    steps = array.shards or array.chunks
    return tuple(-(-size // step) for size, step in zip(array.shape, steps, strict=True))


def _chunk_keys(array: Any) -> Iterator[str]:
    for place in itertools.product(*(range(count) for count in _grid(array))):
        yield array.metadata.encode_chunk_key(place)
