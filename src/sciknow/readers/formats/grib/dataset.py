"""One hypercube as an xarray dataset: its dimensions, its grid, and what describes them.

Names are those that cfgrib gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from xarray.core import indexing

from sciknow.errors import IntegrityError
from sciknow.readers.formats.grib.cube import DIMENSIONS, Cube, Item
from sciknow.readers.formats.grib.field import FieldArray, Source, shaped

_ATTRS = ("paramId", "shortName", "name", "units", "typeOfLevel", "stepType", "gridType")


def dataset(cube: Cube, source: Source) -> tuple[xr.Dataset, dict[str, FieldArray]]:
    """Build a dataset, its variables not yet on dask."""
    first = cube.first
    dims, shape, coords, turned = _grid(first, source)
    kept = [at for at, name in enumerate(DIMENSIONS) if len(cube.coords[name]) > 1]
    names = [first.level if name == "level" else name for name in DIMENSIONS]
    outer = tuple(names[at] for at in kept)
    arrays = {
        name: FieldArray(source, items.reshape([items.shape[at] for at in kept]), shape, turned)
        for name, items in cube.variables.items()
    }
    data = {
        name: xr.Variable(
            (*outer, *dims),
            indexing.LazilyIndexedArray(array),
            _attrs(next(item for item in cube.variables[name].flat if item)),
            {"preferred_chunks": dict.fromkeys(outer, 1) | dict(zip(dims, shape, strict=True))},
        )
        for name, array in arrays.items()
    }
    coords |= _outer_coords(cube, names)
    if first.keys.get("number") is None:
        coords.pop("number", None)
    found = xr.Dataset(data, coords, _global_attrs(first))
    if "time" in found.coords:
        found = found.assign_coords(valid_time=found["time"] + found["step"])
    return found, arrays


def _outer_coords(cube: Cube, names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, key in zip(names, DIMENSIONS, strict=True):
        values: Any = cube.coords[key]
        if key in ("time", "step"):
            values = values.astype(values.dtype.str.replace("[s]", "[ns]"))
        found[name] = (name, values) if len(values) > 1 else ((), values[0])
    return found


def _grid(
    item: Item, source: Source
) -> tuple[tuple[str, ...], tuple[int, ...], dict[str, Any], bool]:
    """Return dimensions, shape and coordinates of a grid, and whether columns run first."""
    keys = item.keys
    wide, high = int(keys.get("Nx") or 0), int(keys.get("Ny") or 0)
    if keys.get("gridType") == "sh":  # spectral fields lie nowhere
        (values,) = source.arrays(source.message(item.field), ["values"])
        return ("values",), (values.size,), {}, False
    lat, lon = _points(item, source)
    if wide * high != lat.size or keys.get("alternativeRowScanning"):
        return ("values",), (lat.size,), _lat_lon(("values",), lat, lon), False
    turned = bool(keys.get("jPointsAreConsecutive"))
    shape = (high, wide)
    lat, lon = shaped(lat, shape, turned), shaped(lon, shape, turned)
    if np.all(lat == lat[:, :1]) and np.all(lon == lon[:1]):
        coords = {
            "latitude": ("latitude", lat[:, 0], _AXES["latitude"]),
            "longitude": ("longitude", lon[0], _AXES["longitude"]),
        }
        return ("latitude", "longitude"), shape, coords, turned
    return ("y", "x"), shape, _lat_lon(("y", "x"), lat, lon), turned


def _points(item: Item, source: Source) -> list[npt.NDArray[np.float64]]:
    names = ["latitudes", "longitudes"]
    try:
        return source.arrays(item.bare, names)
    except IntegrityError:  # some packings are not readable without their data
        return source.arrays(source.message(item.field), names)


_AXES = {
    "latitude": {"units": "degrees_north", "standard_name": "latitude"},
    "longitude": {"units": "degrees_east", "standard_name": "longitude"},
}


def _lat_lon(dims: tuple[str, ...], lat: Any, lon: Any) -> dict[str, Any]:
    return {
        "latitude": (dims, lat, _AXES["latitude"]),
        "longitude": (dims, lon, _AXES["longitude"]),
    }


def _attrs(item: Item) -> dict[str, Any]:
    found = {f"GRIB_{key}": item.keys[key] for key in _ATTRS if key in item.keys}
    standard = str(item.keys.get("cfName", "unknown"))
    named = {"long_name": item.keys.get("name"), "units": item.keys.get("units")}
    return found | named | ({} if standard == "unknown" else {"standard_name": standard})


def _global_attrs(item: Item) -> dict[str, Any]:
    keys = item.keys
    return {
        "GRIB_edition": keys.get("edition"),
        "GRIB_centre": keys.get("centre"),
        "institution": keys.get("centreDescription"),
        "Conventions": "CF-1.7",
    }
