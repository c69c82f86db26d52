"""Joining time steps: many values a period become one, as their cell methods say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import dask.array as da
import numpy as np
import xarray as xr

from sciknow.alignment.apply import BLOCK
from sciknow.alignment.cells import method_along, with_method
from sciknow.alignment.change import Side
from sciknow.alignment.moment import Codes, Ruler
from sciknow.alignment.step import Step

_METHODS = {
    "": "mean",
    "point": "mean",
    "mean": "mean",
    "sum": "sum",
    "maximum": "max",
    "minimum": "min",
}
_CONCATENATE: Any = da.concatenate  # it carries no types
_WORDS = {"mean": "averaged", "sum": "summed", "max": "the largest taken", "min": "the least taken"}
_CELL = {"mean": "mean", "sum": "sum", "max": "maximum", "min": "minimum"}


def join_steps(
    side: Side, codes: Codes, ruler: Ruler, step: Step | None, kinds: Sequence[str]
) -> Codes:
    """Make one value of all that lie in the same period, in place.

    Parameters
    ----------
    side : Side
        The dataset; its time is left without coordinates, one position a period.
    codes : array of int, shape (time,)
        The period of each of its times, none of them -1.
    ruler : Ruler
        The periods.
    step : Step or None
        Its own step, where known; sums over a period that it does not fill become missing.
    kinds : sequence of str
        Variables that cannot be averaged; they are left out.

    Returns
    -------
    array of int
        The periods, rising, each once.
    """
    ds, dim = side.ds, side.axes.time
    timed = [str(name) for name, item in ds.data_vars.items() if dim in item.dims]
    how = {name: _method(ds[name], dim) for name in timed if name not in kinds}
    lost = [name for name in timed if not how.get(name)]
    periods, counts = np.unique(codes, return_counts=True)
    starts = np.flatnonzero(np.diff(codes, prepend=-1)).astype("i8")
    short = _short(periods, counts, ruler, step)
    done: dict[str, xr.DataArray] = {}
    for method in _WORDS:
        names = [name for name, taken in how.items() if taken == method]
        if names:
            done |= {name: _one(ds[name], dim, starts, method, short) for name in names}
            _tell(side, names, method, ruler)
    if lost:
        why = "kinds, directions, dates or measures of spread make no sum and no mean"
        side.note("time", f"left out {', '.join(lost)}: {why}")
    if short.any():
        _tell_short(side, int(short.sum()), any(taken == "sum" for taken in how.values()))
    rest = ds.drop_vars([*timed, *(n for n, c in ds.coords.items() if dim in c.dims)])
    joined = rest.assign(done)
    side.ds = joined[[name for name in ds.data_vars if name in joined]]
    return periods


def _method(array: xr.DataArray, dim: str) -> str:
    if array.dtype.kind not in "fiu":
        return ""
    return _METHODS.get(method_along(array, (dim, "time")), "")


def _one(
    array: xr.DataArray, dim: str, starts: Codes, method: str, short: np.ndarray[Any, Any]
) -> xr.DataArray:
    reduced = _reduce(array, dim, starts, method)
    if method == "sum" and short.any():
        reduced = reduced.where(xr.DataArray(~short, dims=dim))
    told = with_method(str(array.attrs.get("cell_methods", "")), "time", _CELL[method])
    return reduced.assign_attrs(array.attrs | {"cell_methods": told})


def _reduce(array: xr.DataArray, dim: str, starts: Codes, method: str) -> xr.DataArray:
    """Reduce runs of values that begin at *starts*; chunk by chunk, cut where runs begin."""
    at = array.get_axis_num(dim)
    kind = array.dtype if method in ("min", "max") else np.result_type(array.dtype, np.float32)
    if method == "sum" and array.dtype.kind != "f":
        kind = np.dtype("f8")
    options: dict[str, Any] = {"axis": at, "method": method, "kind": kind}
    if array.chunks is None:
        data: Any = _runs(array.values, starts=starts, **options)
    else:
        data = _CONCATENATE([*_pieces(array.data, at, starts, options)], axis=at)
        data = data.rechunk({at: _length(data, at)})
    return xr.DataArray(data, dims=array.dims, attrs=array.attrs)


def _pieces(data: Any, axis: int, starts: Codes, options: dict[str, Any]) -> Iterator[Any]:
    """Yield the reduced part of each chunk, moved to where a run begins."""
    ends = np.cumsum(data.chunks[axis])
    cuts = np.unique(np.searchsorted(starts, np.append(0, ends)))
    edges = np.append(starts, data.shape[axis])
    for first, last in pairwise(cuts):
        part = data[(slice(None),) * axis + (slice(int(edges[first]), int(edges[last])),)]
        sizes = [*part.chunks[:axis], (int(last - first),), *part.chunks[axis + 1 :]]
        yield part.rechunk({axis: -1}).map_blocks(
            _runs,
            starts=starts[first:last] - edges[first],
            chunks=tuple(sizes),
            dtype=options["kind"],
            **options,
        )


def _length(data: Any, axis: int) -> int:
    """Return how many periods a chunk holds: as many as fit into an eighth of a block."""
    others = [size for at, size in enumerate(data.chunksize) if at != axis]
    fitting = BLOCK // 8 // max(1, int(np.prod(others)) * int(data.itemsize))
    return max(1, min(int(data.shape[axis]), fitting))


def _runs(
    values: np.ndarray[Any, Any], *, starts: Codes, axis: int, method: str, kind: np.dtype[Any]
) -> np.ndarray[Any, Any]:
    """Reduce runs along an axis; missing values count for nothing."""
    if method in ("min", "max"):
        reduce = np.fmin if method == "min" else np.fmax
        return np.asarray(reduce.reduceat(values, starts, axis=axis), kind)
    there = np.isfinite(values) | np.isinf(values)
    total = np.add.reduceat(np.where(there, values, 0), starts, axis=axis, dtype="f8")
    count = np.add.reduceat(there, starts, axis=axis, dtype="f8")
    share = np.where(count > 0, count if method == "mean" else 1.0, np.nan)
    return np.asarray(total / share, kind)


def _short(
    periods: Codes, counts: np.ndarray[Any, Any], ruler: Ruler, step: Step | None
) -> np.ndarray[Any, Any]:
    """Tell which periods hold fewer times than they are long."""
    if step is None:
        return np.zeros(periods.size, bool)
    lengths = np.array([ruler.length(int(code)) for code in periods])
    if step.months and ruler.step.months:
        full = np.full(periods.size, ruler.step.months // step.months)
    else:
        full = np.floor(lengths / step.length + 1e-6)
    return np.asarray(counts < full)


def _tell(side: Side, names: Sequence[str], method: str, ruler: Ruler) -> None:
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    words = f"{shown}: {_WORDS[method]} over each {ruler.step.words}"
    side.note("time", words, interpolated=True)


def _tell_short(side: Side, count: int, sums: bool) -> None:
    what = "sums over them are missing, other values are of the times there are"
    rest = what if sums else "the values are of the times there are"
    named = f"{count:,} periods are" if count > 1 else "1 period is"
    side.note("time", f"{named} not filled by its times: {rest}")
