"""What the array readers share: what their options mean to xarray, and dask's chunks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.readers.options import DECODING


def decoding(options: Mapping[str, object]) -> dict[str, Any]:
    """Return the options that say how values are decoded."""
    return {key: value for key, value in options.items() if key in DECODING}


def chunks(options: Mapping[str, object]) -> Any:
    """Return the dask chunks asked for; by default the store's own.

    Raises
    ------
    InvalidInput
        For anything but a mapping of dimension to size.
    """
    wanted = options.get("chunks", {})
    if not isinstance(wanted, Mapping):
        raise InvalidInput(f"chunks={wanted!r}", hint="give {} or {dimension: size}")
    return dict(wanted)


def chunked(ds: xr.Dataset, wanted: Any) -> xr.Dataset:
    """Put a dataset whose store has no chunks of its own on dask.

    Each variable gets its preferred chunks, or those asked for; nothing is split that is stored
    together.
    """
    if wanted:
        return ds.chunk({dim: size for dim, size in wanted.items() if dim in ds.dims}).chunk()
    made = {
        name: item.chunk(item.encoding["preferred_chunks"])
        for name, item in ds.variables.items()
        if name not in ds.indexes and "preferred_chunks" in item.encoding
    }
    return ds.assign(
        {key: item for key, item in made.items() if key in ds.data_vars}
    ).assign_coords({key: item for key, item in made.items() if key in ds.coords})
