"""From a distribution to what lies there: reader chosen, place checked, origin written down."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import dask.dataframe as dd
import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.model import Distribution
from sciknow.net import Deadline
from sciknow.readers import registry
from sciknow.readers.attrs import origin_attrs, stamp
from sciknow.readers.cache import Cache, parse_cache
from sciknow.readers.location import locate
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.selection import Selection, select
from sciknow.readers.table import TableAs, parse_table_as, pick, to_dataset
from sciknow.readers.trouble import explain

Opened = xr.Dataset | xr.DataTree | dd.DataFrame
"""What opening gives: lazy, on dask."""


def reader_for(distribution: Distribution) -> Reader:
    """Return the reader that a distribution names, or that fits its media type or ending.

    Raises
    ------
    NotFound
        When there is none: says what is installed, what would have matched, what to install.
    MissingDependency
        When the reader needs a package that is not installed.
    """
    if distribution.reader:
        return registry.get(distribution.reader)
    return registry.match(distribution.access_url, str(distribution.media_type))


def located(
    distribution: Distribution,
    base: Path | str,
    attrs: Mapping[str, str] | None,
    table_as: TableAs | str,
    deadline: float,
    cache: Cache | Path | str | bool | None = None,
) -> tuple[Reader, Location, Opened]:
    """Open one way whole, and say with what reader and where it was.

    Takes what `opening.open_distribution` takes and raises what it raises.
    """
    wanted = parse_table_as(table_as)
    reader = reader_for(distribution)
    registry.check_options(reader, distribution.options)
    location = locate(distribution, base=base, deadline=deadline, cache=parse_cache(cache))
    with location.transport.until(Deadline.after(deadline)):
        opened = _open(reader, location, distribution.options, wanted)
    shown = distribution.access_url if location.path else location.url
    ours = dict(attrs or {}) | origin_attrs(distribution, reader.name, shown)
    return reader, location, stamped(opened, ours)


def _open(
    reader: Reader, location: Location, options: Mapping[str, object], wanted: TableAs
) -> Opened:
    try:
        with explain(location.url, f"what the reader {reader.name!r} reads"):
            opened = reader.open_(location, options)
            if isinstance(opened, dd.DataFrame) and wanted is TableAs.DATASET:
                return to_dataset(opened)
            return opened
    except Exception:
        gc.collect()  # half-open files of a failed attempt are closed now, not at some later time
        raise


def stamped(opened: Opened, ours: Mapping[str, str]) -> Opened:
    """Write origin attributes into an opened object and return it."""
    if isinstance(opened, dd.DataFrame):
        opened.attrs = stamp(getattr(opened, "attrs", {}), ours)
        return opened
    opened.attrs = stamp(opened.attrs, ours)
    return opened


def part(opened: Opened, wanted: Selection) -> Opened:
    """Cut a part out of what was opened.

    Raises
    ------
    InvalidInput
        When it has no area or time to cut along.
    """
    if not wanted:
        return opened
    if isinstance(opened, xr.Dataset):
        return select(opened, wanted)
    if isinstance(opened, dd.DataFrame) and not (wanted.bbox or wanted.period):
        chosen = opened[pick([str(name) for name in opened.columns], wanted.variables)]
        chosen.attrs = opened.attrs
        return cast(Opened, chosen)
    raise InvalidInput(
        "a box or a period cannot be cut out of a table or a tree of groups",
        hint="open it whole and filter it, or name a group",
    )
