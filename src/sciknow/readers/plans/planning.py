"""Planning: each way is opened, the part cut out, its cost counted, the cheapest way taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import xarray as xr

from sciknow.errors import (
    IntegrityError,
    MissingDependency,
    NotFound,
    SourceUnavailable,
)
from sciknow.model import Distribution
from sciknow.net import DEADLINE, Deadline
from sciknow.readers.located import delivered, located
from sciknow.readers.part import Opened, part, tree_parts
from sciknow.readers.plans.cost import Cost
from sciknow.readers.plans.layout import layouts
from sciknow.readers.plans.plan import Plan, choose, total, total_of_tree
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.selection import Selection, parse_selection
from sciknow.readers.table import TableAs, parse_table_as
from sciknow.wire.cache import Cache
from sciknow.wire.trouble import explain


def plan_distribution(
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
) -> Plan:
    """Tell what a part of a dataset costs by one way, before a byte of it moves.

    Takes what `open_distribution` takes and raises what it raises; `Plan.open` gives what that
    would have opened.
    """
    wanted = parse_selection(bbox, period, variables)
    parse_table_as(table_as)
    reader, location, opened = located(distribution, base, deadline, cache)
    options = distribution.options
    chosen = part(reader, location, options, opened, wanted)
    with location.transport.until(Deadline.after(deadline)):
        cost, warnings = _cost(reader, location, options, opened, wanted)
    chosen = delivered(distribution, reader, location, chosen, attrs, table_as)
    meter = location.transport.meter
    plan = Plan(
        distribution=distribution,
        route=_route(reader, location),
        selection=wanted,
        requests=cost.requests,
        bytes=cost.bytes,
        memory=_memory(chosen, cost),
        chunks=cost.chunks,
        exact=cost.exact,
        opening=(meter.requests, meter.bytes),
        warnings=warnings,
        layouts=layouts(opened, wanted) if isinstance(opened, xr.Dataset) else (),
        _opened=chosen,
    )
    return plan.check(max_bytes)


def plan_dataset(
    distributions: Sequence[Distribution], *, base: Path | str | None, **options: Any
) -> Plan:
    """Plan every way to a dataset and take the cheapest.

    Parameters
    ----------
    distributions : sequence of Distribution
        The ways; those without a reader are named among the rejected.
    base, options
        As of `plan_distribution`.

    Raises
    ------
    NotFound
        When none of them has a reader.
    SourceUnavailable
        When none can be opened: lists what was tried.
    """
    max_bytes = options.pop("max_bytes", None)
    plans: list[Plan] = []
    failed: list[tuple[str, str]] = []
    alone = sum(way.openable for way in distributions) == 1
    for way in distributions:
        if not way.openable:
            failed.append((way.id, f"no reader opens it; get it from {way.access_url}"))
            continue
        try:
            plans.append(plan_distribution(way, base=base, **options))
        except (SourceUnavailable, IntegrityError, MissingDependency, NotFound) as error:
            if alone:
                raise
            failed.append((way.id, str(error)))
    if not plans:
        raise none_of(distributions, failed)
    return choose(plans, failed).check(max_bytes)


def none_of(
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


def _cost(
    reader: Reader,
    location: Location,
    options: Mapping[str, object],
    opened: Opened,
    wanted: Selection,
) -> tuple[Cost, tuple[str, ...]]:
    make = getattr(reader, "costs", None)
    if make is None:
        return Cost(exact=False), ("what reading costs is not known for this format",)
    with explain(location.url, "a layout"):
        costs = make(location, options)
        if isinstance(opened, dd.DataFrame):
            return _table_cost(costs.table(opened, wanted))
        if isinstance(opened, xr.DataTree):
            found, warnings, unknown = total_of_tree(tree_parts(opened, wanted), costs)
        else:
            found, warnings, unknown = total(opened, wanted, costs)
    if unknown:
        text = f"what reading costs is not known for {', '.join(unknown)}"
        return replace(found, exact=False), (*warnings, text)
    return found, warnings


def _table_cost(cost: Cost | None) -> tuple[Cost, tuple[str, ...]]:
    if cost is None:
        return Cost(exact=False), ("what reading costs is not known: the server does not tell",)
    return cost, ()


def _memory(chosen: Opened, cost: Cost) -> int:
    return int(chosen.nbytes) if isinstance(chosen, (xr.Dataset, xr.DataTree)) else cost.decoded


def _route(reader: Reader, location: Location) -> str:
    how = {
        "zarr": "chunks of a Zarr store",
        "grib": "fields of a GRIB file",
        "icechunk": "chunks of a snapshot",
        "kerchunk": "byte ranges that references name",
        "netcdf": "byte ranges of a file",
        "geotiff": "tiles of images",
        "stac": "the files of STAC items",
        "opendap": "index ranges that an OPeNDAP server cuts out",
        "parquet": "columns and row groups of a Parquet table",
        "csv": "a text table, read whole",
        "jsonl": "a text table, read whole",
        "excel": "a workbook, read whole",
        "tabledap": "rows and columns that an ERDDAP server chooses",
    }.get(reader.name, reader.name)
    where = "this machine" if location.path else location.url.partition("://")[0]
    return f"{how}, {where}"
