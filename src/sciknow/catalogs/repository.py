"""Versioned repositories in a catalogue: Intake names a storage and its arguments, not an address.

``url`` is the kind of storage, ``storage_options`` are what icechunk's function for it takes, and
``ref`` is a branch; here they become an address and options, and the other way round. Plain Intake
has no place for a tag or a snapshot, nor for a folder beside the catalogue (it hands icechunk an
address where that wants a path).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from sciknow.errors import InvalidInput
from sciknow.model import Distribution
from sciknow.model.option import (
    parse_flag,
    parse_name,
    parse_region,
    parse_remote,
    parse_true,
    parse_web_url,
    untrusted,
)
from sciknow.model.parse import Where, parse_mapping, show

LOCAL, S3 = "local_filesystem", "s3"
MAIN = "main"
"""The branch where none is named."""

CONTAINERS = "virtual_containers"
"""The option that plain Intake does not know, so that it does not open such a repository."""

_S3 = ("bucket", "prefix", "region", "endpoint_url", "anonymous", "allow_http", "force_path_style")


def parse_repository(
    kwargs: Mapping[str, object], where: Where
) -> tuple[str, dict[str, object], dict[str, object], bool]:
    """Read what an ``IcechunkRepo`` is given.

    Returns
    -------
    address : str
        ``s3://bucket/prefix``.
    storage, options : dict
        Options of the store and of the reader.
    offline : bool
        False: it is always remote.

    Raises
    ------
    InvalidInput, UntrustedInput
        For another storage, an unknown argument, or a credential.
    """
    branch = parse_name(kwargs.get("ref"), where / "ref")
    options: dict[str, object] = {} if branch == MAIN else {"branch": branch}
    if kwargs["url"] != S3:
        raise untrusted(
            where / "url", show(kwargs["url"]), f"{S3} (anonymous, or another endpoint)"
        )
    address, storage = _parse_s3(kwargs["storage_options"], where / "storage_options")
    return address, storage, options, False


def _parse_s3(value: object, where: Where) -> tuple[str, dict[str, object]]:
    found = parse_mapping(value, where, required=("bucket", "prefix", "anonymous"))
    for key in found:
        if key not in _S3:
            raise untrusted(where / key, "an unknown option", "one of " + ", ".join(_S3))
    parse_true(found["anonymous"], where / "anonymous")
    bucket, prefix = (parse_name(found[key], where / key) for key in ("bucket", "prefix"))
    storage: dict[str, object] = {"anon": True}
    if "endpoint_url" in found:
        storage["endpoint_url"] = parse_web_url(found["endpoint_url"], where / "endpoint_url")
    if "region" in found:
        storage["client_kwargs"] = {"region_name": parse_region(found["region"], where / "region")}
    for key in ("allow_http", "force_path_style"):
        parse_flag(found.get(key, False), where / key)
    return parse_remote(f"s3://{bucket}/{prefix.strip('/')}", where / "prefix"), storage


def repository_kwargs(way: Distribution, place: str) -> dict[str, object]:
    """Return what an ``IcechunkRepo`` is given for a distribution.

    Parameters
    ----------
    way : Distribution
        One of the reader ``icechunk``.
    place : str
        Its address; ``file://`` and an absolute path for a folder.

    Raises
    ------
    InvalidInput
        For a tag, a snapshot or a store that plain Intake has no place for.
    """
    if {"tag", "snapshot"} & set(way.options):
        raise InvalidInput(
            f"distribution {way.id}: plain Intake opens a branch of a repository, nothing else",
            hint="name a branch, or open it with sciknow alone",
        )
    ref = way.options.get("branch", MAIN)
    if place.startswith("file://"):
        path = place.removeprefix("file://")
        return {"url": LOCAL, "storage_options": {"path": path}, "ref": ref}
    parts = urlsplit(place)
    if parts.scheme != "s3":
        raise InvalidInput(
            f"distribution {way.id}: a catalogue has no place for a repository at {place[:200]}",
            hint="give it as s3 with an endpoint_url, or open it with sciknow alone",
        )
    return {"url": S3, "storage_options": _s3_arguments(way, parts.netloc, parts.path), "ref": ref}


def _s3_arguments(way: Distribution, bucket: str, path: str) -> dict[str, object]:
    found: dict[str, object] = {"bucket": bucket, "prefix": path.strip("/"), "anonymous": True}
    client = way.storage_options.get("client_kwargs")
    region = client.get("region_name") if isinstance(client, Mapping) else None
    endpoint = way.storage_options.get("endpoint_url")
    found |= {"region": region} if region else {}
    if endpoint:
        plain = str(endpoint).startswith("http://")
        found |= {"endpoint_url": endpoint, "allow_http": plain, "force_path_style": True}
    return found
