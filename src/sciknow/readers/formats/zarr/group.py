"""Opening a group of a Zarr store as xarray sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import xarray as xr
import zarr
from zarr.abc.store import Store

from sciknow.errors import SourceUnavailable
from sciknow.readers.arrays import chunks, decoding
from sciknow.readers.formats.zarr.store import ReadOnlyStore, document
from sciknow.wire.trouble import explain


async def probe(store: ReadOnlyStore, group: str) -> dict[str, Any]:
    """Read the documents that tell what kind of Zarr there is below a key."""
    prefix = f"{group}/" if group else ""
    keys = ("zarr.json", ".zmetadata", ".zgroup", ".zarray")
    found = await asyncio.gather(*(store._bytes(prefix + key, None, None) for key in keys))
    return {key: read for key, data in zip(keys, found, strict=True) if (read := document(data))}


def kind_of(documents: Mapping[str, Any], url: str) -> tuple[int, bool]:
    """Tell the Zarr version and whether the metadata are consolidated.

    Raises
    ------
    SourceUnavailable
        When it is no Zarr group at all.
    """
    root = documents.get("zarr.json", {})
    if root.get("node_type") == "array" or (".zarray" in documents and not root):
        raise SourceUnavailable(
            f"{url} is a single Zarr array, not a group", hint="name the group that holds it"
        )
    if root.get("zarr_format") == 3:
        return 3, bool(root.get("consolidated_metadata"))
    if ".zmetadata" in documents or ".zgroup" in documents:
        return 2, ".zmetadata" in documents
    raise SourceUnavailable(
        f"{url} is not a Zarr store: it has none of zarr.json, .zmetadata, .zgroup",
        hint="check the address; it must be that of the store's top folder",
    )


def open_group(
    store: Store, url: str, documents: Mapping[str, Any], options: Mapping[str, object]
) -> xr.Dataset | xr.DataTree:
    """Open a Zarr group lazily, with the store's own chunks; one of groups alone as a tree."""
    version, consolidated = kind_of(documents, url)
    consolidated = consolidated and options.get("consolidated") is not False
    source: Any = store
    with explain(url, "a Zarr store"):
        opened = xr.open_dataset(
            source,
            engine="zarr",
            group=options.get("group") or None,
            consolidated=consolidated,
            zarr_format=version,
            chunks=chunks(options),
            **decoding(options),
        )
    if opened.variables or not _has_groups(source, version, options):
        if opened.variables or consolidated:
            return opened
        raise SourceUnavailable(
            f"{url} has no consolidated metadata, and the source does not list its folders",
            hint="ask the publisher for consolidated metadata, or name a group",
        )
    with explain(url, "a tree of Zarr groups"):
        return xr.open_datatree(
            source,
            engine="zarr",
            group=options.get("group") or None,
            consolidated=consolidated,
            zarr_format=version,
            chunks=chunks(options),
            **decoding(options),
        )


def _has_groups(store: Any, version: Any, options: Mapping[str, object]) -> bool:
    group = zarr.open_group(
        store, path=str(options.get("group") or ""), mode="r", zarr_format=version
    )
    return any(True for _ in group.group_keys())
