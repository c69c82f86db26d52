"""Bringing datasets onto one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.alignment.apply import as_slice
from sciknow.alignment.cells import mean_over_place
from sciknow.alignment.change import Side
from sciknow.alignment.placing import Placing, place, same_nodes
from sciknow.alignment.target import PLACELESS, Target, choose, fineness, stretched, target_of
from sciknow.axes.finder import GridKind, bounds_names, find_axes
from sciknow.errors import InvalidInput
from sciknow.text import counted

METHODS = ("auto", "linear", "nearest", "conservative")
Places = npt.NDArray[np.intp]

_COARSENING = 1.5
"""Above this ratio of spacings ``auto`` averages over cells rather than interpolating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How space is to be brought together; see `sciknow.align`."""

    grid: str | xr.Dataset = "coarser"
    method: str = "auto"
    on: str = "overlap"
    share: float = 0.5


def align_space(sides: Sequence[Side], wish: Wish) -> None:
    """Bring all sides that have a grid onto one, in place, and note what was done.

    Raises
    ------
    InvalidInput
        Where the areas do not meet, or the grids cannot be brought together.
    """
    target, chosen = choose(sides, wish.grid)
    if target is None:
        return
    placed = [side for side in sides if side.axes.kind not in PLACELESS]
    others = [side for side in placed if side is not chosen]
    if wish.on == "union" and target.rectangular:
        target = _stretch(target, others)
    target = target.celled()
    whole = [(side, _placing(side, target, wish)) for side in others]
    target, kept = _cut(target, whole, chosen, wish)
    for side in others:
        _regrid(side, target, wish)
    if chosen is not None:
        _keep(chosen, target, kept)


def _placing(side: Side, target: Target, wish: Wish) -> Placing:
    source = target_of(side.ds, side.axes)
    return place(source, target, _method(side, source, target, wish), wish.share)


def _method(side: Side, source: Target, target: Target, wish: Wish) -> str:
    """Return the method that is taken where the choice is left to us."""
    if wish.method != "auto":
        return wish.method
    if not source.rectangular:
        return "nearest"
    if not target.rectangular or source.kind is not target.kind:
        return "linear"
    own, wanted = source.lines(), target.lines()
    if not all(line.has_cells for line in (*own, *wanted)):
        return "linear"
    ratios = [b.spacing / a.spacing for a, b in zip(own, wanted, strict=True)]
    return "conservative" if max(ratios) > _COARSENING else "linear"


def _cut(
    target: Target, placings: Sequence[tuple[Side, Placing]], chosen: Side | None, wish: Wish
) -> tuple[Target, tuple[Places, Places] | None]:
    """Return the part of a target that every side reaches, and its rows and columns."""
    rows = np.logical_and.reduce([item.rows for _, item in placings])
    columns = np.logical_and.reduce([item.columns for _, item in placings])
    if not rows.any() or not columns.any():
        named = " and ".join(side.label for side, _ in placings)
        raise InvalidInput(
            f"{named} and the grid of {chosen.label if chosen else 'the target'} have no place "
            "in common",
            hint="look at sk.compatible(a, b); on='union' keeps both areas",
        )
    if wish.on != "overlap" or (rows.all() and columns.all()):
        return target, None
    kept = np.flatnonzero(rows), np.flatnonzero(columns)
    return target.part(*kept), kept


def _stretch(target: Target, others: Sequence[Side]) -> Target:
    sources = [target_of(side.ds, side.axes) for side in others]
    lines = [source.lines() for source in sources if source.kind is target.kind]
    y, x = (
        stretched(target, [pair[at] for pair in lines], name) for at, name in ((0, "y"), (1, "x"))
    )
    grown = (y.size, x.size) != (target.y.size, target.x.size)
    return replace(target, x=x, y=y, x_bounds=None, y_bounds=None) if grown else target


def _keep(side: Side, target: Target, kept: tuple[Places, Places] | None) -> None:
    """Leave the values of the side that gives the grid as they are; only cut it, or carry it on."""
    own = target_of(side.ds, side.axes)
    if kept is not None:
        places = dict(zip(own.dims, map(as_slice, kept), strict=False))
        side.ds = side.ds.isel(places)
        side.note("space", f"cut to the common area, {_size(target)}; no value was changed")
    elif own.size != target.size:
        placing = place(own, target, "nearest", 1.0)
        side.ds = _rebuild(side, own, target, lambda array: placing.regrid(array, "nearest"))
        side.note(
            "space", f"carried on to {_size(target)}; missing: {counted(placing.outside, 'point')}"
        )
    side.axes = find_axes(side.ds)


def _regrid(side: Side, target: Target, wish: Wish) -> None:
    source = target_of(side.ds, side.axes)
    if same_nodes(source, target) and source.kind is target.kind and _named_alike(source, target):
        side.ds = side.ds.assign_coords({target.x.name: target.x, target.y.name: target.y})
        return
    method = _method(side, source, target, wish)
    placing = place(source, target, method, wish.share)
    before = fineness(side)
    left_out = [] if placing.exact else _sums(side, source)
    side.ds = side.ds.drop_vars(left_out)

    def regrid(array: xr.DataArray) -> xr.DataArray:
        return placing.regrid(array, "nearest" if is_kind(array) else method)

    kinds = [
        str(n)
        for n, item in side.ds.data_vars.items()
        if is_kind(item) and set(item.dims) & set(source.dims)
    ]
    side.ds = _rebuild(side, source, target, regrid)
    side.axes = find_axes(side.ds)
    for sentence in _conventions(source, target):
        side.note("space", sentence)
    _tell(side, placing, method, target, before, kinds)
    if left_out:
        why = "cell_methods says that they are sums over cells; divide by the cell area first"
        side.note("space", f"left out {', '.join(left_out)}: {why}")


def _named_alike(source: Target, target: Target) -> bool:
    return (source.x.name, source.y.name) == (target.x.name, target.y.name)


def _tell(
    side: Side, placing: Placing, method: str, target: Target, before: float, kinds: Sequence[str]
) -> None:
    missing = (
        f"; outside and missing: {counted(placing.outside, 'point')}" if placing.outside else ""
    )
    if placing.exact:
        side.note("space", f"on {_size(target)} of its own nodes, not interpolated{missing}")
        return
    words = {
        "linear": "interpolated linearly",
        "nearest": "taken from the nearest node",
        "conservative": "averaged over cells by area (conservative)",
    }
    where = f"from about {_meters(before)} to {_meters(fineness(side))}, {_size(target)}"
    made = method != "nearest"
    side.note("space", f"{words[method]} {where}{missing}", interpolated=made)
    if method != "conservative" and fineness(side) > _COARSENING * before > 0:
        side.note("space", "each value is that of one place, not a mean over the coarser cell")
    if kinds and made:
        side.note("space", f"{', '.join(kinds)}: kinds or directions, from the nearest node")


def _meters(value: float) -> str:
    return f"{value / 1000:.3g} km" if value else "one point"


def _size(target: Target) -> str:
    if target.rectangular:
        return f"{target.y.size:,} × {target.x.size:,} points"
    return counted(target.size, "point")


def _rebuild(side: Side, source: Target, target: Target, regrid: Any) -> xr.Dataset:
    """Return a dataset with its variables on the target's grid and the target's coordinates."""
    ds, gone = side.ds, set(source.dims)
    doomed = bounds_names(ds)
    variables = {}
    for name, item in ds.data_vars.items():
        if not gone & set(item.dims):
            variables[name] = item
        elif name not in doomed:
            variables[name] = _remap(regrid(item), source, target)
    coords = {
        name: item
        for name, item in ds.coords.items()
        if not gone & set(item.dims) and name not in (source.x.name, source.y.name)
    }
    coords |= {target.y.name: target.y, target.x.name: target.x}
    if target.mapping and not source.mapping:
        coords[_MAPPING] = xr.DataArray(0, attrs=target.mapping)
    rebuilt = xr.Dataset(variables, coords, ds.attrs)
    for name, item in ds.coords.items():
        if name in rebuilt.coords and name not in (target.y.name, target.x.name):
            rebuilt[name].attrs = item.attrs
    return rebuilt


_MAPPING = "spatial_ref"


def _remap(array: xr.DataArray, source: Target, target: Target) -> xr.DataArray:
    """Let a variable name the grid mapping of the grid that it is on now."""
    attrs = dict(array.attrs)
    if source.mapping and not target.mapping:
        attrs.pop("grid_mapping", None)
    if target.mapping and not source.mapping:
        attrs["grid_mapping"] = _MAPPING
    array.attrs = attrs
    return array


def is_kind(array: xr.DataArray) -> bool:
    """Tell whether values cannot be averaged: kinds, flags, dates, texts, directions."""
    flagged = {"flag_values", "flag_masks", "flag_meanings"} & set(array.attrs)
    direction = "_direction" in str(array.attrs.get("standard_name", ""))
    return bool(flagged) or direction or array.dtype.kind not in "fiu"


def _sums(side: Side, source: Target) -> list[str]:
    return [
        str(name)
        for name, item in side.ds.data_vars.items()
        if set(item.dims) & set(source.dims) and mean_over_place(item, source) is False
    ]


def _conventions(source: Target, target: Target) -> list[str]:
    """Say how the coordinates themselves were read."""
    found = []
    if (source.x.name, source.y.name) != (target.x.name, target.y.name):
        old, new = f"{source.y.name}, {source.x.name}", f"{target.y.name}, {target.x.name}"
        found.append(f"coordinates renamed from {old} to {new}")
    if source.kind is not GridKind.LATLON or target.kind is not GridKind.LATLON:
        return found
    ranges = [_range(item) for item in (source, target)]
    if ranges[0] != ranges[1]:
        found.append(f"longitudes turned from {ranges[0]} to {ranges[1]}")
    orders = [int(item.y.values[-1] >= item.y.values[0]) for item in (source, target)]
    if orders[0] != orders[1]:
        names = ("north to south", "south to north")
        found.append(f"latitudes turned from {names[orders[0]]} to {names[orders[1]]}")
    return found


def _range(grid: Target) -> str:
    return "0 to 360" if grid.x.values.max() > 180 else "-180 to 180"
