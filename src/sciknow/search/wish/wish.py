"""Constraints in plain words: what a question says of time, place, grain and terms of use.

"daily since 1980 over Africa at 1 km under an open licence" and "1980年以来 逐日 非洲 1公里" say
the same. What is recognised here raises the records that fit and lowers those that are known not
to; nothing is left out for it, the answer says what was understood, and each hit how it fits. The
words stay part of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from sciknow.model.coverage import BBox
from sciknow.model.licence import OPEN
from sciknow.place.coordinates import find_box
from sciknow.place.place import Place, find_places, smallest
from sciknow.search.language.numerals import in_figures
from sciknow.search.wish.format import find_format, format_words
from sciknow.search.wish.grain import find_spacing, find_step
from sciknow.search.wish.licence import find_license
from sciknow.search.wish.when import when
from sciknow.text import squeeze

_SAME = str.maketrans("\u0131\u0130\u017f\u212a", "iIsK")
"""Letters that patterns without regard to case take for others; tables of words hold those."""
_READ = 2_000
"""Characters of a question that are read."""
_GAP = "\0"
_GAPS = re.compile(r"\0+")
_JOINTS = re.compile(
    r"(?:\b(?:in|over|of|for|from|across|within|around|near|at|on|to|with|and|or|by|the|its|since|between|"
    r"during|throughout|covering|under|as|every|about|inside|a|an|is|all)\s+)(?=\0)"
    r"|(?<=\0)\s*(?:的|和|与|、|至|到)+"
    r"|(?:在|于|对|和|与|、)(?=\0)"
    r"|(?<=\0)[\s,，]+(?=\0)|\0{2,}",
    re.I,
)
"""What joins a place, a period or a step to the rest of a question, beside the gap it leaves."""
_PLACE = "\x01"
_AREAS = re.compile(
    r"(?<=\x01)(?:\s*(?:regions?|areas?|territor(?:y|ies)|basins?|watersheds?|catchments?)\b|['’]s\b)"
    r"|(?<=\x01)(?:流域|地区|区域|范围|境内|全境|一带|附近|上空|内)+",
    re.I,
)
"""What may stand after the name of a place and says no more."""
_Span: TypeAlias = tuple[int, int]
_DURATION = re.compile(r"(PT?)(\d+)([YMDH])")
_UNITS = {"PTM": "minute", "PTH": "hour", "PD": "day", "PM": "month", "PY": "year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was recognised in a question beyond its words.

    Parameters
    ----------
    start, end : str
        First and last day as ISO dates of any exactness; empty for none.
    years : int or None
        Years that a record has to span.
    places : tuple of Place
        Where; any of them will do.
    meters : float or None
        Grid spacing asked for.
    duration : str
        Time step as an ISO 8601 duration.
    license : str
        ``open``, or how the licence's SPDX identifier begins.
    format : str
        File format by name.
    """

    start: str = ""
    end: str = ""
    years: int | None = None
    places: tuple[Place, ...] = ()
    meters: float | None = None
    duration: str = ""
    license: str = ""
    format: str = ""
    said: tuple[str, ...] = field(default=())
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Constraint → the words of the question that say it."""
    theme: str = field(default="", compare=False, repr=False)
    """What the question asks for, without those words."""

    def __bool__(self) -> bool:
        return bool(self.said)

    def __str__(self) -> str:
        return ", ".join(self.said)


def understand(
    question: str, *, today: date | None = None, formats: Mapping[str, str] | None = None
) -> Understood:
    """Recognise dates, places, grain, licence and format in a question.

    Parameters
    ----------
    question : str
        In either language; Chinese in simplified characters.
    today : date, optional
        What "the past 30 years" counts from; by default the day of asking.
    formats : mapping, optional
        What formats are called → how the index writes them; by default those installed now.

    Examples
    --------
    >>> str(understand("daily since 1980 over Africa at 1 km under an open licence"))
    'since 1980, Africa, every day, 1 km or finer, open licence'
    >>> str(understand("1980年以来 逐日 非洲 1公里"))
    'since 1980, 非洲, every day, 1 km or finer'
    """
    text = squeeze(question[:_READ]).translate(_SAME)
    plain = in_figures(text)
    period = when(plain, today or date.today())
    box, drawn = find_box(plain)
    named = find_places(plain)
    written = (Place(_written(box), box, "box"),) if box else ()
    meters, spacing = find_spacing(_without(plain, named))
    duration, steps = find_step(plain)
    licence, terms = find_license(plain)
    file_format, forms = find_format(plain, format_words() if formats is None else formats)
    wish = Understood(
        start=period.start,
        end=period.end,
        years=period.years,
        places=written or smallest(named),
        meters=meters,
        duration=duration,
        license=licence,
        format=file_format,
    )
    spans = {
        "period": period.spans,
        "length": period.spans,
        "place": drawn or [(place.at, place.at + len(place.name)) for place in named],
        "time step": steps,
        "resolution": spacing,
        "license": terms,
        "format": forms,
    }
    said = dict(phrases(wish))
    words = {
        name: tuple(plain[slice(*span)] for span in spans[name]) for name in said if spans[name]
    }
    taken = [span for name in words for span in spans[name]]
    theme = theme_of(plain, taken, spans["place"] if "place" in words else ())
    return replace(wish, said=tuple(said.values()), words=words, theme=theme)


def theme_of(text: str, taken: Sequence[_Span], places: Sequence[_Span] = ()) -> str:
    """Return a question without some of its words, and without what only joined them to it.

    Examples
    --------
    >>> theme_of("soil moisture in the Yangtze River basin since 1980", [(41, 51)], [(21, 40)])
    'soil moisture'
    >>> theme_of("青藏高原地区的气温", [], [(0, 4)])
    '气温'
    """
    letters = list(text)
    for gap, spans in ((_GAP, taken), (_PLACE, places)):
        for start, end in spans:
            letters[start:end] = gap * (end - start)
    left = _AREAS.sub(_GAP, "".join(letters)).replace(_PLACE, _GAP)
    while (tidied := _JOINTS.sub(_GAP, left)) != left:
        left = tidied
    return squeeze(_GAPS.sub(" ", left)).strip(" ,.;:，。；：、-–")


def _without(text: str, places: Sequence[Place]) -> str:
    """Return a text with spaces where places stand: 拉萨周边200公里 is no grid spacing."""
    for place in places:
        end = place.at + len(place.name)
        text = text[: place.at] + " " * (end - place.at) + text[end:]
    return text


def _written(box: BBox) -> str:
    west, south, east, north = box
    level = f"{_degrees(south, 'SN')} to {_degrees(north, 'SN')}"
    whole = west == -180 and east == 180
    return level if whole else f"{level}, {_degrees(west, 'WE')} to {_degrees(east, 'WE')}"


def _degrees(value: float, sides: str) -> str:
    return f"{abs(value):g}°" + (sides[value > 0] if value else "")


def phrases(wish: Understood) -> Iterator[tuple[str, str]]:
    """Yield what was understood in words, each with the name of its constraint."""
    if wish.start or wish.end:
        yield "period", _period(wish.start, wish.end)
    if wish.years:
        yield "length", f"at least {wish.years} years"
    if wish.places:
        yield "place", " or ".join(dict.fromkeys(place.name for place in wish.places))
    if wish.duration:
        yield "time step", f"every {_step(wish.duration)}"
    if wish.meters is not None:
        far = wish.meters >= 1_000
        size = f"{wish.meters / 1000:.4g} km" if far else f"{wish.meters:.4g} m"
        yield "resolution", f"{size} or finer"
    if wish.license:
        yield "license", "open licence" if wish.license == OPEN else wish.license
    if wish.format:
        yield "format", wish.format


def _period(start: str, end: str) -> str:
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"since {start}" if start else f"until {end}"


def _step(duration: str) -> str:
    """Return a duration of one part in words: P1D is a day, PT30M 30 minutes."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return duration
    unit = _UNITS[found[1] + found[3]]
    return unit if found[2] == "1" else f"{found[2]} {unit}s"
