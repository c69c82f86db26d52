"""The deep half of a probe: opening, and reading one chunk. It imports what opens data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dask
import dask.dataframe as dd
import xarray as xr

from sciknow.model import Distribution
from sciknow.readers.opening import open_distribution
from sciknow.readers.probes.outcome import Missed, missed


def try_opening(
    distribution: Distribution, base: Path | str | None, seconds: float
) -> Missed | None:
    """Open a distribution with its reader, read one chunk, and say what is wrong.

    Parameters
    ----------
    seconds : float
        For opening, and again for reading.
    """
    try:
        opened = open_distribution(distribution, base=base, deadline=seconds)
        with dask.config.set(scheduler="synchronous"):
            _read_chunk(opened)
    except Exception as error:
        return missed(error)
    return None


def _read_chunk(opened: Any) -> None:
    """Read one chunk of the variable with the smallest chunks, or one part of a table."""
    if isinstance(opened, dd.DataFrame):
        opened.head(1, npartitions=1, compute=True)
        return
    sets = [opened] if isinstance(opened, xr.Dataset) else [node.ds for node in opened.subtree]
    lazy = [
        item.data for ds in sets for item in _variables(ds).values() if item.chunks and item.size
    ]
    if lazy:
        smallest = min(lazy, key=lambda data: data.blocks[(0,) * data.ndim].nbytes)
        smallest.blocks[(0,) * smallest.ndim].compute()


def _variables(ds: Any) -> Mapping[Any, Any]:
    found: Mapping[Any, Any] = ds.data_vars or ds.coords
    return found
