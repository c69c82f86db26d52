"""Joining time steps: many values a period become one, as their cell methods say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
_WORDS = {"mean": "averaged", "sum": "summed", "max": "the largest taken", "min": "the least taken"}
_CELL = {"mean": "mean", "sum": "sum", "max": "maximum", "min": "minimum"}
_PERIOD = "_period"


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
    label = xr.DataArray(codes, dims=dim, name=_PERIOD)
    short = _short(periods, counts, ruler, step)
    done: dict[str, xr.DataArray] = {}
    for method in _WORDS:
        names = [name for name, taken in how.items() if taken == method]
        if names:
            done |= _reduce(ds[names], label, method, short)
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


def _reduce(
    ds: xr.Dataset, label: xr.DataArray, method: str, short: np.ndarray[Any, Any]
) -> dict[str, xr.DataArray]:
    dim = str(label.dims[0])
    groups = ds.drop_vars([n for n, c in ds.coords.items() if dim in c.dims]).groupby(label)
    options = {"min_count": 1} if method == "sum" else {}
    found = getattr(groups, method)(keep_attrs=True, **options).rename({_PERIOD: dim})
    result = {}
    for name, item in found.data_vars.items():
        array = item.drop_vars(dim).transpose(*ds[name].dims)
        if method == "sum" and short.any():
            array = array.where(xr.DataArray(~short, dims=dim))
        told = with_method(str(ds[name].attrs.get("cell_methods", "")), "time", _CELL[method])
        result[str(name)] = _rechunk(
            array.assign_attrs(ds[name].attrs | {"cell_methods": told}), dim
        )
    return result


def _rechunk(array: xr.DataArray, dim: str) -> xr.DataArray:
    """Join the chunks of one period each that grouping leaves, to an eighth of a block."""
    if array.chunks is None or array.sizes[dim] < 2:
        return array
    sizes = dict(zip(array.dims, array.data.chunksize, strict=True))
    slice_ = (
        int(np.prod([size for name, size in sizes.items() if name != dim])) * array.dtype.itemsize
    )
    return array.chunk({dim: max(1, min(array.sizes[dim], BLOCK // 8 // max(1, slice_)))})


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
