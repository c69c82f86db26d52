"""Cutting the wanted part out of what a reader opened: a dataset, a tree of groups, a table.

A reader that can leave the cutting to its source (a server, an index of row groups) has a method
``cut``; see `sciknow.readers.protocol`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import dask.dataframe as dd
import xarray as xr

from sciknow.errors import InvalidInput, NotFound
from sciknow.model import Distribution
from sciknow.model.selection import Selection
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.rows import cut_rows
from sciknow.readers.selection import has_places, has_times, names, select

Opened = xr.Dataset | xr.DataTree | dd.DataFrame
"""What opening gives: lazy, on dask."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One way to a dataset, opened whole.

    Parameters
    ----------
    distribution : Distribution
        The way.
    reader, location
        With what, and where it was.
    opened
        What came of it.
    """

    distribution: Distribution
    reader: Reader
    location: Location
    opened: Opened


def part(whole: Whole, wanted: Selection) -> Opened:
    """Cut a part out of what was opened; an empty selection is the whole.

    Raises
    ------
    InvalidInput
        When it has no area or time to cut along.
    NotFound
        When it lacks a variable.
    """
    opened, options = whole.opened, whole.distribution.options
    if isinstance(opened, xr.Dataset):
        return select(opened, wanted)
    if isinstance(opened, xr.DataTree):
        found = tree_parts(opened, wanted).items()
        tree = xr.DataTree.from_dict({f"/{path}": select(ds, one) for path, (ds, one) in found})
        tree.attrs = dict(opened.attrs)
        return tree
    cut: Any = getattr(whole.reader, "cut", None)
    rows = cut_rows(opened, wanted) if cut is None else cut(whole.location, options, opened, wanted)
    rows.attrs = getattr(opened, "attrs", {})
    return cast(Opened, rows)


def tree_parts(tree: xr.DataTree, wanted: Selection) -> dict[str, tuple[xr.Dataset, Selection]]:
    """Return the wanted groups of a tree by path, whole, each with what is wanted of it.

    A variable may be written with the path of its group (``north/sst``). A group without the
    coordinates that a box or a period needs is taken whole.

    Raises
    ------
    InvalidInput
        When no group can be cut so.
    NotFound
        When a variable is in none.
    """
    whole = {node.path.strip("/"): node.to_dataset() for node in tree.subtree}
    whole = {path: ds for path, ds in whole.items() if ds.variables}
    chosen = {path: (ds, _of_group(path, ds, wanted)) for path, ds in whole.items()}
    if wanted.variables:
        _check_variables(whole, wanted)
        chosen = {path: found for path, found in chosen.items() if found[1].variables}
    for what, needs in (("bbox", "latitude and longitude"), ("period", "time")):
        if getattr(wanted, what) and not any(getattr(one, what) for _, one in chosen.values()):
            raise InvalidInput(
                f"no group of the tree has one-dimensional {needs} coordinates",
                hint=f"leave out {what}, or name a group and cut it by its dimensions",
            )
    return chosen


def _check_variables(whole: Mapping[str, xr.Dataset], wanted: Selection) -> None:
    for name in wanted.variables:
        if not any(_own(path, ds, name) for path, ds in whole.items()):
            raise NotFound(
                f"no group has a variable {name!r}",
                hint="the groups are " + ", ".join(path or "/" for path in whole),
            )


def _of_group(path: str, ds: xr.Dataset, wanted: Selection) -> Selection:
    variables = [name for one in wanted.variables for name in _own(path, ds, one)]
    return Selection(
        wanted.bbox if wanted.bbox and has_places(ds) else None,
        wanted.period if wanted.period and has_times(ds) else None,
        tuple(variables),
    )


def _own(path: str, ds: xr.Dataset, name: str) -> list[str]:
    group, _, last = name.rpartition("/")
    if group and group.strip("/") != path:
        return []
    try:
        return names(ds, [last])
    except NotFound:
        return []
