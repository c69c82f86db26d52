"""Bringing two or more datasets onto one grid, one calendar and one set of units, lazily."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict

import xarray as xr

from sciknow.alignment.apply import lazy
from sciknow.alignment.array import as_dataset
from sciknow.alignment.change import Aligned, Side
from sciknow.alignment.nature import Nature, nature_of
from sciknow.alignment.space import METHODS, Wish, align_space
from sciknow.alignment.target import PLACELESS
from sciknow.alignment.timing import align_time
from sciknow.alignment.units import Conversion, check_density, convert
from sciknow.axes.finder import bounds_names, find_axes
from sciknow.errors import InvalidInput
from sciknow.text import counted

ON = ("overlap", "union", "first")


class Fit(TypedDict, total=False):
    """The finer options of `align`, as they are written by keyword."""

    calendar: str
    units: str
    water_density: float | None
    share: float


class AlignOptions(Fit, total=False):
    """The options of `align` that say onto what, and how."""

    grid: str | xr.Dataset
    time: str
    method: str


def align(
    a: Any,
    b: Any,
    *more: Any,
    grid: str | xr.Dataset = "coarser",
    time: str = "coarser",
    method: str = "auto",
    on: str = "overlap",
    calendar: str = "",
    units: str = "first",
    water_density: float | None = None,
    share: float = 0.5,
    labels: Sequence[str] = (),
) -> Aligned:
    """Bring datasets onto one grid, one calendar and the same units; no data are read.

    Parameters
    ----------
    a, b, *more : xarray.Dataset or xarray.DataArray
        What shall be aligned.
    grid : {"coarser", "finer", "first", "keep"} or xarray.Dataset
        Whose grid all get; where one of them has its values at points, that one's places, unless
        another is named.
    time : {"coarser", "finer", "first", "keep"} or str
        Whose time step all get, or a step such as ``P1M`` or ``P1D``. Finer values are joined as
        their ``cell_methods`` say: sums are added, maxima and minima stay such, all others are
        averaged. Coarser values are repeated.
    method : {"auto", "linear", "nearest", "conservative"}
        How values get to the grid. ``auto``: conservative means onto a grid 1.5 times as coarse or
        more, else linear; kinds, flags and directions always come from the nearest node.
    on : {"overlap", "union", "first"}
        Which area and time the result has.
    calendar : str
        CF's name of a calendar that all get; that of the chosen times when left out.
    units : {"first", "keep"}
        Whether variables in common get the units of the first that has them.
    water_density : float, optional
        In kg m-3: lets a depth of water become a mass over an area, and back.
    share : float
        How much of a cell must have values, for conservative means.
    labels : sequence of str
        How they are named in the report; the ids of the datasets they were opened from when left
        out.

    Returns
    -------
    Aligned
        The datasets in their order, unpacked like a tuple; ``report`` and ``changes`` say what was
        done. What was on dask or on disk stays lazy; data types and attributes are kept.

    Raises
    ------
    InvalidInput
        Where they share no area or no time, where grids cannot be brought together, or for an
        unknown word; the message says what would help.
    MissingDependency
        Without pint and cf-xarray where units differ; without pyproj for projected grids.

    Examples
    --------
    >>> import numpy as np
    >>> days = xr.date_range("2001-01-01", periods=59)
    >>> daily = xr.Dataset({"t": ("time", np.ones(59))}, {"time": days})
    >>> monthly = xr.Dataset({"s": ("time", [1.0, 2.0])}, {"time": days[[14, 45]]})
    >>> one, other = align(daily, monthly, labels=("daily", "monthly"))
    >>> one.sizes["time"], other.sizes["time"]
    (2, 2)
    """
    _check(method, on, units, share)
    check_density(water_density)
    sides = _sides((a, b, *more), labels)
    if units == "first":
        _units(sides, water_density)
    align_time(sides, time=time, on=on, calendar=calendar)
    align_space(sides, Wish(grid=grid, method=method, on=on, share=share))
    changes = [change for side in sides for change in side.changes]
    return Aligned([_told(side) for side in sides], changes, [side.label for side in sides])


def _check(method: str, on: str, units: str, share: float) -> None:
    for name, value, known in (
        ("method", method, METHODS),
        ("on", on, ON),
        ("units", units, ("first", "keep")),
    ):
        if value not in known:
            raise InvalidInput(f"{name}={value!r}", hint=f"one of {', '.join(known)}")
    if not 0 < share <= 1:
        raise InvalidInput(f"share={share!r}", hint="give a share of a cell, above 0 and up to 1")


def _sides(things: Sequence[Any], labels: Sequence[str]) -> list[Side]:
    if labels and len(labels) != len(things):
        raise InvalidInput(f"{counted(len(labels), 'label')} for {len(things)} datasets")
    sides: list[Side] = []
    for number, thing in enumerate(things):
        name = chr(ord("a") + number) if number < 26 else f"dataset {number + 1}"
        ds = lazy(as_dataset(thing, name))
        own = labels[number] if labels else str(ds.attrs.get("sciknow_dataset", name))
        taken = {side.label for side in sides}
        axes = find_axes(ds)
        if not axes.time and axes.kind in PLACELESS:
            raise InvalidInput(
                f"{own} has neither times nor places to be aligned by",
                hint=f"its coordinates are {', '.join(map(str, ds.coords)) or 'none'}",
            )
        empty = [dim for dim in (*axes.dims, axes.time) if dim and not ds.sizes.get(dim, 1)]
        if empty:
            raise InvalidInput(f"{own} is empty along {empty[0]!r}", hint="select a larger part")
        if axes.time and axes.dims == ds[axes.time].dims:
            raise InvalidInput(
                f"{own} has a place and a time for each of its values, as along a path",
                hint="take a grid's values along it with grid.interp(lat=..., lon=..., time=...)",
            )
        sides.append(Side(f"{own} ({name})" if own in taken else own, ds, axes))
    return sides


def _units(sides: Sequence[Side], water_density: float | None) -> None:
    """Give variables in common the units of the first that has them."""
    first: dict[str, str] = {}
    for side in sides:
        skipped = bounds_names(side.ds)
        changed = {}
        for name, item in side.ds.data_vars.items():
            unit = str(item.attrs.get("units", ""))
            if name in skipped or not unit or item.dtype.kind not in "fiu":
                continue
            key = str(item.attrs.get("standard_name", name))
            wanted = first.setdefault(key, unit)
            found = _converted(side, item, unit, wanted, water_density)
            if found is not None:
                changed[name] = found
        side.ds = side.ds.assign(changed)


def _converted(
    side: Side, item: xr.DataArray, unit: str, wanted: str, water_density: float | None
) -> xr.DataArray | None:
    if unit == wanted:
        return None
    nature = nature_of(item.name, item.attrs)
    way = convert(
        unit,
        wanted,
        difference=nature.difference,
        salinity=nature.salinity,
        water_density=water_density,
    )
    if way is None:
        side.note("units", f"{item.name}: {unit} is not converted to {wanted}: no way is known")
        return None
    side.note("units", f"{item.name}: {way}{_assumed(way, nature)}")
    attrs = item.attrs | {"units": wanted}
    if way.trivial:
        return item.assign_attrs(attrs)
    kind = item.dtype if item.dtype.kind == "f" else "f8"
    return (item * way.factor + way.offset).astype(kind).assign_attrs(attrs)


def _assumed(way: Conversion, nature: Nature) -> str:
    """Say what a conversion took values for, where another would give other numbers."""
    if nature.salinity and way.note:
        return f" (practical salinity, by {nature.by})"
    plain = convert(way.source, way.target)
    if plain is None or not plain.offset:
        return ""
    if nature.difference:
        return f", a difference by {nature.by}: the zero point stays"
    return ", values on a scale: nothing says that they are differences"


def _told(side: Side) -> xr.Dataset:
    """Write what was done into the history, as CF asks (section 2.6.2)."""
    if not side.changes:
        return side.ds
    done = "; ".join(f"{item.aspect}: {item.sentence}" for item in side.changes)
    line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} sciknow align: {side.label}: {done}"
    before = str(side.ds.attrs.get("history", ""))
    history = f"{line}\n{before}" if before else line
    return side.ds.assign_attrs(history=history)
