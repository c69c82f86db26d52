"""Opening and planning a distribution, or the first or the cheapest of several."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Unpack, overload

import dask.dataframe as dd
import xarray as xr

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    MissingDependency,
    NotFound,
    SourceUnavailable,
)
from sciknow.model import Distribution
from sciknow.net import Deadline
from sciknow.readers.arrays import top_of
from sciknow.readers.part import Opened, Whole, part
from sciknow.readers.plans.plan import Plan, choose
from sciknow.readers.plans.planning import plan_of
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.provenance import origin_attrs, stamp
from sciknow.readers.request import As, Options, Request, TableAs, locate, parse_request, reader_for
from sciknow.readers.table import to_dataset
from sciknow.readers.wording import worded
from sciknow.wire.trouble import explain

Attrs = Mapping[str, str] | None


@overload
def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: Literal["dataset"],
    **options: Unpack[Options],
) -> xr.Dataset: ...
@overload
def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: Literal["tree"],
    **options: Unpack[Options],
) -> xr.DataTree: ...
@overload
def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: Literal["table"],
    **options: Unpack[Options],
) -> dd.DataFrame: ...
@overload
def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: As | None = None,
    **options: Unpack[Options],
) -> Opened: ...
def open_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: As | None = None,
    **options: Unpack[Options],
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
    as_ : {"dataset", "tree", "table"}, optional
        What it has to be: exactly this comes out, or an error that says what it is. A table is
        turned into a dataset along its index.
    **options
        ``bbox``, ``period``, ``variables``, ``max_bytes``, ``table_as``, ``deadline`` and
        ``cache``: see `sciknow.readers.request.Options`.

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
        When the distribution leads where nothing is read, names an unknown option, or is not what
        *as_* says.
    """
    return open_way(distribution, base, attrs, parse_request(as_, **options))


def open_way(
    distribution: Distribution, base: Path | str | None, attrs: Attrs, request: Request
) -> Opened:
    """Open one way lazily, as `open_distribution` does."""
    whole = _whole(distribution, base, request)
    chosen = _chosen(whole, attrs, request)
    if request.max_bytes is not None:
        plan_of(whole, chosen, request)
    return chosen


def open_any(
    distributions: Sequence[Distribution],
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: As | None = None,
    **options: Unpack[Options],
) -> tuple[Distribution, Opened]:
    """Open the first of several ways that answers; mirrors are tried in their order.

    Parameters
    ----------
    distributions : sequence of Distribution
        The ways; local ones are tried first, those without a reader are passed over.
    base, attrs, as_, **options
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
    return open_first(distributions, base, attrs, parse_request(as_, **options))


def open_first(
    distributions: Sequence[Distribution], base: Path | str | None, attrs: Attrs, request: Request
) -> tuple[Distribution, Opened]:
    """Open the first of several ways that answers, as `open_any` does."""
    failed: list[tuple[str, str]] = []
    alone = sum(way.openable for way in distributions) == 1
    for way in sorted(distributions, key=lambda item: not item.offline):
        if not way.openable:
            continue
        try:
            return way, open_way(way, base, attrs, request)
        except (SourceUnavailable, IntegrityError, MissingDependency) as error:
            if alone:
                raise
            failed.append((way.id, str(error)))
    raise _none_of(distributions, failed)


def plan_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: As | None = None,
    **options: Unpack[Options],
) -> Plan:
    """Tell what a part of a dataset costs by one way, before a byte of it moves.

    Takes what `open_distribution` takes and raises what it raises; `Plan.open` gives what that
    would have opened.
    """
    return _plan_way(distribution, base, attrs, parse_request(as_, **options))


def _plan_way(
    distribution: Distribution, base: Path | str | None, attrs: Attrs, request: Request
) -> Plan:
    whole = _whole(distribution, base, request)
    return plan_of(whole, _chosen(whole, attrs, request), request)


def plan_dataset(
    distributions: Sequence[Distribution],
    *,
    base: Path | str | None,
    attrs: Attrs = None,
    as_: As | None = None,
    **options: Unpack[Options],
) -> Plan:
    """Plan every way to a dataset and take the cheapest.

    Parameters
    ----------
    distributions : sequence of Distribution
        The ways; those without a reader are named among the rejected.
    base, attrs, as_, **options
        As of `open_distribution`.

    Raises
    ------
    NotFound
        When none of them has a reader.
    SourceUnavailable
        When none can be opened: lists what was tried.
    """
    return plan_cheapest(distributions, base, attrs, parse_request(as_, **options))


def plan_cheapest(
    distributions: Sequence[Distribution], base: Path | str | None, attrs: Attrs, request: Request
) -> Plan:
    """Plan every way and take the cheapest, as `plan_dataset` does."""
    plans: list[Plan] = []
    failed: list[tuple[str, str]] = []
    alone = sum(way.openable for way in distributions) == 1
    for way in distributions:
        if not way.openable:
            failed.append((way.id, f"no reader opens it; get it from {way.access_url}"))
            continue
        try:
            plans.append(_plan_way(way, base, attrs, replace(request, max_bytes=None)))
        except (SourceUnavailable, IntegrityError, MissingDependency, NotFound) as error:
            if alone:
                raise
            failed.append((way.id, str(error)))
    if not plans:
        raise _none_of(distributions, failed)
    return choose(plans, failed).check(request.max_bytes)


def _none_of(
    distributions: Sequence[Distribution], failed: Sequence[tuple[str, str]]
) -> NotFound | SourceUnavailable:
    """Build the error for a dataset that none of its ways leads to."""
    if not any(way.openable for way in distributions):
        places = ", ".join(way.access_url for way in distributions) or "none"
        return NotFound("the dataset has no way that opens lazily", hint=f"get it from: {places}")
    tried = "; ".join(f"{name}: {reason}" for name, reason in failed)
    return SourceUnavailable(
        f"none of {len(failed)} ways to the dataset opens: {tried}",
        hint="try again later, or see the publisher's page",
    )


# one way: opened whole, cut, handed out


def _whole(distribution: Distribution, base: Path | str | None, request: Request) -> Whole:
    """Open one way whole: reader chosen, place checked."""
    reader = reader_for(distribution)
    reader.format.check_options(distribution.options)
    deadline = request.deadline
    location = locate(
        distribution,
        base=base,
        deadline=deadline,
        cache=request.cache,
        trusted=request.trusted,
    )
    location = replace(location, limits=request.limits)
    with location.transport.until(Deadline.after(deadline)):
        opened = worded(_open(reader, location, distribution.options))
    return Whole(distribution, reader, location, opened)


def _open(reader: Reader, location: Location, options: Mapping[str, object]) -> Opened:
    try:
        with explain(location.url, f"what the reader {reader.format.name!r} reads"):
            return reader.open_(location, options)
    except Exception:
        gc.collect()  # half-open files of a failed attempt are closed now, not at some later time
        raise


def _chosen(whole: Whole, attrs: Attrs, request: Request) -> Opened:
    """Return the part that is wanted, in the form that is wanted, with attributes of origin."""
    chosen = part(whole, request.selection) if request.selection else whole.opened
    location, distribution = whole.location, whole.distribution
    if isinstance(chosen, dd.DataFrame) and request.table_as is TableAs.DATASET:
        with (
            location.transport.until(Deadline.after(location.transport.deadline)),
            explain(location.url, "a table"),
        ):
            chosen = to_dataset(chosen)
    if request.as_ == "dataset" and isinstance(chosen, xr.DataTree):
        chosen = top_of(chosen, location.url) or chosen
    if request.as_ is not None:
        _check_form(distribution, chosen, request.as_)
    shown = distribution.access_url if location.path else location.url
    ours = dict(attrs or {}) | origin_attrs(distribution, whole.reader.format.name, shown)
    chosen.attrs = stamp(getattr(chosen, "attrs", {}), ours)
    return chosen


def _check_form(distribution: Distribution, opened: Opened, wanted: As) -> None:
    forms: dict[type, As] = {xr.Dataset: "dataset", xr.DataTree: "tree"}
    form = forms.get(type(opened), "table")
    if form != wanted:
        more = {
            "tree": "a tree of groups: its groups are datasets, opened[path].to_dataset()",
            "table": "a table; as_='dataset' turns it into a dataset along its index",
            "dataset": "a dataset",
        }
        raise InvalidInput(
            f"{distribution.id} is a {form}, not a {wanted}", hint=f"it opens as {more[form]}"
        )
