"""A part of a dataset, or what only a server makes, written down as one NetCDF file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sciknow.errors import InvalidInput, SciknowError, SourceUnavailable
from sciknow.readers.provenance import OPENED_AT
from sciknow.wire.trouble import root_cause

WRITTEN_AS = "netcdf"
"""The format of what is written here."""

_KEPT = ("units", "calendar", "dtype", "_FillValue", "scale_factor", "add_offset")
"""Of how a variable was stored, what tells its values; layout and packing are chosen anew."""


def write_copy(opened: Any, path: Path) -> None:
    """Write an opened dataset as NetCDF 4, compressed, chunk by chunk.

    Parameters
    ----------
    opened : xarray.Dataset or xarray.DataTree
        What a reader gave; it is read while it is written.
    path : Path
        The file; what is there is replaced.

    Raises
    ------
    InvalidInput
        For something that NetCDF cannot hold.
    SourceUnavailable
        When the source fails while it is read.
    """
    if not isinstance(opened, (xr.Dataset, xr.DataTree)):
        raise InvalidInput(
            f"{type(opened).__name__} is not written as NetCDF", hint="open it as a dataset"
        )
    path.unlink(missing_ok=True)
    try:
        if isinstance(opened, xr.DataTree):
            opened.map_over_datasets(_plain).to_netcdf(path, engine="h5netcdf")
        else:
            _plain(opened).to_netcdf(path, engine="h5netcdf")
    except (SciknowError, OSError):
        raise
    except Exception as error:
        if (ours := root_cause(error)) is not None:
            raise ours from error
        raise SourceUnavailable(
            f"the part cannot be written as NetCDF: {type(error).__name__}: {error}",
            hint="name other variables, or preserve the dataset whole",
        ) from error


def _plain(ds: xr.Dataset) -> xr.Dataset:
    """Return a dataset with attributes that NetCDF holds and without its old layout."""
    words = [name for name in ds.variables if ds[name].dtype == object]
    found = ds.assign({name: ds[name].compute() for name in words})  # of a length not known yet
    found.encoding = {}
    found.attrs = {key: _value(item) for key, item in ds.attrs.items() if key != OPENED_AT}
    for name in found.variables:
        item = found[name]
        item.attrs = {key: _value(value) for key, value in item.attrs.items()}
        item.encoding = {key: item.encoding[key] for key in _KEPT if key in item.encoding}
        if item.ndim and item.dtype.kind in "iuf":
            item.encoding |= {"zlib": True, "complevel": 4, "shuffle": True}
    return found


def _value(item: Any) -> Any:
    if isinstance(item, (str, bytes, int, float, np.ndarray, np.generic)) and not isinstance(
        item, bool
    ):
        return item
    return str(item)
