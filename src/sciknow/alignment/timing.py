"""Bringing datasets onto one calendar and one row of times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cftime
import numpy as np
import pandas as pd
import xarray as xr

from sciknow.alignment.apply import as_slice
from sciknow.alignment.cells import method_along
from sciknow.alignment.change import Side
from sciknow.alignment.moment import (
    STANDARD,
    Codes,
    Ruler,
    Seconds,
    calendar_of,
    even_ruler,
    ruler_of,
    seconds_of,
    shifted,
    shifts_of,
    step_of,
)
from sciknow.alignment.resample import join_steps
from sciknow.alignment.space import is_kind
from sciknow.alignment.step import DAY, Step, parse_step
from sciknow.axes.finder import bounds_names, bounds_of, find_axes
from sciknow.errors import InvalidInput
from sciknow.text import counted

TIMES = ("coarser", "finer", "first", "keep")
_OVER = frozenset({"mean", "sum", "maximum", "minimum"})
"""Cell methods of values that stand for a stretch of time."""
_SAME = 1.01
"""Steps whose lengths differ by less than this ratio are the same (28 to 31 days are a month)."""


@dataclass(slots=True)
class _Timed:
    """A side with its time: step, and whether it is coarser than the common one."""

    side: Side
    step: Step | None
    shifts: Seconds

    @property
    def time(self) -> xr.DataArray:
        """The times as they are written."""
        return self.side.ds[self.side.axes.time]

    @property
    def moment(self) -> xr.DataArray:
        """The times that tell to which period a value belongs: the middles of its bounds."""
        return shifted(self.time, self.shifts)


@dataclass(frozen=True, slots=True)
class _Row:
    """The common times: periods, their stamps, and the name and attributes of the coordinate.

    Bounds go along with the stamps where all periods have them: without, a stamp at the end of
    January would stand for February.
    """

    periods: Codes
    stamps: np.ndarray[Any, Any]
    name: str
    attrs: dict[str, Any]
    of: str
    bounds: xr.Variable | None = None


def align_time(sides: Sequence[Side], *, time: str, on: str, calendar: str = "") -> None:
    """Bring all sides that have times onto one row of them, in place, and note what was done.

    Raises
    ------
    InvalidInput
        Where they have no time in common, or uneven times that cannot be matched.
    """
    timed = [_prepared(side) for side in sides if side.axes.time]
    if calendar:
        for item in timed:
            _convert(item, calendar)
    wanted = None if time in TIMES else parse_step(time)
    if time == "keep" or not timed or (len(timed) < 2 and wanted is None):
        return
    if wanted is None and _same_times(timed):
        return
    chosen = None if wanted is not None else _chosen(timed, sides, time)
    ruler = _ruler(timed, chosen, wanted)
    for item in timed:
        if ruler.exact and calendar_of(item.time) != ruler.calendar:
            _convert(item, ruler.calendar)
    _match(timed, chosen or timed[0], ruler, on, given=wanted is not None)


def _prepared(side: Side) -> _Timed:
    """Let time be a rising dimension without repeated values."""
    name = side.axes.time
    dim = str(side.ds[name].dims[0])
    if dim != name:
        side.ds = side.ds.swap_dims({dim: name})
        side.axes = find_axes(side.ds)
    index = side.ds[name].to_index()
    if index.has_duplicates or pd.isna(index).any():
        raise InvalidInput(
            f"{side.label} has repeated or missing times",
            hint=f"drop them first: ds.drop_duplicates({name!r})",
        )
    if not index.is_monotonic_increasing:
        side.ds = side.ds.sortby(name)
        side.note("time", "times put into rising order")
    shifts = shifts_of(side.ds, name)
    return _Timed(side, step_of(shifted(side.ds[name], shifts))[0], shifts)


def _same_times(timed: Sequence[_Timed]) -> bool:
    first = timed[0].time
    alike = all(
        item.time.shape == first.shape
        and (item.time.name, item.time.dtype) == (first.name, first.dtype)
        and calendar_of(item.time) == calendar_of(first)
        and np.array_equal(item.time.values, first.values)
        for item in timed[1:]
    )
    if not alike or not any(np.any(item.shifts) for item in timed):
        return alike
    ruler = ruler_of(timed[0].moment, timed[0].step or Step(seconds=DAY))
    rows = [ruler.codes(item.moment) for item in timed]
    return all(np.array_equal(row, rows[0]) for row in rows[1:])


def _chosen(timed: Sequence[_Timed], sides: Sequence[Side], time: str) -> _Timed:
    """Return the side whose times all get."""
    known = [item for item in timed if item.step is not None]
    if time == "first":
        known = [item for item in timed[:1] if item.step is not None or item.time.size == 1]
    if not known:
        named = timed[0] if time == "first" else next(i for i in timed if i.step is None)
        raise InvalidInput(
            f"{named.side.label} has no even time step",
            hint="name one: time='P1M', or time='keep' to leave times alone",
        )
    if time == "first":
        return known[0]
    pick = max if time == "coarser" else min
    return pick(known, key=lambda item: cast(Step, item.step).length)


def _ruler(timed: Sequence[_Timed], chosen: _Timed | None, wanted: Step | None) -> Ruler:
    if chosen is None:
        last = max(seconds_of(item.moment, calendar_of(item.time))[-1] for item in timed)
        return even_ruler(timed[0].moment, last, cast(Step, wanted))
    step = chosen.step or next((item.step for item in timed if item.step), Step(seconds=DAY))
    return ruler_of(chosen.moment, step, bounds_of(chosen.side.ds, chosen.side.axes.time))


def _convert(item: _Timed, calendar: str) -> None:
    """Give a side the dates of another calendar; days that this one lacks are left out."""
    side, time = item.side, item.time
    own = calendar_of(time)
    if own == ("standard" if calendar in STANDARD else calendar):
        return
    name = side.axes.time
    places = xr.DataArray(np.arange(time.size, dtype="f8"), {name: time.values}, (name,))
    daily = item.step is None or item.step.length >= DAY
    across = "360_day" in (own, calendar)
    align_on = ("year" if daily else "date") if across else None
    try:
        found = places.convert_calendar(calendar, dim=name, align_on=align_on)
    except (ValueError, KeyError) as error:
        raise InvalidInput(
            f"{side.label}: its dates cannot be written in the calendar {calendar!r}: {error}",
            hint="CF's calendars are standard, noleap, all_leap, 360_day, julian",
        ) from error
    kept = found.values.astype(int)
    item.shifts = item.shifts[kept]
    stamps = xr.DataArray(found[name].values, dims=(name,), name=name, attrs=_attrs(time))
    side.ds = _without_bounds(side.ds, name).isel({name: kept}).assign_coords({name: stamps})
    lost = time.size - kept.size
    rest = f"; left out: {counted(lost, 'time')} that the calendar lacks" if lost else ""
    side.note("calendar", f"dates converted from {own} to {calendar}{rest}")


def _attrs(time: xr.DataArray) -> dict[str, Any]:
    return {key: value for key, value in time.attrs.items() if key != "bounds"}


def _without_bounds(ds: xr.Dataset, name: str) -> xr.Dataset:
    told = _bounds_name(ds[name])
    return ds.drop_vars(told) if told in ds.variables else ds


def _bounds_name(time: xr.DataArray) -> str:
    return str(time.attrs.get("bounds", time.encoding.get("bounds", "")))


def _match(timed: Sequence[_Timed], chosen: _Timed, ruler: Ruler, on: str, *, given: bool) -> None:
    """Join the times of the finer sides, find the common periods, and put all sides on them."""
    coarse = [item for item in timed if _is_coarser(item, ruler)]
    if coarse and given:
        raise InvalidInput(
            f"{coarse[0].side.label} has one value per {cast(Step, coarse[0].step).words}, "
            f"which is coarser than {ruler.step}",
            hint="name a coarser step, or use time='finer'",
        )
    fine = [item for item in timed if item not in coarse]
    stamps = {} if given else _stamps(chosen, ruler, chosen.time)
    middles = {} if given else _stamps(chosen, ruler, chosen.moment)
    spans = {id(item): _ends(item) for item in timed}
    codes = {id(item): ruler.codes(item.moment) for item in fine}
    for item in fine:
        _tell_bounds(item, ruler, codes[id(item)])
    rows = {key: np.unique(row[row >= 0]) for key, row in codes.items()}
    wanted = _common(list(rows.values()), on, rows.get(id(timed[0])))
    repeated = {id(item): _positions(item, wanted, middles) for item in coarse}
    if on == "overlap":
        for places in repeated.values():
            wanted = wanted[np.isin(wanted, [code for code, at in places.items() if at >= 0])]
    if not wanted.size:
        told = "; ".join(f"{item.side.label} {spans[id(item)]}" for item in timed)
        raise InvalidInput(f"no time in common: {told}", hint="on='union' keeps both periods")
    side = chosen.side
    labels = _labels(wanted, stamps, ruler, chosen)
    bounds = None if given else _bounds(chosen, wanted, ruler)
    row = _Row(wanted, labels, side.axes.time, dict(chosen.time.attrs), side.label, bounds)
    for item in fine:
        keeps = item is chosen and not given
        own = _joined(item, codes[id(item)], wanted, ruler, keep=keeps)
        _put(item, own, row, keeps=keeps)
    for item in coarse:
        _repeat(item, repeated[id(item)], row)


def _bounds(chosen: _Timed, wanted: Codes, ruler: Ruler) -> xr.Variable | None:
    """Return the bounds of the chosen times for the periods wanted; None unless all have them."""
    if not np.any(chosen.shifts) or bounds_of(chosen.side.ds, chosen.side.axes.time) is None:
        return None
    told = chosen.side.ds[_bounds_name(chosen.time)].variable
    places = _stamps(chosen, ruler, xr.DataArray(np.arange(chosen.time.size)))
    if any(int(code) not in places for code in wanted):
        return None
    return told.isel({told.dims[0]: [int(places[int(code)]) for code in wanted]})


def _is_coarser(item: _Timed, ruler: Ruler) -> bool:
    return item.step is not None and item.step.length > ruler.step.length * _SAME


def _ends(item: _Timed) -> str:
    first, last = (str(item.time.values[at])[:10] for at in (0, -1))
    return f"{first} to {last}"


def _tell_bounds(item: _Timed, ruler: Ruler, codes: Codes) -> None:
    """Say by what it was told to which period the values belong, where that matters."""
    if np.any(item.shifts):
        if not np.array_equal(codes, ruler.codes(item.time)):
            text = f"values belong to the {ruler.step.words} of their bounds, not of their stamps"
            item.side.note("time", text)
        return
    first = item.time[:1]
    over = [method_along(array, (str(item.time.name), "time")) for array in _along(item)]
    if {*over} & _OVER and not np.array_equal(
        ruler.codes(first), ruler.codes(shifted(first, np.array([-1.0])))
    ):
        text = f"no bounds: values are taken to belong to the {ruler.step.words} of their stamps"
        item.side.note("time", text)


def _along(item: _Timed) -> list[xr.DataArray]:
    return [array for array in item.side.ds.data_vars.values() if item.time.name in array.dims]


def _stamps(item: _Timed, ruler: Ruler, time: xr.DataArray) -> dict[int, Any]:
    """Return the first of some times of each period."""
    found: dict[int, Any] = {}
    for code, value in zip(ruler.codes(item.moment), time.values, strict=True):
        found.setdefault(int(code), value)
    found.pop(-1, None)
    return found


def _joined(item: _Timed, codes: Codes, wanted: Codes, ruler: Ruler, *, keep: bool) -> Codes:
    """Make one value a period of a side, of the periods wanted; return those that it has."""
    side, name = item.side, item.side.axes.time
    within = np.isin(codes, wanted)
    if not within.any():
        side.ds = side.ds.isel({name: [0]})  # its values are masked when they are put in place
        return codes[:0]
    if not within.all():
        side.ds = side.ds.isel({name: np.flatnonzero(within)})
        codes = codes[within]
    unique, counts = np.unique(codes, return_counts=True)
    same = item.step is None or item.step.length > ruler.step.length / _SAME
    if not codes.size or (counts.max() == 1 and (same or keep)):
        return unique
    ds = _without_bounds(side.ds, name)
    bounds = bounds_names(ds)
    side.ds = ds.drop_vars([n for n in bounds if n in ds and name in ds[n].dims])
    kinds = [str(n) for n, v in side.ds.data_vars.items() if name in v.dims and is_kind(v)]
    return join_steps(side, codes, ruler, item.step, kinds)


def _common(rows: Sequence[Codes], on: str, first: Codes | None) -> Codes:
    if on == "first" and first is not None:
        return first
    result = rows[0]
    for row in rows[1:]:
        result = np.union1d(result, row) if on == "union" else np.intersect1d(result, row)
    return result


def _positions(item: _Timed, wanted: Codes, middles: dict[int, Any]) -> dict[int, int]:
    """Return for each period where in a coarser side the value of its time stands; -1 for none."""
    known = [int(code) for code in wanted if int(code) in middles]
    if not known:
        return {}
    times = xr.DataArray([middles[code] for code in known], dims="time", name="time")
    bounds = bounds_of(item.side.ds, item.side.axes.time)
    own = ruler_of(item.moment, cast(Step, item.step), bounds)
    mine = {int(code): at for at, code in enumerate(own.codes(item.moment)) if code >= 0}
    return {code: mine.get(int(at), -1) for code, at in zip(known, own.codes(times), strict=True)}


def _labels(
    wanted: Codes, stamps: dict[int, Any], ruler: Ruler, chosen: _Timed
) -> np.ndarray[Any, Any]:
    """Return the time that stands for each period."""
    values = [stamps.get(int(code)) for code in wanted]
    starts = [
        ruler.start(int(code)) if v is None else v for code, v in zip(wanted, values, strict=True)
    ]
    if ruler.calendar == "standard" and chosen.time.dtype.kind == "M":
        return np.array([_numpy(value) for value in starts], chosen.time.dtype)
    return np.array([_cf(value, ruler.calendar) for value in starts], object)


def _numpy(value: Any) -> np.datetime64:
    return np.datetime64(value.isoformat()) if isinstance(value, cftime.datetime) else value


def _cf(value: Any, calendar: str) -> cftime.datetime:
    if isinstance(value, cftime.datetime):
        return value
    return cftime.num2date(seconds_of(np.array([value]))[0], "seconds since 1970-01-01", calendar)


def _put(item: _Timed, own: Codes, row: _Row, *, keeps: bool) -> None:
    """Put a side whose periods are *own* on the common ones."""
    side, name = item.side, item.side.axes.time
    before = side.ds.indexes.get(name)
    ds = side.ds if keeps else _without_bounds(side.ds, name)
    found = np.isin(row.periods, own)
    ds = _taken(side, ds, np.where(found, np.searchsorted(own, row.periods), -1))
    if before is not None and not keeps and _moved(before, own, row):
        side.note("time", f"times written as those of {row.of}, period by period")
    _stamp(side, ds, row, keeps=keeps)


def _taken(side: Side, ds: xr.Dataset, places: Codes) -> xr.Dataset:
    """Take positions along time, its coordinate left out; -1 is a missing value."""
    name, there = side.axes.time, places >= 0
    bare = ds.drop_vars([n for n, item in ds.coords.items() if name in item.dims])
    found = bare.isel({name: as_slice(np.where(there, places, 0))})
    if there.all():
        return found
    mask = xr.DataArray(there, dims=name)
    side.note("time", f"missing: {counted(int((~there).sum()), 'time')} that it lacks")
    return found.assign({n: v.where(mask) for n, v in found.data_vars.items() if name in v.dims})


def _moved(before: Any, own: Codes, row: _Row) -> bool:
    found = np.isin(row.periods, own)
    mine = np.asarray(before)[np.searchsorted(own, row.periods[found])]
    return _texts(mine) != _texts(row.stamps[found])


def _texts(stamps: np.ndarray[Any, Any]) -> list[str]:
    """Return times as text: those of different calendars cannot be compared."""
    if stamps.dtype.kind == "M":
        return [str(text) for text in np.datetime_as_string(stamps, unit="s")]
    return [stamp.isoformat()[:19] for stamp in stamps]


def _stamp(side: Side, ds: xr.Dataset, row: _Row, *, keeps: bool) -> None:
    """Write the common times into a dataset."""
    name = side.axes.time
    attrs = {key: value for key, value in row.attrs.items() if keeps or key != "bounds"}
    stamps = xr.DataArray(row.stamps, dims=(row.name,), name=row.name, attrs=attrs)
    if row.name != name:
        ds = ds.drop_vars(name, errors="ignore").rename({name: row.name})
        side.note("time", f"time renamed from {name} to {row.name}")
    side.ds = ds.assign_coords({row.name: stamps})
    if row.bounds is not None and not keeps:
        beside = f"{row.name}_bnds"
        bounds = xr.Variable((row.name, "bnds"), row.bounds.values)
        side.ds = side.ds.assign({beside: bounds})
        side.ds[row.name].attrs["bounds"] = beside
    side.axes = find_axes(side.ds)


def _repeat(item: _Timed, places: dict[int, int], row: _Row) -> None:
    """Repeat the values of a coarser side for the common times that lie in its steps."""
    side, name = item.side, item.side.axes.time
    at = np.array([places.get(int(code), -1) for code in row.periods])
    ds = _taken(side, _without_bounds(side.ds, name), at)
    step = cast(Step, item.step).words
    side.note("time", f"the value of each {step} is repeated for the times in it, not interpolated")
    _stamp(side, ds, row, keeps=False)
