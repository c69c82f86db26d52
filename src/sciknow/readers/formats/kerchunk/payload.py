"""The files that references are made of, and those that they lead to."""

from __future__ import annotations

import base64
import itertools
import math
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sciknow.errors import InvalidInput
from sciknow.readers.copies.members import FOLDER, MAX_FILES, Member, Members
from sciknow.readers.formats.kerchunk.references import Files, ParquetReferences, read_references
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import explain


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


def reference_members(location: Location) -> Members:
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
    refs = {key: _moved(value, places, FOLDER) for key, value in flat.items()}
    files = (*own, *((places[url], url) for url in urls))
    return Members(
        tuple(Member(path, url) for path, url in files), references={"version": 1, "refs": refs}
    )


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
        if total > MAX_FILES:
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
