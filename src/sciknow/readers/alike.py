"""Whether the files of a set are of one kind: calendars, units and every coordinate compared.

Only then may the coordinates of the first stand for those of all.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sciknow.axes.finder import grid_mappings
from sciknow.axes.rule import is_since, told
from sciknow.errors import DegradedWarning, InvalidInput
from sciknow.text import human_bytes

MAX_COMPARED = 64 * 2**20
"""Bytes of variables outside the index that are read in all to be compared."""
AT_ONCE = 8
"""Files that are read at the same time."""
NEAR = 1e-4
"""Part of a cell by which coordinates may differ: they were rounded differently."""

_PLAIN = frozenset({"standard", "gregorian", "proleptic_gregorian"})


def alike(parts: Sequence[xr.Dataset], dim: str | None, names: Sequence[str]) -> list[xr.Dataset]:
    """Check that datasets can stand beside each other, and give them the first one's coordinates.

    Parameters
    ----------
    parts : sequence of Dataset
        Opened lazily; what is small is read.
    dim : str, optional
        The dimension that grows; without it those along which the indexes differ.
    names : sequence of str
        What each is called in an error.

    Returns
    -------
    list of Dataset
        Their times in one calendar; coordinates that differ by rounding only are the first's.

    Raises
    ------
    InvalidInput
        Naming what differs, and in which file.

    Warns
    -----
    DegradedWarning
        Naming what is too large to be compared.
    """
    if dim is not None and not any(dim in part.dims for part in parts):
        raise InvalidInput(
            f"no file of the set has the dimension {dim!r}",
            hint="name in concat_dim one of " + ", ".join(map(str, parts[0].dims)),
        )
    made = _one_calendar(parts, names)
    grows = {dim} if dim is not None else _growing(made)
    for part, name in zip(made[1:], names[1:], strict=True):
        _check_said(made[0], part, (names[0], name))
    made = [made[0], *(_snapped(made[0], part, grows) for part in made[1:])]
    _check_values(made, grows, names)
    return made


def _differ(name: str, files: tuple[str, str], what: str = "") -> InvalidInput:
    return InvalidInput(
        f"the files do not fit together: {name!r} in {files[1]} differs from that in {files[0]}"
        + what,
        hint="open them one by one, or leave it out with the option drop_variables",
    )


def _one_calendar(parts: Sequence[xr.Dataset], names: Sequence[str]) -> list[xr.Dataset]:
    made = list(parts)
    for name in parts[0].indexes:
        found = [_calendar(part.indexes.get(name)) for part in parts]
        kinds = set(found) - {""}
        if len(kinds) < 2:
            continue
        if not kinds <= _PLAIN | {"ns"}:
            other = next(at for at, kind in enumerate(found) if kind not in ("", found[0]))
            said = [kind.replace("ns", "standard") for kind in (found[0], found[other])]
            raise InvalidInput(
                f"the files do not fit together: {name!r} is counted in the calendar {said[0]} in "
                f"{names[0]}, {said[1]} in {names[other]}",
                hint="open them one by one and bring them to one calendar (convert_calendar)",
            )
        made = [
            part.convert_calendar("standard", dim=str(name), use_cftime=True) if kind else part
            for part, kind in zip(made, found, strict=True)
        ]
    return made


def _calendar(index: Any) -> str:
    """Return the calendar of an index; ``ns`` for numpy's dates, empty for what has none."""
    if isinstance(index, xr.CFTimeIndex):
        return str(index.calendar) if len(index) else ""
    return "ns" if isinstance(index, pd.DatetimeIndex) and len(index) else ""


def _growing(parts: Sequence[xr.Dataset]) -> set[Any]:
    """Return the dimensions along which the datasets have other places."""
    first = parts[0]
    return {
        name
        for name in first.indexes
        if any(name in one.indexes and not _near(first, one, name) for one in parts[1:])
    }


def _near(first: xr.Dataset, part: xr.Dataset, name: Any) -> bool:
    """Tell whether two indexes have the same places, but for rounding."""
    ours, theirs = first.indexes[name], part.indexes[name]
    if len(ours) != len(theirs) or ours.dtype.kind not in "fiu" or theirs.dtype.kind not in "fiu":
        return bool(ours.equals(theirs))
    one, other = np.asarray(ours, "f8"), np.asarray(theirs, "f8")
    cell = np.abs(np.diff(one)).min() if len(one) > 1 else np.abs(one).max(initial=0.0)
    return bool(np.all(np.abs(one - other) <= NEAR * cell))


def _snapped(first: xr.Dataset, part: xr.Dataset, grows: Collection[Any]) -> xr.Dataset:
    near = [
        name
        for name in first.indexes
        if name not in grows and name in part.indexes and _near(first, part, name)
    ]
    return part.assign_coords({name: first[name].variable for name in near})


def _check_said(first: xr.Dataset, part: xr.Dataset, files: tuple[str, str]) -> None:
    """Compare what gives values their meaning: dimensions, units, direction, projections."""
    mappings = {name: attrs for ds in (first, part) for name, attrs in grid_mappings(ds).items()}
    for name in map(str, set(first.variables) & set(part.variables)):
        one, other = first.variables[name], part.variables[name]
        if one.dims != other.dims:
            raise _differ(name, files, f": {one.dims} against {other.dims}")
        for key in ("units", "positive"):
            said = [" ".join(str(item.attrs.get(key, "")).split()) for item in (one, other)]
            if all(said) and said[0] != said[1] and not _same_unit(*said):
                raise _differ(name, files, f": {key} {said[1]!r} against {said[0]!r}")
        if name in mappings and repr(sorted(one.attrs.items())) != repr(
            sorted(other.attrs.items())
        ):
            raise _differ(name, files, ": another projection")


def _same_unit(one: str, other: str) -> bool:
    kinds = {told({"units": unit}) for unit in (one, other)}
    return len(kinds) == 1 and None not in kinds and not is_since(one)


def _check_values(parts: Sequence[xr.Dataset], grows: set[Any], names: Sequence[str]) -> None:
    """Compare what does not grow: indexes, and what lies beside them as long as it is small."""
    first, mappings = parts[0], grid_mappings(parts[0])
    for part, at in zip(parts[1:], names[1:], strict=True):
        for name in set(first.indexes) & set(part.indexes) - grows:
            if not first.indexes[name].equals(part.indexes[name]):
                raise _differ(str(name), (names[0], at))
    still = [
        name
        for name, item in first.variables.items()
        if name not in first.indexes and name not in mappings and not grows & set(item.dims)
    ]
    budget, left = MAX_COMPARED // max(1, len(parts)), []
    for name in sorted(map(str, still), key=lambda name: first.variables[name].nbytes):
        budget -= first.variables[name].nbytes
        if budget < 0:
            left.append(name)
            continue
        own = first.variables[name].compute()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            same = list(pool.map(partial(_equal, own), (p.variables.get(name) for p in parts[1:])))
        if not all(same):
            raise _differ(name, (names[0], names[1 + same.index(False)]))
    if left:
        warnings.warn(
            f"{', '.join(left)} of {len(parts)} files are taken from {names[0]}: more than "
            f"{human_bytes(MAX_COMPARED)} would have to be read to compare them",
            DegradedWarning,
            stacklevel=4,
        )


def _equal(one: xr.Variable, other: xr.Variable | None) -> bool:
    """Tell whether two variables hold the same, but for rounding, where both are."""
    if other is None:
        return True
    if one.shape != other.shape:
        return False
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        ours, theirs = one.values, other.values
        return bool(np.allclose(ours, theirs, rtol=1e-6, atol=0.0, equal_nan=True))
    same: bool = xr.DataArray(one).equals(xr.DataArray(other))
    return same
