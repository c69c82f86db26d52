"""What part of a dataset is wanted, in the user's words, as indices along its dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.axes.finder import (
    Axes,
    GridKind,
    find,
    find_axes,
    find_times,
    grid_mappings,
    rivals,
)
from sciknow.axes.projection import extent
from sciknow.axes.rule import Kind
from sciknow.errors import InvalidInput, NotFound
from sciknow.model.coverage import BBox
from sciknow.model.parse import date_key
from sciknow.model.selection import Selection

Index = npt.NDArray[np.intp]


def indices(ds: xr.Dataset, selection: Selection) -> dict[str, Index]:
    """Return the indices wanted along each dimension that the selection cuts.

    Parameters
    ----------
    ds : xarray.Dataset
        The whole, its grid mappings among it.
    selection : Selection
        The part; only the axes of its variables are looked at.

    Raises
    ------
    InvalidInput
        When the dataset lacks what the selection needs, or nothing lies inside it.
    NotFound
        When it lacks a variable.
    """
    part = chosen(ds, selection.variables)
    cuts: list[tuple[str, Index]] = []
    if selection.bbox is not None:
        cuts += _box(part, selection.bbox)
    if selection.period is not None:
        cuts += [(str(time.dims[0]), _times(time, selection.period)) for time in times(part)]
    found: dict[str, Index] = {}
    for dim, index in cuts:
        found[dim] = found[dim][np.isin(found[dim], index)] if dim in found else index
    for dim, index in found.items():
        if not len(index):
            reach = f"{ds[dim].values[0]} to {ds[dim].values[-1]}" if ds.sizes[dim] else "none"
            raise InvalidInput(
                f"nothing lies inside the selection along {dim!r}",
                hint=f"it reaches from {reach}" if ds.sizes[dim] else f"{dim!r} is empty",
            )
    return found


def chosen(ds: xr.Dataset, variables: Sequence[str]) -> xr.Dataset:
    """Return some variables of a dataset with the grid mappings that they name; all for none.

    Raises
    ------
    NotFound
        When it lacks one.
    """
    if not variables:
        return ds
    wanted = names(ds, variables)
    mappings = grid_mappings(ds, variables=wanted)
    return ds.set_coords([name for name in mappings if name not in wanted])[wanted]


def _box(ds: xr.Dataset, bbox: BBox) -> list[tuple[str, Index]]:
    west, south, east, north = bbox
    axes = find_axes(ds)
    if axes.kind is not GridKind.PROJECTED:
        lat, lon = axis(ds, Kind.LATITUDE), axis(ds, Kind.LONGITUDE)
        return [
            (str(lat.dims[0]), _inside(lat, south, north)),
            (str(lon.dims[0]), _longitudes(lon, west, east)),
        ]
    x, y = ds[axes.x], ds[axes.y]
    low_x, high_x, low_y, high_y = extent(_mapping(ds, axes), x, y, bbox)
    return [
        (str(y.dims[0]), _inside(y, low_y, high_y)),
        (str(x.dims[0]), _inside(x, low_x, high_x)),
    ]


def _mapping(ds: xr.Dataset, axes: Axes) -> dict[str, Any]:
    """Return the one grid mapping of a projected grid."""
    found = grid_mappings(ds, axes.x, axes.y)
    if len({repr(item) for item in found.values()}) != 1:
        what = f"several projections, {', '.join(found)}" if found else "no projection"
        raise InvalidInput(
            f"the projected grid ({axes.x}, {axes.y}) tells {what}, so no box can be cut out of it",
            hint="name variables of one, or open the data whole and select along "
            + ", ".join(axes.dims),
        )
    return next(iter(found.values()))


def select(ds: xr.Dataset, selection: Selection) -> xr.Dataset:
    """Return the part of a dataset that is wanted, still lazy."""
    cuts = {dim: as_slice(at) for dim, at in indices(ds, selection).items()}
    return chosen(ds, selection.variables).isel(cuts)


def names(ds: xr.Dataset, wanted: Sequence[str]) -> list[str]:
    """Return the variables of some names or CF standard names.

    Raises
    ------
    NotFound
        Naming the variable and those that there are.
    """
    found: list[str] = []
    for name in wanted:
        own = [
            str(key)
            for key, item in ds.data_vars.items()
            if key == name or item.attrs.get("standard_name") == name
        ]
        if not own:
            known = ", ".join(map(str, list(ds.data_vars)[:20]))
            raise NotFound(f"the data have no variable {name!r}", hint=f"they have {known}")
        found += [name] if name in own else own
    return list(dict.fromkeys(found))


def axis(ds: xr.Dataset, kind: Kind) -> xr.DataArray:
    """Return the one-dimensional latitude or longitude of a dataset.

    Raises
    ------
    InvalidInput
        When there is none, as on a curvilinear or projected grid.
    """
    if name := find(ds, kind, lambda item: item.ndim == 1):
        return ds[name]
    raise InvalidInput(
        f"the data have no one-dimensional {kind}, so a box cannot be cut out of them",
        hint="open them whole and select along " + ", ".join(map(str, ds.sizes)),
    )


def has_places(ds: xr.Dataset) -> bool:
    """Tell whether a box can be cut out of a dataset."""
    axes = find_axes(ds)
    if axes.kind is GridKind.PROJECTED:
        return bool(grid_mappings(ds, axes.x, axes.y))
    sides = (Kind.LATITUDE, Kind.LONGITUDE)
    return all(find(ds, kind, lambda item: item.ndim == 1) for kind in sides)


def times(ds: xr.Dataset) -> list[xr.DataArray]:
    """Return the times that the data run along, one a dimension.

    Raises
    ------
    InvalidInput
        When there is none, or nothing tells which of several it is.
    """
    found = find_times(ds)
    if not found:
        raise InvalidInput(
            "the data have no time coordinate, so a period cannot be cut out of them",
            hint="leave out period",
        )
    if which := rivals(ds, found):
        raise InvalidInput(
            f"the data do not tell which of {', '.join(which)} is their time",
            hint="open them without period and select along one of these",
        )
    return [ds[name] for name in found]


def _inside(coordinate: xr.DataArray, low: float, high: float) -> Index:
    values = coordinate.values
    return np.flatnonzero((values >= low) & (values <= high))


def _longitudes(coordinate: xr.DataArray, west: float, east: float) -> Index:
    """Find longitudes between two meridians, whatever the range of the data's own."""
    if east - west >= 360:
        return np.arange(coordinate.size)
    span = (east - west) % 360 or (360.0 if east != west else 0.0)
    offset = (coordinate.values - west) % 360
    inside = np.flatnonzero(offset <= span)
    # across the data's own seam the order on the globe is kept, not the order in the file
    if np.any(np.diff(inside) > 1):
        return inside[np.argsort(offset[inside], kind="stable")]
    return inside


def _times(coordinate: xr.DataArray, period: tuple[str, str]) -> Index:
    """Find times from one day to another by year, month and day, in any calendar."""
    if not coordinate.size:
        return np.arange(0)
    stamps = coordinate.dt
    days = stamps.year.values * 10_000 + stamps.month.values * 100 + stamps.day.values
    first = date_key(period[0]) if period[0] else -np.inf
    last = date_key(period[1], end=True) if period[1] else np.inf
    return np.flatnonzero((days >= first) & (days <= last))


def as_slice(index: Index) -> Any:
    """Return indices as a slice where they follow each other, else as they are."""
    if len(index) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index
