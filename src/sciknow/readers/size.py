"""How large what is opened is, told from its metadata before xarray, dask or pandas see it.

A few bytes can say that there are 10**9 chunks, variables or values of a coordinate; each would be
made while opening.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xarray as xr

from sciknow.errors import LimitExceeded
from sciknow.net import redact
from sciknow.wire.budget import Limits

MOST_VALUES = 2**60
"""Values that an array may have: as many bytes as numpy can count, by eight."""


@dataclass(frozen=True, slots=True)
class Array:
    """What metadata say of an array.

    Parameters
    ----------
    name : str
        Its name in its group.
    dims : tuple of str
        Its dimensions, as far as they are told.
    shape : tuple of int
        Its size.
    chunks : tuple of int, optional
        Sizes of its chunks; one chunk when left out.
    """

    name: Hashable
    dims: Sequence[Hashable]
    shape: Sequence[int]
    chunks: Sequence[int] | None = None

    def pieces(self, wanted: Mapping[str, int]) -> int:
        """Count the pieces it is read in, by its own chunks or those that are wanted."""
        own = self.chunks or self.shape
        steps = [wanted.get(str(dim)) or step for dim, step in _each(self.dims, own)]
        return math.prod(
            max(1, -(-size // (step if step > 0 else size or 1)))
            for size, step in zip(self.shape, steps, strict=False)
        )


def _each(dims: Sequence[Hashable], steps: Sequence[int]) -> list[tuple[Hashable, int]]:
    return [(dims[at] if at < len(dims) else "", step) for at, step in enumerate(steps)]


def check_arrays(arrays: Iterable[Array], limits: Limits, url: str, wanted: object = None) -> None:
    """Refuse what is too large to be opened.

    Parameters
    ----------
    arrays : iterable of Array
        What metadata tell; so many are taken as may be.
    limits : Limits
        How large it may be.
    url : str
        Where it is.
    wanted : mapping, optional
        Chunks by dimension that were asked for in place of its own.

    Raises
    ------
    LimitExceeded
        For too many arrays, chunks or values.
    """
    asked: Any = wanted if isinstance(wanted, Mapping) else {}
    what, pieces, count = redact(url), 0, 0
    for count, item in enumerate(arrays, 1):
        if math.prod(item.shape) > MOST_VALUES:
            raise LimitExceeded(
                f"{what}: {str(item.name)[:80]!r} has a size of {str(tuple(item.shape))[:80]}, "
                f"which is more than {MOST_VALUES:,} values",
                hint="no machine holds such an array; the metadata are damaged, or hostile",
            )
        if item.chunks is not None:
            one = math.prod(item.chunks)
            limits.check("unpacked", one, f"{what}: a chunk of {str(item.name)[:80]!r}", "values")
        pieces += item.pieces(asked)
        limits.check("chunks", pieces, what, "chunks", least=True)
        if len(item.shape) == 1 and tuple(item.dims) == (item.name,):
            limits.check("index", item.shape[0], f"{what}: the coordinate {item.name!r}", "values")
        limits.check("names", count, what, "variables", least=True)


def check_variables(
    variables: Mapping[Any, xr.Variable], limits: Limits, url: str, wanted: object = None
) -> None:
    """Do so for variables that xarray's own readers, or ours, have not put on dask yet."""
    limits.check("names", len(variables), redact(url), "variables")
    arrays = (Array(name, item.dims, item.shape, _chunks(item)) for name, item in variables.items())
    check_arrays(arrays, limits, url, wanted)


def _chunks(item: xr.Variable) -> list[int]:
    """Return the length of a chunk along each dimension; of several lengths the longest."""
    own: Any = item.encoding.get("preferred_chunks") or {}
    told = [own.get(dim, size) for dim, size in zip(item.dims, item.shape, strict=True)]
    return [int(max(one) if isinstance(one, tuple) else one) or 1 for one in told]


def check_columns(columns: Sequence[object], limits: Limits, url: str) -> None:
    """Refuse a table of too many columns."""
    limits.check("names", len(columns), redact(url), "columns")
