"""The first kilobyte of an address in one polite request, with what the source states of it.

Unlike a transport, a glance keeps what it met on the way (redirects, seconds, validators), takes
nothing from a cache, and stops reading at once where a server sends everything.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sciknow.model.probe import Outcome
from sciknow.net import MAX_REDIRECTS, WEB_SCHEMES, redact, redirect_target
from sciknow.readers.probes.outcome import Missed, of_status
from sciknow.wire import http, objectstore
from sciknow.wire.answer import REDIRECT
from sciknow.wire.transport import Transport

HEAD = 1024
"""Bytes that are asked for."""

_RANGE = {"Range": f"bytes=0-{HEAD - 1}"}
_LASTING = frozenset({301, 308})
_TOTAL = re.compile(r"bytes [\d*-]+/(\d+)")


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
        found = await _web(url)
    elif listing:
        found = await _prefix(transport, url)
    else:
        found = await _object(transport, url)
    return replace(found, latency=time.monotonic() - begun)


def _local(path: Path, listing: bool) -> Glance:
    if not path.exists():
        raise Missed(Outcome.GONE, "no such file or folder")
    stat = path.stat()
    changed = datetime.fromtimestamp(stat.st_mtime, UTC).isoformat(timespec="seconds")
    if path.is_dir():
        if not listing or next(path.iterdir(), None) is None:
            raise Missed(Outcome.CONTENT, "a folder" if not listing else "an empty folder")
        return Glance(modified=changed)
    with path.open("rb") as file:
        return Glance(file.read(HEAD), size=stat.st_size, modified=changed)


async def _web(url: str) -> Glance:
    client, at, moved, lasting = await http.session(), url, "", True
    for _ in range(MAX_REDIRECTS + 1):
        async with client.get(at, headers=_RANGE, allow_redirects=False) as answer:
            target = answer.headers.get("Location")
            if answer.status in REDIRECT and target is not None:
                at = redirect_target(at, target)
                lasting = lasting and answer.status in _LASTING
                moved = at if lasting else moved
                continue
            retry = answer.headers.get("Retry-After", "")
            if (problem := of_status(answer.status, answer.reason or "", retry)) is not None:
                raise problem
            head = await _first(answer)
            return Glance(
                head,
                0.0,
                _size(answer),
                answer.headers.get("ETag", "")[:200],
                _date(answer.headers.get("Last-Modified", "")),
                "" if _same_place(url, moved) else redact(moved),
            )
    raise Missed(Outcome.SERVER_ERROR, f"more than {MAX_REDIRECTS} redirects")


async def _first(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status == 416:
        return b""
    pieces, size = [], 0
    async for piece in answer.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size >= HEAD:
            break
    answer.close()
    return b"".join(pieces)[:HEAD]


def _size(answer: aiohttp.ClientResponse) -> int | None:
    if answer.status in (206, 416):
        total = _TOTAL.match(
            answer.headers.get("Content-Range", "").replace("bytes */", "bytes -/")
        )
        return int(total[1]) if total else None
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdigit() and "Content-Encoding" not in answer.headers else None


def _date(header: str) -> str:
    try:
        return parsedate_to_datetime(header).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return ""


def _same_place(url: str, moved: str) -> bool:
    """Tell whether a redirect only adds encryption, ``www.`` or a final slash."""
    if not moved:
        return True
    old, new = urlsplit(url), urlsplit(moved)
    hosts = [(part.hostname or "").removeprefix("www.") for part in (old, new)]
    paths = [part.path.rstrip("/") for part in (old, new)]
    return hosts[0] == hosts[1] and paths[0] == paths[1] and old.query == new.query


async def _object(transport: Transport, url: str) -> Glance:
    """Look at an object; one request in S3, two in other stores."""
    scheme, _, path = url.partition("://")
    driver: Any = objectstore.filesystem(scheme, transport.storage_options, transport.deadline)
    try:
        if scheme != "s3":
            found = await driver._info(path)
            head = bytes(await driver._cat_file(path, start=0, end=HEAD))
            return Glance(head, 0.0, int(found["size"]), str(found.get("etag") or ""))
        bucket, key, _ = driver.split_path(path)
        asked = {"Bucket": bucket, "Key": key, **_RANGE, **driver.req_kw}
        answer = await driver._call_s3("get_object", **asked)
        async with answer["Body"] as body:
            head = await body.read()
    except Exception as error:
        if "InvalidRange" in str(error) or "not satisfiable" in str(error):
            return Glance(size=0)
        raise objectstore.trouble_of(error) from error
    total = _TOTAL.match(str(answer.get("ContentRange", "")))
    return Glance(
        head,
        0.0,
        int(total[1]) if total else int(answer["ContentLength"]),
        str(answer.get("ETag", "")),
        answer["LastModified"].astimezone(UTC).isoformat(timespec="seconds"),
    )


async def _prefix(transport: Transport, url: str) -> Glance:
    """Look whether there is anything under a prefix of an object store."""
    scheme, _, path = url.partition("://")
    driver: Any = objectstore.filesystem(scheme, transport.storage_options, transport.deadline)
    try:
        if scheme != "s3":
            found = bool(await driver._ls(path.rstrip("/"), detail=False))
        else:
            bucket, key, _ = driver.split_path(path)
            asked = {"Bucket": bucket, "Prefix": key, "MaxKeys": 1, **driver.req_kw}
            found = bool((await driver._call_s3("list_objects_v2", **asked)).get("KeyCount"))
    except Exception as error:
        raise objectstore.trouble_of(error) from error
    if not found:
        raise Missed(Outcome.GONE, "nothing under this prefix")
    return Glance()
