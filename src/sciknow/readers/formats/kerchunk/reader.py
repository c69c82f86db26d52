"""Kerchunk references: a Zarr view of files of other formats, as JSON or Parquet."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from sciknow.model.fingerprint import Fingerprint
from sciknow.readers.copies.members import Members
from sciknow.readers.formats.kerchunk import FORMAT
from sciknow.readers.formats.kerchunk.cost import reference_costs
from sciknow.readers.formats.kerchunk.fingerprint import reference_fingerprint
from sciknow.readers.formats.kerchunk.payload import reference_members
from sciknow.readers.formats.kerchunk.references import read_references
from sciknow.readers.formats.zarr.store import ReferenceStore, open_group, probe
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import explain


class KerchunkReader:
    """Open a reference set; ``storage_options`` are those of the files it leads to."""

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; the document and the index coordinates are read."""
        with explain(location.url, "kerchunk references"):
            references = read_references(location)
        store = ReferenceStore(location.transport, references)
        location.transport.kept[location.url] = store
        group = str(options.get("group") or "").strip("/")
        documents = location.transport.run(probe(store, group))
        return open_group(store, location.url, documents, options, location.limits)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs: the references name every length."""
        group = str(options.get("group") or "").strip("/")
        return reference_costs(location.transport.kept[location.url], group)

    def fingerprint(
        self, location: Location, options: Mapping[str, object], like: Fingerprint | None
    ) -> Fingerprint:
        """Digest the references, and what they lead to as Zarr."""
        return reference_fingerprint(location, options, like)

    def payload(self, location: Location, options: Mapping[str, object]) -> Members:
        """Name the document and the files that it leads to."""
        return reference_members(location)
