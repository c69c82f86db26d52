"""Where the axes of an array object are: longitude, latitude, projection, time, vertical.

cf-xarray finds coordinates by the CF attributes and, where these are missing, by customary names.
Only coordinates are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.alignment.profile import GridKind
from sciknow.errors import InvalidInput, MissingDependency

_MESH = frozenset(
    {"cell", "cells", "ncell", "ncells", "ncol", "node", "nodes", "nnodes", "values", "ngptot"}
)
_PROJECTION = {"projection_x_coordinate": "x", "projection_y_coordinate": "y"}


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


def as_dataset(thing: Any, label: str = "it") -> xr.Dataset:
    """Return an xarray object as a Dataset.

    Raises
    ------
    InvalidInput
        For a DataTree (naming its groups) and for anything else.
    """
    if isinstance(thing, xr.Dataset):
        return thing
    if isinstance(thing, xr.DataArray):
        return thing.to_dataset(name=thing.name or "values")
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


def find_axes(ds: xr.Dataset) -> Axes:
    """Find the axes of a dataset.

    Raises
    ------
    MissingDependency
        Without cf-xarray.
    """
    guessed = _guess(ds)
    names = cast(Mapping[str, list[str]], guessed.cf.coordinates)
    lat, lon = (_first(guessed, names.get(key, [])) for key in ("latitude", "longitude"))
    time = _time(ds)
    vertical = _vertical(guessed, names, {lat, lon, time})
    kind, x, y = _layout(guessed, lat, lon)
    if kind is GridKind.LATLON or kind is GridKind.PROJECTED:
        dims = [ds[y].dims[0], ds[x].dims[0]]
    else:
        dims = list(ds[y].dims) if y else []
    return Axes(kind, x, y, tuple(map(str, dims)), time, vertical)


def _guess(ds: xr.Dataset) -> Any:
    try:
        import cf_xarray  # noqa: F401  (registers the accessor)
    except ImportError as error:
        raise MissingDependency(
            "the axes of arrays are found by cf-xarray, which is not installed",
            hint="pip install 'sciknow[align]'",
        ) from error
    return ds.coords.to_dataset().cf.guess_coord_axis()


def _first(ds: Any, names: list[str]) -> str:
    """Prefer a coordinate that is an axis of its own, then one-dimensional ones."""
    order = sorted(names, key=lambda name: (name not in ds.dims, ds[name].ndim))
    return str(order[0]) if order else ""


def _time(ds: xr.Dataset) -> str:
    found = [str(name) for name, item in ds.coords.items() if item.ndim == 1 and _dated(item)]
    return min(found, key=lambda name: (name not in ds.dims, name != "time"), default="")


def _dated(item: xr.DataArray) -> bool:
    if np.issubdtype(item.dtype, np.datetime64):
        return True
    if item.dtype != object or item.name not in item.indexes:
        return False
    return type(item.to_index()).__name__ == "CFTimeIndex"


def _vertical(ds: Any, names: Mapping[str, list[str]], taken: set[str]) -> str:
    found = [*names.get("vertical", ()), *ds.cf.axes.get("Z", ())]
    return next((str(n) for n in found if n not in taken and ds[n].ndim == 1), "")


def _layout(ds: Any, lat: str, lon: str) -> tuple[GridKind, str, str]:
    """Return the kind of grid and its x and y coordinates."""
    flat = bool(lat and lon) and ds[lat].ndim == ds[lon].ndim == 1
    if flat and ds[lat].dims != ds[lon].dims:
        return GridKind.LATLON, lon, lat
    x, y = _projected(ds)
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


def _projected(ds: Any) -> tuple[str, str]:
    found = {"x": "", "y": ""}
    for name, item in ds.coords.items():
        if item.ndim == 1 and name in ds.dims and np.issubdtype(item.dtype, np.number):
            which = _PROJECTION.get(item.attrs.get("standard_name", ""), str(name).lower())
            if which in found and not found[which]:
                found[which] = str(name)
    return found["x"], found["y"]


def gridded(ds: xr.Dataset, axes: Axes) -> list[str]:
    """Return the variables that run along the grid, bounds left out."""
    bounds = bounds_names(ds)
    return [
        str(name)
        for name, item in ds.data_vars.items()
        if name not in bounds and any(dim in item.dims for dim in axes.dims)
    ]


def bounds_names(ds: xr.Dataset) -> set[str]:
    """Return the names of the variables that hold cell bounds."""
    told = {str(item.attrs.get("bounds", "")) for item in ds.variables.values()}
    told |= {str(item.encoding.get("bounds", "")) for item in ds.variables.values()}
    return {name for name in told if name in ds.variables}


def bounds_of(ds: xr.Dataset, name: str) -> np.ndarray[Any, Any] | None:
    """Return the cell bounds of a one-dimensional coordinate, shape (n, 2); None without them."""
    item = ds[name]
    told = item.attrs.get("bounds", item.encoding.get("bounds", ""))
    if not told or told not in ds.variables or ds[told].dims[:1] != item.dims or ds[told].ndim != 2:
        return None
    return np.asarray(ds[told].values)


def grid_mapping(ds: xr.Dataset) -> dict[str, Any]:
    """Return the attributes of the grid mapping (CF, section 5.6); empty without one."""
    for item in ds.data_vars.values():
        told = str(item.attrs.get("grid_mapping", item.encoding.get("grid_mapping", "")))
        name = told.split(":")[0].strip()
        if name in ds.variables:
            return dict(ds[name].attrs)
    for name in ("spatial_ref", "crs"):
        if name in ds.variables:
            return dict(ds[name].attrs)
    return {}


def spacing(values: npt.NDArray[Any]) -> float:
    """Return the usual distance of neighbours on an axis, a seam left out."""
    return float(f"{np.median(np.abs(np.diff(values.astype('f8')))):.6g}")
