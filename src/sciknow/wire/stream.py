"""Whole files as streams, from an offset on: web addresses, objects, local files.

One stream is one attempt, read in the calling thread; trying again is the business of
`sciknow.wire.download`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sciknow.files import open_regular
from sciknow.model.preserved import FileVersion
from sciknow.net import WEB_SCHEMES, Deadline
from sciknow.wire import blocking
from sciknow.wire.answer import ANY, UNKNOWN, http_date, total_of, version_of
from sciknow.wire.budget import BLOCK, PIECE, SLOWEST
from sciknow.wire.folder import local_version
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import late
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Trouble, TroubleKind

_PACKED = (".gz", ".bz2", ".xz", ".zst", ".tgz", ".z")


@dataclass(frozen=True, slots=True)
class Stream:
    """A file that comes.

    Parameters
    ----------
    state : FileVersion
        What the source says of it.
    offset : int
        Where the pieces begin: where they were asked for, or 0 when it has to start again.
    pieces : iterator of bytes
        What follows; reading it may raise `Trouble`.
    """

    state: FileVersion
    offset: int
    pieces: Iterator[bytes]


@contextmanager
def stream(
    transport: Transport,
    url: str,
    offset: int,
    known: FileVersion,
    listed: FileVersion = UNKNOWN,
    *,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Stream]:
    """Open a file from an offset on.

    Parameters
    ----------
    transport : Transport
        Its options of the object store and its folder hold, and its deadline: the seconds in
        which something must come.
    url : str
        An address, or a local path below the transport's folder.
    offset : int
        How many bytes are there already.
    known : FileVersion
        Of what version they are; when the source has another, the file starts again.
    listed : FileVersion
        What a listing of an object store has said of it just now; saves asking again.
    headers : mapping, optional
        Sent to a web server beside ours.

    Raises
    ------
    Trouble
        For anything but the file.
    """
    if "://" not in url:
        with _local(transport.local(url), offset, known) as found:
            yield found
    elif _is_web(url):
        way = Hops(url, reach=transport.reach_of(url))
        with _web(way, offset, known, transport.deadline, headers or {}) as found:
            yield found
    else:
        yield _object(transport, url, offset, known, listed)


def look(transport: Transport, url: str) -> FileVersion:
    """Ask once what the source says of a file, without the file.

    Raises
    ------
    Trouble
        When there is none, or no answer.
    """
    if "://" not in url:
        return _local_state(transport.local(url))

    async def ask() -> FileVersion:
        try:
            async with asyncio.timeout(transport.deadline):
                return (await transport.backend(url).head(url)).says
        except TimeoutError:
            raise late(transport.deadline) from None

    return transport.run(ask())


def _is_web(url: str) -> bool:
    return url.partition("://")[0] in WEB_SCHEMES


@contextmanager
def _web(
    way: Hops, offset: int, known: FileVersion, seconds: float, given: Mapping[str, str]
) -> Iterator[Stream]:
    condition = known.etag if known.strong else http_date(known.modified)
    start = offset if condition else 0  # bytes of an unknown version are not gone on with
    headers = dict(given)
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": condition}
    url = way.at
    with blocking.answering(way, headers, Deadline.after(seconds)) as answer:
        span = (start, None) if start else None
        plan = blocking.judged(answer, "GET", span, ANY)
        if plan.done:
            raise Trouble(TroubleKind.CHANGED, "the source has less than came before")
        state = version_of(answer.headers, total_of(answer.headers, answer.status))
        if answer.status == 206 and not state.same(known):
            raise Trouble(TroubleKind.CHANGED, "the file changed while it was being fetched")
        _check_encoding(url, answer.headers)
        begins = start if answer.status == 206 else 0
        yield Stream(state, begins, _web_pieces(answer, seconds))


def _check_encoding(url: str, headers: Mapping[str, str]) -> None:
    """Refuse bytes packed for the way; servers that mark a packed file so are let pass."""
    coding = headers.get("Content-Encoding", "identity").lower()
    if coding != "identity" and not urlsplit(url).path.lower().endswith(_PACKED):
        raise Trouble(TroubleKind.FATAL, f"the server packs the file ({coding}), unasked")


def _web_pieces(answer: Any, seconds: float) -> Iterator[bytes]:
    since, came = time.monotonic(), 0
    while piece := blocking.piece(answer, Deadline.after(seconds)):
        came += len(piece)
        yield piece
        if (passed := time.monotonic() - since) > seconds:
            if came < SLOWEST * passed:
                raise Trouble(TroubleKind.TRANSIENT, f"{came:,} bytes within {passed:.0f} s")
            since, came = time.monotonic(), 0


def _object(
    transport: Transport, url: str, offset: int, known: FileVersion, listed: FileVersion
) -> Stream:
    state = listed if listed.strong else look(transport, url)
    start = offset if known.strong and state == known else 0

    def pieces() -> Iterator[bytes]:
        for low in range(start, state.size or 0, BLOCK):
            high = min(low + BLOCK, state.size or 0)
            yield transport.run(transport.fetch(url, low, high))
        # whoever has a listing compares it with another one when everything has come
        if not listed.strong and not look(transport, url).same(state):
            raise Trouble(TroubleKind.CHANGED, "the object changed while it was being fetched")

    return Stream(state, start, pieces())


@contextmanager
def _local(path: Path, offset: int, known: FileVersion) -> Iterator[Stream]:
    state = _local_state(path)
    start = offset if state == known else 0
    with open_regular(path) as file:
        file.seek(start)
        yield Stream(state, start, iter(lambda: file.read(PIECE), b""))
    if _local_state(path) != state:
        raise Trouble(TroubleKind.CHANGED, "the file changed while it was being copied")


def _local_state(path: Path) -> FileVersion:
    return local_version(path, "microseconds")
