"""Combining: whether datasets fit together, and several of them opened as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sciknow.errors import InvalidInput, LimitExceeded, NotFound, SciknowError
from sciknow.hub.find.hit import Hit
from sciknow.hub.load.loading import Loading
from sciknow.hub.rooms import alignment, readers
from sciknow.model import Dataset, Publication
from sciknow.text import counted

if TYPE_CHECKING:
    from sciknow.alignment import Compatibility, Profile
    from sciknow.readers import Plan

Thing = Any
"""A dataset, its id or DOI, a hit, or an xarray object."""


class Combining(Loading):
    """Comparing and combining the datasets of a hub."""

    def compatible(
        self, a: Thing, b: Thing, *more: Thing, water_density: float | None = None
    ) -> Compatibility:
        """Say how datasets or arrays fit together; see `sciknow.compatible`."""
        return compatible(a, b, *more, hub=self, water_density=water_density)

    def combine(
        self,
        what: Sequence[Thing],
        *,
        on: str = "overlap",
        grid: Any = "coarser",
        time: str = "coarser",
        method: str = "auto",
        bbox: Sequence[float] | None = None,
        period: Sequence[str] | None = None,
        variables: Sequence[str] | None = None,
        max_bytes: int | None = None,
        open: bool = True,
        **options: Any,
    ) -> Any:
        """Open several datasets, align them and merge them into one, lazily.

        Parameters
        ----------
        what : sequence
            Datasets, their ids or DOIs, hits, or arrays that are open already.
        on : {"overlap", "union", "first"}
            Which area and time the result has. With ``overlap`` no more is opened than what the
            cards say to be common.
        grid, time, method, **options
            As of `sciknow.align`; also ``calendar``, ``units``, ``water_density``, ``share``.
        bbox, period, variables
            Only this part, as of `open`; a dataset whose card lists none of the variables is
            taken with all of its own.
        max_bytes : int, optional
            Refuse where reading all parts would move more than this, all together.
        open : bool
            False returns the plans instead of opening anything.

        Returns
        -------
        xarray.Dataset or tuple of Plan
            Names that occur in several datasets get the id of theirs in front; ``attrs["history"]``
            says what was interpolated, ``ds.sciknow.origins`` lists the datasets. Each stands in
            the ledger.

        Raises
        ------
        InvalidInput
            Where they have no area or time in common, or their grids cannot be brought together.
        LimitExceeded
            Where the parts cost more than *max_bytes*.
        """
        if isinstance(what, (str, Dataset)):
            raise InvalidInput("1 dataset is nothing to combine", hint="give a list of several")
        readers.parse_budget(max_bytes)
        things = [_thing(self, item) for item in what]
        if len(things) < 2:
            raise InvalidInput(
                f"{counted(len(things), 'dataset')} to combine", hint="give two or more"
            )
        asked = {"bbox": bbox, "period": period, "variables": variables}
        parts = _parts(things, asked, on)
        if max_bytes is not None or not open:
            plans = _plans(things, parts, max_bytes)
            if not open:
                return plans
        opened = [_open(item, part) for item, part in zip(things, parts, strict=True)]
        aligned = alignment.align(
            *opened,
            on=on,
            grid=grid,
            time=time,
            method=method,
            labels=[item.profile.label for item in things],
            **options,
        )
        return alignment.merge(aligned)


def compatible(
    a: Thing,
    b: Thing,
    *more: Thing,
    hub: Loading | None = None,
    water_density: float | None = None,
) -> Compatibility:
    """Say how datasets or arrays fit together: space, time, grid, units, licence, co-use.

    Parameters
    ----------
    a, b, *more : dataset, id, DOI, hit or xarray object
        What to compare, each with each. Datasets are compared by their cards and nothing is
        opened; arrays by their coordinates, and by the card of the dataset they were opened from.
    hub : Hub, optional
        Where ids and cards are looked up; the default one when left out.
    water_density : float, optional
        In kg m-3: then a depth of water and a mass of water over an area count as convertible.

    Returns
    -------
    Compatibility
        For each aspect a verdict (same, compatible, convertible, different, not stated), what each
        side states, and a sentence.

    Raises
    ------
    NotFound
        For an unknown id.
    InvalidInput
        For tables, trees of groups and other things that are no dataset.

    Examples
    --------
    >>> compatible("mur-sst", "noaa-oisst")                      # doctest: +SKIP
    """
    with ExitStack() as stack:
        home = _Home(stack, hub)
        things = [home.resolve(item) for item in (a, b, *more)]
        pairs = [
            alignment.compare(
                one.profile,
                other.profile,
                publications=_shared(one, other),
                water_density=water_density,
            )
            for one, other in combinations(things, 2)
        ]
    return alignment.Compatibility(pairs)


@dataclass(frozen=True, slots=True)
class _Thing:
    """One thing to be compared: its profile, and where it comes from as far as known."""

    profile: Profile
    card: Dataset | None = None
    hub: Loading | None = None
    array: Any = None


class _Home:
    """The hub that things are looked up in; the default one is opened when first needed."""

    def __init__(self, stack: ExitStack, given: Loading | None) -> None:
        self._stack, self._hub = stack, given
        self._count = 0

    def resolve(self, item: Thing) -> _Thing:
        """Return what is known of one thing."""
        self._count += 1
        if isinstance(item, Hit):
            return _thing(item._hub, item)
        if isinstance(item, (str, Dataset)):
            return _thing(self._open(), item)
        label = f"array {self._count}"
        told = str(getattr(item, "attrs", {}).get("sciknow_dataset", ""))
        profile = alignment.profile_of_array(item, label)
        return _with_card(profile, item, self._known() if told else None)

    def _open(self) -> Loading:
        if self._hub is None:
            from sciknow.hub.store.opening import open_hub

            self._hub = self._stack.enter_context(open_hub())
        return self._hub

    def _known(self) -> Loading | None:
        try:
            return self._open()
        except SciknowError:
            return None


def _thing(hub: Loading, item: Thing) -> _Thing:
    if isinstance(item, Hit):
        return _thing(item._hub, item.dataset)
    if isinstance(item, (str, Dataset)):
        card = hub.card(item)
        return _Thing(alignment.profile_of_card(card), card, hub)
    return _with_card(alignment.profile_of_array(item), item, hub)


def _with_card(profile: Profile, item: Thing, hub: Loading | None) -> _Thing:
    """Add what the card says of the dataset that an array was opened from, where it is known."""
    if hub is None or not profile.dataset:
        return _Thing(profile, array=item)
    try:
        card = hub.dataset(profile.dataset)
    except NotFound:
        return _Thing(profile, array=item)
    return _Thing(alignment.with_card(profile, card), card, hub, item)


def _shared(one: _Thing, other: _Thing) -> tuple[Publication, ...] | None:
    """Return the publications that name both datasets; None where nobody can know."""
    if one.card is None or other.card is None or one.card.id == other.card.id:
        return None
    mine, yours = ({paper.id: paper for paper in _papers(item)} for item in (one, other))
    return tuple(paper for name, paper in mine.items() if name in yours)


def _papers(item: _Thing) -> Iterator[Publication]:
    if item.hub is not None and item.card is not None:
        records = item.hub._generation.records
        for relation in ("uses", "describes"):
            yield from records.publications(item.card.id, relation)


# what of each is opened


@dataclass(frozen=True, slots=True)
class _Part:
    """A part: what was asked for, and what of that is common to all by the cards."""

    asked: dict[str, Any]
    common: dict[str, Any]

    def take(self, verb: Callable[..., Any], card: Dataset) -> Any:
        """Call a verb of the hub; the common part is given up where the data have no such axes."""
        try:
            return verb(card, table_as="dataset", **self.asked, **self.common)
        except InvalidInput:
            if not self.common:
                raise
            return verb(card, table_as="dataset", **self.asked)


def _parts(things: Sequence[_Thing], asked: dict[str, Any], on: str) -> list[_Part]:
    """Return the part of each that is opened: what was asked for, within what is common."""
    common = _common(things, asked) if on == "overlap" else {}
    given = {key: value for key, value in asked.items() if value}
    wanted = given.pop("variables", ())
    return [_Part(given | _variables(item, wanted), common) for item in things]


def _common(things: Sequence[_Thing], asked: dict[str, Any]) -> dict[str, Any]:
    profiles = [item.profile for item in things]
    periods = [(item.start, item.end) for item in profiles if item.start or item.end]
    period = alignment.common_period(periods)
    if periods and period is None:
        told = "; ".join(f"{p.label} {p.start or '…'} to {p.end or 'now'}" for p in profiles)
        raise InvalidInput(f"no time in common: {told}", hint="on='union' keeps both periods")
    found: dict[str, Any] = {}
    if period is not None and any(period) and not asked["period"]:
        found["period"] = tuple(_whole(date, profiles) for date in period)
    boxes = [item.bbox for item in profiles if item.bbox and item.spacing]
    box = alignment.common_box(boxes) if len(boxes) == len(profiles) else None
    if box is not None and not asked["bbox"]:
        found["bbox"] = alignment.wider(box, 2 * max(item.spacing or 0.0 for item in profiles))
    return {key: value for key, value in found.items() if value}


def _whole(date: str, profiles: Sequence[Profile]) -> str:
    """Cut a date down to the year or month, so that no coarser step is opened in part."""
    steps = [item.step.length if item.step else float("inf") for item in profiles]
    digits = alignment.date_digits(max(steps))
    return date[:digits]


def _variables(item: _Thing, wanted: Sequence[str]) -> dict[str, Any]:
    """Return those of the wanted variables that a card lists; nothing where it lists none."""
    names = {name for q in item.profile.variables for name in (q.name, q.standard_name)}
    known = [name for name in wanted if name in names]
    return {"variables": known} if known else {}


def _plans(
    things: Sequence[_Thing], parts: Sequence[_Part], max_bytes: int | None
) -> tuple[Plan, ...]:
    plans: list[Plan] = []
    for item, part in zip(things, parts, strict=True):
        if item.array is None and item.hub is not None and item.card is not None:
            plans.append(part.take(item.hub.plan, item.card))
    total = sum(plan.bytes for plan in plans)
    if max_bytes is not None and total > max_bytes:
        told = "; ".join(f"{plan.distribution.id} {plan.bytes:,} bytes" for plan in plans)
        raise LimitExceeded(
            f"reading the parts takes {total:,} bytes, the budget is {max_bytes:,}: {told}",
            hint="take a smaller area, period or fewer variables, or raise max_bytes",
        )
    return tuple(plans)


def _open(item: _Thing, part: _Part) -> Any:
    if item.array is not None:
        return item.array
    if item.hub is None or item.card is None:
        raise InvalidInput(f"{item.profile.label} has no hub to be opened from")
    return part.take(item.hub.open, item.card)
