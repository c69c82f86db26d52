"""Zarr, versions 2 and 3, sharded or not, consolidated or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr
import zarr

from sciknow.errors import SourceUnavailable
from sciknow.model.fingerprint import Fingerprint
from sciknow.readers.copies.members import Members
from sciknow.readers.formats.zarr import FORMAT
from sciknow.readers.formats.zarr.cost import Sizes, ZarrCosts
from sciknow.readers.formats.zarr.fingerprint import zarr_fingerprint
from sciknow.readers.formats.zarr.payload import store_members
from sciknow.readers.formats.zarr.store import FolderStore, SourceStore, document, open_group, probe
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location
from sciknow.wire.folder import read_local


class ZarrReader:
    """Open a Zarr group; an option ``group`` names one below the top."""

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; metadata and the index coordinates are read, no other array."""
        group = str(options.get("group") or "").strip("/")
        if location.path is not None:
            documents = local_documents(location.path, location.url, group)
            kept = FolderStore(location.path, folder=location.transport.folder)
            return open_group(kept, location.url, documents, options, location.limits)
        store = SourceStore(location.transport, location.url)
        location.transport.kept[location.url] = store
        documents = location.transport.run(self._probe(store, group))
        if not documents and store.denied is not None:
            raise store.denied
        return open_group(store, location.url, documents, options, location.limits)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs, from the layout of an opened store."""
        store: Any = location.transport.kept.get(location.url)
        root: Path | SourceStore = store if store is not None else Path(location.url)
        if store is None:
            store = FolderStore(location.url, folder=location.transport.folder)
        group = str(options.get("group") or "").strip("/")
        return ZarrCosts(
            zarr.open_group(store, path=group, mode="r"), Sizes(location.transport, root)
        )

    def fingerprint(
        self, location: Location, options: Mapping[str, object], like: Fingerprint | None
    ) -> Fingerprint:
        """Digest the metadata documents and the chunks."""
        return zarr_fingerprint(location, options, like)

    def payload(self, location: Location, options: Mapping[str, object]) -> Members:
        """Name every key of the store."""
        return store_members(location, options)

    async def _probe(self, store: SourceStore, group: str) -> dict[str, Any]:
        """Look at a group; its metadata may stand in the consolidated metadata of the top."""
        if group:
            store.adopt(await probe(store, ""))
        return await probe(store, group)


def local_documents(folder: Path, url: str, group: str = "") -> dict[str, Any]:
    """Read the documents that tell what kind of Zarr there is in a folder, or in a group of it."""
    if group and folder.is_dir() and not (folder / group).is_dir():
        raise SourceUnavailable(f"{url} has no group {group!r}", hint="check the option group")
    folder = folder / group
    if not folder.is_dir():
        raise SourceUnavailable(f"there is no Zarr folder at {url}", hint="check the path")
    keys = ("zarr.json", ".zmetadata", ".zgroup", ".zarray")
    found = {key: document(read_local(folder / key)) for key in keys if (folder / key).is_file()}
    return {key: value for key, value in found.items() if value is not None}
