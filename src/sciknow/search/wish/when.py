"""Dates in plain words: "since the 1970s", "the past 30 years", 1980年以来, 20世纪80年代, 近30年.

The words of time in a question are found one by one, then read together with what stands before,
between and after them. Whether a bare number is a year is told by its neighbours: 2000 in "2000
stations" or "down to 2000 m" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sciknow.pattern import Pattern
from sciknow.search.wish.moments import Moment, moments

_LINK = Pattern(
    r"\s*+年?\s*+"
    r"(?:-+|–|—+|~|～|/|\.{2,3}|…|\bto|\buntil|\btill|\bthrough|\bthru|\bup to|到|至|直到)"
    r"\s*+(?:the\s+|about\s+|around\s+|early\s+|late\s+|mid-?)*",
    re.I,
)
_AND = Pattern(r"\s*+年?\s*+(?:\band\b|&|和|与)\s*(?:the\s+)?", re.I)
_LIST = Pattern(r"\s*+年?\s*+(?:[,，、;；]|\band\b|\bor\b|&|和|与|及|或)+\s*(?:and|or)?\s*", re.I)
_BETWEEN = Pattern(r"(?:\b(?:in |from )?between\s+(?:the\s+)?|介于|在)\s*$", re.I)
_SINCE = Pattern(
    r"(?:\b(?:since|from|after|(?:starting|beginning)(?: in| from)?|(?:going |dating )?back to|"
    r"as of|later than)\s+|\bpost[\s-]+|(?:≥|>=?)\s*|自从|自|从|始于|晚于)"
    r"(?:the\s+|about\s+|around\s+|year\s+)*$",
    re.I,
)
_SINCE_AFTER = Pattern(
    r"\s*年?\s*(?:onwards?\b|\+|(?:and|or) (?:later|after|newer)\b|"
    r"以[来來后後]|之[后後]|[后後](?![期来來])|起|开始|[至迄]今)",
    re.I,
)
_UNTIL = Pattern(
    r"(?:\b(?:until|till|up to|before|prior to|through|thru|ending(?: in)?|no later than|"
    r"earlier than|by|out to|(?<!compared )(?<!relative )(?<!similar )to)\s+|\bpre[\s-]+|"
    r"(?:≤|<=?)\s*|截至|截止到?|直到|到|至|早于)"
    r"(?:the\s+|about\s+|around\s+|end of\s+|year\s+)*$",
    re.I,
)
_UNTIL_AFTER = Pattern(
    r"\s*年?\s*(?:以前|之前|前(?!后)|为止|(?:and|or) (?:earlier|before)\b)", re.I
)
_IN = Pattern(
    r"(?:\b(?:in|during|for|of|circa|c\.|ca\.?|around|about|years?|fy|the|spring|summer|autumn|fall|"
    r"winter|season|monsoon|census|survey)\s*|[在于])(?:of\s+|the\s+|years?\s+|about\s+|early\s+|late\s+|mid-?)*$",
    re.I,
)
_NAMED = Pattern(
    r"\b(?:wgs|nad|grs|etrs|itrf|igrf|cgcs|iso|rfc|epsg:?|no\.?|version|ver|v|page|pp?\.|top|first|"
    r"agenda|horizon|vision|strategy|windows|office|score|model|grid|section|article|id)\s*[-:]?\s*$",
    re.I,
)
_PLURAL = Pattern(r"\s+[a-z]{3,}s\b")
_CLAUSE = Pattern(r"\s*(?:$|[,.;:!?)，。；：！？、）\n]|[\u4e00-\u9fff])")

_LONG = Pattern(
    r"(?:\b(?:at least|more than|over|longer than|minimum(?: of)?|spanning|covering|exceeding)\s+|"
    r"[>≥]=?\s*)"
    r"(\d{1,3})\s*+\+?[\s-]*+years?\b(?!\s+(?:old|ago|of age|return|flood|event|later|earlier))"
    r"|\b(\d{1,3})\s*+\+?[\s-]*+years?[\s-]+(?:long[\s-]+)?(?:records?|time[\s-]?series|"
    r"series|archives?|histor(?:y|ies)|datasets?|data|climatolog(?:y|ies)|reanalys[ie]s|"
    r"reconstructions?|long|of data)\b"
    r"|(?:至少|超过|不少于|不短于|长达|大于)\s*(\d{1,3})\s*年"
    r"|(?<!\d)(\d{1,3})\s*+年\s*+(?:以上)?\s*+(?:的)?\s*+(?:长)?(?:时间)?(?:序列|记录|资料|数据)"
    r"|(?<!\d)(\d{1,3})\s*年以上(?!的?(?:历史|老|树|儿童))",
    re.I,
    needs=("0", "year|年"),
)
_CENTURY_LONG = Pattern(
    r"\b(?:century|centennial|100-year)[\s-]+(?:long|scale)\b|百年尺度|世纪尺度",
    re.I,
    needs=("long|scale|尺度",),
)
_AHEAD = (_BETWEEN, _SINCE, _UNTIL, _IN)
_BEHIND = (_SINCE_AFTER, _UNTIL_AFTER, Pattern(r"\s*年(?:的)?"))
_NEAR = 40
"""Characters around a moment that are read."""
_FIRST, _LAST = 1850, 2100
"""Bare numbers between them are years where their place in the question allows it."""


@dataclass(frozen=True, slots=True)
class When:
    """A period of time, and how long a record has to be.

    Parameters
    ----------
    start, end : str
        First and last day as ISO dates of any exactness; empty for none.
    years : int or None
        Years that a record has to span.
    """

    start: str = ""
    end: str = ""
    years: int | None = None
    spans: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)
    """Where the text says so."""


def when(text: str, today: date) -> When:
    """Read the period that a text names.

    Parameters
    ----------
    text : str
        In either language, simplified characters, numbers in figures.
    today : date
        What "the past 30 years" counts from.

    Examples
    --------
    >>> when("from March 1998 to present", date(2026, 1, 1))
    When(start='1998-03', end='', years=None)
    >>> when("20世纪80年代以来", date(2026, 1, 1)).start
    '1980'
    >>> when("近30年", date(2026, 1, 1)).start
    '1996'
    >>> when("2000 stations down to 2000 m", date(2026, 1, 1))
    When(start='', end='', years=None)
    """
    found = [item for item in moments(text, today) if item.sure or _may_be(text, item)]
    start, end, used = _period(text, found)
    years, long = _length(text)
    said = [_with_words(text, item) for item in used] if start or end else []
    gaps = [(a.to, b.at) for a, b in pairwise(used) if b.at - a.to <= _NEAR and said]
    joined = [gap for gap in gaps if _LINK.fullmatch(text[slice(*gap)])]
    return When(start, end, years, (*said, *joined, *long))


def _with_words(text: str, item: Moment) -> tuple[int, int]:
    """Return where a moment stands, with the words before and after that say how it is meant."""
    before = text[max(0, item.at - _NEAR) : item.at]
    ahead = [found for pattern in _AHEAD if (found := pattern.search(before))]
    behind = [found for pattern in _BEHIND if (found := pattern.match(text, item.to))]
    start = item.at - max((len(found[0]) for found in ahead), default=0)
    return start, max((found.end() for found in behind), default=item.to)


def _may_be(text: str, item: Moment) -> bool:
    """Tell whether a bare number can be a year at all, by what it names or counts."""
    if item.now:
        return True
    counts = item.first.endswith("00") and _PLURAL.match(text, item.to)
    return not counts and not _NAMED.search(_before(text, item))


def _period(text: str, found: Sequence[Moment]) -> tuple[str, str, list[Moment]]:
    """Return first and last day, and the moments that say so."""
    spans, linked = _spans(text, found)
    if spans:
        return min(first for first, _ in spans), max(last for _, last in spans), linked
    single = [item for item in found if item not in linked and not item.now]
    starts = [item for item in single if not item.last or _is_start(text, item)]
    ends = [item for item in single if item not in starts and _is_end(text, item)]
    if starts or ends:
        start, end = starts[0].first if starts else "", ends[-1].last if ends else ""
        return start, end if not start or start[:4] <= end[:4] else "", [*starts, *ends]
    points = list(_points(text, single))
    if not points:
        return "", "", []
    return min(item.first for item in points), max(item.last for item in points), points


def _spans(text: str, found: Sequence[Moment]) -> tuple[list[tuple[str, str]], list[Moment]]:
    """Return what runs from one moment to the next, and the moments that this takes up."""
    spans: list[tuple[str, str]] = []
    used: list[Moment] = []
    for item, after in pairwise(found):
        begins = item.now and text[item.at : item.to] != ".."
        if item in used or begins or not _linked(text, item, after):
            continue
        if after.now or item.first[:4] <= after.last[:4]:
            spans.append((item.first, after.last))
            used += [item, after]
    return spans, used


def _linked(text: str, item: Moment, after: Moment) -> bool:
    gap = text[item.to : after.at]
    if len(gap) > _NEAR:
        return False
    both = _BETWEEN.search(_before(text, item)) and _AND.fullmatch(gap)
    return bool(both or _LINK.fullmatch(gap))


def _before(text: str, item: Moment) -> str:
    return text[max(0, item.at - _NEAR) : item.at]


def _is_start(text: str, item: Moment) -> bool:
    return bool(_SINCE.search(_before(text, item)) or _SINCE_AFTER.match(text, item.to))


def _is_end(text: str, item: Moment) -> bool:
    return bool(_UNTIL.search(_before(text, item)) or _UNTIL_AFTER.match(text, item.to))


def _points(text: str, single: Sequence[Moment]) -> Iterator[Moment]:
    """Yield moments that stand for themselves; in a list of years each vouches for the rest."""
    listed = {
        item
        for pair in pairwise(single)
        if _LIST.fullmatch(text[pair[0].to : pair[1].at][:_NEAR])
        for item in pair
    }
    yield from (item for item in single if item.sure or item in listed or _alone(text, item))


def _alone(text: str, item: Moment) -> bool:
    """Tell whether a bare number is a year: by the word before it, or at either end of a clause."""
    before = _before(text, item)
    if _IN.search(before):
        return True
    if before.endswith(("-", "–", "/", ":")):
        return False
    first = not before.strip() and not item.first.endswith("00")
    return _FIRST <= int(item.first) <= _LAST and bool(first or _CLAUSE.match(text, item.to))


def _length(text: str) -> tuple[int | None, list[tuple[int, int]]]:
    """Return how many years a record has to span, and where the text says so."""
    if found := _LONG.search(text):
        return int(next(group for group in found.groups() if group)) or None, [found.span()]
    found = _CENTURY_LONG.search(text)
    return (100, [found.span()]) if found else (None, [])
