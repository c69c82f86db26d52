"""Whole files onto disk: gone on with after a break, digested on the way, of one version.

A file comes into a part beside a note that says of which version its bytes are. A process killed
at any moment loses at most what came since the part was last made durable.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from sciknow.clock import stamp
from sciknow.errors import IntegrityError
from sciknow.files import digests_of, write_atomic
from sciknow.model.preserved import FileRecord, FileVersion, SourceFile
from sciknow.net import check_online, parse_url, redact
from sciknow.wire.answer import no_page
from sciknow.wire.budget import SLOWEST
from sciknow.wire.retry import WHOLE, Tries, tried_here
from sciknow.wire.stream import Stream, look, stream
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Absent, Trouble, TroubleKind

STEP = 16 * 2**20
"""Bytes after which a part is made durable."""

SMALL = 2**20
"""A file of fewer bytes starts again after a break: that is less work than keeping note of it."""

Spend = Callable[[int], None]
"""Told of the bytes that came; may refuse more by raising."""


_BOTH = ("sha256", "sha512")


class Part:
    """A file that has not come whole yet.

    Parameters
    ----------
    path : Path
        Where its bytes are; a note of their version lies beside.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = path.with_name(path.name + ".json")
        self.state, self.size = self._read()

    def _read(self) -> tuple[FileVersion, int]:
        try:
            told = json.loads(self.note.read_bytes())
            size = min(int(told.pop("durable")), self.path.stat().st_size)
            return FileVersion(**told), size
        except (OSError, ValueError, TypeError, KeyError):
            return FileVersion(), 0

    def take(self, found: Stream, spend: Spend) -> None:
        """Write what comes behind what is there, or from the start."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("r+b" if self.path.exists() else "w+b") as file:
            file.truncate(found.offset)
            file.seek(found.offset)
            self.state, self.size = found.state, found.offset
            self._keep(file.fileno())
            since = 0
            try:
                for piece in found.pieces:
                    spend(len(piece))
                    file.write(piece)
                    self.size, since = self.size + len(piece), since + len(piece)
                    if since >= STEP:
                        file.flush()
                        self._keep(file.fileno())
                        since = 0
            finally:
                file.flush()
                self._keep(file.fileno())

    def _keep(self, handle: int) -> None:
        if self.state.size is not None and self.state.size < SMALL:
            return
        if self.size:
            os.fsync(handle)
        told = asdict(self.state) | {"durable": self.size}
        write_atomic(self.note, json.dumps(told))

    def digests(self) -> dict[str, str]:
        """Return SHA-256 and SHA-512 of the bytes that are there, by their names."""
        return digests_of(self.path, _BOTH)

    def drop(self) -> None:
        """Forget what came."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.state, self.size = FileVersion(), 0


def free(count: int) -> None:
    """Let any number of bytes pass."""


def fetch_file(
    transport: Transport,
    file: SourceFile,
    part: Path,
    *,
    sha256: str = "",
    spend: Spend = free,
    headers: Mapping[str, str] | None = None,
) -> FileRecord:
    """Bring one file whole onto disk.

    Parameters
    ----------
    transport : Transport
        How bytes are had; its deadline is the time in which something must come.
    file : SourceFile
        What and where.
    part : Path
        Where its bytes are put; what an earlier call has left there is gone on with, as far as
        the source still has that version.
    sha256 : str
        What its digest must be, where that is known.
    spend : callable
        Told of every byte that comes.
    headers : mapping, optional
        Sent to a web server beside ours.

    Returns
    -------
    FileRecord
        The file now lies whole under `part`.

    Raises
    ------
    Absent
        When the source has no such file.
    SourceUnavailable
        When it does not answer, or not with the file.
    IntegrityError
        When what comes is cut short for good, keeps changing, or has another digest.
    """
    _check_allowed(file.url)
    kept = Part(part)
    attempt = partial(_attempt, transport, file, kept, spend, headers or {})
    went_on = _come(transport, file, kept, attempt)
    found = kept.digests()
    if sha256 and found["sha256"] != sha256 and went_on:
        kept.drop()
        _come(transport, file, kept, attempt)
        found = kept.digests()
    if sha256 and found["sha256"] != sha256:
        kept.drop()
        raise IntegrityError(
            f"{redact(file.url)} now has other bytes (sha256 {found['sha256'][:16]}…, recorded is "
            f"{sha256[:16]}…)",
            hint="look for a mirror that still has the old ones",
        )
    kept.note.unlink(missing_ok=True)
    return FileRecord(
        path=file.path,
        url=file.named or file.url,
        size=kept.size,
        **found,
        etag=kept.state.etag,
        modified=kept.state.modified,
        retrieved=stamp(),
    )


def _check_allowed(url: str) -> None:
    if "://" in url:
        parse_url(url)
        check_online(redact(url))


def record_of(made: Path, path: str, url: str, how: str) -> FileRecord:
    """Return the record of a file that was made here.

    Parameters
    ----------
    made : Path
        The file.
    path, url : str
        Its place in the payload, and what it was made from.
    how : str
        How it was made.
    """
    digests = digests_of(made, _BOTH)
    return FileRecord(
        path=path,
        url=url,
        size=made.stat().st_size,
        **digests,
        retrieved=stamp(),
        made=how,
    )


def _come(transport: Transport, file: SourceFile, part: Part, attempt: Callable[[], None]) -> bool:
    """Let a file come until it is whole; tell whether something was there before."""
    before, best = part.size > 0, part.size
    tries = Tries(WHOLE, transport.deadline, transport.meter)

    def failed(trouble: Trouble) -> None:
        nonlocal best
        if part.size - best >= SLOWEST * transport.deadline:
            best = part.size
            tries.anew()  # as long as it gets further, it is not given up
        if trouble.kind is TroubleKind.CHANGED:
            part.drop()

    tried_here(file.url, tries, attempt, failed)
    return before


def _attempt(
    transport: Transport,
    file: SourceFile,
    part: Part,
    spend: Spend,
    headers: Mapping[str, str],
) -> None:
    if part.state.size == part.size and part.size:
        return  # whole already: only the last step was missing
    going = stream(transport, file.url, part.size, part.state, file.state, headers=headers)
    with going as found:
        part.take(_no_page(found), spend)
    if part.state.size is not None and part.state.size != part.size:
        raise Trouble(
            TroubleKind.TRUNCATED, f"cut short: {part.size:,} bytes of {part.state.size:,}"
        )
    part.state = replace(part.state, size=part.size)


def _no_page(found: Stream) -> Stream:
    """Let data pass, and refuse a page that a server sends in their place."""

    def pieces() -> Iterator[bytes]:
        first = not found.offset
        for piece in found.pieces:
            if first:
                no_page(piece)
            first = False
            yield piece

    return replace(found, pieces=pieces())


def current_state(transport: Transport, file: SourceFile) -> FileVersion | None:
    """Ask what the source says of a file now; None where it has none.

    Raises
    ------
    SourceUnavailable
        When it does not answer.
    """
    _check_allowed(file.url)
    tries = Tries(WHOLE, transport.deadline, transport.meter)
    try:
        return tried_here(file.url, tries, lambda: look(transport, file.url))
    except Absent:
        return None
