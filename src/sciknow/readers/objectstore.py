"""Byte ranges of object stores, through the fsspec driver of each scheme.

One request here is one attempt; retries and the total deadline are the transport's. Access is
anonymous unless the options say otherwise; then credentials come from the tools' own places.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import fsspec
from fsspec.asyn import AsyncFileSystem

from sciknow.errors import InvalidInput, MissingDependency
from sciknow.net import WEB_SCHEMES, check_no_credentials, parse_url
from sciknow.readers.answer import Reply
from sciknow.readers.trouble import Trouble, TroubleKind

OPTIONS = frozenset(
    {"anon", "endpoint_url", "region", "requester_pays", "account_name", "token", "project"}
)
"""Options that a catalogue may set for an object store; none of them is a secret."""

_DRIVERS = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
_DENIED = ("AccessDenied", "Forbidden", "NoCredentials", "403", "InvalidAccessKeyId")
_ABSENT = ("NoSuchBucket", "NoSuchKey", "404")


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


def _s3(options: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    client = {"region_name": options["region"]} if options.get("region") else {}
    return {
        "anon": options["anon"],
        "endpoint_url": options.get("endpoint_url"),
        "requester_pays": bool(options.get("requester_pays", False)),
        "client_kwargs": client,
        "config_kwargs": {
            "connect_timeout": min(20.0, seconds),
            "read_timeout": seconds,
            "retries": {"max_attempts": 1},
        },
    }


def _gs(options: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    return {"token": "anon" if options["anon"] else None, "timeout": seconds}


def _az(options: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    return {"anon": options["anon"], "account_name": options.get("account_name")}


def filesystem(scheme: str, options: Mapping[str, object], seconds: float) -> AsyncFileSystem:
    """Return the driver of a scheme.

    Raises
    ------
    MissingDependency
        Naming the package to install.
    """
    build = {"s3": _s3, "gs": _gs}.get(scheme, _az)
    driver = _DRIVERS[scheme]
    try:
        made = fsspec.filesystem(
            scheme, use_listings_cache=False, **build(parse_options(options), seconds)
        )
    except ImportError as error:
        raise MissingDependency(
            f"{scheme}:// needs the package {driver}, which is not installed",
            hint=f"pip install {driver}",
        ) from error
    if scheme == "s3":
        made.retries = 1
    return cast(AsyncFileSystem, made)


async def fetch(fs: AsyncFileSystem, path: str, start: int | None, end: int | None) -> Reply:
    """Ask for some bytes of an object once.

    Raises
    ------
    Trouble
        For anything but the bytes.
    """
    try:
        body = await fs._cat_file(path, start=start, end=end)
    except Exception as error:
        if "not satisfiable" in str(error) or "InvalidRange" in str(error):
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
    if isinstance(error, (OSError, asyncio.TimeoutError)) or "Connect" in name or "Timeout" in name:
        return Trouble(TroubleKind.TRANSIENT, words)
    return Trouble(TroubleKind.FATAL, f"{name}: {words}")
