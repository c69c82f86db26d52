"""Kerchunk references: a Zarr view of files of other formats, as JSON or Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import xarray as xr
import zarr

from sciknow.errors import IntegrityError
from sciknow.readers.arrays import SHARED, open_group, probe
from sciknow.readers.formats.kerchunk.references import (
    ParquetReferences,
    Resolve,
    parse_document,
    resolver,
)
from sciknow.readers.formats.zarr.cost import Sizes, ZarrCosts
from sciknow.readers.formats.zarr.store import ReferenceStore
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED, explain


@cache
def _resolve(base: str, local: bool, protocol: str) -> Resolve:
    return resolver(base, local=local, protocol=protocol)


@dataclass(frozen=True)
class Resolver:
    """A picklable `references.resolver`."""

    base: str
    local: bool
    protocol: str = ""

    def __call__(self, url: str) -> str:
        """Check and complete an address."""
        return _resolve(self.base, self.local, self.protocol)(url)


@dataclass(frozen=True)
class Files:
    """The files of a Parquet reference set."""

    transport: Transport
    root: str

    def __call__(self, name: str) -> bytes:
        """Return the bytes of one."""
        url = f"{self.root}/{name}"
        return self.transport.run(self.transport.fetch(url, document=True))


class KerchunkReader:
    """Open a reference set; ``storage_options`` are those of the files it leads to."""

    name = "kerchunk"
    media_types = ("application/vnd.kerchunk+json", "application/vnd.zarr+kerchunk")
    suffixes = (".json", ".json.gz", ".json.zst", ".json.zstd", ".parq")
    options = SHARED | {"group", "consolidated"}
    requires = ("zarr", "numcodecs", "pyarrow")
    install = "sciknow"

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; the document and the index coordinates are read."""
        with explain(location.url, "kerchunk references"):
            references = read_references(location)
        store = ReferenceStore(location.transport, references)
        location.transport.kept[location.url] = store
        group = str(options.get("group") or "").strip("/")
        documents = location.transport.run(probe(store, group))
        return open_group(store, location.url, documents, options)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs: the references name every length."""
        group = str(options.get("group") or "").strip("/")
        return reference_costs(location.transport.kept[location.url], group)


def reference_costs(store: ReferenceStore, group: str) -> Costs:
    """Return what reading through references costs."""
    opened = zarr.open_group(store, path=group, mode="r", zarr_format=2)
    return ZarrCosts(opened, Sizes(store.transport, store.references))


def read_references(location: Location) -> Mapping[str, Any]:
    """Read a reference set, whichever form it has."""
    protocol = str(location.storage_options.get("remote_protocol") or "")
    protocol = "" if protocol == "file" else protocol
    root, local = location.url.rstrip("/"), location.path is not None
    if location.path.is_dir() if location.path else root.endswith((".parq", ".parquet")):
        resolve = Resolver(f"{root}/", local, protocol)
        try:
            return ParquetReferences(Files(location.transport, root), resolve)
        except (KeyError, ValueError) as error:
            raise IntegrityError(f"{root} holds no references: {error}", hint=DAMAGED) from error
    work = location.transport.fetch(location.url, document=True)
    resolve = Resolver(location.url, local, protocol)
    return parse_document(location.transport.run(work), resolve, _overrides(location))


def _overrides(location: Location) -> dict[str, str]:
    """Return the templates that the catalogue sets; its local paths are below its own folder."""
    found = location.storage_options.get("template_overrides")
    folder = location.transport.folder
    return {
        str(name): place if "://" in place or folder is None else str(folder / place)
        for name, place in (found.items() if isinstance(found, Mapping) else ())
    }
