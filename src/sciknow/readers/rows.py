"""The rows and columns of a table that are wanted, where the source cannot choose them itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, cast

import dask.dataframe as dd
import pandas as pd

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox
from sciknow.model.selection import Selection
from sciknow.readers.table import by_part
from sciknow.readers.table_axes import Axes, axes_of

Interval = tuple[float, float]


def check_axes(axes: Axes, wanted: Selection) -> None:
    """Refuse a selection that a table has no columns for.

    Raises
    ------
    InvalidInput
        Saying which columns are missing.
    """
    if wanted.bbox and not (axes.latitude and axes.longitude):
        raise InvalidInput(
            "the table has no columns of latitude and longitude, so no box is cut out of it",
            hint="open it whole and filter it",
        )
    if wanted.period and not axes.time:
        raise InvalidInput(
            "the table has no single column of times, so no period is cut out of it",
            hint="name it in the option parse_dates where it is a text, or filter the whole table",
        )


def longitudes(west: float, east: float) -> list[Interval]:
    """Return the intervals of longitude between two meridians, from -180 to 360.

    Examples
    --------
    >>> longitudes(170, -170)
    [(-190.0, -170.0), (170.0, 190.0)]
    >>> longitudes(-180, 180)
    [(-180.0, 360.0)]
    """
    if east - west >= 360:
        return [(-180.0, 360.0)]
    span = (east - west) % 360
    start = (west + 180) % 360 - 180
    found = [(start + turn, start + turn + span) for turn in (-360.0, 0.0, 360.0)]
    return [(low, high) for low, high in found if high >= -180 and low <= 360]


def times(period: tuple[str, str]) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Return the first moment of a period and the first after it; None where it is open.

    Raises
    ------
    InvalidInput
        For dates beyond what pandas counts.
    """
    try:
        first = pd.Period(period[0]).start_time if period[0] else None
        last = pd.Period(period[1]).end_time + pd.Timedelta(1, "ns") if period[1] else None
    except ValueError as error:
        raise InvalidInput(f"period={period!r}: {error}", hint="give dates of this era") from error
    return first, last


def within(values: Any, intervals: Iterable[Interval]) -> Any:
    """Tell for each value whether it lies in one of some intervals; what is missing does not."""
    return reduce(or_, ((values >= low) & (values <= high) for low, high in intervals))


def cut_rows(frame: dd.DataFrame, wanted: Selection) -> dd.DataFrame:
    """Keep the rows inside a box and a period, and the columns that are wanted; stays lazy.

    Raises
    ------
    InvalidInput
        When the table lacks a column.
    """
    columns = columns_of(frame, wanted.variables)
    if not (wanted.bbox or wanted.period):
        return cast(dd.DataFrame, frame[columns])
    axes = axes_of(frame)
    check_axes(axes, wanted)
    meta = frame._meta[columns]
    return cast(dd.DataFrame, by_part(frame, keep, axes, wanted, columns, meta=meta))


def columns_of(frame: Any, wanted: Sequence[str]) -> list[str]:
    """Check names of columns against those that a table has; none are all.

    Raises
    ------
    InvalidInput
        Naming the column that there is not.
    """
    known = [str(name) for name in frame.columns]
    if missing := [name for name in wanted if name not in known]:
        raise InvalidInput(
            f"the table has no column {missing[0]!r}", hint="it has " + ", ".join(known)
        )
    return list(dict.fromkeys(wanted)) or known


def keep(part: pd.DataFrame, axes: Axes, wanted: Selection, columns: list[str]) -> pd.DataFrame:
    """Return the rows of one partition that are wanted."""
    mask = pd.Series(True, index=part.index)
    if wanted.bbox:
        mask &= _in_box(part, axes, wanted.bbox)
    if wanted.period:
        mask &= _in_period(_values(part, cast(str, axes.time)), wanted.period)
    return part.loc[mask.to_numpy(dtype=bool), columns]


def _values(part: pd.DataFrame, name: str) -> pd.Series:
    if name in part.columns:
        return part[name]
    return pd.Series(part.index, index=part.index)


def _in_box(part: pd.DataFrame, axes: Axes, box: BBox) -> pd.Series:
    west, south, east, north = box
    lat, lon = _values(part, cast(str, axes.latitude)), _values(part, cast(str, axes.longitude))
    found: pd.Series = within(lat, [(south, north)]) & within(lon, longitudes(west, east))
    return found.fillna(False)


def _in_period(values: pd.Series, period: tuple[str, str]) -> pd.Series:
    zone = getattr(values.dt, "tz", None)
    first, after = (item if item is None else item.tz_localize(zone) for item in times(period))
    mask = values.notna()
    if first is not None:
        mask &= values >= first
    if after is not None:
        mask &= values < after
    return mask.fillna(False)
