"""What a source states about a file without sending it: size, ETag, date, object version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp

from sciknow.errors import SciknowError
from sciknow.net import MAX_REDIRECTS, WEB_SCHEMES, redirect_target
from sciknow.wire import http, objectstore
from sciknow.wire.answer import REDIRECT
from sciknow.wire.transport import Transport


@dataclass(frozen=True, slots=True)
class Stated:
    """What a source says of one file; empty where it says nothing.

    Parameters
    ----------
    size : int
        In bytes.
    etag, version : str
        Validator and object version.
    modified : str
        ISO date and time of the last change, UTC.
    """

    size: int
    etag: str = ""
    version: str = ""
    modified: str = ""


async def stated(transport: Transport, url: str) -> Stated:
    """Ask for the size of a file and what tells its versions apart.

    Raises
    ------
    Absent, SourceUnavailable
        When the source has no such file, or does not answer.
    """
    if "://" not in url:
        await transport.fetch(url, 0, 1)  # what is not there is told as of remote files
    size = await transport.size(url)
    scheme = url.partition("://")[0] if "://" in url else ""
    if not scheme:
        return Stated(size, modified=_moment(Path(url).stat().st_mtime))
    try:
        if scheme in WEB_SCHEMES:
            return await _web(url, size)
        return await _object(transport, url, size)
    except (aiohttp.ClientError, OSError, TimeoutError, SciknowError):
        return Stated(size)  # the size is known; validators are a bonus


async def _web(url: str, size: int) -> Stated:
    client, at = await http.session(), url
    for _ in range(MAX_REDIRECTS + 1):
        wait = aiohttp.ClientTimeout(total=20)
        async with client.head(at, allow_redirects=False, timeout=wait) as answer:
            if answer.status in REDIRECT and "Location" in answer.headers:
                at = redirect_target(at, answer.headers["Location"])
                continue
            if answer.status != 200:
                return Stated(size)
            return Stated(
                size,
                answer.headers.get("ETag", ""),
                "",
                iso_date(answer.headers.get("Last-Modified", "")),
            )
    return Stated(size)


async def _object(transport: Transport, url: str, size: int) -> Stated:
    scheme, _, path = url.partition("://")
    driver = objectstore.filesystem(scheme, transport.storage_options, transport.deadline)
    try:
        found: dict[str, Any] = await driver._info(path)
    except Exception as error:
        raise SciknowError(str(objectstore.trouble_of(error))) from error
    return replace(object_stated(found), size=size)


def object_stated(found: Mapping[str, Any]) -> Stated:
    """Return what the entry of an object, as a driver gives it, says."""
    moments = ("LastModified", "last_modified", "mtime", "updated")
    changed = next((found[key] for key in moments if found.get(key)), "")
    return Stated(
        int(found.get("size") or 0),
        str(found.get("ETag") or found.get("etag") or ""),
        _version(found),
        changed.astimezone(UTC).isoformat(timespec="seconds")
        if isinstance(changed, datetime)
        else str(changed),
    )


def _version(found: Mapping[str, Any]) -> str:
    version = found.get("VersionId") or found.get("generation") or ""
    return "" if version in ("null", None) else str(version)


def iso_date(header: str) -> str:
    """Turn the date of a header into ISO date and time, UTC; empty where it is none."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC).isoformat(timespec="seconds")
    except ValueError:
        return ""


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
