"""Planning: what a part of what was opened costs by its way, counted before it is read."""

from __future__ import annotations

from dataclasses import replace

import dask.dataframe as dd
import xarray as xr

from sciknow.model.selection import Selection
from sciknow.net import Deadline
from sciknow.readers.part import Opened, Whole, tree_parts
from sciknow.readers.plans.cost import Cost
from sciknow.readers.plans.layout import layouts
from sciknow.readers.plans.plan import Plan, total, total_of_tree
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.request import Request
from sciknow.wire.trouble import explain


def plan_of(whole: Whole, chosen: Opened, request: Request) -> Plan:
    """Tell what a part of what was opened costs, before a byte of it moves.

    Parameters
    ----------
    whole : Whole
        What was opened, and how.
    chosen
        The part that was cut out of it.
    request : Request
        Which part it is.

    Raises
    ------
    LimitExceeded
        When it costs more than the request allows.
    """
    location, wanted = whole.location, request.selection
    with location.transport.until(Deadline.after(request.deadline)):
        cost, warnings = _cost(whole, wanted)
    meter, opened = location.transport.meter, whole.opened
    plan = Plan(
        distribution=whole.distribution,
        route=_route(whole.reader, location),
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
    return plan.check(request.max_bytes)


def _cost(whole: Whole, wanted: Selection) -> tuple[Cost, tuple[str, ...]]:
    make, opened = getattr(whole.reader, "costs", None), whole.opened
    if make is None:
        return Cost(exact=False), ("what reading costs is not known for this format",)
    with explain(whole.location.url, "a layout"):
        costs = make(whole.location, whole.distribution.options)
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
    where = "this machine" if location.path else location.url.partition("://")[0]
    return f"{reader.format.route}, {where}"
