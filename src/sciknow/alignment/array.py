"""Array objects at the door, and the usual distance of neighbours on an axis."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.axes.finder import with_axes
from sciknow.axes.projection import in_degrees
from sciknow.errors import InvalidInput


def as_dataset(thing: Any, label: str = "it") -> xr.Dataset:
    """Return an xarray object as a Dataset, its axes among the coordinates and in degrees.

    Raises
    ------
    InvalidInput
        For a DataTree (naming its groups) and for anything else.
    """
    if isinstance(thing, xr.Dataset):
        return in_degrees(with_axes(thing))
    if isinstance(thing, xr.DataArray):
        return in_degrees(thing.to_dataset(name=thing.name or "values"))
    if isinstance(thing, xr.DataTree):
        groups = ", ".join(list(thing.groups)[:8])
        raise InvalidInput(
            f"{label} is a tree of groups, not one dataset",
            hint=f"take one group: tree[name].to_dataset(); groups: {groups}",
        )
    raise InvalidInput(
        f"{label} is no array object but {type(thing).__name__}",
        hint="give an xarray Dataset or DataArray (tables: open them with table_as='dataset')"
        + ("; of ids hub.combine makes one" if isinstance(thing, str) else ""),
    )


def spacing(values: npt.NDArray[Any]) -> float:
    """Return the usual distance of neighbours on an axis, a seam left out."""
    return float(f"{np.median(np.abs(np.diff(values.astype('f8')))):.6g}")
