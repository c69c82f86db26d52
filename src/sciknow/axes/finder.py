"""Where the axes of an xarray dataset are; no values are read but those of indexes in memory.

Only coordinates are looked at, and variables that attributes tell to be coordinates which no
other variable names (`with_axes`). What attributes tell comes before what a name suggests; an axis
of its own (the coordinate of a dimension) before one beside it; one dimension before two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import xarray as xr

from sciknow.axes.rule import Kind, guessed, kind_of, told

_MESH = frozenset(
    {"cell", "cells", "ncell", "ncells", "ncol", "node", "nodes", "nnodes", "values", "ngptot"}
)
_PROMOTED = (Kind.TIME, Kind.LATITUDE, Kind.LONGITUDE)
_SINCE = re.compile(r"\w+\s+since\s", re.I)


class GridKind(StrEnum):
    """How the places of a dataset are laid out."""

    LATLON = "latitude-longitude grid"
    PROJECTED = "projected grid"
    CURVILINEAR = "curvilinear grid"
    UNSTRUCTURED = "unstructured grid"
    POINTS = "points"
    PLACE = "one place"
    NONE = "no place"


@dataclass(frozen=True, slots=True)
class Axes:
    """The coordinates of a dataset, by name; empty where there is none.

    Parameters
    ----------
    kind : GridKind
        How its places are laid out.
    x, y : str
        The coordinates that its grid runs along: longitude and latitude, or those of a
        projection; of curvilinear grids and points the (two-dimensional) longitude, latitude.
    dims : tuple of str
        The dimensions of the grid, y first.
    time, vertical : str
        One-dimensional coordinates.
    """

    kind: GridKind
    x: str = ""
    y: str = ""
    dims: tuple[str, ...] = ()
    time: str = ""
    vertical: str = ""


def with_axes(ds: xr.Dataset) -> xr.Dataset:
    """Make coordinates of the variables that are time, latitude or longitude by their attributes.

    Many files of stations and tracks name no ``coordinates``; only kinds that no coordinate tells
    are looked for.
    """
    bounds = bounds_names(ds)
    have = {_told(ds, item) for item in ds.coords.values()}
    found = [
        name
        for name, item in ds.data_vars.items()
        if name not in bounds and (kind := told(item.attrs)) in _PROMOTED and kind not in have
        if (_dated(item) if kind is Kind.TIME else np.issubdtype(item.dtype, np.number))
    ]
    return ds.set_coords(found)


def find_axes(ds: xr.Dataset) -> Axes:
    """Find the axes of a dataset."""
    ds = with_axes(ds)
    lat, lon = find(ds, Kind.LATITUDE), find(ds, Kind.LONGITUDE)
    kind, x, y = _layout(ds, lat, lon)
    if kind is GridKind.LATLON or kind is GridKind.PROJECTED:
        dims = [ds[y].dims[0], ds[x].dims[0]]
    else:
        dims = list(ds[y].dims) if y else []
    times = find_times(ds)
    return Axes(
        kind,
        x,
        y,
        tuple(map(str, dims)),
        times[0] if times else "",
        find(ds, Kind.VERTICAL, lambda item: item.ndim == 1 and item.name not in (x, y)),
    )


def find(
    ds: xr.Dataset, kind: Kind, fits: Callable[[xr.DataArray], bool] = lambda item: True
) -> str:
    """Return the coordinate of one kind, the likeliest where there are several; empty for none."""
    order = _ranked(ds, kind, fits)
    return order[0] if order else ""


def find_each(ds: xr.Dataset, kind: Kind) -> list[str]:
    """Return the one-dimensional coordinates of one kind, the likeliest along each dimension.

    The sides of staggered grids have a latitude each. Guesses beside the axis of a dimension do
    not count.
    """
    found = _ranked(ds, kind, lambda item: item.ndim == 1 and np.issubdtype(item.dtype, np.number))
    sure = [name for name in found if _told(ds, ds[name]) is kind or name in ds.dims]
    by_dim: dict[Any, str] = {}
    for name in sure or found[:1]:
        by_dim.setdefault(ds[name].dims[0], name)
    return list(by_dim.values())


def _ranked(ds: xr.Dataset, kind: Kind, fits: Callable[[xr.DataArray], bool]) -> list[str]:
    bounds = bounds_names(ds)
    told_, guessed_ = [], []
    for name, item in ds.coords.items():
        if name in bounds or not fits(item):
            continue
        if (said := _told(ds, item)) is not None:
            told_ += [str(name)] if said is kind else []
        elif _guessed(ds, item) is kind and not _dated(item):
            guessed_.append(str(name))
    return sorted(told_ or guessed_, key=lambda name: (name not in ds.dims, ds[name].ndim))


def _told(ds: xr.Dataset, item: xr.DataArray) -> Kind | None:
    """Tell the kind of a coordinate; degrees along axis X or Y of a projection are its own."""
    said = told(item.attrs)
    if said in (Kind.LATITUDE, Kind.LONGITUDE) and _only_by_axis(item) and _is_turned(ds):
        return Kind.X if said is Kind.LONGITUDE else Kind.Y
    return said


def _guessed(ds: xr.Dataset, item: xr.DataArray) -> Kind | None:
    found, plain = guessed(item.name, item.attrs), guessed(item.name, {})
    turned = plain in (Kind.X, Kind.Y) and found is not plain and _is_turned(ds)
    return plain if turned else found


def _only_by_axis(item: xr.DataArray) -> bool:
    kept = {key: item.attrs[key] for key in item.attrs if key not in ("axis", "cartesian_axis")}
    return told(kept) is None


def _is_turned(ds: xr.Dataset) -> bool:
    names = {told.get("grid_mapping_name", "") for told in grid_mappings(ds).values()}
    return bool(names - {"", "latitude_longitude"})


def find_times(ds: xr.Dataset) -> list[str]:
    """Return the one-dimensional times that the data run along, one a dimension.

    A time that attributes tell (``standard_name`` time, ``axis`` T) comes before the coordinate of
    a dimension, this before one beside it; the time of a model run or a deployment comes last.
    Several come back where attributes tell several along different dimensions, and where nothing
    tells which of them it is: see `rivals`.
    """
    ranked: dict[tuple[int, bool], list[str]] = {}
    for name, item in ds.coords.items():
        if item.ndim == 1 and _dated(item):
            ranked.setdefault(_rank(ds, item), []).append(str(name))
    if not ranked:
        return []
    best = min(ranked)
    by_dim: dict[Any, list[str]] = {}
    for name in ranked[best]:
        by_dim.setdefault(ds[name].dims[0], []).append(name)
    found = [
        name
        for same in by_dim.values()
        for name in ([n for n in same if n in ds.dims] or [n for n in same if n == "time"] or same)
    ]
    return sorted(found, key=lambda name: -_users(ds, name))


def one_time(ds: xr.Dataset) -> str:
    """Return the single time of data that run along none; empty for others."""
    if find_times(ds):
        return ""
    alone = [item for item in ds.coords.values() if not item.ndim and _dated(item)]
    return next((str(i.name) for i in alone if kind_of(i.name, i.attrs) is Kind.TIME), "")


def why_no_period(ds: xr.Dataset) -> str:
    """Say why the times of a dataset cut nothing out of it; empty where they do.

    Of a forecast the time of its run alone does not: what is valid when lies along the leads too.
    """
    found = find_times(ds)
    for name, item in ds.coords.items():
        spread = item.ndim > 1 and _dated(item) and kind_of(name, item.attrs) is Kind.TIME
        if spread and all(_rank(ds, ds[n])[0] == 4 for n in found):
            return f"their time {str(name)!r} runs along {' and '.join(map(str, item.dims))}"
    if any(_rank(ds, ds[n])[0] < 4 for n in found) or one_time(ds):
        return ""
    for name, item in [*ds.coords.items(), *ds.data_vars.items()]:
        said = kind_of(name, item.attrs) if name in ds.coords else told(item.attrs)
        if said is Kind.TIME and item.ndim < 2 and not _dated(item):
            unit = item.attrs.get("units", "no units")
            what = "numbers" if np.issubdtype(item.dtype, np.number) else "texts"
            return f"their time {str(name)!r} holds {what}, not dates ({unit})"
    if found:
        return ""
    return "the data have no time coordinate"


def rivals(ds: xr.Dataset, times: Iterable[str]) -> list[str]:
    """Return those of some times of which nothing tells whether the data run along them."""
    found = list(times)
    dims = [ds[name].dims[0] for name in found]
    sure = len(set(dims)) == len(dims) and all(_rank(ds, ds[n])[0] <= 1 for n in found)
    return [] if len(found) < 2 or sure else found


def _rank(ds: xr.Dataset, item: xr.DataArray) -> tuple[int, bool]:
    """Return how surely a dated coordinate is the time of the data; the least is the surest."""
    said, beside = kind_of(item.name, item.attrs), item.name not in ds.dims
    if said is Kind.OTHER_TIME:
        return 4, beside
    if told(item.attrs) is Kind.TIME:
        return 0, not _users(ds, str(item.name))
    return (2 if said is not Kind.TIME else 1) + beside, False


def _users(ds: xr.Dataset, name: str) -> int:
    """Count the variables that run along a coordinate's dimension."""
    return sum(ds[name].dims[0] in item.dims for item in ds.data_vars.values())


def _dated(item: xr.DataArray) -> bool:
    if np.issubdtype(item.dtype, np.datetime64):
        return True
    if item.dtype != object:
        return False
    if item.name in item.indexes:
        return type(item.to_index()).__name__ == "CFTimeIndex"
    return bool(_SINCE.match(str(item.encoding.get("units", ""))))


def _layout(ds: xr.Dataset, lat: str, lon: str) -> tuple[GridKind, str, str]:
    """Return the kind of grid and its x and y coordinates."""
    flat = bool(lat and lon) and ds[lat].ndim == ds[lon].ndim == 1
    if flat and ds[lat].dims != ds[lon].dims:
        return GridKind.LATLON, lon, lat
    x, y = (find(ds, kind, lambda item: _is_side(ds, item)) for kind in (Kind.X, Kind.Y))
    if x and y and not flat:
        return GridKind.PROJECTED, x, y
    if not lat or not lon:
        return GridKind.NONE, "", ""
    if flat:
        mesh = str(ds[lat].dims[0]).lower() in _MESH
        return GridKind.UNSTRUCTURED if mesh else GridKind.POINTS, lon, lat
    if ds[lat].ndim == ds[lon].ndim == 2:
        return GridKind.CURVILINEAR, lon, lat
    return (GridKind.PLACE, lon, lat) if ds[lat].ndim == 0 else (GridKind.NONE, "", "")


def _is_side(ds: xr.Dataset, item: xr.DataArray) -> bool:
    return item.ndim == 1 and item.name in ds.dims and np.issubdtype(item.dtype, np.number)


def bounds_names(ds: xr.Dataset, whole: xr.Dataset | None = None) -> set[str]:
    """Return the names of the variables that hold cell bounds.

    Parameters
    ----------
    ds : xarray.Dataset
        Whose variables tell.
    whole : xarray.Dataset, optional
        Where the bounds are, if not in the same.
    """
    told_ = {str(item.attrs.get("bounds", "")) for item in ds.variables.values()}
    told_ |= {str(item.encoding.get("bounds", "")) for item in ds.variables.values()}
    told_ |= {str(item.attrs.get("climatology", "")) for item in ds.variables.values()}
    return {name for name in told_ if name in (ds if whole is None else whole).variables}


def bounds_of(ds: xr.Dataset, name: str) -> np.ndarray[Any, Any] | None:
    """Return the cell bounds of a one-dimensional coordinate, shape (n, 2); None without them."""
    item = ds[name]
    said = item.attrs.get("bounds", item.encoding.get("bounds", ""))
    if not said or said not in ds.variables or ds[said].dims[:1] != item.dims or ds[said].ndim != 2:
        return None
    return np.asarray(ds[said].values)


def grid_mappings(
    ds: xr.Dataset, *along: str, variables: Collection[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the attributes of the grid mappings of a dataset, by name (CF 5.6).

    Parameters
    ----------
    ds : xarray.Dataset
        Where no variable names a grid mapping, ``spatial_ref`` or ``crs`` is taken.
    along : str
        Coordinates: only mappings of variables that run along them, and that the extended form
        ``"crs: x y"`` does not give to others.
    variables : collection of str, optional
        Only mappings of these.
    """
    dims = {dim for name in along for dim in ds[name].dims}
    names = [
        name
        for key, item in ds.data_vars.items()
        if dims <= set(item.dims) and (variables is None or key in variables)
        for name, of in _parse_mapping(
            str(item.attrs.get("grid_mapping", item.encoding.get("grid_mapping", "")))
        )
        if not of or set(along) <= of
    ]
    known = [name for name in names if name in ds.variables]
    known = known or [name for name in ("spatial_ref", "crs") if name in ds.variables]
    return {name: dict(ds.variables[name].attrs) for name in known}


def _parse_mapping(said: str) -> list[tuple[str, set[str]]]:
    """Read ``"crs"`` or ``"crs: x y other: lat lon"``: each mapping with its coordinates."""
    if ":" not in said:
        return [(said.strip(), set())] if said.strip() else []
    found: list[tuple[str, set[str]]] = []
    for word in said.replace(":", ": ").split():
        if word.endswith(":"):
            found.append((word[:-1], set()))
        elif found:
            found[-1][1].add(word)
    return found
