"""Several files as one dataset: opened at the same time, and put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.readers.alike import AT_ONCE, alike

S = TypeVar("S")
T = TypeVar("T")

_JOIN: dict[str, Any] = {
    "data_vars": "minimal",
    "coords": "minimal",
    "compat": "override",
    "join": "exact",
    "combine_attrs": "drop_conflicts",
}


def open_each(urls: Sequence[S], opener: Callable[[S], T]) -> list[T]:
    """Open every file of a set, some of them at the same time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(opener, urls))


def combine(parts: Sequence[xr.Dataset], dim: str | None, names: Sequence[str]) -> xr.Dataset:
    """Put the files of a set together along a dimension, or as their coordinates say.

    Raises
    ------
    InvalidInput
        When their grids, calendars, units or other coordinates differ: see `alike`.
    """
    made = alike(parts, dim, names)
    try:
        if dim is not None:
            return xr.concat(made, dim=dim, **_JOIN)
        return cast(xr.Dataset, xr.combine_by_coords(made, **_JOIN))
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"the {len(parts)} files do not fit together: {error}",
            hint="name concat_dim, or open them one by one",
        ) from error
