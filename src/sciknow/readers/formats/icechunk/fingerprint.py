"""Fingerprints of Icechunk repositories: the snapshot's id, and what it holds.

The id says which version it is; that a version never changes is the format's promise, so metadata
and chunks are digested as those of any other Zarr, and compared as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sciknow.model.fingerprint import Fingerprint
from sciknow.readers.formats.icechunk.store import snapshot_store
from sciknow.readers.formats.zarr.fingerprint import store_fingerprint
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import explain


def snapshot_fingerprint(
    location: Location, options: Mapping[str, object], like: Fingerprint | None
) -> Fingerprint:
    """Take the fingerprint of the snapshot that a branch, a tag or an id names now.

    Raises
    ------
    SourceUnavailable
        When there is no such repository or version.
    """
    with explain(location.url, "an Icechunk repository"):
        store = snapshot_store(location, options)
        found = store_fingerprint(store, location, options, like)
        written = location.transport.run(store.repository.written_at(store.snapshot))
    return replace(found, snapshot=store.snapshot, modified=written)
