"""The keys of a Zarr store, and the files that references lead to."""

from __future__ import annotations

import base64
import itertools
import math
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import zarr

from sciknow.errors import InvalidInput, LimitExceeded, SourceUnavailable
from sciknow.model.preserved import FileVersion
from sciknow.net import OBJECT_SCHEMES
from sciknow.readers.arrays import kind_of, probe
from sciknow.readers.formats.kerchunk.reader import Files, read_references
from sciknow.readers.formats.kerchunk.references import ParquetReferences
from sciknow.readers.formats.zarr.store import METADATA, SourceStore
from sciknow.readers.protocol import Location
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Absent, Denied, explain

MAX_KEYS = 1_000_000

Key = tuple[str, str, FileVersion, bool]
"""Key, address, what is known of its version, and whether it may be missing."""


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """The keys of a store.

    Parameters
    ----------
    keys : list of Key
        Those of the wanted group.
    listed : bool
        Whether the source listed them; else they follow from the metadata, and chunks among
        them may be missing.
    """

    keys: list[Key]
    listed: bool


def zarr_files(location: Location, options: Mapping[str, object]) -> StoreKeys:
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
        return StoreKeys([*_local_keys(location.path, group)], True)
    if location.url.partition("://")[0] in OBJECT_SCHEMES:
        found = _object_keys(location.transport, location.url)
        if found is not None:
            return StoreKeys([key for key in found if _wanted(key[0], group)], True)
    return StoreKeys([*_metadata_keys(location, group)], False)


def _local_keys(folder: Path, group: str) -> Iterator[Key]:
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith(".__") and _wanted(key, group):
            yield key, str(path), FileVersion(path.stat().st_size), False


def _wanted(key: str, group: str) -> bool:
    """Tell whether a key belongs to a group, or is a document of the groups above it."""
    folder, _, name = key.rpartition("/")
    above = f"{group}/".startswith(f"{folder}/") if folder else True
    return not group or key.startswith(f"{group}/") or (above and name in METADATA)


def _object_keys(transport: Transport, url: str) -> list[Key] | None:
    """List a store in an object store; None where it may not be listed."""
    top = url.rstrip("/")
    try:
        found = transport.run(transport.files(top))
    except SourceUnavailable as error:
        if isinstance(error, (Absent, Denied)):
            return None
        raise
    return [(at[len(top) + 1 :], at, says, False) for at, says in sorted(found.items())] or None


def _metadata_keys(location: Location, group: str) -> Iterator[Key]:
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
                yield key, store.url(key), FileVersion(), key not in documents


def _check_count(arrays: Mapping[str, Any], url: str) -> None:
    total = sum(math.prod(_grid(item)) for item in arrays.values())
    if total > MAX_KEYS:
        raise LimitExceeded(
            f"the arrays of {url} have {total:,} chunks, which the source does not list",
            hint=f"at most {MAX_KEYS:,} are asked for one by one; name a part instead",
        )


def _grid(array: Any) -> tuple[int, ...]:
    steps = array.shards or array.chunks
    return tuple(-(-size // step) for size, step in zip(array.shape, steps, strict=True))


def _chunk_keys(array: Any) -> Iterator[str]:
    for place in itertools.product(*(range(count) for count in _grid(array))):
        yield array.metadata.encode_chunk_key(place)


@dataclass(frozen=True, slots=True)
class ReferencePayload:
    """References, and the files that they lead to.

    Parameters
    ----------
    files : list of (str, str)
        Place in the payload and address, of the document itself and of every file.
    places : mapping
        Address → place, of the files that references lead to.
    references : mapping
        Key → bytes, or (address,), or (address, offset, length).
    """

    files: list[tuple[str, str]]
    places: Mapping[str, str]
    references: Mapping[str, Any] = field(repr=False)

    def document(self, folder: str) -> dict[str, object]:
        """Return references that lead to the copies below a folder."""
        refs = {key: _moved(value, self.places, folder) for key, value in self.references.items()}
        return {"version": 1, "refs": refs}


def _moved(value: Any, places: Mapping[str, str], folder: str) -> object:
    if isinstance(value, bytes):
        return _inline(value)
    url, *place = value
    return [f"{folder}/{places[url]}", *place]


def _inline(value: bytes) -> str:
    try:
        text = value.decode("ascii")
    except UnicodeDecodeError:
        text = "base64:"
    plain = not text.startswith("base64:")
    return text if plain else "base64:" + base64.b64encode(value).decode()


def reference_payload(location: Location) -> ReferencePayload:
    """Read references, and name the files that they lead to.

    Raises
    ------
    SourceUnavailable, IntegrityError
        When there are none.
    """
    with explain(location.url, "kerchunk references"):
        found = read_references(location)
    root = location.url.rstrip("/")
    top = unquote(urlsplit(root).path.rpartition("/")[2]) or "references"
    own = [(top, location.url)]
    flat: Mapping[str, Any] = found
    if isinstance(found, ParquetReferences):
        flat = dict(_parquet_references(found))
        own = [(f"{top}/{name}", f"{root}/{name}") for name in _parquet_files(found)]
        own = [pair for pair in own if _there(location, root, pair[1])]
    urls = sorted({value[0] for value in flat.values() if not isinstance(value, bytes)})
    places = {url: f"files/{_place(url, location)}" for url in urls}
    if len(set(places.values())) != len(places):
        places = {url: f"files/{at:06d}/{_place(url, location)}" for at, url in enumerate(urls)}
    return ReferencePayload([*own, *((places[url], url) for url in urls)], places, flat)


def _there(location: Location, root: str, url: str) -> bool:
    try:
        Files(location.transport, root)(url[len(root) + 1 :])
    except FileNotFoundError:
        return False
    return True


def _place(url: str, location: Location) -> str:
    if "://" in url:
        parts = urlsplit(url)
        return f"{parts.hostname or parts.netloc}/{unquote(parts.path).strip('/')}"
    base = location.transport.folder or Path("/")
    return posixpath.relpath(Path(url).resolve(), base.resolve())


def _parquet_files(found: ParquetReferences) -> Iterator[str]:
    yield ".zmetadata"
    for name, total in _parquet_arrays(found):
        for part in range(-(-total // found.record_size)):
            yield f"{name}/refs.{part}.parq"


def _parquet_arrays(found: ParquetReferences) -> Iterator[tuple[str, int]]:
    for key, array in found.metadata.items():
        if key.endswith(".zarray"):
            steps = zip(array["shape"], array["chunks"], strict=True)
            yield key.rpartition("/")[0], math.prod(-(-size // step) for size, step in steps)


def _parquet_references(found: ParquetReferences) -> Iterator[tuple[str, Any]]:
    for key in found:
        yield key, found[key]
    for name, total in _parquet_arrays(found):
        if total > MAX_KEYS:
            raise InvalidInput(f"{name} has {total:,} references", hint="name a part instead")
        array = found.metadata[f"{name}/.zarray"]
        grid = [
            -(-size // step) for size, step in zip(array["shape"], array["chunks"], strict=True)
        ]
        separator = array.get("dimension_separator", ".")
        for place in itertools.product(*(range(count) for count in grid)):
            key = f"{name}/{separator.join(map(str, place)) or '0'}"
            value = found.get(key)
            if value is not None:
                yield key, value
