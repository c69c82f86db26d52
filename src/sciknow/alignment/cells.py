"""What values stand for in their cell (CF, section 7.3): means, sums, extremes, points."""

from __future__ import annotations

import re
from collections.abc import Iterable

import xarray as xr

from sciknow.alignment.target import Target

_REMARK = re.compile(r"\([^)]*\)")
_ENTRY = re.compile(r"(?<!\w)((?:[A-Za-z_]\w*+:\s*+){1,16}+)([a-z_]+)")


def methods(text: str) -> dict[str, str]:
    """Read ``cell_methods``: what it names → how values were made of it.

    Examples
    --------
    >>> methods("area: time: mean (interval: 1 week)")
    {'area': 'mean', 'time': 'mean'}
    >>> methods("time: maximum within days time: mean over days")
    {'time': 'mean'}
    """
    found = {}
    for names, method in _ENTRY.findall(_REMARK.sub("", str(text))):
        for name in names.replace(":", " ").split():
            found[name] = method
    return found


def method_along(array: xr.DataArray, names: Iterable[str]) -> str:
    """Return the method along an axis that is known by any of some names; empty without one."""
    told = methods(array.attrs.get("cell_methods", ""))
    return next((told[name] for name in names if name in told), "")


def mean_over_place(array: xr.DataArray, source: Target) -> bool:
    """Tell whether values may be averaged over an area: false for sums over cells."""
    names = ("area", *source.dims, str(source.x.name), str(source.y.name))
    return method_along(array, names) != "sum"


def with_method(text: str, name: str, method: str) -> str:
    """Return ``cell_methods`` with the method along one axis set.

    Examples
    --------
    >>> with_method("time: point", "time", "mean"), with_method("area: mean", "time", "mean")
    ('time: mean', 'area: mean time: mean')
    """
    told = methods(text)
    if told.get(name) == method:
        return text
    return " ".join(f"{key}: {value}" for key, value in (told | {name: method}).items())
