"""The columns of a table that say where and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sciknow.axes.rule import Kind, column_of


@dataclass(frozen=True, slots=True)
class Axes:
    """The columns that say where and when; None where a table has none.

    Parameters
    ----------
    latitude, longitude, time : str, optional
        Names of columns, or of the index.
    """

    latitude: str | None = None
    longitude: str | None = None
    time: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that there are."""
        return tuple(name for name in (self.latitude, self.longitude, self.time) if name)


def axes_of(frame: Any) -> Axes:
    """Tell from names and types which columns of a table, of dask or pandas, say where and when."""
    types = {str(name): dtype for name, dtype in frame.dtypes.items()}
    if frame.index.name is not None:
        types[str(frame.index.name)] = frame.index.dtype
    numbers = [name for name, dtype in types.items() if pd.api.types.is_numeric_dtype(dtype)]
    times = [name for name, dtype in types.items() if _is_time(dtype)]
    return Axes(
        column_of(Kind.LATITUDE, numbers),
        column_of(Kind.LONGITUDE, numbers),
        column_of(Kind.TIME, times) or (times[0] if len(times) == 1 else None),
    )


def _is_time(dtype: Any) -> bool:
    return pd.api.types.is_datetime64_any_dtype(dtype) or "timestamp" in str(dtype)
