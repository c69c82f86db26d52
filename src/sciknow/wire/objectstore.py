"""Byte ranges of object stores, through the fsspec driver of each scheme.

One request here is one attempt; retries and the total deadline are the transport's. Access is
anonymous unless the options say otherwise; then credentials come from the tools' own places.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import cast

from fsspec.asyn import AsyncFileSystem

from sciknow.errors import InvalidInput, MissingDependency
from sciknow.net import WEB_SCHEMES, check_no_credentials, parse_url
from sciknow.wire.answer import Reply
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


def filesystem(scheme: str, options: Mapping[str, object], seconds: float) -> AsyncFileSystem:
    """Return the driver of a scheme.

    Raises
    ------
    MissingDependency
        Naming the package to install.
    InvalidInput
        For an option that the store lacks or does not have.
    """
    chosen = parse_options(options)
    driver, extra = _DRIVERS[scheme]
    try:
        made = import_module(_MODULES[driver]).filesystem(chosen, seconds)
    except ImportError as error:
        raise MissingDependency(
            f"{scheme}:// needs the package {driver}, which is not installed",
            hint=f"pip install '{extra}'",
        ) from error
    return cast(AsyncFileSystem, made)


async def fetch(fs: AsyncFileSystem, path: str, start: int | None, end: int | None) -> Reply:
    """Ask for some bytes of an object once.

    Raises
    ------
    Trouble
        For anything but the bytes.
    """
    try:
        if start is not None and start < 0:
            start = max(0, int((await fs._info(path))["size"]) + start)
        body = await fs._cat_file(path, start=start, end=end)
    except Exception as error:
        if any(mark in str(error) for mark in _BEYOND):
            return Reply(b"")
        raise trouble_of(error) from error
    return Reply(bytes(body), len(body) if start is None and end is None else None)


async def head(fs: AsyncFileSystem, path: str) -> Reply:
    """Ask for the size of an object."""
    try:
        found = await fs._info(path)
    except Exception as error:
        raise trouble_of(error) from error
    if found.get("type") == "directory":
        raise Trouble(TroubleKind.ABSENT, "a folder, not an object")
    return Reply(b"", int(found["size"]), str(found.get("ETag") or found.get("etag") or ""))


async def names(fs: AsyncFileSystem, path: str) -> dict[str, int | None]:
    """Return the names directly below a prefix, with their sizes where they are objects."""
    try:
        found = await fs._ls(path.rstrip("/"), detail=True)
    except Exception as error:
        raise trouble_of(error) from error
    return {
        item["name"].rstrip("/").rsplit("/", 1)[-1]: None
        if item["type"] == "directory"
        else int(item["size"] or 0)
        for item in found
    }


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
