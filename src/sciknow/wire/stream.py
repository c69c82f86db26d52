"""Whole files as streams, from an offset on: web addresses, objects, local files.

One stream is one attempt, read in the calling thread; trying again is the business of
`sciknow.wire.download`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sciknow.model.preserved import FileVersion
from sciknow.net import WEB_SCHEMES, Deadline
from sciknow.wire import blocking, objectstore
from sciknow.wire.answer import judge
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Trouble, TroubleKind
from sciknow.wire.validators import iso_date, object_stated

PIECE = 2**18
BLOCK = 8 * 2**20
"""Bytes that an object store is asked for at once."""

SLOWEST = 512
"""Bytes a second, on average over a deadline, below which a source is given up."""

UNKNOWN = FileVersion()
_ANY = 2**62
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

    Raises
    ------
    Trouble
        For anything but the file.
    """
    if "://" not in url:
        with _local(transport.local(url), offset, known) as found:
            yield found
    elif _is_web(url):
        with _web(url, offset, known, transport.deadline) as found:
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
    if not _is_web(url):
        return _object_state(transport, url)
    try:
        found = _look_web("HEAD", url, {}, transport.deadline)
    except Trouble as trouble:
        if trouble.kind in {TroubleKind.TRANSIENT, TroubleKind.ABSENT}:
            raise
        found = FileVersion()
    if found.size is not None:
        return found
    # a server that knows no HEAD, or does not say the size there
    return _look_web("GET", url, {"Range": "bytes=0-0"}, transport.deadline)


def _is_web(url: str) -> bool:
    return url.partition("://")[0] in WEB_SCHEMES


def _look_web(method: str, url: str, headers: dict[str, str], seconds: float) -> FileVersion:
    with blocking.answering(method, url, headers, Deadline.after(seconds)) as answer:
        span = (0, 1) if headers else None
        plan = judge(method, answer.status, answer.reason or "", answer.headers, span, 0)
        answer.close()
        told = plan.done.total if plan.done is not None else plan.total
        return _web_state(answer.headers, told)


def _web_state(headers: Mapping[str, str], size: int | None) -> FileVersion:
    return FileVersion(size, headers.get("ETag", ""), iso_date(headers.get("Last-Modified", "")))


@contextmanager
def _web(url: str, offset: int, known: FileVersion, seconds: float) -> Iterator[Stream]:
    condition = known.etag if known.strong else _http_date(known.modified)
    start = offset if condition else 0  # bytes of an unknown version are not gone on with
    headers = {"Range": f"bytes={start}-", "If-Range": condition} if start else {}
    with blocking.answering("GET", url, headers, Deadline.after(seconds)) as answer:
        span = (start, None) if start else None
        plan = judge("GET", answer.status, answer.reason or "", answer.headers, span, _ANY)
        if plan.done is not None:
            raise Trouble(TroubleKind.CHANGED, "the source has less than came before")
        size = plan.total if answer.status == 206 else _length(answer.headers)
        state = _web_state(answer.headers, size)
        if answer.status == 206 and not state.same(known):
            raise Trouble(TroubleKind.CHANGED, "the file changed while it was being fetched")
        _check_encoding(url, answer.headers)
        begins = start if answer.status == 206 else 0
        yield Stream(state, begins, _web_pieces(answer, seconds))


def _length(headers: Mapping[str, str]) -> int | None:
    told = headers.get("Content-Length", "")
    return int(told) if told.isdigit() else None


def _http_date(modified: str) -> str:
    if not modified:
        return ""
    return format_datetime(datetime.fromisoformat(modified).astimezone(UTC), usegmt=True)


def _check_encoding(url: str, headers: Mapping[str, str]) -> None:
    """Refuse bytes packed for the way; servers that mark a packed file so are let pass."""
    coding = headers.get("Content-Encoding", "identity").lower()
    if coding != "identity" and not urlsplit(url).path.lower().endswith(_PACKED):
        raise Trouble(TroubleKind.FATAL, f"the server packs the file ({coding}), unasked")


def _web_pieces(answer: Any, seconds: float) -> Iterator[bytes]:
    since, came = time.monotonic(), 0
    while piece := answer.read1(PIECE):
        came += len(piece)
        yield piece
        if (passed := time.monotonic() - since) > seconds:
            if came < SLOWEST * passed:
                raise Trouble(TroubleKind.TRANSIENT, f"{came:,} bytes within {passed:.0f} s")
            since, came = time.monotonic(), 0


def _object(
    transport: Transport, url: str, offset: int, known: FileVersion, listed: FileVersion
) -> Stream:
    state = listed if listed.strong else _object_state(transport, url)
    start = offset if known.strong and state == known else 0

    def pieces() -> Iterator[bytes]:
        for low in range(start, state.size or 0, BLOCK):
            high = min(low + BLOCK, state.size or 0)
            yield transport.run(transport.fetch(url, low, high))
        # whoever has a listing compares it with another one when everything has come
        if not listed.strong and not _object_state(transport, url).same(state):
            raise Trouble(TroubleKind.CHANGED, "the object changed while it was being fetched")

    return Stream(state, start, pieces())


def _object_state(transport: Transport, url: str) -> FileVersion:
    scheme, _, path = url.partition("://")
    driver = objectstore.filesystem(scheme, transport.storage_options, transport.deadline)

    async def ask() -> FileVersion:
        try:
            found = await driver._info(path)
        except Exception as error:
            raise objectstore.trouble_of(error) from error
        if found.get("type") == "directory":
            raise Trouble(TroubleKind.ABSENT, "a folder, not an object")
        says = object_stated(found)
        return FileVersion(says.size, says.etag, says.modified)

    return transport.run(ask())


@contextmanager
def _local(path: Path, offset: int, known: FileVersion) -> Iterator[Stream]:
    state = _local_state(path)
    start = offset if state == known else 0
    with path.open("rb") as file:
        file.seek(start)
        yield Stream(state, start, iter(lambda: file.read(PIECE), b""))
    if _local_state(path) != state:
        raise Trouble(TroubleKind.CHANGED, "the file changed while it was being copied")


def _local_state(path: Path) -> FileVersion:
    try:
        found = path.stat()
    except OSError as error:
        raise Trouble(TroubleKind.ABSENT, f"{error.strerror}") from error
    if not path.is_file():
        raise Trouble(TroubleKind.ABSENT, "no file")
    moment = datetime.fromtimestamp(found.st_mtime, UTC).isoformat(timespec="microseconds")
    return FileVersion(found.st_size, "", moment)
