"""How large a Zarr group says it is, from the metadata documents alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import zarr
from zarr.core.sync import sync

from sciknow.net import redact
from sciknow.readers.size import Array, check_arrays
from sciknow.wire.budget import Limits


def check_group(
    store: Any,
    url: str,
    flat: Mapping[str, Any],
    version: Any,
    options: Mapping[str, object],
    limits: Limits,
    *,
    deep: bool = False,
) -> None:
    """Refuse a group of too many arrays, chunks or values of a coordinate.

    Parameters
    ----------
    store : zarr.abc.store.Store
        The store.
    url : str
        Where it is.
    flat : mapping
        Each member's documents by key, where they are consolidated; else they are read.
    version : int
        Of Zarr.
    options : mapping
        How it is opened.
    limits : Limits
        How large it may be.
    deep : bool
        Whether groups in it are opened too.

    Raises
    ------
    LimitExceeded
        Says what there is too much of.
    """
    group = str(options.get("group") or "").strip("/")
    documents = flat or _read(store, group, version, limits, url, deep)
    check_arrays(_arrays(documents), limits, url, options.get("chunks"))


def _read(
    store: Any, group: str, version: Any, limits: Limits, url: str, deep: bool
) -> dict[str, Any]:
    """Read the documents of the arrays of a group."""
    names = sync(_names(store, group))
    limits.check("names", len(names), redact(url), "variables")
    found: dict[str, Any] = {}
    opened = zarr.open_group(store, path=group, mode="r", zarr_format=version)
    for name, array in opened.members(max_depth=None if deep else 0):
        if not isinstance(array, zarr.Array):
            continue
        plain: Any = array.metadata.to_dict()
        if version == 2:
            found[f"{name}/.zattrs"] = dict(array.attrs)
        found[f"{name}/{'.zarray' if version == 2 else 'zarr.json'}"] = plain
    return found


async def _names(store: Any, group: str) -> list[str]:
    return [name async for name in store.list_dir(group)]


def _arrays(documents: Mapping[str, Any]) -> Iterator[Array]:
    for key, plain in documents.items():
        path, _, last = key.rpartition("/")
        if not isinstance(plain, Mapping) or last not in (".zarray", "zarr.json"):
            continue
        shape = _sizes(plain.get("shape"))
        if shape is None or plain.get("node_type", "array") != "array":
            continue
        name = path.rpartition("/")[2]
        attrs = documents.get(f"{path}/.zattrs") if last == ".zarray" else plain.get("attributes")
        named = attrs.get("_ARRAY_DIMENSIONS") if isinstance(attrs, Mapping) else None
        dims: Any = plain.get("dimension_names") or named
        plainly = isinstance(dims, (list, tuple)) and len(dims) == len(shape)
        steps = _chunks(plain)
        yield Array(name, dims if plainly else ("",) * len(shape), shape, steps)


def _chunks(plain: Mapping[str, Any]) -> tuple[int, ...] | None:
    grid = plain.get("chunk_grid") or {}
    inside = grid.get("configuration") if isinstance(grid, Mapping) else None
    told = inside.get("chunk_shape") if isinstance(inside, Mapping) else plain.get("chunks")
    return _sizes(told)


def _sizes(told: object) -> tuple[int, ...] | None:
    if not isinstance(told, (list, tuple)) or not all(isinstance(item, int) for item in told):
        return None
    return tuple(told)
