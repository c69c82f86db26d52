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
    bounds_names,
    find,
    find_axes,
    find_each,
    find_times,
    grid_mappings,
    one_time,
    rivals,
    why_no_period,
    with_axes,
)
from sciknow.axes.projection import degrees_of, extent
from sciknow.axes.rule import Kind
from sciknow.errors import InvalidInput, NotFound
from sciknow.model.coverage import BBox
from sciknow.model.parse import date_key
from sciknow.model.selection import Selection
from sciknow.readers.ragged import Index as Index
from sciknow.readers.ragged import beside, follow, numbered

Values = npt.NDArray[np.floating]


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
    part = with_axes(chosen(ds, selection.variables))
    cuts: list[tuple[str, Index]] = []
    if selection.bbox is not None:
        cuts += _box(part, selection.bbox)
    if selection.period is not None:
        cuts += _period(part, selection.period)
    found: dict[str, Index] = {}
    for dim, index in cuts:
        found[dim] = found[dim][np.isin(found[dim], index)] if dim in found else index
    found = follow(part, found)
    for dim, index in found.items():
        if not len(index):
            reach = f"{ds[dim].values[0]} to {ds[dim].values[-1]}" if ds.sizes[dim] else "none"
            raise InvalidInput(
                f"nothing lies inside the selection along {dim!r}",
                hint=f"it reaches from {reach}" if ds.sizes[dim] else f"{dim!r} is empty",
            )
    return found


def chosen(ds: xr.Dataset, variables: Sequence[str]) -> xr.Dataset:
    """Return some variables of a dataset with what says where they lie; all for none.

    These are their grid mappings, axes that they do not name themselves, the bounds of all axes
    (CF 7.1), and what their instances are where they are samples of several (CF 9.3).

    Raises
    ------
    NotFound
        When it lacks one.
    """
    if not variables:
        return ds
    wanted = names(ds, variables)
    mappings = grid_mappings(ds, variables=wanted)
    axes = with_axes(ds.set_coords(list(mappings)))
    said = axes.reset_coords([name for name in wanted if name not in ds.coords])
    part = said[wanted]
    part = part.assign_coords(beside(axes, part))
    edges = {name: ds[name].variable for name in bounds_names(part, ds)}
    return part.assign_coords(edges)


def _box(ds: xr.Dataset, bbox: BBox) -> list[tuple[str, Index]]:
    west, south, east, north = bbox
    axes = find_axes(ds)
    if axes.kind is not GridKind.PROJECTED:
        return _along(ds, Kind.LATITUDE, (south, north)) + _along(ds, Kind.LONGITUDE, (west, east))
    x, y = ds[axes.x], ds[axes.y]
    low_x, high_x, low_y, high_y = extent(_mapping(ds, axes), x, y, bbox)
    return [
        (str(y.dims[0]), _inside(y.values, low_y, high_y)),
        (str(x.dims[0]), _inside(x.values, low_x, high_x)),
    ]


def _period(ds: xr.Dataset, period: tuple[str, str]) -> list[tuple[str, Index]]:
    """Cut along every time; a single one has to lie inside."""
    if alone := one_time(ds):
        if not len(_times(ds[alone], period)):
            raise InvalidInput(
                f"nothing lies inside the period: the time of the data is {ds[alone].values}",
                hint="take another period",
            )
        return []
    return [(str(time.dims[0]), _times(time, period)) for time in times(ds)]


def _along(ds: xr.Dataset, kind: Kind, ends: tuple[float, float]) -> list[tuple[str, Index]]:
    """Cut along every latitude or longitude; a single one has to lie inside."""
    cut = _inside if kind is Kind.LATITUDE else _longitudes
    many = find_each(ds, kind)
    if not many and (place := find(ds, kind, lambda item: not item.ndim)):
        at = degrees_of(ds[place])
        if not len(cut(np.atleast_1d(at), *ends)):
            raise InvalidInput(
                f"nothing lies inside the box: the {kind} of the data is {float(at):g}",
                hint="take another box",
            )
        return []
    sides = [ds[name] for name in many] or [axis(ds, kind)]
    return [(str(side.dims[0]), cut(degrees_of(side), *ends)) for side in sides]


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
    at = indices(ds, selection)
    part = chosen(ds, selection.variables)
    cut = part.isel({dim: as_slice(index) for dim, index in at.items()})
    return cut.assign(numbered(part, at))


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
    sides, ds = (Kind.LATITUDE, Kind.LONGITUDE), with_axes(ds)
    return all(find(ds, kind, lambda item: item.ndim < 2) for kind in sides)


def has_times(ds: xr.Dataset) -> bool:
    """Tell whether a period can be cut out of a dataset."""
    return not why_no_period(with_axes(ds))


def times(ds: xr.Dataset) -> list[xr.DataArray]:
    """Return the times that the data run along, one a dimension.

    Raises
    ------
    InvalidInput
        When there is none, or nothing tells which of several it is.
    """
    if why := why_no_period(ds):
        raise InvalidInput(
            f"{why}, so a period cannot be cut out of them",
            hint="leave out period, and select along " + ", ".join(map(str, ds.sizes)),
        )
    found = find_times(ds)
    if which := rivals(ds, found):
        raise InvalidInput(
            f"the data do not tell which of {', '.join(which)} is their time",
            hint="open them without period and select along one of these",
        )
    return [ds[name] for name in found]


def _inside(values: Values, low: float, high: float) -> Index:
    return np.flatnonzero((values >= low) & (values <= high))


def _longitudes(values: Values, west: float, east: float) -> Index:
    """Find longitudes between two meridians, whatever the range of the data's own."""
    if east - west >= 360:
        return np.flatnonzero(np.isfinite(values))
    span = (east - west) % 360 or (360.0 if east != west else 0.0)
    offset = (values - west) % 360
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
