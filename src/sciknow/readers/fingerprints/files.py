"""Fingerprints of files: of all bytes where that is cheap, of sampled ranges where it is not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sciknow.errors import IntegrityError, SourceUnavailable
from sciknow.files import open_regular, sha256_bytes
from sciknow.model.fingerprint import FileState, Fingerprint, Strength, VariableState
from sciknow.readers.fileset import is_set, members
from sciknow.readers.fingerprints.sample import WHOLE_BYTES, picks, ranges
from sciknow.readers.fingerprints.structure import structure
from sciknow.readers.protocol import Location, Reader
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED

LOCAL_WHOLE = 4 * 2**30
"""Local files up to so many bytes are digested whole."""

LISTED = 64
"""Sets of at most so many files are digested file by file, of larger ones a sample."""

WINDOWS = 3
"""Windows of a large variable; they say what has changed, that something has the bytes say."""

AT_ONCE = 8


Contents = tuple[Mapping[str, object], tuple[VariableState, ...]]
"""Attributes and variables, as a fingerprint keeps them."""


def file_fingerprint(
    location: Location,
    places: Sequence[tuple[str, str]],
    like: Fingerprint | None,
    contents: Callable[[], Contents],
) -> Fingerprint:
    """Take the fingerprint of a file, a set of files or a folder of parts.

    Parameters
    ----------
    location : Location
        Of all of them.
    places : sequence of (str, str)
        Name and address of each, sorted by name; the name of one that is alone is empty.
    like : Fingerprint, optional
        An earlier one.
    contents : callable
        Says what is in them.

    Raises
    ------
    SourceUnavailable
        When there is none.
    """
    chosen = _chosen(places, like)
    known = {item.name: item for item in like.files} if like else {}
    files = location.transport.run(_states(location.transport, chosen, known))
    if like is None:
        files = tuple(_portable(item, location) for item in files)
    listing, count = (_listing(places), len(places)) if len(places) > 1 else ("", 0)
    whole = len(chosen) == len(places) and all(item.sha256 for item in files)
    found = Fingerprint(
        strength=Strength.WHOLE if whole else Strength.SAMPLED,
        files=files,
        listing=listing,
        count=count,
        modified=max((item.modified for item in files), default=""),
    )
    if like is not None and _same_bytes(like, found):
        return replace(found, attrs=like.attrs, variables=like.variables, metadata=like.metadata)
    try:
        attrs, variables = contents()
    except SourceUnavailable as error:
        if like is None:
            raise
        raise IntegrityError(
            f"other bytes than before, and not readable any more: {error}", hint=DAMAGED
        ) from error
    return replace(found, attrs=attrs, variables=variables)


def plain_fingerprint(
    reader: Reader, location: Location, options: Mapping[str, object], like: Fingerprint | None
) -> Fingerprint:
    """Take the fingerprint of a file or a set of files, and of what its reader opens of it."""
    several = is_set(location, options) and "files" in reader.format.options
    places = [("", location.url)]
    if several:
        places = [(url.rpartition("/")[2], url) for url in members(location, options)]

    def contents() -> Contents:
        known = {item.name: item for item in like.variables} if like else None
        found = structure(
            reader, location, options, values=0 if several else WINDOWS, like=known, decoded=several
        )
        return found.attrs, found.variables

    return file_fingerprint(location, places, like, contents)


def _chosen(places: Sequence[tuple[str, str]], like: Fingerprint | None) -> list[tuple[str, str]]:
    if like is not None and like.count:
        locked = {item.name for item in like.files}
        return [place for place in places if place[0] in locked] or list(places[:1])
    return [places[at] for at in picks(len(places), LISTED)]


def _listing(places: Sequence[tuple[str, str]]) -> str:
    return sha256_bytes("\n".join(name for name, _ in places).encode())


async def _states(
    transport: Transport, places: Sequence[tuple[str, str]], known: Mapping[str, FileState]
) -> tuple[FileState, ...]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, url: str) -> FileState:
        async with gate:
            return await _state(transport, name, url, known.get(name), len(places))

    return tuple(await asyncio.gather(*(one(name, url) for name, url in places)))


async def _state(
    transport: Transport, name: str, url: str, like: FileState | None, among: int
) -> FileState:
    says = await transport.version(url)
    size = says.size if says.size is not None else await transport.size(url)
    found = FileState(
        name=name,
        size=size,
        etag=says.etag,
        version=says.version,
        modified=says.modified,
    )
    local = "://" not in url
    limit = LOCAL_WHOLE if local else WHOLE_BYTES // among
    sampled = like is not None and not like.sha256
    if size <= limit and not sampled:
        return await _whole(transport, url, found, like)
    asked = [_span(key) for key in like.ranges] if like and like.ranges else [*ranges(size)]
    digests = {}
    for low, high in asked:
        body = await transport.fetch(url, low, min(high, size)) if low < size else b""
        digests[f"{low}-{high}"] = sha256_bytes(body)
    return replace(found, ranges=digests)


async def _whole(
    transport: Transport, url: str, found: FileState, like: FileState | None
) -> FileState:
    cut = like.size if like is not None and 0 < like.size < found.size else 0
    if "://" in url:
        body = await transport.fetch(url)
        prefix = sha256_bytes(body[:cut]) if cut else ""
        return replace(found, sha256=sha256_bytes(body), size=len(body), prefix=prefix)
    whole, prefix = await asyncio.to_thread(_digests, Path(url), cut)
    return replace(found, sha256=whole, prefix=prefix)


def _digests(path: Path, cut: int) -> tuple[str, str]:
    """Return the digest of a file, and of its first bytes where it has grown."""
    digest, first, seen = hashlib.sha256(), hashlib.sha256(), 0
    with open_regular(path) as file:
        while piece := file.read(2**20):
            digest.update(piece)
            first.update(piece[: max(0, cut - seen)])
            seen += len(piece)
    return digest.hexdigest(), first.hexdigest() if cut else ""


def _span(key: str) -> tuple[int, int]:
    low, _, high = key.partition("-")
    return int(low), int(high)


def _portable(item: FileState, location: Location) -> FileState:
    """Leave out what differs from one copy of a local file to the next."""
    return replace(item, modified="") if location.path is not None else item


def _same_bytes(like: Fingerprint, found: Fingerprint) -> bool:
    def digests(of: Fingerprint) -> list[tuple[object, ...]]:
        return [
            (item.name, item.size, item.sha256, tuple(sorted(item.ranges.items())))
            for item in of.files
        ]

    return like.listing == found.listing and digests(like) == digests(found)
