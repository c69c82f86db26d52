"""The fingerprint of a part: the values of what a selection takes, whatever the layout.

Large data are only sampled as a whole; the part that somebody used is read entirely, up to
`PART_BYTES`. Digested are stored values, so that chunks and packing make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xarray as xr

from sciknow.errors import InvalidInput, NotFound
from sciknow.model.fingerprint import VariableState
from sciknow.model.selection import Selection
from sciknow.net import Deadline
from sciknow.readers.fingerprints.sample import windows
from sciknow.readers.fingerprints.structure import PART, box_digest, dtype_name, raw_options
from sciknow.readers.part import tree_parts
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.selection import Index, as_slice, chosen, indices
from sciknow.wire.trouble import explain

PART_BYTES = 128 * 2**20
"""Parts of up to so many bytes are read whole."""

WINDOWS = 64
"""Windows that are read of each variable of a larger part."""


def part_states(
    reader: Reader, location: Location, options: Mapping[str, object], wanted: Selection
) -> tuple[VariableState, ...]:
    """Digest the values of a part.

    Parameters
    ----------
    reader, location, options
        How the whole is opened.
    wanted : Selection
        The part.

    Returns
    -------
    tuple of VariableState
        Its variables and their coordinates with their shapes, sorted by name; empty where nothing
        lies inside the selection, and for tables.

    Raises
    ------
    SourceUnavailable
        When it cannot be read.
    """
    with (
        location.transport.until(Deadline.after(location.transport.deadline)),
        explain(location.url, f"what the reader {reader.format.name!r} reads"),
    ):
        shown = reader.open_(location, options)
        if not isinstance(shown, (xr.Dataset, xr.DataTree)):
            return ()
        stored = reader.open_(location, raw_options(reader, options))
        try:
            found = dict(_pieces(shown, stored, wanted))
        except (InvalidInput, NotFound):
            return ()
        whole = sum(item.nbytes for item in found.values()) <= PART_BYTES
        return tuple(_state(name, found[name], whole) for name in sorted(found))


def is_whole(states: Sequence[VariableState]) -> bool:
    """Tell whether every value of a part was digested."""
    return bool(states) and not any(item.values.startswith(PART) for item in states)


def _pieces(
    shown: xr.Dataset | xr.DataTree, stored: Any, wanted: Selection
) -> Iterator[tuple[str, xr.Variable]]:
    if isinstance(shown, xr.Dataset):
        yield from _cut(shown, stored, wanted)
        return
    for path, (ds, one) in tree_parts(shown, wanted).items():
        raw = stored[f"/{path}"].to_dataset() if path else stored.to_dataset()
        for name, item in _cut(ds, raw, one):
            yield f"{path}/{name}".lstrip("/"), item


def _cut(
    shown: xr.Dataset, stored: xr.Dataset, wanted: Selection
) -> Iterator[tuple[str, xr.Variable]]:
    part = chosen(shown, wanted.variables)
    at: dict[str, Index] = indices(shown, wanted)
    for name in map(str, part.variables):
        if name in stored.variables:
            item = stored.variables[name]
            inside = {dim: as_slice(at[str(dim)]) for dim in item.dims if dim in at}
            yield name, item.isel(inside)


def _state(name: str, item: xr.Variable, whole: bool) -> VariableState:
    if whole:
        values = box_digest(item, [tuple(slice(0, length) for length in item.shape)])
    else:
        values = PART + box_digest(item, windows(item.shape, item.dtype.itemsize, WINDOWS))
    return VariableState(
        name=name,
        dtype=dtype_name(item.dtype),
        dims=tuple(map(str, item.dims)),
        shape=item.shape,
        values=values,
    )
