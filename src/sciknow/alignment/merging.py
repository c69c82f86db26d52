"""Aligned datasets as one: names that occur twice get the dataset's id in front."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from sciknow.alignment.change import Aligned
from sciknow.axes.finder import bounds_names
from sciknow.errors import InvalidInput

_UNFIT = re.compile(r"[^0-9a-zA-Z]+")
_ORIGIN = "sciknow_"

ORIGINS = f"{_ORIGIN}origins"
"""The attribute that holds the origins of all parts, as JSON."""


def merge(aligned: Aligned) -> xr.Dataset:
    """Merge aligned datasets into one, still lazy.

    Parameters
    ----------
    aligned : Aligned
        What `align` gave.

    Returns
    -------
    xarray.Dataset
        All variables. A name that occurs in more than one dataset gets the id of its own in front
        (``noaa_oisst_sst``), and so do scalar coordinates and dimensions that differ. ``attrs``
        hold the titles, the licences, the history and the origins of all.

    Raises
    ------
    InvalidInput
        When they cannot be merged after all; the message names what differs.

    Examples
    --------
    >>> one = xr.Dataset({"t": ("x", [1.0])})
    >>> list(merge(Aligned([one, one * 2], [], ["a-1", "b"])))
    ['a_1_t', 'b_t']
    """
    parts = [_without_bounds(ds) for ds in aligned]
    names = [prefix_of(label) for label in aligned.labels]
    doomed = _conflicts(parts)
    renamed = [
        ds.rename(
            {name: f"{prefix}_{name}" for name in doomed if name in ds.variables or name in ds.dims}
        )
        for ds, prefix in zip(parts, names, strict=True)
    ]
    try:
        joined = xr.merge(
            renamed, join="outer", compat="override", combine_attrs="override", fill_value=np.nan
        )
    except (ValueError, xr.MergeError) as error:
        raise InvalidInput(f"the datasets cannot be merged: {error}") from error
    joined.attrs = _attrs(aligned)
    return joined


def prefix_of(label: str) -> str:
    """Return a dataset's id as the beginning of a variable's name.

    Examples
    --------
    >>> prefix_of("noaa-oisst"), prefix_of("10m-wind (b)")
    ('noaa_oisst', 'd10m_wind_b')
    """
    word = _UNFIT.sub("_", label).strip("_") or "dataset"
    return word if not word[0].isdigit() else f"d{word}"


def _without_bounds(ds: xr.Dataset) -> xr.Dataset:
    """Leave out the bounds of coordinates: those of one dataset would stand for all."""
    gone = bounds_names(ds)
    bare = ds.drop_vars(gone)
    for name in bare.coords:
        if bare[name].attrs.get("bounds") in gone:
            kept = {key: value for key, value in bare[name].attrs.items() if key != "bounds"}
            bare = bare.assign_coords({name: bare[name].assign_attrs(kept)})
            bare[name].attrs = kept
    return bare


def _conflicts(parts: Sequence[xr.Dataset]) -> list[str]:
    """Return the names that cannot stand for more than one dataset."""
    variables = Counter(str(name) for ds in parts for name in ds.data_vars)
    found = [name for name, count in variables.items() if count > 1]
    held = Counter(str(name) for ds in parts for name in ds.variables)
    found += [name for name in variables if held[name] > variables[name] and name not in found]
    coords = dict.fromkeys(str(name) for ds in parts for name in ds.coords)
    found += [name for name in coords if _differ(name, parts)]
    dims = dict.fromkeys(str(dim) for ds in parts for dim in ds.dims)
    sizes = {dim: {ds.sizes[dim] for ds in parts if dim in ds.dims} for dim in dims}
    found += [dim for dim in dims if len(sizes[dim]) > 1 and dim not in coords]
    return list(dict.fromkeys(found))


def _differ(name: str, parts: Sequence[xr.Dataset]) -> bool:
    """Tell whether a coordinate, or a dimension of its name, differs between datasets."""
    held = [ds[name] for ds in parts if name in ds.coords]
    if len(held) < 2:
        return False
    first = held[0]
    return not all(_alike(first, other) for other in held[1:])


def _alike(one: xr.DataArray, other: xr.DataArray) -> bool:
    if one.dims != other.dims or one.shape != other.shape:
        return False
    return bool(np.array_equal(one.values, other.values, equal_nan=one.dtype.kind == "f"))


def _attrs(aligned: Aligned) -> dict[str, Any]:
    told = {
        key: _joined([str(ds.attrs[key]) for ds in aligned if key in ds.attrs], "; ")
        for key in ("title", "license", "references")
    }
    history = _joined([str(ds.attrs["history"]) for ds in aligned if "history" in ds.attrs], "\n")
    origins = [origin for ds in aligned if (origin := origin_of(ds.attrs))]
    found: dict[str, Any] = told | {"history": history}
    if origins:
        found[ORIGINS] = json.dumps(origins, ensure_ascii=False)
    return {key: value for key, value in found.items() if value}


def origin_of(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Return what the attributes of an opened dataset tell of its origin."""
    found = {
        str(key).removeprefix(_ORIGIN): str(value)
        for key, value in attrs.items()
        if str(key).startswith(_ORIGIN)
    }
    if "distribution" not in found:
        return {}
    return {"identifier": str(attrs.get("identifier", ""))} | found


def _joined(texts: Sequence[str], between: str) -> str:
    return between.join(dict.fromkeys(texts))
