"""What a record has to be: filters, checked once, and their masks over a collection.

A record matches, does not match, or says nothing about the matter. What becomes of the silent ones
is for the caller to say (``unstated=``). By default they are left out where a wrong guess could do
harm (`ALWAYS`) and where most records state the field (`COMMON`); elsewhere they are kept, marked
and ranked a little lower. Each filter says how many there were of the three.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal, NoReturn, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox, parse_bbox
from sciknow.model.licence import OPEN, canonical, licence_of
from sciknow.model.parse import Where, date_key, parse_day
from sciknow.model.suggest import nearest
from sciknow.place.shape import bounds_of
from sciknow.search.index.columns import Columns, hours
from sciknow.search.wish.format import find_format, format_words
from sciknow.search.wish.grain import meters_of, step_of
from sciknow.text import halfwidth
from sciknow.vocab import AccessRights, Sector
from sciknow.words import said

Mask = NDArray[np.bool_]
Unstated: TypeAlias = Literal["keep", "mark", "drop"]
"""What becomes of records that do not say: kept as they are, kept but marked and ranked a little
lower, or left out."""
ALWAYS = frozenset({"license", "access"})
"""Filters that leave out what does not say."""
_CLOCK = re.compile(r"[T ][0-9]{2}(?::?[0-9]{2})?.*", re.S)
"""The time of a day, of which only the day counts."""
_SHOWN = 12
PREFERRED = ("opens", "current", "open")
"""What comes first among records that are as good: what opens lazily, what reaches into the last
two years or still grows, and what has an open licence."""
COMMON = 0.5
"""Where so large a part of the records states a field, what does not is left out as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a record has to be; made by `Filters.of`, which checks everything.

    Parameters
    ----------
    bbox : tuple of four floats, or None
        West, south, east, north; west > east crosses the antimeridian.
    start, end : int or None
        First and last day of interest as YYYYMMDD.
    variables : tuple of str
        Names, CF standard names or labels; any of them will do.
    sectors : tuple of str
        Any of them will do.
    license : str
        A licence by any of its names or its address, with or without its version, or ``open``.
    publisher : str
        An agent's id or a part of its name.
    openable, offline : bool
        Only what opens lazily, or with no network.
    meters : float or None
        Grid spacing of at most about this (a quarter coarser still counts).
    duration : str
        Time step as an ISO 8601 duration; finer steps match too.
    access : tuple of str
        Of `AccessRights`; any of them will do.
    format : str
        Form of the data by name, as ``netcdf``.
    unstated : str
        What becomes of records that do not say; empty for what the filter does by default.
    prefer : tuple of str
        Of `PREFERRED`: what comes first among records that are as good.
    """

    bbox: BBox | None = None
    start: int | None = None
    end: int | None = None
    variables: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    license: str = ""
    publisher: str = ""
    openable: bool = False
    offline: bool = False
    meters: float | None = None
    duration: str = ""
    access: tuple[str, ...] = ()
    format: str = ""
    unstated: Unstated | Literal[""] = ""
    prefer: tuple[str, ...] = PREFERRED

    def __bool__(self) -> bool:
        return any(
            getattr(self, item.name) not in (None, (), "", False)
            for item in fields(self)
            if item.name not in ("unstated", "prefer")
        )

    @classmethod
    def of(
        cls,
        *,
        bbox: Sequence[float] | None = None,
        period: tuple[object, object] | None = None,
        variables: Sequence[str] = (),
        sector: str | Sequence[str] | None = None,
        license: str | None = None,
        publisher: str | None = None,
        openable: bool = False,
        offline: bool = False,
        access: str | Sequence[str] | None = None,
        format: str | None = None,
        resolution: float | str | None = None,
        step: str | None = None,
        unstated: Unstated | None = None,
        prefer: str | Sequence[str] | None = PREFERRED,
    ) -> Filters:
        """Check what a caller asks for.

        Raises
        ------
        InvalidInput
            For an impossible box, date, period, sector, kind of access, form, spacing or step.
        """
        start, end = _period(period)
        return cls(
            bbox=None if bbox is None else parse_bbox(_numbers(bbox), Where() / "bbox"),
            start=start,
            end=end,
            variables=_texts("variables", variables),
            sectors=_of("sector", sector, Sector),
            license=_license(_text("license", license)),
            publisher=_text("publisher", publisher),
            openable=_switch("openable", openable),
            offline=_switch("offline", offline),
            access=_of("access", access, AccessRights),
            format=_format(_text("format", format)),
            meters=_meters(resolution),
            duration=_duration(_text("step", step)),
            unstated=_unstated(unstated),
            prefer=_of("prefer", prefer, PREFERRED),
        )


def _numbers(bbox: object) -> object:
    """Return a box as plain numbers, where it is an array of them or a shape."""
    listed = getattr(bbox, "tolist", None)
    value = listed() if callable(listed) else bbox
    around = bounds_of(value)
    if around is not None:
        return around
    return list(value) if isinstance(value, tuple) else value


def _text(name: str, value: object) -> str:
    if value is None or isinstance(value, str):
        return halfwidth(value or "")
    raise InvalidInput(f"{name}={value!r} is no text", hint=f'write {name}="…"')


def _license(value: str) -> str:
    """Return a licence in its one form; ``open`` and what is not known stay as they are."""
    word = value.strip()
    return OPEN if word.lower() == OPEN else canonical(word) or word


def _texts(name: str, values: object) -> tuple[str, ...]:
    several = (values,) if isinstance(values, str) else values or ()
    if isinstance(several, Iterable):
        found = tuple(several)
        if all(isinstance(value, str) for value in found):
            return tuple(map(halfwidth, found))
    raise InvalidInput(f"{name}={values!r} is no text", hint=f'write {name}=["…", "…"]')


def _switch(name: str, value: object) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise InvalidInput(f"{name}={value!r} is neither true nor false", hint=f"write {name}=True")


def _period(period: tuple[object, object] | None) -> tuple[int | None, int | None]:
    if period is None:
        return None, None
    if isinstance(period, str) or not isinstance(period, Sequence) or len(period) != 2:
        raise InvalidInput(
            f"period {period!r} is not a pair", hint='write ("1979", "2020"); either may be None'
        )
    first, last = map(_day, period)
    start = date_key(first) if first else None
    end = date_key(last, end=True) if last else None
    if start is not None and end is not None and start > end:
        raise InvalidInput(f"period {first} to {last} ends before it starts", hint="swap the dates")
    return start, end


def _day(value: object) -> str:
    """Return a date as ISO text, of text, a number, or anything that prints as ISO 8601."""
    if value is None or value == "":
        return ""
    try:
        return parse_day(_CLOCK.sub("", str(value).strip()), Where() / "period")
    except InvalidInput:
        raise InvalidInput(
            f"{value!r} is no date that exists", hint="write YYYY, YYYY-MM or YYYY-MM-DD"
        ) from None


def _of(name: str, value: object, known: Iterable[str]) -> tuple[str, ...]:
    """Return one or several words of a vocabulary."""
    wanted = _texts(name, value)
    for word in wanted:
        if word not in set(known):
            raise InvalidInput(f"unknown {name} {word!r}", hint="one of " + ", ".join(known))
    return wanted


def _format(value: str) -> str:
    """Return a form of data as the index writes it; one that is not known stays as it is."""
    word = value.strip().lower()
    return word and (find_format(word, format_words())[0] or word)


def _meters(value: object) -> float | None:
    """Return a grid spacing in metres, of a number or of words."""
    if value is None or value == "":
        return None
    meters: float | None = None
    if isinstance(value, str):
        value = halfwidth(value)
        digits = value.strip().replace(".", "", 1).isdecimal()
        meters = float(value) if digits else meters_of(f"{value} resolution")
    elif isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        meters = float(value)
    if meters is None or not 0 < meters < np.inf:
        raise InvalidInput(
            f"resolution={value!r} is no grid spacing", hint='write metres, "1 km" or "0.25 degree"'
        )
    return meters


def _duration(value: str) -> str:
    """Return a time step as an ISO 8601 duration, of one or of words."""
    word = value.strip()
    found = word.upper() if not np.isnan(hours(word.upper())) else step_of(word)
    if word and not found:
        raise InvalidInput(
            f"step={value!r} is no time step", hint='write "daily", "3-hourly", "P1M"'
        )
    return found


def _unstated(value: object) -> Unstated | Literal[""]:
    if value is None or value == "":
        return ""
    if value in ("keep", "mark", "drop"):
        return value
    raise InvalidInput(f"unstated={value!r}", hint="one of " + ", ".join(get_args(Unstated)))


@dataclass(frozen=True, slots=True)
class Count:
    """How the records of a collection stand to one filter.

    Parameters
    ----------
    match, unstated, other : int
        How many match, do not say, and do not match.
    handling : str
        What became of those that do not say.
    """

    match: int
    unstated: int
    other: int
    handling: Unstated

    def said(self, language: str = "en") -> str:
        """Say the three numbers in words."""
        words = f"filter.{self.handling}" if self.unstated else "filter"
        return said(words, language, match=self.match, other=self.other, unstated=self.unstated)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records a set of filters leaves.

    Parameters
    ----------
    mask : array of bool, or None
        True for the records that stay; None when all stay.
    dropped : dict of str to int
        Filter → how many records it took away, each counted under the first that did.
    unknown : dict of str to array of bool
        Filter → records that say nothing about it.
    total : int
        How many records stay.
    counts : dict of str to Count
        Filter → how all records stand to it.
    prefer : tuple of str
        What comes first among records that are as good.
    """

    mask: Mask | None
    total: int
    dropped: dict[str, int] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    unknown: dict[str, Mask] = field(default_factory=dict)
    prefer: tuple[str, ...] = PREFERRED


def select(columns: Columns, filters: Filters) -> Selection:
    """Apply filters to a collection's columns."""
    if not filters:
        return Selection(None, len(columns), prefer=filters.prefer)
    keep = np.ones(len(columns), bool)
    dropped: dict[str, int] = {}
    counts: dict[str, Count] = {}
    unknown: dict[str, Mask] = {}
    left = len(columns)
    for name, match, silent in _checks(columns, filters):
        silent = silent & ~match
        fits, unsaid = int(np.count_nonzero(match)), int(np.count_nonzero(silent))
        strict = name in ALWAYS or unsaid <= (1 - COMMON) * len(columns)
        handling: Unstated = filters.unstated or ("drop" if strict else "mark")
        keep &= match if handling == "drop" else match | silent
        before, left = left, int(np.count_nonzero(keep))
        dropped[name] = before - left
        counts[name] = Count(fits, unsaid, len(columns) - fits - unsaid, handling)
        if handling == "mark":
            unknown[name] = silent
    return Selection(keep, left, dropped, counts, unknown, filters.prefer)


def _checks(columns: Columns, filters: Filters) -> Iterator[tuple[str, Mask, Mask]]:
    """Yield name, mask of matches and mask of silence for each filter that is set."""
    yield from _coverage_checks(columns, filters)
    yield from _known_checks(columns, filters)
    if filters.sectors:
        yield "sector", columns.in_sectors(filters.sectors), columns.without_sector
    if filters.access:
        yield "access", *columns.accessible(filters.access)
    if filters.publisher:
        yield "publisher", columns.published_by(filters.publisher), columns.without_publisher
    never = np.zeros(len(columns), bool)
    if filters.openable:
        yield "openable", columns.openable, never
    if filters.offline:
        yield "offline", columns.offline, never


def _known_checks(columns: Columns, filters: Filters) -> Iterator[tuple[str, Mask, Mask]]:
    """Yield as `_checks` does what is refused where no record and no vocabulary knows it."""
    if filters.variables:
        match = columns.has_variable(filters.variables)
        if not match.any():
            _refuse_unknown("variables", filters.variables, columns.words("variables"))
        yield "variables", match, columns.without_variables
    if filters.license:
        match, silent = columns.licensed(filters.license)
        if not match.any() and filters.license != OPEN and licence_of(filters.license) is None:
            raise InvalidInput(
                f"license={filters.license!r} is no licence that is known here",
                hint="write its name or address (CC-BY-4.0, CC BY, ODbL), or open",
            )
        yield "license", match, silent
    if filters.format:
        match, silent = columns.in_format(filters.format)
        if not match.any() and filters.format not in (forms := set(format_words().values())):
            _refuse_unknown("format", (filters.format,), forms)
        yield "format", match, silent


def _refuse_unknown(name: str, wanted: Sequence[str], known: Iterable[str]) -> NoReturn:
    """Refuse words that no record fits: else only those would come that say nothing."""
    several = sorted(known)
    close = [word for item in wanted for word in nearest(item, several)]
    raise InvalidInput(
        f"{name}={', '.join(wanted)!r} is known to no record here",
        hint=f"did you mean {', '.join(dict.fromkeys(close))}?"
        if close
        else f"ask for it in words; known are {', '.join(several[:_SHOWN])}, …",
    )


def _coverage_checks(columns: Columns, filters: Filters) -> Iterator[tuple[str, Mask, Mask]]:
    if filters.bbox is not None:
        yield "bbox", columns.touches(filters.bbox), ~columns.has_box
    if filters.start is not None or filters.end is not None:
        yield "period", *columns.overlaps(filters.start, filters.end)
    if filters.meters is not None:
        yield "resolution", columns.as_fine_as(filters.meters), columns.without_resolution
    if filters.duration:
        yield "time step", *columns.as_often_as(filters.duration)
