"""Opening a distribution, or the first of several that answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from sciknow.errors import IntegrityError, MissingDependency, SourceUnavailable
from sciknow.model import Distribution
from sciknow.net import DEADLINE
from sciknow.readers.located import delivered, located
from sciknow.readers.part import Opened, part
from sciknow.readers.plans.planning import none_of, plan_distribution
from sciknow.readers.selection import parse_selection
from sciknow.readers.table import TableAs, parse_table_as
from sciknow.wire.cache import Cache


def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Mapping[str, str] | None = None,
    table_as: TableAs | str = TableAs.DATAFRAME,
    bbox: Sequence[float] | None = None,
    period: Sequence[str] | None = None,
    variables: Sequence[str] | str | None = None,
    max_bytes: int | None = None,
    deadline: float = DEADLINE,
    cache: Cache | Path | str | bool | None = None,
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
    bbox : sequence of four floats, optional
        West, south, east, north in degrees: only this area.
    period : sequence of two str, optional
        First and last date, both included: only this time.
    variables : sequence of str, optional
        Names or CF standard names (of a table: columns): only these.
    max_bytes : int, optional
        Refuse where reading the part would move more than this.
    deadline : float
        Seconds after which opening ends with an error; each read afterwards has as long again.
    cache : Cache, Path, str or bool, optional
        Keep what comes, and look there first: True is the user's own cache folder.

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
    LimitExceeded
        When `max_bytes` would not do.
    UntrustedInput, InvalidInput
        When the distribution leads where nothing is read, or names an unknown option.
    """
    wanted = parse_selection(bbox, period, variables)
    if max_bytes is not None:
        plan = plan_distribution(
            distribution,
            base=base,
            attrs=attrs,
            table_as=table_as,
            bbox=bbox,
            period=period,
            variables=variables,
            deadline=deadline,
            cache=cache,
        )
        return cast(Opened, plan.check(max_bytes).open())
    parse_table_as(table_as)
    reader, location, opened = located(distribution, base, deadline, cache)
    chosen = part(reader, location, distribution.options, opened, wanted)
    return delivered(distribution, reader, location, chosen, attrs, table_as)


def open_any(
    distributions: Sequence[Distribution], *, base: Path | str | None, **options: Any
) -> tuple[Distribution, Opened]:
    """Open the first of several ways that answers; mirrors are tried in their order.

    Parameters
    ----------
    distributions : sequence of Distribution
        The ways; local ones are tried first, those without a reader are passed over.
    base, options
        As of `open_distribution`.

    Returns
    -------
    Distribution
        The way that was taken.
    opened
        What `open_distribution` gives for it.

    Raises
    ------
    NotFound
        When none of them has a reader.
    SourceUnavailable
        When none answers: lists what was tried. A way that is alone raises its own error.
    """
    failed: list[tuple[str, str]] = []
    alone = sum(way.openable for way in distributions) == 1
    for way in sorted(distributions, key=lambda item: not item.offline):
        if not way.openable:
            continue
        try:
            return way, open_distribution(way, base=base, **options)
        except (SourceUnavailable, IntegrityError, MissingDependency) as error:
            if alone:
                raise
            failed.append((way.id, str(error)))
    raise none_of(distributions, failed)
