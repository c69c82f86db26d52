"""What part of a dataset is wanted, in the user's words: a box, a period, variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox
from sciknow.model.parse import Where, parse_day, parse_number

SELECTION = ("bbox", "period", "variables")
"""The options of opening that take a part."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a dataset.

    Parameters
    ----------
    bbox : tuple of four floats, optional
        West, south, east, north in degrees; west above east crosses the antimeridian.
    period : tuple of two str, optional
        First and last date, both included; an empty one is open.
    variables : tuple of str
        Names in the data, or CF standard names; empty is all.
    """

    bbox: BBox | None = None
    period: tuple[str, str] | None = None
    variables: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bbox or self.period or self.variables)

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values; what is not cut is left out."""
        return {key: list(value) for key in SELECTION if (value := getattr(self, key))}


def parse_selection(
    bbox: Sequence[float] | None = None,
    period: Sequence[str | None] | None = None,
    variables: Sequence[str] | str | None = None,
) -> Selection:
    """Check a selection.

    Raises
    ------
    InvalidInput
        For a box or a period that cannot be.

    Examples
    --------
    >>> parse_selection(period=("1979", "2020")).period
    ('1979', '2020')
    """
    given = (variables,) if isinstance(variables, str) else variables
    names = () if given is None else _several(given, "variables", "names")
    if not all(isinstance(name, str) for name in names):
        raise InvalidInput(f"variables={variables!r}", hint="give names, or CF standard names")
    return Selection(
        None if bbox is None else _parse_bbox(bbox),
        None if period is None else _parse_period(period),
        names,
    )


def _several(value: object, name: str, hint: str, count: int | None = None) -> tuple[Any, ...]:
    """Return the items of a sequence or an array."""
    items = value if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else None
    found = None if items is None else tuple(items)
    if found is None or count not in (None, len(found)):
        raise InvalidInput(f"{name}={value!r}", hint=f"give {hint}")
    return found


def _parse_bbox(given: Sequence[float]) -> BBox:
    value = _several(given, "bbox", "(west, south, east, north) in degrees", 4)
    where = Where("bbox")
    west, east = (parse_number(value[at], where / at, -180, 360) for at in (0, 2))
    south, north = (parse_number(value[at], where / at, -90, 90) for at in (1, 3))
    if south > north:
        raise InvalidInput(f"bbox={tuple(value)!r}: south is above north", hint="swap them")
    return west, south, east, north


def _parse_period(given: Sequence[str | None]) -> tuple[str, str]:
    value = _several(given, "period", "(first date, last date)", 2)
    first, last = (parse_day(item, Where("period")) for item in value)
    if first and last and first[: len(last)] > last[: len(first)]:
        raise InvalidInput(f"period={tuple(value)!r} ends before it starts", hint="swap the dates")
    return first, last


def read_selection(plain: Mapping[str, Any]) -> Selection:
    """Read the part out of options of opening, or out of what `Selection.to_dict` gave."""
    return parse_selection(*(plain.get(key) for key in SELECTION))


def selection_of(options: Mapping[str, object]) -> dict[str, object]:
    """Return the part that some options of opening ask for, as plain values."""
    return read_selection(options).to_dict()


def selection_text(selection: Mapping[str, object]) -> str:
    """Write a selection in one line; empty for the whole.

    Examples
    --------
    >>> selection_text({"period": ["1979", "2020"], "variables": ["sst"]})
    'period 1979 2020; variables sst'
    """
    return "; ".join(
        f"{key} {' '.join(str(item) for item in value)}"
        for key, value in selection.items()
        if isinstance(value, Iterable)
    )
