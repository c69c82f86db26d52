"""Opening a distribution: the reader is chosen, the place checked, the origin written down."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path

import dask.dataframe as dd
import xarray as xr

from sciknow.model import Distribution
from sciknow.net import DEADLINE, Deadline
from sciknow.readers import registry
from sciknow.readers.attrs import origin_attrs, stamp
from sciknow.readers.location import locate
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.table import TableAs, parse_table_as, to_dataset
from sciknow.readers.trouble import explain

Opened = xr.Dataset | xr.DataTree | dd.DataFrame


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


def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str,
    attrs: Mapping[str, str] | None = None,
    table_as: TableAs | str = TableAs.DATAFRAME,
    deadline: float = DEADLINE,
) -> Opened:
    """Open one way to a dataset lazily.

    Parameters
    ----------
    distribution : Distribution
        The way.
    base : Path or str
        The catalogue's folder; local paths are relative to it and stay inside it.
    attrs : mapping of str to str
        What the card says (`attrs.dataset_attrs`); it is written into the result's attributes,
        beside what the store says itself.
    table_as : {"dataframe", "dataset"}
        What a table is opened as; arrays are always an xarray object.
    deadline : float
        Seconds after which opening ends with an error; each read afterwards has as long again.

    Returns
    -------
    xarray.Dataset, xarray.DataTree or dask.dataframe.DataFrame
        On dask, with the store's own chunks. ``attrs`` tell title, identifier, licence,
        publisher, address and time of opening. A dask DataFrame does not hand its ``attrs`` on
        to frames derived from it.

    Raises
    ------
    SourceUnavailable
        When the source does not answer in time, or not with what the reader expects.
    IntegrityError
        When what it sends is cut short or broken.
    NotFound, MissingDependency
        When there is no reader, or it lacks a package.
    UntrustedInput, InvalidInput
        When the distribution leads where nothing is read, or names an unknown option.
    """
    wanted = parse_table_as(table_as)
    reader = reader_for(distribution)
    registry.check_options(reader, distribution.options)
    location = locate(distribution, base=base, deadline=deadline)
    with location.transport.until(Deadline.after(deadline)):
        opened = _open(reader, location, distribution.options, wanted)
    shown = distribution.access_url if location.path else location.url
    ours = dict(attrs or {}) | origin_attrs(distribution, reader.name, shown)
    return stamped(opened, ours)


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
