"""Several datasets opened, aligned and merged as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import xarray as xr

import sciknow.alignment as alignment
from sciknow.alignment import AlignOptions, Profile
from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.hub.combine.thing import Array, Known, Thing, known
from sciknow.hub.load.open import open_dataset, plan_dataset
from sciknow.hub.store.state import State
from sciknow.model import Dataset
from sciknow.model.selection import Selection
from sciknow.readers import Opened, Plan, Request, TableAs
from sciknow.text import counted

T = TypeVar("T")


class CombineOptions(AlignOptions, total=False):
    """All that `Hub.combine` takes by keyword, but for *open*."""

    on: str
    bbox: Sequence[float] | None
    period: Sequence[str] | None
    variables: Sequence[str] | None
    max_bytes: int | None


def combine(
    state: State,
    what: Sequence[Thing],
    request: Request,
    options: AlignOptions,
    *,
    on: str,
    open: bool,
) -> xr.Dataset | tuple[Plan, ...]:
    """Open several datasets, align them and merge them into one, lazily; see `Hub.combine`.

    Parameters
    ----------
    state : State
        Where ids are looked up.
    what : sequence
        Datasets, hits or arrays.
    request : Request
        The part that is asked for, and the budget for all together.
    options : AlignOptions
        How they are aligned.
    on, open
        As of `Hub.combine`.
    """
    if isinstance(what, (str, Dataset)):
        raise InvalidInput("1 dataset is nothing to combine", hint="give a list of several")
    things = [known(state, item) for item in what]
    if len(things) < 2:
        raise InvalidInput(f"{counted(len(things), 'dataset')} to combine", hint="give two or more")
    parts = _parts(things, request.selection, on)
    if request.max_bytes is not None or not open:
        plans = _plans(things, parts, request.max_bytes)
        if not open:
            return plans
    aligned = alignment.align(
        *(_open(item, part) for item, part in zip(things, parts, strict=True)),
        on=on,
        labels=[item.profile.label for item in things],
        **options,
    )
    return alignment.merge(aligned)


# what of each is opened


@dataclass(frozen=True, slots=True)
class _Part:
    """A part: what was asked for, and the same within what is common to all by the cards."""

    asked: Selection
    common: Selection

    def take(self, verb: Callable[[Request], T]) -> T:
        """Call a verb; the common part is given up where the data have no such axes."""
        try:
            return verb(Request(selection=self.common, table_as=TableAs.DATASET))
        except InvalidInput:
            if self.common == self.asked:
                raise
            return verb(Request(selection=self.asked, table_as=TableAs.DATASET))


def _parts(things: Sequence[Known], asked: Selection, on: str) -> list[_Part]:
    """Return the part of each that is opened: what was asked for, within what is common."""
    common = _common(things, asked) if on == "overlap" else asked
    return [_Part(_listed(asked, item), _listed(common, item)) for item in things]


def _listed(wanted: Selection, item: Known) -> Selection:
    """Keep of the wanted variables those that a card lists; none where it lists none."""
    names = {name for q in item.profile.variables for name in (q.name, q.standard_name)}
    return replace(wanted, variables=tuple(name for name in wanted.variables if name in names))


def _common(things: Sequence[Known], asked: Selection) -> Selection:
    profiles = [item.profile for item in things]
    periods = [(item.start, item.end) for item in profiles if item.start or item.end]
    period = alignment.common_period(periods)
    if periods and period is None:
        told = "; ".join(f"{p.label} {p.start or '…'} to {p.end or 'now'}" for p in profiles)
        raise InvalidInput(f"no time in common: {told}", hint="on='union' keeps both periods")
    found = asked
    if period is not None and any(period) and not asked.period:
        first, last = (_whole(date, profiles) for date in period)
        found = replace(found, period=(first, last))
    boxes = [item.bbox for item in profiles if item.bbox and item.spacing]
    box = alignment.common_box(boxes) if len(boxes) == len(profiles) else None
    if box is not None and not asked.bbox:
        margin = 2 * max(item.spacing or 0.0 for item in profiles)
        found = replace(found, bbox=alignment.wider(box, margin))
    return found


def _whole(date: str, profiles: Sequence[Profile]) -> str:
    """Cut a date down to the year or month, so that no coarser step is opened in part."""
    steps = [item.step.length if item.step else float("inf") for item in profiles]
    digits = alignment.date_digits(max(steps))
    return date[:digits]


def _plans(
    things: Sequence[Known], parts: Sequence[_Part], max_bytes: int | None
) -> tuple[Plan, ...]:
    plans: list[Plan] = []
    for item, part in zip(things, parts, strict=True):
        if item.array is None and item.state is not None and item.card is not None:
            verb = partial(plan_dataset, item.state, item.card, None)
            plans.append(part.take(verb))
    total = sum(plan.bytes for plan in plans)
    if max_bytes is not None and total > max_bytes:
        told = "; ".join(f"{plan.distribution.id} {plan.bytes:,} bytes" for plan in plans)
        raise LimitExceeded(
            f"reading the parts takes {total:,} bytes, the budget is {max_bytes:,}: {told}",
            hint="take a smaller area, period or fewer variables, or raise max_bytes",
        )
    return tuple(plans)


def _open(item: Known, part: _Part) -> Array | Opened:
    if item.array is not None:
        return item.array
    if item.state is None or item.card is None:
        raise InvalidInput(f"{item.profile.label} has no hub to be opened from")
    return part.take(partial(open_dataset, item.state, item.card, None))
