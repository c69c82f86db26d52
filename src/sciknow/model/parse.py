"""Parsing of plain values into checked ones, with errors that say where and what is allowed.

Every function takes the value and a `Where`, and raises `InvalidInput` naming the file, the
entry, the key, what was found and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from numbers import Real
from typing import TypeVar

from sciknow.errors import InvalidInput
from sciknow.text import clean, halfwidth, has_lone

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

MAX_TEXT = 20_000
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")
_DATE = re.compile(r"(-?\d{4,})(?:-(\d{2})(?:-(\d{2}))?)?", re.A)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?", re.A)
_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.A
)
_URL = re.compile(r"(?:https?|s3|gs|abfs|az|ftp)://[^\s<>\"{}|\\^`\x00-\x20]+")


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the input, for error messages.

    Examples
    --------
    >>> str(Where("ocean.yaml") @ "oisst" / "bbox" / 2)
    'ocean.yaml: entry oisst: key bbox.2'
    """

    file: str = ""
    entry: str = ""
    path: tuple[str | int, ...] = ()

    def __truediv__(self, key: str | int) -> Where:
        return Where(self.file, self.entry, (*self.path, key))

    def __matmul__(self, entry: str) -> Where:
        return Where(self.file, entry, self.path)

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.entry:
            parts.append(f"entry {_cut(self.entry)}")
        if self.path:
            parts.append("key " + ".".join(_cut(str(key)) for key in self.path))
        return ": ".join(parts) or "input"

    def refuse(self, found: str, allowed: str) -> InvalidInput:
        """Build the error: where, what was found, what is allowed."""
        return InvalidInput(f"{self}: found {clean(found)}, allowed is {allowed}")


def _cut(text: str, limit: int = 130) -> str:
    short = clean(text)
    return short if len(short) <= limit else short[: limit - 1] + "…"


def show(value: object, limit: int = 60) -> str:
    """Return a short, clean picture of any value for an error message."""
    picture = clean(repr(value)) if not isinstance(value, (Mapping, list)) else type(value).__name__
    return picture if len(picture) <= limit else picture[: limit - 1] + "…"


def parse_mapping(
    value: object,
    where: Where,
    *,
    allowed: Iterable[str] | None = None,
    required: Iterable[str] = (),
) -> dict[str, object]:
    """Read a mapping with string keys; unknown and missing keys are refused."""
    if not isinstance(value, Mapping):
        raise where.refuse(show(value), "a mapping")
    names = None if allowed is None else tuple(allowed)
    for key in value:
        if not isinstance(key, str):
            raise where.refuse(f"the key {show(key)}", "a text as key")
        if names is not None and key not in names:
            raise (where / key).refuse("an unknown key", "one of " + ", ".join(names))
    for key in required:
        if value.get(key) is None:
            raise (where / key).refuse("nothing", "a value: this key is required")
    return dict(value)


def parse_text(value: object, where: Where, *, limit: int = MAX_TEXT) -> str:
    """Read a non-empty text; it comes back in NFC without control or bidi characters."""
    if not isinstance(value, str):
        raise where.refuse(show(value), "a text")
    text = clean(value).strip()
    if not text:
        raise where.refuse("an empty text", "a text")
    if len(text) > limit:
        raise where.refuse(f"{len(text):,} characters", f"at most {limit:,}")
    return text


def check_whole(value: str, what: str) -> str:
    """Refuse a text of which some characters were lost before it came here.

    Parameters
    ----------
    value : str
        The text.
    what : str
        What it is: "the question".

    Raises
    ------
    InvalidInput
        When it holds halves of characters: bytes that Python read by another encoding than theirs.
    """
    if has_lone(value):
        raise InvalidInput(
            f"{what} holds bytes that are no text in the encoding of this process: {show(value)}",
            hint="set PYTHONUTF8=1, or a UTF-8 locale such as LC_ALL=C.UTF-8, and ask again",
        )
    return value


def parse_number(value: object, where: Where, low: float, high: float) -> float:
    """Read a finite number between two bounds, both included."""
    if isinstance(value, bool) or not isinstance(value, Real):  # numpy's numbers are Real too
        raise where.refuse(show(value), "a number")
    if not low <= float(value) <= high:
        raise where.refuse(show(value), f"a number from {low:g} to {high:g}")
    return float(value)


def parse_list(value: object, where: Where, item: Callable[[object, Where], T]) -> tuple[T, ...]:
    """Read a list, each member by a parser of its own."""
    if not isinstance(value, (list, tuple)):
        raise where.refuse(show(value), "a list")
    return tuple(item(member, where / number) for number, member in enumerate(value))


def parse_enum(value: object, where: Where, kind: type[E]) -> E:
    """Read one of an enumeration's values."""
    if isinstance(value, str) and value in set(kind):
        return kind(value)
    raise where.refuse(show(value), "one of " + ", ".join(kind))


def parse_slug(value: object, where: Where) -> str:
    """Read an identifier of ours: lower-case letters, digits, dot, hyphen, underscore."""
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise where.refuse(
            show(value), "an id of a-z, 0-9, '.', '_' and '-', at most 120 characters"
        )
    return value


OPEN_ENDS = ("", "..")
"""How an end of a period is written that is open (ISO 8601-2)."""
_MIDNIGHT = re.compile(r"[T ]00(:00(:00(\.0+)?)?)?$")


def parse_date(value: object, where: Where) -> str:
    """Read a year, a month or a day in ISO 8601; it comes back as written.

    Dates and midnights of datetime, pandas and numpy are read too. Years before 1 BC and beyond
    9999 are allowed for palaeo records, as a year alone.
    """
    moment = isinstance(value, date) or type(value).__name__ == "datetime64"
    plain = isinstance(value, (str, int)) and not isinstance(value, bool)
    text = _MIDNIGHT.sub("", str(value)) if moment else str(value) if plain else ""
    found = _DATE.fullmatch(text)
    if found is None or _COMPACT.fullmatch(text):
        raise where.refuse(show(value), "a date as YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = found.groups()
    if month:
        try:
            date(int(year), int(month), int(day or 1))
        except ValueError:
            raise where.refuse(show(value), "a date that exists") from None
    return text


def parse_day(value: object, where: Where) -> str:
    """Read the first or last date of a period as somebody typed it; an open end is empty.

    Full-width digits and compact dates are read too, unlike in a card.

    Examples
    --------
    >>> parse_day("１９７９", Where()), parse_day("20200131", Where()), parse_day("..", Where())
    ('1979', '2020-01-31', '')
    """
    typed = halfwidth(value).strip() if isinstance(value, str) else value
    if typed is None or (isinstance(typed, str) and typed in OPEN_ENDS):
        return ""
    if (isinstance(typed, str) or type(typed) is int) and (found := _COMPACT.fullmatch(str(typed))):
        typed = "-".join(part for part in found.groups() if part)
    return parse_date(typed, where)


def parse_duration(value: object, where: Where) -> str:
    """Read an ISO 8601 duration such as P1D, P1M or PT3H."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise where.refuse(show(value), "an ISO 8601 duration such as PT1H, P1D, P1M, P1Y")
    return value


def parse_url(value: object, where: Where) -> str:
    """Read an absolute URL with a known scheme and no user name or password in it."""
    text = parse_text(value, where, limit=2_000)
    if not _URL.fullmatch(text) or "@" in text.split("://", 1)[1].split("/", 1)[0]:
        raise where.refuse(show(value), "an http(s), s3, gs, abfs or ftp URL without credentials")
    return text


def date_key(value: str, *, end: bool = False) -> int:
    """Turn an ISO date into a sortable integer YYYYMMDD (the last day it covers with *end*).

    Examples
    --------
    >>> date_key("1979"), date_key("1979", end=True), date_key("2020-02-03")
    (19790101, 19791231, 20200203)
    """
    found = _DATE.fullmatch(value)
    if found is None:
        raise InvalidInput(f"{value!r} is no date", hint="write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = found.groups()
    rest = int(month or (12 if end else 1)) * 100 + int(day or (31 if end else 1))
    return int(year) * 10_000 + rest
