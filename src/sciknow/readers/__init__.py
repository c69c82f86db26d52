"""From a distribution to a lazy xarray object or dask table, one file a format.

Nothing heavy is imported here: `registry` and `protocol` are light, and what opens data is
imported when it is first used. Only this room imports xarray, dask, zarr, h5netcdf and fsspec.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sciknow.readers.accessor import Origin, memory_of, remember
    from sciknow.readers.attrs import dataset_attrs, origin
    from sciknow.readers.cache import Cache, CacheInfo
    from sciknow.readers.download import current_state, fetch_file, file_digests, record_of
    from sciknow.readers.fingerprint import take_fingerprint
    from sciknow.readers.located import reader_for
    from sciknow.readers.location import locate
    from sciknow.readers.materialise import write_copy
    from sciknow.readers.opening import open_any, open_distribution
    from sciknow.readers.part import Opened
    from sciknow.readers.payload import Payload, list_files, with_sizes
    from sciknow.readers.plan import Plan
    from sciknow.readers.planning import plan_dataset, plan_distribution
    from sciknow.readers.probe import probe_distribution
    from sciknow.readers.protocol import Location, Reader
    from sciknow.readers.route import has_route
    from sciknow.readers.selection import Selection, parse_selection
    from sciknow.readers.table import TableAs, to_dataset

__all__ = [
    "Cache",
    "CacheInfo",
    "Location",
    "Opened",
    "Origin",
    "Payload",
    "Plan",
    "Reader",
    "Selection",
    "TableAs",
    "current_state",
    "dataset_attrs",
    "fetch_file",
    "file_digests",
    "has_route",
    "list_files",
    "locate",
    "memory_of",
    "open_any",
    "open_distribution",
    "origin",
    "parse_selection",
    "plan_dataset",
    "plan_distribution",
    "probe_distribution",
    "reader_for",
    "record_of",
    "remember",
    "take_fingerprint",
    "to_dataset",
    "with_sizes",
    "write_copy",
]

_HOME = {
    "Cache": "cache",
    "CacheInfo": "cache",
    "Location": "protocol",
    "Opened": "part",
    "Origin": "accessor",
    "Payload": "payload",
    "Plan": "plan",
    "Reader": "protocol",
    "Selection": "selection",
    "TableAs": "table",
    "current_state": "download",
    "dataset_attrs": "attrs",
    "fetch_file": "download",
    "file_digests": "download",
    "has_route": "route",
    "list_files": "payload",
    "locate": "location",
    "memory_of": "accessor",
    "open_any": "opening",
    "open_distribution": "opening",
    "origin": "attrs",
    "parse_selection": "selection",
    "plan_dataset": "planning",
    "plan_distribution": "planning",
    "probe_distribution": "probe",
    "reader_for": "located",
    "record_of": "download",
    "remember": "accessor",
    "take_fingerprint": "fingerprint",
    "to_dataset": "table",
    "with_sizes": "payload",
    "write_copy": "materialise",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
