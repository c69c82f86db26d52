"""From a distribution to what lies there: reader chosen, place checked, origin written down."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path

import dask.dataframe as dd

from sciknow.model import Distribution
from sciknow.net import Deadline
from sciknow.readers import registry
from sciknow.readers.attrs import origin_attrs, stamp
from sciknow.readers.location import locate
from sciknow.readers.part import Opened
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.table import TableAs, parse_table_as, to_dataset
from sciknow.wire.cache import Cache, parse_cache
from sciknow.wire.trouble import explain


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
    base: Path | str | None,
    deadline: float,
    cache: Cache | Path | str | bool | None = None,
) -> tuple[Reader, Location, Opened]:
    """Open one way whole, and say with what reader and where it was.

    Takes what `opening.open_distribution` takes and raises what it raises.
    """
    reader = reader_for(distribution)
    registry.check_options(reader, distribution.options)
    location = locate(distribution, base=base, deadline=deadline, cache=parse_cache(cache))
    with location.transport.until(Deadline.after(deadline)):
        return reader, location, _open(reader, location, distribution.options)


def _open(reader: Reader, location: Location, options: Mapping[str, object]) -> Opened:
    try:
        with explain(location.url, f"what the reader {reader.name!r} reads"):
            return reader.open_(location, options)
    except Exception:
        gc.collect()  # half-open files of a failed attempt are closed now, not at some later time
        raise


def delivered(
    distribution: Distribution,
    reader: Reader,
    location: Location,
    chosen: Opened,
    attrs: Mapping[str, str] | None,
    table_as: TableAs | str,
) -> Opened:
    """Return a part as it is handed out: a table as it is wanted, with attributes of origin."""
    if isinstance(chosen, dd.DataFrame) and parse_table_as(table_as) is TableAs.DATASET:
        with (
            location.transport.until(Deadline.after(location.transport.deadline)),
            explain(location.url, "a table"),
        ):
            chosen = to_dataset(chosen)
    shown = distribution.access_url if location.path else location.url
    ours = dict(attrs or {}) | origin_attrs(distribution, reader.name, shown)
    return stamped(chosen, ours)


def stamped(opened: Opened, ours: Mapping[str, str]) -> Opened:
    """Write origin attributes into an opened object and return it."""
    if isinstance(opened, dd.DataFrame):
        opened.attrs = stamp(getattr(opened, "attrs", {}), ours)
        return opened
    opened.attrs = stamp(opened.attrs, ours)
    return opened
