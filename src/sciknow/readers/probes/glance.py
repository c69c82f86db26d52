"""The first kilobyte of an address in one polite request, with what the source states of it.

Unlike a transport, a glance keeps what it met on the way (redirects, seconds, validators), takes
nothing from a cache, and stops reading at once where a server sends everything.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from sciknow.clock import stamp
from sciknow.files import open_regular
from sciknow.model.probe import Outcome
from sciknow.net import WEB_SCHEMES, redact
from sciknow.readers.probes.outcome import Missed, of_status
from sciknow.wire import http
from sciknow.wire.answer import retry_after, total_of, version_of
from sciknow.wire.reach import Reach
from sciknow.wire.redirect import Hops
from sciknow.wire.transport import Transport

HEAD = 1024
"""Bytes that are asked for."""

_RANGE = {"Range": f"bytes=0-{HEAD - 1}"}


@dataclass(frozen=True, slots=True)
class Glance:
    """What one request brought.

    Parameters
    ----------
    head : bytes
        The first bytes, `HEAD` at most.
    latency : float
        Seconds until they came.
    size : int or None
        Of the whole file.
    etag, modified : str
        Validator and date of change, where stated.
    moved_to : str
        Where the server says that it has moved for good; empty where nowhere.
    """

    head: bytes = b""
    latency: float = 0.0
    size: int | None = None
    etag: str = ""
    modified: str = ""
    moved_to: str = ""


async def glance(transport: Transport, url: str, *, listing: bool = False) -> Glance:
    """Look at an address.

    Parameters
    ----------
    listing : bool
        Whether it is a folder, of which one member is asked for where that is possible.

    Raises
    ------
    Missed, Exception
        `outcome.missed` tells what they mean.
    """
    begun = time.monotonic()
    if "://" not in url:
        found = _local(Path(url), listing)
    elif urlsplit(url).scheme in WEB_SCHEMES:
        found = await _web(url, transport.reach_of(url))
    elif listing:
        found = await _prefix(transport, url)
    else:
        found = await _object(transport, url)
    return replace(found, latency=time.monotonic() - begun)


def _local(path: Path, listing: bool) -> Glance:
    if not path.exists():
        raise Missed(Outcome.GONE, "no such file or folder")
    stat = path.stat()
    changed = stamp(stat.st_mtime)
    if path.is_dir():
        if not listing or next(path.iterdir(), None) is None:
            raise Missed(Outcome.CONTENT, "a folder" if not listing else "an empty folder")
        return Glance(modified=changed)
    with open_regular(path) as file:
        return Glance(file.read(HEAD), size=stat.st_size, modified=changed)


async def _web(url: str, reach: Reach) -> Glance:
    hops = Hops(url, reach=reach)
    async with http.answering(hops, _RANGE) as answer:
        wait = retry_after(answer.headers)
        if (problem := of_status(answer.status, answer.reason or "", wait)) is not None:
            raise problem
        head = b"" if answer.status == 416 else await http.take(answer, HEAD - 1)
        says = version_of(answer.headers, total_of(answer.headers, answer.status))
        moved = "" if _same_place(url, hops.moved) else redact(hops.moved)
        return Glance(head, 0.0, says.size, says.etag[:200], says.modified, moved)


def _same_place(url: str, moved: str) -> bool:
    """Tell whether a redirect only adds encryption, ``www.`` or a final slash."""
    if not moved:
        return True
    old, new = urlsplit(url), urlsplit(moved)
    hosts = [(part.hostname or "").removeprefix("www.") for part in (old, new)]
    paths = [part.path.rstrip("/") for part in (old, new)]
    return hosts[0] == hosts[1] and paths[0] == paths[1] and old.query == new.query


async def _object(transport: Transport, url: str) -> Glance:
    """Look at an object."""
    backend = transport.backend(url)
    found = await backend.fetch(url, (0, HEAD), HEAD)
    says = found.says if found.total is not None else (await backend.head(url)).says
    return Glance(found.body, 0.0, says.size, says.etag[:200], says.modified)


async def _prefix(transport: Transport, url: str) -> Glance:
    """Look whether there is anything under a prefix of an object store."""
    if not await transport.backend(url).anything(url):
        raise Missed(Outcome.GONE, "nothing under this prefix")
    return Glance()
