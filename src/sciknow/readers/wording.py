"""What an opened object says, names and attributes, without what would steer a terminal.

Files and servers may hold anything; what is shown of them goes to terminals, notebooks and logs.
Values stay as they are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, cast

import dask.dataframe as dd
import xarray as xr

from sciknow.readers.part import Opened
from sciknow.text import harmless, harmless_in


def worded(opened: Opened) -> Opened:
    """Return the same with harmless names and attributes; mostly it is the same."""
    if isinstance(opened, xr.Dataset):
        return _dataset(opened)
    if isinstance(opened, xr.DataTree):
        return _tree(opened)
    return _table(opened)


def _dataset(ds: xr.Dataset) -> xr.Dataset:
    for item in (ds, *ds.variables.values()):
        _reword(item)
    return ds.rename(_renamed([*ds.variables, *ds.dims]))


def _tree(tree: xr.DataTree) -> xr.DataTree:
    nodes = {node.path: node.to_dataset(inherit=False) for node in tree.subtree}
    if not any(_harmful(text) for path, ds in nodes.items() for text in (path, *_texts(ds))):
        return tree
    paths = _renamed(nodes)
    return xr.DataTree.from_dict(
        {str(paths.get(path, path)): _dataset(ds) for path, ds in nodes.items()}
    )


def _table(frame: dd.DataFrame) -> dd.DataFrame:
    attrs = dict(getattr(frame, "attrs", {}))
    names = _renamed(frame.columns)
    found = cast(Any, frame).rename(columns=names) if names else frame
    if attrs:
        cast(Any, found).attrs = harmless_in(attrs)
    return cast(dd.DataFrame, found)


def _texts(ds: xr.Dataset) -> Iterator[object]:
    yield from (*ds.variables, *ds.dims)
    parts: list[Any] = [ds, *ds.variables.values()]
    for item in parts:
        yield from (*item.attrs, *item.attrs.values())


def _harmful(value: object) -> bool:
    return bool(harmless_in(value) != value) if isinstance(value, (str, list, tuple)) else False


def _reword(item: Any) -> None:
    if any(_harmful(part) for pair in item.attrs.items() for part in pair):
        item.attrs = {harmless_in(key): harmless_in(value) for key, value in item.attrs.items()}


def _renamed(names: Iterable[Hashable]) -> Mapping[Any, Any]:
    """Return new names for those that need one, none of them twice."""
    names = list(dict.fromkeys(names))
    taken, found = set(names), {}
    for name in names:
        if isinstance(name, str) and (plain := harmless(name)) != name:
            plain, number = plain or "unnamed", 1
            free = plain
            while free in taken:
                number += 1
                free = f"{plain}_{number}"
            taken.add(free)
            found[name] = free
    return found
