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

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox
from sciknow.model.licence import OPEN
from sciknow.place.coordinates import find_box
from sciknow.place.place import Place, find_places, smallest
from sciknow.search.language.numerals import in_figures
from sciknow.search.wish.format import find_format, format_words
from sciknow.search.wish.grain import find_spacing, find_step
from sciknow.search.wish.licence import find_access, find_license
from sciknow.search.wish.purpose import find_unwanted
from sciknow.search.wish.unit import find_unit
from sciknow.search.wish.variable import Variable, find_variables
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
    r"|(?<=\0)\s*(?:格式|files?\b|formats?\b)"
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
_FIELDS = {
    "period": ("start", "end"),
    "length": ("years",),
    "place": ("places",),
    "time step": ("duration",),
    "resolution": ("meters",),
    "license": ("license",),
    "access": ("access",),
    "format": ("format",),
    "variable": ("variables",),
    "unit": ("unit",),
    "spelling": ("spelled",),
    "not wanted": ("unwanted",),
}
"""Constraint → the fields of `Understood` that hold it."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One constraint that was understood.

    Parameters
    ----------
    name : str
        ``period``, ``place`` …, as ``search(without=…)`` takes it.
    phrase : str
        What was understood: ``since 1980``.
    words : tuple of str
        The question's own words for it.
    others : tuple of str
        What else it may mean, with what it was taken for first: of a place that shares its name.
    """

    name: str
    phrase: str
    words: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.phrase


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
    access : str
        ``open`` where the data have to be had at once.
    format : str
        File format by name.
    variables : tuple of Variable
        What is named by a short name of data.
    unit : str
        Unit that the values should have, or one that it can be made from.
    spelled : tuple of str
        What was read in place of misspelt words, with those.
    unwanted : tuple of str
        What is not wanted, in the question's words.
    text : str
        The question, its numbers in figures.
    spans : mapping of str to sequence of pairs
        Constraint → where in *text* it is said.
    """

    start: str = ""
    end: str = ""
    years: int | None = None
    places: tuple[Place, ...] = ()
    meters: float | None = None
    duration: str = ""
    license: str = ""
    access: str = ""
    format: str = ""
    variables: tuple[Variable, ...] = ()
    unit: str = ""
    spelled: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    text: str = field(default="", compare=False, repr=False)
    spans: Mapping[str, Sequence[_Span]] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return any(True for _ in phrases(self))

    def __str__(self) -> str:
        return ", ".join(phrase for _, phrase in phrases(self))

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """Constraint → the words of the question that say it."""
        said = dict(phrases(self))
        return {
            name: tuple(self.text[slice(*span)] for span in spans)
            for name, spans in self.spans.items()
            if spans and name in said
        }

    @property
    def chips(self) -> tuple[Chip, ...]:
        """What was understood, one by one."""
        words = self.words
        others = {"place": tuple(_others(self.places))}
        return tuple(
            Chip(name, phrase, words.get(name, ()), others.get(name, ()))
            for name, phrase in phrases(self)
        )

    @property
    def theme(self) -> str:
        """What the question asks for, without the words of its constraints."""
        taken = [span for spans in self.spans.values() for span in spans]
        return theme_of(self.text, taken, self.spans.get("place", ()))

    @property
    def asked(self) -> str:
        """The question without what is not wanted, and without the words of chips taken away."""
        heeded = {name for name, _ in phrases(self)} - {"not wanted"}
        kept = {span for name in heeded for span in self.spans.get(name, ())}
        gone = [span for spans in self.spans.values() for span in spans if span not in kept]
        places = () if "place" in heeded else self.spans.get("place", ())
        return theme_of(self.text, gone, places) if gone else self.text

    def without(self, *names: str) -> Understood:
        """Return what was understood, less some of it; the words for that go as well.

        Raises
        ------
        InvalidInput
            For a name that no constraint has.
        """
        gone = [part for name in names for part in _fields_of(name)]
        bare = Understood()
        return replace(self, **{part: getattr(bare, part) for part in gone})


def _fields_of(name: str) -> tuple[str, ...]:
    if name not in _FIELDS:
        raise InvalidInput(f"no constraint is called {name!r}", hint="one of " + ", ".join(_FIELDS))
    return _FIELDS[name]


def understand(
    question: str, *, today: date | None = None, formats: Mapping[str, str] | None = None
) -> Understood:
    """Recognise dates, places, grain, terms of use and what is not wanted in a question.

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
    >>> str(understand("temperature of Africa but no reanalysis"))
    'Africa, not reanalysis'
    """
    text = squeeze(question[:_READ]).translate(_SAME)
    plain = in_figures(text)
    access, had = find_access(plain)
    unwanted, refused = find_unwanted(_blanked(plain, had))
    left = _blanked(plain, refused)
    variables = find_variables(left)
    unit, measured = find_unit(left)
    left = _blanked(left, measured)
    period = when(left, today or date.today())
    box, drawn = find_box(left)
    named = find_places(left)
    written = (Place(_written(box), box, "box"),) if box else ()
    meters, spacing = find_spacing(_blanked(left, [(place.at, place.end) for place in named]))
    duration, steps = find_step(left)
    licence, terms = find_license(left)
    file_format, forms = find_format(left, format_words() if formats is None else formats)
    wish = Understood(
        start=period.start,
        end=period.end,
        years=period.years,
        places=written or smallest(named),
        meters=meters,
        duration=duration,
        license=licence,
        access=access,
        format=file_format,
        variables=variables,
        unit=unit,
        unwanted=unwanted,
        text=plain,
    )
    spans: dict[str, Sequence[_Span]] = {
        "period": period.spans,
        "length": period.spans,
        "place": drawn or [(place.at, place.end) for place in named],
        "time step": steps,
        "resolution": spacing,
        "license": terms,
        "access": had,
        "format": forms,
        "variable": (),
        "unit": measured,
        "not wanted": refused,
    }
    return replace(wish, spans={name: spans[name] for name, _ in phrases(wish) if spans[name]})


def _blanked(text: str, spans: Sequence[_Span]) -> str:
    """Return a text of the same length in which some parts are only a comma."""
    for start, end in spans:
        text = text[:start] + "," + " " * (end - start - 1) + text[end:]
    return text


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
        yield "place", " or ".join(dict.fromkeys(place.name.strip() for place in wish.places))
    if wish.duration:
        yield "time step", f"every {_step(wish.duration)}"
    if wish.meters is not None:
        far = wish.meters >= 1_000
        size = f"{wish.meters / 1000:.4g} km" if far else f"{wish.meters:.4g} m"
        yield "resolution", f"{size} or finer"
    yield from _terms(wish)
    if wish.variables:
        said = (f"{item.english} ({item.short})" for item in wish.variables)
        yield "variable", " and ".join(said)
    if wish.unit:
        yield "unit", f"in {wish.unit}"
    if wish.spelled:
        yield "spelling", " and ".join(wish.spelled)
    if wish.unwanted:
        yield "not wanted", "not " + " nor ".join(wish.unwanted)


def _others(places: Sequence[Place]) -> Iterator[str]:
    """Yield what each place that shares its name was taken for, and what else it may be."""
    for place in places:
        own, *rest = dict.fromkeys(map(_told, (place, *place.others)))
        if place.others:
            yield f"{place.name}: {own}, not {' or '.join(rest) or 'another of that name'}"


def _told(place: Place) -> str:
    """Return what a place is and where."""
    west, south, east, north = place.box
    middle = ((west + east) / 2, (south + north) / 2)
    at = f"{_degrees(round(middle[1]), 'SN')}, {_degrees(round(middle[0]), 'WE')}"
    return f"the {place.kind} at {at}"


def _terms(wish: Understood) -> Iterator[tuple[str, str]]:
    if wish.license:
        yield "license", "open licence" if wish.license == OPEN else wish.license
    if wish.access:
        yield "access", "to be had without registering"
    if wish.format:
        yield "format", wish.format


def _period(start: str, end: str) -> str:
    start, end = _dated(start), _dated(end)
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"since {start}" if start else f"until {end}"


def _dated(day: str) -> str:
    """Return a date in words where its year has less than four figures: the year 26, 7975 BC."""
    year = int(day) if day.lstrip("-").isdigit() else 9_999
    return day if year >= 1_000 else f"the year {year}" if year > 0 else f"{1 - year} BC"


def _step(duration: str) -> str:
    """Return a duration of one part in words: P1D is a day, PT30M 30 minutes."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return duration
    unit = _UNITS[found[1] + found[3]]
    return unit if found[2] == "1" else f"{found[2]} {unit}s"
