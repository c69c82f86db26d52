"""What an HDF5 file says that it holds, counted before h5netcdf and xarray walk through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import h5py

from sciknow.errors import LimitExceeded
from sciknow.readers.size import Array
from sciknow.wire.budget import Limits

DEEPEST = 64
"""Groups in groups; the data of the world have four."""


def arrays_of(group: Any, limits: Limits, url: str, depth: int = 0) -> Iterator[Array]:
    """Yield the arrays at and below a group of an opened file; links to elsewhere are passed over.

    Raises
    ------
    LimitExceeded
        For more names in a group than are taken, or groups nested without end.
    """
    limits.check("names", len(group), url, "variables")
    if depth > DEEPEST:
        raise LimitExceeded(f"{url} has more than {DEEPEST} groups in each other", hint="name one")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        item = group.get(name)
        if isinstance(item, h5py.Dataset) and item.shape is not None:
            dims = (name,) if item.ndim == 1 and item.is_scale else ("",) * item.ndim
            yield Array(name, dims, item.shape, item.chunks)
        elif isinstance(item, h5py.Group):
            yield from arrays_of(item, limits, url, depth + 1)
