"""Constraints in plain words: what a question says of time, place, grain and terms of use.

"daily since 1980 over Africa at 1 km under an open licence" and "1980年以来 逐日 非洲 1公里" say
the same. What is recognised here raises the records that fit and lowers those that are known not
to; nothing is left out for it, and the answer says what was understood. The words stay part of
the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sciknow.search import rank
from sciknow.search.columns import Columns
from sciknow.search.places import Place, find_place
from sciknow.text import squeeze

_YEAR = r"(1[6-9]\d\d|20\d\d|21\d\d)"
_SINCE = re.compile(
    r"\b(?:since|from|after|starting(?: in)?|going back to|back to)\s+(?:the\s+)?"
    rf"{_YEAR}(?!s|\d|\s*(?:to|-|–|until))"
    rf"|{_YEAR}\s*年?\s*(?:以来|至今|以后|之后|起|开始)|(?:从|自)\s*{_YEAR}\s*年?(?!\s*[到至—-])",
    re.I,
)
_UNTIL = re.compile(
    rf"\b(?:until|till|up to|before|through|to)\s+(?:the year\s+)?{_YEAR}\b"
    rf"|(?:到|至|截至)\s*{_YEAR}\s*年?|{_YEAR}\s*年?\s*(?:以前|之前|为止)",
    re.I,
)
_SPAN = re.compile(
    rf"(?:\bfrom\s+|\bbetween\s+|从|自)?(?<!\d){_YEAR}\s*年?\s*(?:-|–|—|~|to|and|until|through|到|至)\s*{_YEAR}(?!\d)\s*年?",
    re.I,
)
_DECADE = re.compile(r"\b(1[6-9]\d0|20\d0)s\b|(1[6-9]\d0|20\d0)\s*年代", re.I)
_IN = re.compile(rf"\b(?:in|during|for)\s+{_YEAR}\b|{_YEAR}\s*年(?!\s*[代以之起到至—-])", re.I)
_STEPS = (
    ("PT1H", re.compile(r"\bhourly\b|\bevery hour\b|逐小时|逐时|每小时|小时分辨率", re.I)),
    ("PT30M", re.compile(r"\bhalf.?hourly\b|\b30.?min\w*|半小时|30\s*分钟", re.I)),
    ("PT3H", re.compile(r"\b3.?hourly\b|逐\s*3\s*小时|3\s*小时", re.I)),
    ("PT6H", re.compile(r"\b6.?hourly\b|逐\s*6\s*小时|6\s*小时", re.I)),
    ("P1D", re.compile(r"\bdaily\b|\beach day\b|\bevery day\b|逐日|每日|每天|日均|日尺度", re.I)),
    ("P7D", re.compile(r"\bweekly\b|逐周|每周", re.I)),
    ("P1M", re.compile(r"\bmonthly\b|逐月|每月|月均|月平均|月尺度", re.I)),
    ("P1Y", re.compile(r"\b(?:annual(?:ly)?|yearly)\b|逐年|每年|年均", re.I)),
)
_DISTANCE = re.compile(
    r"(?<![A-Za-z\d_.])(\d+(?:\.\d+)?)\s*-?\s*(km|kilomet(?:re|er)s?|m|met(?:re|er)s?|公里|千米|米)(?![A-Za-z\d²2])",
    re.I,
)
_DEGREES = re.compile(r"(?<![A-Za-z\d_.])(\d+(?:\.\d+)?)\s*(?:°|-?\s*deg(?:ree)?s?\b|度)", re.I)
_OPEN = re.compile(
    r"\bopen(?:ly)?[- ]?(?:licen[cs]ed?|data)\b|\bopen (?:access|licen[cs]e)\b|\bfree to reuse\b"
    r"|开放许可|开放授权|开放数据|开放获取|自由使用",
    re.I,
)
_FORMATS = re.compile(r"\b(zarr|net-?cdf|kerchunk|parquet|csv|geotiff|cog|grib)\b", re.I)
_DEGREE_METERS = 111_195.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was recognised in a question beyond its words.

    Parameters
    ----------
    start, end : int or None
        First and last year.
    place : Place or None
        Where.
    meters : float or None
        Grid spacing asked for.
    duration : str
        Time step as an ISO 8601 duration.
    open_license : bool
        Whether an open licence is asked for.
    format : str
        File format by name.
    """

    start: int | None = None
    end: int | None = None
    place: Place | None = None
    meters: float | None = None
    duration: str = ""
    open_license: bool = False
    format: str = ""
    said: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.said)

    def __str__(self) -> str:
        return ", ".join(self.said)


def understand(question: str) -> Understood:
    """Recognise dates, places, grain, licence and format in a question.

    Examples
    --------
    >>> str(understand("daily since 1980 over Africa at 1 km under an open licence"))
    'since 1980, Africa, every P1D, 1 km or finer, open licence'
    >>> str(understand("1980年以来 逐日 非洲 1公里"))
    'since 1980, 非洲, every P1D, 1 km or finer'
    """
    text = squeeze(question[:2_000])
    start, end = _years(text)
    place = find_place(text)
    meters = _meters(text)
    step = next((name for name, pattern in _STEPS if pattern.search(text)), "")
    if _STEPS[1][1].search(text):
        step = "PT30M"
    found_format = _FORMATS.search(text)
    wish = Understood(
        start=start,
        end=end,
        place=place,
        meters=meters,
        duration=step,
        open_license=bool(_OPEN.search(text)),
        format=found_format[1].lower() if found_format else "",
    )
    return _with_words(wish)


def _with_words(wish: Understood) -> Understood:
    said = []
    if wish.start is not None and wish.end is not None:
        said.append(f"{wish.start} to {wish.end}" if wish.start != wish.end else f"{wish.start}")
    elif wish.start is not None:
        said.append(f"since {wish.start}")
    elif wish.end is not None:
        said.append(f"until {wish.end}")
    if wish.place:
        said.append(wish.place.name)
    if wish.duration:
        said.append(f"every {wish.duration}")
    if wish.meters is not None:
        far = wish.meters >= 1_000
        said.append(
            f"{wish.meters / 1000:.4g} km or finer" if far else f"{wish.meters:g} m or finer"
        )
    if wish.open_license:
        said.append("open licence")
    if wish.format:
        said.append(wish.format)
    values = {name: getattr(wish, name) for name in wish.__slots__ if name != "said"}
    return Understood(**values, said=tuple(said))


def _years(text: str) -> tuple[int | None, int | None]:
    span = _SPAN.search(text)
    if span and int(span[1]) <= int(span[2]):
        return int(span[1]), int(span[2])
    since, until = _SINCE.search(text), _UNTIL.search(text)
    start, end = _first(since), _first(until)
    if start is not None or end is not None:
        return start, end
    decades = [int(a or b) for a, b in _DECADE.findall(text)]
    if decades:
        return min(decades), max(decades) + 9
    year = _first(_IN.search(text))
    return year, year


def _first(found: re.Match[str] | None) -> int | None:
    return next((int(group) for group in found.groups() if group), None) if found else None


def _meters(text: str) -> float | None:
    degrees, distance = _DEGREES.search(text), _DISTANCE.search(text)
    if degrees and 0 < float(degrees[1]) <= 10:
        return float(degrees[1]) * _DEGREE_METERS
    if distance and float(distance[1]) > 0:
        far = distance[2].lower().startswith("k") or distance[2] in ("公里", "千米")
        return float(distance[1]) * (1_000 if far else 1)
    return None


def fit(columns: Columns, wish: Understood, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what fitting, or known not to fit, gives to the scores of some records."""
    out = np.zeros(len(rows))
    if wish.start is not None or wish.end is not None:
        start = None if wish.start is None else wish.start * 10_000 + 101
        end = None if wish.end is None else wish.end * 10_000 + 1_231
        meets, silent = columns.overlaps(start, end)
        whole = columns.covers(start, end)
        out += _judged((meets & whole)[rows], silent[rows] | (meets & ~whole)[rows])
    if wish.place is not None:
        out += _placed(columns, wish.place, rows)
    if wish.meters is not None:
        out += _judged(columns.as_fine_as(wish.meters)[rows], columns.without_resolution[rows])
    if wish.duration:
        meets, silent = columns.as_often_as(wish.duration)
        out += _judged(meets[rows], silent[rows])
    if wish.open_license:
        meets, silent = columns.licensed("open")
        out += _judged(meets[rows], silent[rows])
    return out


def _placed(columns: Columns, place: Place, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what lying in a place gives, the more the more local, or lying elsewhere takes."""
    meets, silent, local = columns.lies_in(place.box, rows)
    worth = np.ones(len(rows)) if place.kind == "zone" else local
    return np.where(silent, 0.0, np.where(meets, rank.FITS * worth, -rank.ELSEWHERE))


def _judged(fits: NDArray[np.bool_], silent: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(fits, rank.FITS, np.where(silent, 0.0, -rank.MISSES))
