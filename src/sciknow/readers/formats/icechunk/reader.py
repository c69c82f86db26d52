"""Icechunk: versioned Zarr, of which one snapshot is opened."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr
import zarr

from sciknow.model.fingerprint import Fingerprint
from sciknow.readers.formats.icechunk import FORMAT
from sciknow.readers.formats.icechunk.fingerprint import snapshot_fingerprint
from sciknow.readers.formats.icechunk.repo import parse_version
from sciknow.readers.formats.icechunk.store import SnapshotSizes, snapshot_store
from sciknow.readers.formats.zarr.cost import ZarrCosts
from sciknow.readers.formats.zarr.store import open_group, probe
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location

BRANCH, SNAPSHOT = "sciknow_icechunk_branch", "sciknow_icechunk_snapshot"
"""Attributes that say which version was opened."""


class IcechunkReader:
    """Open one version of an Icechunk repository: a folder, http(s) or s3, anonymously first.

    At most one of ``branch``, ``tag`` and ``snapshot`` says which version; the branch ``main``
    without. ``group`` names a group below the top. Chunks outside the repository (virtual ones)
    are read only below the prefixes that ``virtual_containers`` names.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; metadata and the index coordinates are read, no other array."""
        store = snapshot_store(location, options)
        location.transport.kept[location.url] = store
        group = str(options.get("group") or "").strip("/")
        documents = location.transport.run(probe(store, group))
        opened = open_group(store, location.url, documents, options, location.limits)
        kind, name = parse_version(options)
        opened.attrs |= {SNAPSHOT: store.snapshot} | ({BRANCH: name} if kind == "branch" else {})
        return opened

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs: the manifests know every length."""
        store = location.transport.kept[location.url]
        group = str(options.get("group") or "").strip("/")
        return ZarrCosts(zarr.open_group(store, path=group, mode="r"), SnapshotSizes(store))

    def fingerprint(
        self, location: Location, options: Mapping[str, object], like: Fingerprint | None
    ) -> Fingerprint:
        """Name the snapshot, and digest what it holds as Zarr."""
        return snapshot_fingerprint(location, options, like)
