"""The words of time in a text, one by one: days, months, years, decades, centuries, "now".

What they mean together with the words around them is `sciknow.search.wish.when`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sciknow.errors import InvalidInput
from sciknow.pattern import Choice, Pattern

_Y = r"(?:1[6-9]|20|21)\d\d"
_FREE = r"(?:(?<![A-Za-z0-9_.$#])(?<!\d:)|(?<=\bFY))"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MON = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_PARTS = r"(?:(early|mid(?:dle)?|late|first half of|second half of)[\s-]*(?:the\s+)?)?"
_UNITS = (
    r"(?:k?m|met(?:re|er)s?|kilomet(?:re|er)s?|ft|feet|miles?|[cmnµμ]m|hpa|mb|d?bar|k?pa|k?g|mg|"
    r"m?w|[kmg]hz|hz|pp[mbt]v?|k|[gmtk]i?b|px|pixels?|bp|bce?|years?|days?|hours?|times|"
    r"percent|points?|m[23²³]|agenda|goals?|targets?)\b"
)
_MEASURED = (
    rf"(?!\d|[.,]\d|\s*-?\s*{_UNITS}|\s*[%°×]|"
    r"\s*(?:多|余)?(?:米|公里|千米|毫米|个|万|种|条|站|人|次|亿|元|度|类|例|家|名|℃))"
)
"""What must not follow a year: 2000 in "2000 m" is none, nor in "2000-2500 m"."""
_COUNTED = rf"{_MEASURED}(?!\s*[-–~]\s*(?!{_Y}{_MEASURED})\d)"
_WORDS = {"seventies": 70, "eighties": 80, "nineties": 90, "sixties": 60, "fifties": 50}
_WORDS |= {"twenties": 20, "thirties": 30, "forties": 40}
_CENTURIES = {"nineteenth": 19, "twentieth": 20, "twenty-first": 21, "eighteenth": 18}
_NTH = rf"(\d\d)(?:st|nd|rd|th)|({'|'.join(_CENTURIES)})"

_MOST_YEARS = 2_000_000
"""Longer pasts are not counted in calendar years."""
_MANY = r"(\d{1,3}(?:,\d{3})+|\d{1,6})"


def _token(source: str, *needs: str) -> Pattern:
    return Pattern(source, re.I, needs=needs)


_TOKEN = Choice(
    _token(
        rf"{_FREE}(?P<iso>{_Y}(?:-\d\d-\d\d|-(?:0?[1-9]|1[0-2])(?:-{_DAY})?|/(?:0?[1-9]|1[0-2])(?:/{_DAY})?|"
        rf"\.(?:0[1-9]|1[0-2])\.{_DAY}))(?![\d-])",
        "0000-0|0000/0|0000.0",
    ),
    _token(
        rf"{_FREE}(?P<compact>({_Y})(0[1-9]|1[0-2])([0-2]\d|3[01])){_MEASURED}(?![A-Za-z_])",
        "00000000",
    ),
    _token(
        rf"{_FREE}(?P<months>({_Y})(0[1-9]|1[0-2])\s*[-–—~/至到]\s*({_Y})(0[1-9]|1[0-2])){_MEASURED}",
        "000000",
    ),
    _token(
        rf"{_FREE}(?P<short>({_Y})\s*[-–/]\s*(\d\d))(?![\d.]|-\d)",
        "0000",
        "-00|- 00|–00|– 00|/00|/ 00",
    ),
    _token(
        rf"(?<!\d)(?P<zh>({_Y})\s*年(?!代)(?:\s*(\d\d?)\s*月(?:\s*(\d\d?)\s*[日号])?)?)",
        "0000年|0000 年",
    ),
    _token(
        rf"\b(?P<month>(?:({_MON})\s*(?:-|–|to|through)\s*)?"
        rf"(?:(?:({_DAY})\s*[-–]\s*)?({_DAY})(?:st|nd|rd|th)?\s+)?({_MON}),?\s+"
        rf"(?:of\s+)?(?:({_DAY})(?:st|nd|rd|th)?,?\s+)?({_Y}))(?!\d)",
        "0000",
        "|".join(_MONTHS),
    ),
    _token(
        rf"(?P<decade>\b{_PARTS}{_FREE}((?:1[6-9]|20)\d0)['’]?s\b|({_Y[:-2]}0)\s*年代)",
        "0000s|0000's|0000’s|年代",
    ),
    _token(rf"(?P<tens>(?:\b{_PARTS}(?:the|or|and|to)\s+|['’])([2-9]0)['’]?s\b)", "00s|00's|00’s"),
    _token(rf"\b(?P<words>{_PARTS}({'|'.join(_WORDS)}))\b", "|".join(_WORDS)),
    _token(
        r"(?P<zhtens>(?:(\d\d)\s*世纪|上世纪|上个世纪)?\s*(?<!\d)([2-9]0)\s*年代)", "00年代|00 年代"
    ),
    _token(
        rf"\b(?P<century>{_PARTS}(?:(\d\d)(?:st|nd|rd|th)?\s*(?:and|or|to|-|–)\s*)?(?:{_NTH})[\s-]+centur(?:y|ies))\b",
        "centur",
    ),
    _token(
        r"(?P<zhcentury>(?<!\d)(\d\d)\s*世纪|上世纪|上个世纪|本世纪)(?:末|初|中叶|以来)?(?!\s*[2-9]0\s*年代)",
        "世纪",
    ),
    _token(
        rf"\b(?P<past>(?:last|past|recent|previous|latest|preceding)\s+(?:{_MANY}\s*+\+?\s*)?"
        r"(years?|decades?|century|centuries|millennium|millennia)\b)",
        "last |past |recent |previous |latest |preceding ",
        "year|decade|centur|millenni",
    ),
    _token(
        rf"(?P<zhpast>(?:(?<![接附临])近|过去|最近|以往)的?\s*{_MANY}\s*+(?:多|余|来)?\s*+个?\s*"
        r"(年|世纪|千年|万年)(?!代))",
        "近|过去|以往",
        "年|世纪",
    ),
    _token(r"(?P<zhyears>(?<!\d)(\d{1,3})\s*(?:多|余)?(年)来)", "年来"),
    _token(
        r"\b(?P<coming>(?:next|coming)\s+(\d{1,3})\s*(years?|decades?)\b)",
        "next |coming ",
        "year|decade",
    ),
    _token(r"(?P<zhcoming>未来\s*(\d{1,3})\s*年)", "未来"),
    _token(
        r"\b(?P<now>(?:the\s+)?present(?:[\s-]+day)?|now|today|date)\b|(?P<zhnow>今|现在|目前)",
        "present|now|today|date|今|现在|目前",
    ),
    _token(r"(?P<open>(?<=[-–—~/])\.\.(?![.\w])|(?<![.\w])\.\.(?=[-–—~/]))", ".."),
    _token(rf"{_FREE}(?P<year>{_Y}){_COUNTED}(?![A-Za-z_])", "0000"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A word of time: where it stands, what it spans, and whether it is sure to be one."""

    at: int
    to: int
    first: str
    last: str
    sure: bool = True
    now: bool = False


def moments(text: str, today: date) -> Iterator[Moment]:
    """Yield the words of time in a text, in order."""
    for found in _TOKEN.finditer(text):
        kind = next(name for name, value in found.groupdict().items() if value is not None)
        own = found.groups()[found.re.groupindex[kind] :]
        span = _SPANS[kind](found[kind], own, today)
        if span is not None:
            sure = kind not in ("year", "now", "zhnow")
            now = kind in ("now", "zhnow", "open")
            yield Moment(found.start(kind), found.end(kind), *span, sure, now)


def _iso(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    day = _dated(text, *re.split(r"[-/.]", text))
    return day, day


def _dated(text: str, year: str, month: str = "", day: str = "") -> str:
    """Return a date in ISO 8601.

    Raises
    ------
    InvalidInput
        Where the year has no such day.
    """
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no date that exists",
            hint="correct it, write the month alone, or ask with constraints=False",
        ) from None
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def _compact(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    try:
        day = date(*(int(part or 0) for part in parts[:3])).isoformat()
    except ValueError:  # a number that is no date
        return None
    return day, day


def _compact_months(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    first, last = (f"{parts[at]}-{parts[at + 1]}" for at in (0, 2))
    return (first, last) if first <= last else None


def _short(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    year, tail = str(parts[0]), str(parts[1])
    return (year, year[:2] + tail) if tail > year[2:] else None


def _zh(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    year, month, day = parts[:3]
    whole = _dated(text, str(year), month or "", day or "")
    return whole, whole


def _month(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    begins, since, before, name, after, year = parts[:6]
    month = f"{year}-{_month_number(str(name)):02}"
    if begins:
        return f"{year}-{_month_number(begins):02}", month
    day = before or after
    if day is None:
        return month, month
    whole, own = str(year), month.partition("-")[2]
    return _dated(text, whole, own, since or day), _dated(text, whole, own, day)


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _decade(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    part, english, chinese = parts[:3]
    return _third(int(english or chinese or 0), 9, part)


def _tens(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    return _third(1900 + int(parts[1] or 0), 9, parts[0])


def _named_tens(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    return _third(1900 + _WORDS[str(parts[1]).lower()], 9, parts[0])


def _zh_tens(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    century = int(parts[0] or 20)
    return _third((century - 1) * 100 + int(parts[1] or 0), 9, None)


def _century(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    part, before, figure, name = parts[:4]
    number = int(figure) if figure else _CENTURIES[str(name).lower()]
    first, last = _third((number - 1) * 100 + 1, 99, part)
    if before and 15 < int(before) < number:
        first = f"{(int(before) - 1) * 100 + 1}"
    return (first, last) if 15 < number < 23 else None


def _zh_century(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    number = int(parts[0]) if parts[0] else 21 if text.startswith("本") else 20
    return _third((number - 1) * 100 + 1, 99, None) if 15 < number < 23 else None


def _third(first: int, more: int, part: str | None) -> tuple[str, str]:
    """Return the years of a decade or century, or of its part (early: the first three tenths)."""
    part = (part or "").lower()
    tenth = (more + 1) // 10
    begins = {"mid": 4, "middle": 4, "late": 7, "second half of": 5}.get(part, 0)
    ends = {"early": 4, "mid": 7, "middle": 7, "first half of": 5}.get(part, 10)
    return f"{first + begins * tenth:04}", f"{first + ends * tenth - 1:04}"


def _past(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    count, unit = parts[:2]
    if count is None and (str(unit).endswith("s") or text.lower().startswith("recent")):
        return None
    years = int((count or "1").replace(",", "")) * _in_years(str(unit))
    first = today.year - years
    return (f"{first:0{4 + (first < 0)}}", "") if years <= _MOST_YEARS else None


def _coming(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    years = int(parts[0] or 0) * _in_years(str(parts[1] or "年"))
    return (str(today.year), str(today.year + years)) if years <= 170 else None


def _in_years(unit: str) -> int:
    named = {"dec": 10, "cent": 100, "世": 100, "mill": 1_000, "千": 1_000, "万": 10_000}
    return next((many for start, many in named.items() if unit.lower().startswith(start)), 1)


def _zh_coming(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str] | None:
    return _coming(text, (parts[0], "年"), today)


def _now(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    return "", ""


def _year(text: str, parts: Sequence[str | None], today: date) -> tuple[str, str]:
    return text, text


_SPANS = {
    "iso": _iso,
    "compact": _compact,
    "months": _compact_months,
    "short": _short,
    "zh": _zh,
    "month": _month,
    "decade": _decade,
    "tens": _tens,
    "words": _named_tens,
    "zhtens": _zh_tens,
    "century": _century,
    "zhcentury": _zh_century,
    "past": _past,
    "zhpast": _past,
    "zhyears": _past,
    "coming": _coming,
    "zhcoming": _zh_coming,
    "now": _now,
    "zhnow": _now,
    "open": _now,
    "year": _year,
}
