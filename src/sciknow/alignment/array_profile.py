"""The profile of an array object, from its coordinates and attributes; no data are read."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.alignment.array import as_dataset, spacing
from sciknow.alignment.moment import calendar_of, shifted, shifts_of, step_of
from sciknow.alignment.nature import nature_of
from sciknow.alignment.profile import Profile, Quantity
from sciknow.alignment.projection import on_globe
from sciknow.alignment.target import mapping_of, target_of
from sciknow.axes.finder import Axes, GridKind, bounds_names, find_axes, grid_mappings
from sciknow.axes.projection import metres_of
from sciknow.errors import InvalidInput, MissingDependency
from sciknow.model.coverage import BBox

_FIRST = 200
"""How many variables are looked at."""

_SEAM = 10.0
"""Points all around the globe leave no gap in longitude wider than this, in degrees."""


def profile_of_array(thing: Any, label: str = "array") -> Profile:
    """Describe an xarray object.

    Parameters
    ----------
    thing : xarray.Dataset or xarray.DataArray
        The object; only coordinates and attributes are read.
    label : str
        How it shall be named; the id of the dataset it was opened from comes first.

    Raises
    ------
    InvalidInput
        For a DataTree or no xarray object.
    """
    ds = as_dataset(thing, label)
    axes = find_axes(ds)
    told = {str(key): str(value) for key, value in ds.attrs.items()}
    dataset = told.get("sciknow_dataset", "")
    facts = _space(ds, axes) | (_time(ds, axes.time) if axes.time else {})
    return Profile(
        label=dataset or label,
        dataset=dataset,
        grid=axes.kind,
        vertical=_vertical(ds, axes),
        missing=_missing(ds),
        variables=_quantities(ds),
        license=told.get("sciknow_license", told.get("license", "")),
        **facts,
    )


def _quantities(ds: xr.Dataset) -> tuple[Quantity, ...]:
    bounds = bounds_names(ds)
    return tuple(
        Quantity(
            str(name),
            str(item.attrs.get("standard_name", "")),
            str(item.attrs.get("units", "")),
            nature_of(name, item.attrs),
        )
        for name, item in list(ds.data_vars.items())[:_FIRST]
        if name not in bounds and item.dims
    )


def _time(ds: xr.Dataset, name: str) -> dict[str, Any]:
    if not ds[name].size:
        return {}
    time = shifted(ds[name], shifts_of(ds, name)) if ds[name].ndim == 1 else ds[name]
    step, gaps = step_of(time)
    return {
        "start": _date(time.values.min()),
        "end": _date(time.values.max()),
        "step": step,
        "gaps": gaps if step else None,
        "calendar": calendar_of(time),
    }


def _date(value: Any) -> str:
    if isinstance(value, np.datetime64):
        return str(value.astype("M8[D]"))
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _space(ds: xr.Dataset, axes: Axes) -> dict[str, Any]:
    if axes.kind is GridKind.NONE:
        return {}
    x, y = ds[axes.x].values, ds[axes.y].values
    if axes.kind is GridKind.PROJECTED:
        metres = metres_of(ds[axes.x], mapping_of(ds, axes)) if x.size > 1 else None
        return {
            "meters": metres and spacing(x) * metres,
            "crs": crs_name(ds),
            "bbox": _projected_box(ds, axes),
        }
    facts: dict[str, Any] = {"bbox": box(x, y, cells=axes.kind is GridKind.LATLON)}
    if axes.kind is GridKind.LATLON:
        sides = [spacing(values) for values in (x, y) if values.size > 1]
        facts["degrees"] = float(np.mean(sides)) if sides else None
        facts["longitudes"] = "0 to 360" if x.max() > 180 else "-180 to 180"
        if y.size > 1:
            facts["latitudes"] = "south to north" if y[1] > y[0] else "north to south"
    return facts


def _projected_box(ds: xr.Dataset, axes: Axes) -> BBox | None:
    """Return the box around a projected grid; None where pyproj or the projection is missing."""
    try:
        corner = ds.isel({dim: _thinned(ds.sizes[dim]) for dim in axes.dims})
        lon, lat = on_globe(target_of(corner, axes))
    except (MissingDependency, InvalidInput):
        return None
    return box(lon, lat, cells=False) if np.isfinite(lon).any() else None


def _thinned(size: int) -> npt.NDArray[np.intp]:
    """Return at most a hundred positions along an axis, both ends among them."""
    return np.unique(np.linspace(0, size - 1, min(size, 100)).astype(np.intp))


def box(x: npt.NDArray[Any], y: npt.NDArray[Any], *, cells: bool = True) -> BBox:
    """Return the box around cells or points: west, south, east, north, from -180 to 180.

    Examples
    --------
    >>> box(np.arange(0.5, 360), np.arange(-89.5, 90))
    (-180.0, -90.0, 180.0, 90.0)
    >>> box(np.array([179.0, 181.0]), np.array([0.0, 2.0]))
    (178.0, -1.0, -178.0, 3.0)
    """
    lon, lat = (values.astype("f8").ravel() for values in (x, y))
    lon, lat = np.sort(lon[np.isfinite(lon)] % 360), lat[np.isfinite(lat)]
    if not lon.size or not lat.size:
        return -180.0, -90.0, 180.0, 90.0
    half_x, half_y = (spacing(v) / 2 if cells and v.size > 1 else 0.0 for v in (x, y))
    south, north = max(float(lat.min()) - half_y, -90.0), min(float(lat.max()) + half_y, 90.0)
    gaps = np.diff(np.append(lon, lon[0] + 360))
    wide = int(np.argmax(gaps))
    if lon.size > 2 and gaps[wide] <= (3 * half_x if cells else _SEAM):
        return -180.0, south, 180.0, north
    west, east = lon[(wide + 1) % lon.size] - half_x, lon[wide] + half_x
    return _west_east(west), south, _west_east(east), north


def _west_east(value: float) -> float:
    turned = (float(value) + 180) % 360 - 180
    return 180.0 if turned == -180.0 and value > 0 else float(turned)


def crs_name(ds: xr.Dataset) -> str:
    """Name the coordinate reference system that the grid mapping tells; empty without one."""
    told = next(iter(grid_mappings(ds).values()), {})
    for key in ("epsg_code", "spatial_epsg"):
        if told.get(key):
            return str(told[key])
    wkt = str(told.get("crs_wkt", told.get("spatial_ref", "")))
    if wkt.count('"') >= 2:
        return wkt.split('"')[1]
    return str(told.get("grid_mapping_name", ""))


def _vertical(ds: xr.Dataset, axes: Axes) -> str:
    if not axes.vertical:
        return ""
    item = ds[axes.vertical]
    unit = f" {item.attrs['units']}" if "units" in item.attrs else ""
    ends = f"{item.values[0]:g} to {item.values[-1]:g}" if item.size > 1 else f"{item.values[0]:g}"
    return f"{item.attrs.get('standard_name', item.name)}, {item.size} from {ends}{unit}"


def _missing(ds: xr.Dataset) -> str:
    told = set()
    for item in ds.data_vars.values():
        for where in (item.encoding, item.attrs):
            told |= {f"{where[key]}" for key in ("_FillValue", "missing_value") if key in where}
    return ", ".join(sorted(told)[:3])
