"""Icechunk: versioned Zarr, of which one snapshot is opened."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr
import zarr

from sciknow.readers.arrays import SHARED, open_group, probe
from sciknow.readers.formats.icechunk.repo import VERSIONS, parse_version, repository
from sciknow.readers.formats.icechunk.store import SnapshotSizes, SnapshotStore
from sciknow.readers.formats.zarr.cost import ZarrCosts
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

    name = "icechunk"
    media_types = ("application/vnd.icechunk",)
    suffixes = (".icechunk",)
    options = SHARED | {*VERSIONS, "group", "virtual_containers"}
    requires = ("icechunk", "zarr")
    install = "sciknow[icechunk]"

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; metadata and the index coordinates are read, no other array."""
        store = snapshot_store(location, options)
        location.transport.kept[location.url] = store
        group = str(options.get("group") or "").strip("/")
        documents = location.transport.run(probe(store, group))
        opened = open_group(store, location.url, documents, options)
        kind, name = parse_version(options)
        opened.attrs |= {SNAPSHOT: store.snapshot} | ({BRANCH: name} if kind == "branch" else {})
        return opened

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs: the manifests know every length."""
        store = location.transport.kept[location.url]
        group = str(options.get("group") or "").strip("/")
        return ZarrCosts(zarr.open_group(store, path=group, mode="r"), SnapshotSizes(store))


def snapshot_store(location: Location, options: Mapping[str, object]) -> SnapshotStore:
    """Look up the version that is wanted, and return its store.

    Raises
    ------
    Absent
        When there is no such repository or version.
    SourceUnavailable
        When the source does not answer.
    """
    found = repository(location, options)
    snapshot = location.transport.run(found.snapshot(*parse_version(options)))
    return SnapshotStore(found, snapshot)
