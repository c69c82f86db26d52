"""What part of a dataset is wanted, in the user's words, as indices along its dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sciknow.errors import InvalidInput, MissingDependency, NotFound
from sciknow.model.coverage import BBox
from sciknow.model.parse import Where, parse_day, parse_number

Index = npt.NDArray[np.intp]

_LATITUDE = frozenset({"lat", "latitude", "nav_lat", "y_lat"})
_LONGITUDE = frozenset({"lon", "longitude", "long", "nav_lon", "x_lon"})


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a dataset.

    Parameters
    ----------
    bbox : tuple of four floats, optional
        West, south, east, north in degrees; west above east crosses the antimeridian.
    period : tuple of two str, optional
        First and last date, both included; an empty one is open.
    variables : tuple of str
        Names in the data, or CF standard names; empty is all.
    """

    bbox: BBox | None = None
    period: tuple[str, str] | None = None
    variables: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bbox or self.period or self.variables)


def parse_selection(
    bbox: Sequence[float] | None = None,
    period: Sequence[str] | None = None,
    variables: Sequence[str] | str | None = None,
) -> Selection:
    """Check a selection.

    Raises
    ------
    InvalidInput
        For a box or a period that cannot be.

    Examples
    --------
    >>> parse_selection(period=("1979", "2020")).period
    ('1979', '2020')
    """
    given = (variables,) if isinstance(variables, str) else variables
    names = () if given is None else _several(given, "variables", "names")
    if not all(isinstance(name, str) for name in names):
        raise InvalidInput(f"variables={variables!r}", hint="give names, or CF standard names")
    return Selection(
        None if bbox is None else _parse_bbox(bbox),
        None if period is None else _parse_period(period),
        names,
    )


def _several(value: object, name: str, hint: str, count: int | None = None) -> tuple[Any, ...]:
    """Return the items of a sequence or an array."""
    items = value if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else None
    found = None if items is None else tuple(items)
    if found is None or count not in (None, len(found)):
        raise InvalidInput(f"{name}={value!r}", hint=f"give {hint}")
    return found


def _parse_bbox(given: Sequence[float]) -> BBox:
    value = _several(given, "bbox", "(west, south, east, north) in degrees", 4)
    where = Where("bbox")
    west, east = (parse_number(value[at], where / at, -180, 360) for at in (0, 2))
    south, north = (parse_number(value[at], where / at, -90, 90) for at in (1, 3))
    if south > north:
        raise InvalidInput(f"bbox={tuple(value)!r}: south is above north", hint="swap them")
    return west, south, east, north


def _parse_period(given: Sequence[str]) -> tuple[str, str]:
    value = _several(given, "period", "(first date, last date)", 2)
    first, last = (parse_day(item, Where("period")) for item in value)
    if first and last and first[: len(last)] > last[: len(first)]:
        raise InvalidInput(f"period={tuple(value)!r} ends before it starts", hint="swap the dates")
    return first, last


def indices(ds: xr.Dataset, selection: Selection) -> dict[str, Index]:
    """Return the indices wanted along each dimension that the selection cuts.

    Raises
    ------
    InvalidInput
        When the dataset lacks what the selection needs, or nothing lies inside it.
    """
    found: dict[str, Index] = {}
    if selection.bbox is not None:
        found |= _box(ds, selection.bbox)
    if selection.period is not None:
        time = time_axis(ds)
        found[str(time.dims[0])] = _times(time, selection.period)
    for dim, index in found.items():
        if not len(index):
            raise InvalidInput(
                f"nothing lies inside the selection along {dim!r}",
                hint=f"it reaches from {ds[dim].values[0]} to {ds[dim].values[-1]}",
            )
    return found


def _box(ds: xr.Dataset, bbox: BBox) -> dict[str, Index]:
    west, south, east, north = bbox
    grid = _projected_grid(ds)
    if grid is None:
        lat, lon = axis(ds, "latitude"), axis(ds, "longitude")
        return {
            str(lat.dims[0]): _inside(lat, south, north),
            str(lon.dims[0]): _longitudes(lon, west, east),
        }
    mapping, x, y = grid
    low_x, high_x, low_y, high_y = _projected().extent(mapping, x, y, bbox)
    return {
        str(y.dims[0]): _inside(y, low_y, high_y),
        str(x.dims[0]): _inside(x, low_x, high_x),
    }


def _projected() -> Any:
    try:
        return import_module("sciknow.readers.formats.geotiff.projected")
    except ImportError as error:
        raise MissingDependency(
            "a box on a projected grid needs pyproj, which is not installed",
            hint="pip install 'sciknow[geotiff]'",
        ) from error


def _projected_grid(
    ds: xr.Dataset,
) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray] | None:
    """Return grid mapping, x and y of data on a projected grid; None for any other."""
    names = {
        name
        for item in ds.data_vars.values()
        if (name := item.encoding.get("grid_mapping") or item.attrs.get("grid_mapping"))
    }
    axes = [_along(ds, f"projection_{letter}_coordinate") for letter in "xy"]
    if len(names) != 1 or axes[0] is None or axes[1] is None:
        return None
    name = names.pop()
    return (ds[name], axes[0], axes[1]) if name in ds.variables else None


def _along(ds: xr.Dataset, standard_name: str) -> xr.DataArray | None:
    for item in ds.coords.values():
        if item.ndim == 1 and item.attrs.get("standard_name") == standard_name:
            return cast(xr.DataArray, item)
    return None


def select(ds: xr.Dataset, selection: Selection) -> xr.Dataset:
    """Return the part of a dataset that is wanted, still lazy."""
    chosen = ds[names(ds, selection.variables)] if selection.variables else ds
    return chosen.isel({dim: as_slice(at) for dim, at in indices(chosen, selection).items()})


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


def axis(ds: xr.Dataset, kind: str) -> xr.DataArray:
    """Return the one-dimensional latitude or longitude of a dataset.

    Raises
    ------
    InvalidInput
        When there is none, as on a curvilinear or projected grid.
    """
    known = _LATITUDE if kind == "latitude" else _LONGITUDE
    units = "degree" + ("s_north" if kind == "latitude" else "s_east")
    for name, item in ds.coords.items():
        told = item.attrs.get("standard_name") == kind or item.attrs.get("units") == units
        if item.ndim == 1 and (told or str(name).lower() in known):
            return cast(xr.DataArray, item)
    raise InvalidInput(
        f"the data have no one-dimensional {kind}, so a box cannot be cut out of them",
        hint="open them whole and select along " + ", ".join(map(str, ds.sizes)),
    )


def time_axis(ds: xr.Dataset) -> xr.DataArray:
    """Return the one-dimensional time of a dataset.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    for item in ds.coords.values():
        calendar = item.dtype == object and type(item.to_index()).__name__ == "CFTimeIndex"
        if item.ndim == 1 and (np.issubdtype(item.dtype, np.datetime64) or calendar):
            return cast(xr.DataArray, item)
    raise InvalidInput(
        "the data have no time coordinate, so a period cannot be cut out of them",
        hint="leave out period",
    )


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
    index = coordinate.to_index()
    if not isinstance(index, pd.DatetimeIndex):
        chosen = xr.DataArray(np.arange(len(index)), {"t": index}, "t").sel(t=slice(*_open(period)))
        return np.asarray(chosen.values)
    try:
        first = pd.Period(period[0]).start_time if period[0] else index.min()
        last = pd.Period(period[1]).end_time if period[1] else index.max()
    except ValueError as error:
        raise InvalidInput(f"period={period!r}: {error}", hint="give dates of this era") from error
    return np.flatnonzero((index >= first) & (index <= last))


def _open(period: tuple[str, str]) -> tuple[str | None, str | None]:
    return period[0] or None, period[1] or None


def as_slice(index: Index) -> Any:
    """Return indices as a slice where they follow each other, else as they are."""
    if len(index) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index
