"""Several files as one dataset: opened at the same time, and put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import xarray as xr

from sciknow.errors import InvalidInput

S = TypeVar("S")
T = TypeVar("T")

AT_ONCE = 8
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


def combine(parts: Sequence[xr.Dataset], dim: str | None) -> xr.Dataset:
    """Put the files of a set together along a dimension, or as their coordinates say.

    Raises
    ------
    InvalidInput
        When their grids differ.
    """
    try:
        if dim is not None:
            return xr.concat(list(parts), dim=dim, **_JOIN)
        return cast(xr.Dataset, xr.combine_by_coords(list(parts), **_JOIN))
    except ValueError as error:
        raise InvalidInput(
            f"the {len(parts)} files do not fit together: {error}",
            hint="name concat_dim, or open them one by one",
        ) from error
