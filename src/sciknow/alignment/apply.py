"""Weights and positions applied to arrays, lazily."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, cast

import dask
import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.sparse import csr_array

BLOCK = 128 * 2**20
"""Bytes that a block may take after it has been regridded; other dimensions are split above it."""

WHOLE = 0.999
"""Linear interpolation asks for all of its neighbours (up to rounding)."""


def lazy(ds: xr.Dataset) -> xr.Dataset:
    """Put variables that still lie in a file on dask, so that nothing reads them by accident."""
    on_disk = {
        name: item.chunk()
        for name, item in ds.data_vars.items()
        if item.chunks is None and not item.variable._in_memory
    }
    return ds.assign(on_disk) if on_disk else ds


def weigh(
    array: xr.DataArray,
    weights: Sequence[tuple[Hashable, Hashable, csr_array]],
    *,
    share: float,
) -> xr.DataArray:
    """Apply weights along one axis after the other; missing values count for nothing.

    Parameters
    ----------
    array : xarray.DataArray
        Numbers; integers become floating-point numbers.
    weights : sequence of (dim, new dim, weights)
        For each axis.
    share : float
        A value needs at least this share of its weights on values that are there.

    Returns
    -------
    xarray.DataArray
        On the dimensions of *array* with the new ones in place of the old ones; no coordinates
        along these. The type of floating-point arrays is kept.
    """
    kind = np.result_type(array.dtype, np.float32)
    values, there = array.fillna(0).astype("f8"), array.notnull().astype("f8")
    for dim, new, matrix in weights:
        values, there = (_along(part, dim, new, matrix) for part in (values, there))
    dims = [next((new for dim, new, _ in weights if dim == name), name) for name in array.dims]
    enough = share * (1 - 1e-9)  # exactly that share, but for rounding
    result = (values / there.where(there >= enough)).astype(kind)
    return result.transpose(*dims).assign_attrs(array.attrs)


def _along(array: xr.DataArray, dim: Hashable, new: Hashable, matrix: csr_array) -> xr.DataArray:
    inner = "__new__"
    result = xr.apply_ufunc(
        _multiply,
        _one_chunk(
            array.drop_vars([n for n, c in array.coords.items() if dim in c.dims]), dim, matrix
        ),
        kwargs={"matrix": matrix},
        input_core_dims=[[dim]],
        output_core_dims=[[inner]],
        dask="parallelized",
        output_dtypes=[array.dtype],
        dask_gufunc_kwargs={"output_sizes": {inner: matrix.shape[0]}},
    )
    return cast(xr.DataArray, result.rename({inner: new}))


def _multiply(values: npt.NDArray[Any], matrix: csr_array) -> npt.NDArray[Any]:
    flat = values.reshape(-1, values.shape[-1])
    return np.ascontiguousarray((matrix @ flat.T).T).reshape(*values.shape[:-1], matrix.shape[0])


def _one_chunk(array: xr.DataArray, dim: Hashable, matrix: csr_array) -> xr.DataArray:
    """Join the chunks along an axis, and split the others where blocks would grow too large."""
    if array.chunks is None:
        return array
    whole = array.chunk({dim: -1})
    sizes = dict(zip(whole.dims, whole.data.chunksize, strict=True))
    before = int(np.prod(list(sizes.values()))) * whole.dtype.itemsize
    growth = max(1.0, matrix.shape[0] / matrix.shape[1])
    if before * growth <= BLOCK or whole.ndim == 1:
        return whole
    with dask.config.set({"array.chunk-size": int(BLOCK / growth)}):
        return whole.chunk({name: "auto" for name in whole.dims if name != dim} | {dim: -1})


def take(
    array: xr.DataArray, places: dict[Hashable, xr.DataArray], there: xr.DataArray
) -> xr.DataArray:
    """Take values at positions; missing where *there* is false."""
    coords = [name for name, item in array.coords.items() if set(item.dims) & set(places)]
    found = array.drop_vars(coords).isel(cast(dict[Any, Any], places))
    return found if bool(there.all()) else found.where(there)


def blend(
    array: xr.DataArray,
    corners: Sequence[tuple[dict[Hashable, xr.DataArray], xr.DataArray]],
    there: xr.DataArray,
) -> xr.DataArray:
    """Interpolate between corners: values at positions, times weights that sum to 1."""
    kind = np.result_type(array.dtype, np.float32)
    inside = xr.ones_like(there)
    total = None
    for places, weight in corners:
        part = (take(array, places, inside) * weight).where(weight > 0, 0.0)
        total = part if total is None else total + part
    result = cast(xr.DataArray, total).where(there).astype(kind)
    return result.assign_attrs(array.attrs)


def as_slice(places: npt.NDArray[Any]) -> Any:
    """Return positions that follow each other as a slice, which keeps chunks as they are."""
    if places.size and np.array_equal(places, np.arange(places[0], places[0] + places.size)):
        return slice(int(places[0]), int(places[0]) + places.size)
    return places
