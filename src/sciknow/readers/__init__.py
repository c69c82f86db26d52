"""From a distribution to a lazy xarray object or dask table, one file a format.

Nothing heavy is imported here: `registry` and `protocol` are light, and what opens data is
imported when it is first used. Only this room imports xarray, dask, zarr, h5netcdf and fsspec.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sciknow.readers.attrs import dataset_attrs, origin
    from sciknow.readers.location import locate
    from sciknow.readers.opening import Opened, open_distribution, reader_for
    from sciknow.readers.protocol import Location, Reader
    from sciknow.readers.table import TableAs, to_dataset

__all__ = [
    "Location",
    "Opened",
    "Reader",
    "TableAs",
    "dataset_attrs",
    "locate",
    "open_distribution",
    "origin",
    "reader_for",
    "to_dataset",
]

_HOME = {
    "Location": "protocol",
    "Opened": "opening",
    "Reader": "protocol",
    "TableAs": "table",
    "dataset_attrs": "attrs",
    "locate": "location",
    "open_distribution": "opening",
    "origin": "attrs",
    "reader_for": "opening",
    "to_dataset": "table",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
