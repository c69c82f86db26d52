"""Time coordinates in numbers: calendar, step, gaps, and which period each time lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cftime
import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.alignment.step import DAY, Step
from sciknow.axes.finder import bounds_of

Seconds = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

STANDARD = frozenset({"standard", "gregorian", "proleptic_gregorian"})
"""Calendars that numpy's dates follow (alike since 1582)."""

_EPOCH = "seconds since 1970-01-01"


def calendar_of(time: xr.DataArray) -> str:
    """Return the CF calendar of a time coordinate; numpy's dates are ``standard``."""
    found = str(time.dt.calendar)
    return "standard" if found in STANDARD else found


def seconds_of(time: xr.DataArray | npt.NDArray[Any], calendar: str = "standard") -> Seconds:
    """Return times as seconds since 1970 in their own calendar."""
    values = np.asarray(time.values if isinstance(time, xr.DataArray) else time)
    if np.issubdtype(values.dtype, np.datetime64):
        whole = values.astype("M8[us]").astype("i8")
        return np.asarray(whole / 1e6, "f8")
    return np.asarray(cftime.date2num(values, _EPOCH, calendar=calendar), "f8")


def shifts_of(ds: xr.Dataset, name: str) -> Seconds:
    """Return how far from each time the middle of its cell lies, in seconds; 0 where none is told.

    The middle, not the stamp, tells which month or day a mean or a sum belongs to: January may be
    stamped with the first of February (CF 7.1). Climatological bounds (CF 7.4) run from the
    first year to the last: their middle is taken within a year, in the year next to the stamp.
    """
    time = ds[name]
    bounds = bounds_of(ds, name)
    climatology = str(time.attrs.get("climatology", time.encoding.get("climatology", "")))
    if bounds is None and climatology in ds.variables:
        bounds = np.asarray(ds[climatology].values)
    if bounds is None or bounds.shape != (time.size, 2) or not _dated(bounds):
        return np.zeros(time.size)
    calendar = calendar_of(time)
    own = seconds_of(time, calendar)
    low, high = (seconds_of(bounds[:, side], calendar) for side in (0, 1))
    if climatology in ds.variables:
        middle = _within_year(own, low, high, calendar)
    else:
        middle = (low + high) / 2
    return np.asarray(middle - own, "f8")


def _dated(values: npt.NDArray[Any]) -> bool:
    if values.dtype.kind == "M":
        return not np.isnat(values).any()
    return values.dtype == object and isinstance(values.flat[0], cftime.datetime)


def _within_year(own: Seconds, low: Seconds, high: Seconds, calendar: str) -> Seconds:
    """Return the middle of the part of a year that climatological bounds mean."""
    year = float(cftime.date2num(cftime.datetime(2001, 1, 1, calendar=calendar), _EPOCH)) - float(
        cftime.date2num(cftime.datetime(2000, 1, 1, calendar=calendar), _EPOCH)
    )
    part = (high - low) - np.floor((high - low - DAY / 2) / year) * year  # 30 Januaries are one
    middles = cftime.num2date(low + part / 2, _EPOCH, calendar=calendar)
    stamps = cftime.num2date(own, _EPOCH, calendar=calendar)
    found = []
    for middle, stamp in zip(np.atleast_1d(middles), np.atleast_1d(stamps), strict=True):
        near = [_of_year(middle, stamp.year + more) for more in (-1, 0, 1)]
        found.append(min(near, key=lambda at: abs((at - stamp).total_seconds())))
    return seconds_of(np.array(found, object), calendar)


def _of_year(day: cftime.datetime, year: int) -> cftime.datetime:
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return day.replace(year=year, day=28)


def shifted(time: xr.DataArray, by: Seconds) -> xr.DataArray:
    """Return times some seconds later, each by its own."""
    if not np.any(by):
        return time
    if time.dtype.kind == "M":
        values: Any = time.values.astype("M8[us]") + np.round(by * 1e6).astype("m8[us]")
    else:
        calendar = calendar_of(time)
        values = cftime.num2date(seconds_of(time, calendar) + by, _EPOCH, calendar=calendar)
    return xr.DataArray(values, dims=time.dims, name=time.name)


def step_of(time: xr.DataArray) -> tuple[Step | None, int]:
    """Find the step of a time coordinate, and how many steps are missing inside.

    Returns
    -------
    Step or None
        None for fewer than two times, or where fewer than two thirds of the steps are alike.
    int
        How many times are missing between the first and the last.
    """
    if time.size < 2:
        return None, 0
    seconds = np.diff(seconds_of(time, calendar_of(time)))
    months = np.diff(_months(time))
    usual = int(np.median(months))
    if usual >= 1 and _alike(months, usual) and np.median(seconds) > 27 * DAY * usual:
        return Step(months=usual), int(np.sum(np.maximum(months // usual - 1, 0)))
    middle = float(np.round(np.median(seconds)))
    if middle <= 0 or not _alike(seconds, middle, 0.01 * middle):
        return None, 0
    return Step(seconds=middle), int(np.sum(np.maximum(np.round(seconds / middle) - 1, 0)))


def _alike(values: npt.NDArray[Any], usual: float, slack: float = 0.0) -> bool:
    return bool(np.mean(np.abs(values - usual) <= slack) >= 2 / 3) and bool(np.all(values > 0))


def _months(time: xr.DataArray) -> Codes:
    return np.asarray(time.dt.year.values * 12 + time.dt.month.values - 1, "i8")


@dataclass(frozen=True, slots=True)
class Ruler:
    """Periods that follow each other, and the number of the one that a time lies in.

    Parameters
    ----------
    step : Step
        Their length.
    calendar : str
        CF name.
    origin : int
        First month, counted from the year 0, for steps of months.
    edges : array of float, optional
        Beginnings in seconds since 1970, rising, for steps that follow no calendar; the end of
        the last one is the last number.
    """

    step: Step
    calendar: str
    origin: int = 0
    edges: Seconds | None = None

    @property
    def exact(self) -> bool:
        """Whether both calendars must be the same for its numbers to agree."""
        return not self.step.months

    def codes(self, time: xr.DataArray) -> Codes:
        """Return the period of each time; -1 where it lies in none."""
        if self.step.months:
            return np.asarray((_months(time) - self.origin) // self.step.months + _SHIFT, "i8")
        if self.edges is None:
            date = time.dt.year * 10_000 + time.dt.month * 100 + time.dt.day
            return np.asarray(date.values, "i8")
        at = np.searchsorted(self.edges, seconds_of(time, self.calendar) + 1e-3, side="right") - 1
        return np.where(at >= self.edges.size - 1, -1, at).astype("i8")

    def start(self, code: int) -> cftime.datetime:
        """Return the beginning of a period."""
        if self.step.months:
            month = (code - _SHIFT) * self.step.months + self.origin
            return cftime.datetime(month // 12, month % 12 + 1, 1, calendar=self.calendar)
        if self.edges is None:
            year, rest = divmod(code, 10_000)
            return cftime.datetime(year, rest // 100, rest % 100, calendar=self.calendar)
        return cftime.num2date(float(self.edges[code]), _EPOCH, calendar=self.calendar)

    def length(self, code: int) -> float:
        """Return the seconds that a period lasts."""
        if self.edges is not None:
            return float(self.edges[code + 1] - self.edges[code])
        if not self.step.months:
            return DAY
        span = self.start(code + 1) - self.start(code)
        return float(span.total_seconds())


_SHIFT = 1_000_000
"""Keeps the numbers of periods before the origin positive; -1 stays free for none."""


def ruler_of(time: xr.DataArray, step: Step, bounds: npt.NDArray[Any] | None = None) -> Ruler:
    """Return the periods that a time coordinate stands for.

    Months, quarters, years and days are those of the calendar, wherever in them the time stands.
    Other steps begin at the time itself, unless *bounds* (n, 2) say otherwise; *time* then is the
    middle between them.
    """
    calendar = calendar_of(time)
    if step.months:
        return Ruler(step, calendar, origin=_origin(time, step.months, bounds))
    if step.seconds == DAY:
        return Ruler(step, calendar)
    starts = seconds_of(time, calendar)
    if bounds is not None:
        low, high = (seconds_of(bounds[:, side], calendar) for side in (0, 1))
        if np.allclose(low[1:], high[:-1]):
            return Ruler(step, calendar, edges=np.append(low, high[-1]))
        starts = low
    return Ruler(step, calendar, edges=np.append(starts, starts[-1] + step.seconds))


def _origin(time: xr.DataArray, months: int, bounds: npt.NDArray[Any] | None) -> int:
    """Return the month, counted from January 1 BC, at which one of some periods begins.

    Where no bounds tell, a year stamped in its middle and a quarter stamped in the middle of a
    month end as far after it as they begin before; what is stamped with the last day of a month
    ends there; all else begins with the month of its stamp.
    """
    if bounds is not None and bounds.size and _dated(bounds):
        time = xr.DataArray(bounds[:1, 0], dims="time")
    elif months > 1:
        month, day = int(time.dt.month[0]), int(time.dt.day[0])
        noon = int(time.dt.hour[0]) > 0
        if months == 12 and ((month, day) in _MIDDLES or ((month, day) == (7, 1) and noon)):
            return 0
        if months == 3 and 10 <= day <= 20:
            return (int(_months(time)[0]) - 1) % months
        if day >= 28:
            return (int(_months(time)[0]) + 1) % months
    return int(_months(time)[0]) % months


_MIDDLES = {(6, 30), (7, 2), (7, 3)}
"""Middles of a year, as the calendars have them."""


def even_ruler(time: xr.DataArray, last: float, step: Step) -> Ruler:
    """Return periods of one length from the beginning of a day on, until *last* (seconds)."""
    calendar = calendar_of(time)
    if step.months or step.seconds == DAY:
        return Ruler(step, calendar)
    first = np.floor(seconds_of(time, calendar)[0] / DAY) * DAY
    count = int(np.floor((last - first) / step.seconds)) + 2
    return Ruler(step, calendar, edges=first + np.arange(count) * step.seconds)
