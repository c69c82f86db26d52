"""Byte ranges of object stores, through the fsspec driver of each scheme.

One request here is one attempt; retries and the total deadline are the transport's. Access is
anonymous unless the options say otherwise; then credentials come from the tools' own places.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from fsspec.asyn import get_loop

from sciknow.errors import InvalidInput, MissingDependency
from sciknow.model.preserved import FileVersion
from sciknow.net import WEB_SCHEMES, Deadline, check_no_credentials, parse_url
from sciknow.wire.answer import Reply, Span
from sciknow.wire.garbage import collection_paused
from sciknow.wire.retry import late
from sciknow.wire.trouble import Trouble, TroubleKind

OPTIONS = frozenset(
    {"anon", "endpoint_url", "region", "requester_pays", "account_name", "token", "project"}
)
"""Options that a catalogue may set for an object store; none of them is a secret."""

_DRIVERS = {
    "s3": ("s3fs", "sciknow"),
    "gs": ("gcsfs", "sciknow[gs]"),
    "az": ("adlfs", "sciknow[az]"),
    "abfs": ("adlfs", "sciknow[az]"),
}
_MODULES = {
    "s3fs": "sciknow.wire.store_s3",
    "gcsfs": "sciknow.wire.store_gs",
    "adlfs": "sciknow.wire.store_az",
}
_DENIED = (
    "AccessDenied",
    "Forbidden",
    "NoCredentials",
    "403",
    "InvalidAccessKeyId",
    "ClientAuthentication",
    "DefaultCredentials",
    "401",
    "AuthenticationFailed",
    "NoAuthenticationInformation",
    "failed to authenticate",
    "PublicAccessNotPermitted",
)
_BEYOND = ("not satisfiable", "InvalidRange", "The range specified is invalid")
_ABSENT = ("NoSuchBucket", "NoSuchKey", "404", "ContainerNotFound", "BlobNotFound")
_PASSING = ("Connect", "Timeout", "ServiceRequest", "ServiceResponse", "500", "502", "503", "429")


def parse_options(options: Mapping[str, object]) -> dict[str, object]:
    """Check the options of an object store and fill in anonymous access.

    Raises
    ------
    UntrustedInput
        For a credential among them.
    InvalidInput
        For an option that is not known.
    """
    flat = dict(options)
    client = flat.pop("client_kwargs", None)
    if isinstance(client, Mapping):
        renamed = {"region_name": "region"}
        flat |= {renamed.get(str(key), str(key)): value for key, value in client.items()}
    if flat.get("token") == "anon":
        flat["anon"] = bool(flat.pop("token"))
    check_no_credentials(flat, "the access to an object store")
    if unknown := sorted(set(flat) - OPTIONS):
        raise InvalidInput(
            f"the option {unknown[0]!r} of an object store is not known",
            hint="known are " + ", ".join(sorted(OPTIONS)),
        )
    if endpoint := flat.get("endpoint_url"):
        flat["endpoint_url"] = parse_url(str(endpoint), schemes=WEB_SCHEMES).rstrip("/")
    return {"anon": True} | flat


class ObjectStore:
    """An object store, through the fsspec driver of its scheme.

    Raises
    ------
    MissingDependency
        Naming the package to install.
    InvalidInput
        For an option that the store lacks or does not have.
    """

    def __init__(self, scheme: str, options: Mapping[str, object], seconds: float) -> None:
        self.scheme, self.options = scheme, options
        chosen = parse_options(options)
        driver, extra = _DRIVERS[scheme]
        try:
            made = import_module(_MODULES[driver]).filesystem(chosen, seconds)
        except ImportError as error:
            raise MissingDependency(
                f"{scheme}:// needs the package {driver}, which is not installed",
                hint=f"pip install '{extra}'",
            ) from error
        self.driver: Any = made

    async def fetch(self, url: str, span: Span | None, limit: int) -> Reply:
        """Return a range, the end of an object (a negative start), or all of it."""
        start, end = span or (None, None)
        try:
            if start is not None and start < 0:
                start = max(0, int((await self.driver._info(_path(url)))["size"]) + start)
            body = await self.driver._cat_file(_path(url), start=start, end=end)
        except Exception as error:
            if any(mark in str(error) for mark in _BEYOND):
                return Reply()
            raise trouble_of(error) from error
        return Reply(bytes(body), FileVersion(None if span else len(body)))

    def read(self, url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
        """Return a range, fetched by the calling thread where the driver can do that."""
        if self.scheme == "s3":
            s3 = import_module("sciknow.wire.blocking_s3")
            reply: Reply = s3.fetch(_path(url), span, self.options, deadline)
            return reply
        with collection_paused():
            work = asyncio.wait_for(self.fetch(url, span, limit), max(deadline.left, 0.001))
            try:
                return asyncio.run_coroutine_threadsafe(work, get_loop()).result()
            except TimeoutError:
                raise late(deadline.seconds) from None

    async def head(self, url: str) -> Reply:
        """Return what the store says of an object."""
        try:
            found = await self.driver._info(_path(url))
        except Exception as error:
            raise trouble_of(error) from error
        if found.get("type") == "directory":
            raise Trouble(TroubleKind.ABSENT, "a folder, not an object")
        return Reply(says=_version(found))

    async def names(self, url: str) -> dict[str, int | None]:
        """Return the names directly below a prefix, with their sizes where they are objects."""
        try:
            found = await self.driver._ls(_path(url).rstrip("/"), detail=True)
        except Exception as error:
            raise trouble_of(error) from error
        return {
            item["name"].rstrip("/").rsplit("/", 1)[-1]: None
            if item["type"] == "directory"
            else int(item["size"] or 0)
            for item in found
        }

    async def files(self, url: str) -> dict[str, FileVersion]:
        """Return every object below a prefix: address → what the store says of it."""
        try:
            found = await self.driver._find(_path(url).rstrip("/"), detail=True)
        except Exception as error:
            raise trouble_of(error) from error
        return {
            f"{self.scheme}://{name}": _version(item)
            for name, item in found.items()
            if item.get("type") == "file" and not name.endswith("/")
        }

    async def anything(self, url: str) -> bool:
        """Tell whether there is anything of which the address is the beginning."""
        if self.scheme != "s3":
            return bool(await self.names(url))
        bucket, _, key = _path(url).partition("/")
        asked = {"Bucket": bucket, "Prefix": key, "MaxKeys": 1, **self.driver.req_kw}
        try:
            found = await self.driver._call_s3("list_objects_v2", **asked)
        except Exception as error:
            raise trouble_of(error) from error
        return bool(found.get("KeyCount"))


def _path(url: str) -> str:
    return url.partition("://")[2]


def _version(found: Mapping[str, Any]) -> FileVersion:
    moments = ("LastModified", "last_modified", "mtime", "updated")
    changed = next((found[key] for key in moments if found.get(key)), "")
    version = found.get("VersionId") or found.get("generation") or ""
    return FileVersion(
        int(found.get("size") or 0),
        str(found.get("ETag") or found.get("etag") or ""),
        changed.astimezone(UTC).isoformat(timespec="seconds")
        if isinstance(changed, datetime)
        else str(changed),
        "" if version == "null" else str(version),
    )


def trouble_of(error: Exception) -> Trouble:
    """Tell what an exception of a driver means."""
    words = " ".join(str(error).split())[:200] or type(error).__name__
    name = type(error).__name__
    if isinstance(error, FileNotFoundError) or any(mark in words for mark in _ABSENT):
        return Trouble(TroubleKind.ABSENT, f"no such object ({words})")
    if isinstance(error, PermissionError) or any(mark in name + words for mark in _DENIED):
        return Trouble(TroubleKind.DENIED, f"access denied ({words})")
    if "Payload" in name or "IncompleteRead" in name or "ResponseStreaming" in name:
        return Trouble(TroubleKind.TRUNCATED, "the answer was cut short")
    passing = any(mark in name + words for mark in _PASSING)
    if passing or isinstance(error, (OSError, asyncio.TimeoutError)):
        return Trouble(TroubleKind.TRANSIENT, words)
    return Trouble(TroubleKind.FATAL, f"{name}: {words}")
