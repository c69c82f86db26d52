"""Places: their names in both languages, their boxes, and how boxes lie to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files as package_files
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox
from sciknow.pattern import Pattern
from sciknow.text import has_han

Mask = NDArray[np.bool_]
Boxes: TypeAlias = NDArray[np.float32] | BBox

_LETTERS = Pattern(r"[^\W\d_]+")
_NOUNS = frozenset({"turkey", "guinea", "jersey", "china", "jordan", "georgia", "niger", "java"})
"""Names that, in small letters, may be a bird, a coin, a cloth, porcelain, a person, a language."""
_IN = Pattern(r"\b(?:in|over|across|around|of|for|from|near|within|and|throughout)\s+$", re.I)
_BODY = Pattern(
    r"(?:['’]s)?(?:\s+(?:[A-Z]\w+|of|and|for)){0,4}?\s+(?:Tech|Institutes?|Institution|Universit\w+|Agency|"
    r"Administration|Bureau|Services?|Surveys?|Bank|Academy|Offices?|Cent(?:er|re)s?|Airlines|Agreement|"
    r"Protocol|Convention|Accord|Press|Papers|Society|Council|Commission|Foundation|Laborator\w+)\b"
)
_BODY_OF = Pattern(
    r"\b(?:Banks?|Universit\w+|Institutes?|Academy|Surveys?|College|Press|Church|Kingdom|Treaty)\s+of\s+"
    r"(?:the\s+)?$|\bNew\s+$"
)
_BODY_ZH = Pattern(
    r"[\u4e00-\u9fff]{0,4}?(?:大学(?!生)|科学院|研究院|气象局|气象厅|航天局|银行|学会|协定|公约|学派|石油公司|石化)"
)
_GOES_ON = Pattern(r"海[水洋冰表平温浪流面风拔底岸域雾啸盐床]|[河湖][流网道口岸泊冰水]")
"""Words that begin with what may also end a name."""
_MOST = 5
"""Places of one question that are heeded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer.

    Parameters
    ----------
    name : str
        As the question has it.
    box : tuple of four floats
        West, south, east, north.
    kind : str
        ``country``, ``state``, ``continent``, ``ocean``, ``region``, ``lake``, ``river`` or
        ``zone``; in the gazetteer ``none`` for what holds a place's name and is none.
    at : int
        Where the name begins in the text it was found in.
    """

    name: str
    box: BBox
    kind: str
    at: int = field(default=-1, compare=False, repr=False)


@lru_cache(maxsize=1)
def gazetteer() -> dict[str, Place]:
    """Return the places by folded name, in both languages."""
    places: dict[str, Place] = {}
    text = (package_files("sciknow.place") / "gazetteer.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        kind, english, chinese, *box = line.split("\t")
        if len(box) != 4:
            raise InvalidInput(f"gazetteer line {line!r}", hint="write kind, names, four numbers")
        west, south, east, north = map(float, box)
        for name in (*english.split("|"), *chinese.split("|")):
            places.setdefault(name.lower(), Place(name, (west, south, east, north), kind))
    return places


@lru_cache(maxsize=1)
def _starts() -> dict[str, list[str]]:
    """Return the names of the gazetteer by how they begin: a word, or a Chinese character."""
    starts: dict[str, list[str]] = {}
    for name in sorted(gazetteer(), key=len, reverse=True):
        begin = name[0] if _is_han(name[0]) else next((word for _, word in _words(name)), name)
        starts.setdefault(begin, []).append(name)
    return starts


def find_place(text: str) -> Place | None:
    """Return the smallest place that a text names, or None."""
    return min(find_places(text), key=lambda place: _area(place.box), default=None)


def smallest(places: Sequence[Place]) -> tuple[Place, ...]:
    """Return the places that hold no other one of them."""
    found = list({place.box: place for place in places}.values())
    return tuple(
        place for place in found if not any(_holds(place.box, other.box) for other in found)
    )[:_MOST]


def find_places(text: str) -> list[Place]:
    """Return every place that a text names, in order, each with its name as written there.

    The longest name counts (South China Sea, not China). Names of organisations and of other
    things that hold a place's name (Georgia Tech, Turkey vulture) are none; short names and
    those that are also common nouns need a capital, or a word such as "in" before them.
    """
    found: list[Place] = []
    low, done = _lowered(text), 0
    for at, word in _words(low):
        if at < done:
            continue
        for name in _starts().get(word, ()):
            if low.startswith(name, at) and _ends_there(low, at + len(name), name):
                if _GOES_ON.match(low, at + len(name) - 1) and name[:-1] in gazetteer():
                    continue  # 格陵兰海冰: the ice of Greenland's sea, not of a sea called so
                done = at + len(name)
                place = gazetteer()[name]
                if place.kind != "none" and _is_meant(text, at, done):
                    found.append(Place(text[at:done], place.box, place.kind, at))
                break
    return found


def _words(low: str) -> Iterator[tuple[int, str]]:
    """Yield words of letters, and Chinese characters one by one, each after where it starts."""
    for found in _LETTERS.finditer(low):
        start, end = found.span()
        for at in () if found[0].isascii() else range(start, end):
            if _is_han(low[at]):
                if start < at:
                    yield start, low[start:at]
                yield at, low[at]
                start = at + 1
        if start < end:
            yield start, low[start:end]


def _is_han(char: str) -> bool:
    """Tell whether a character is one that Chinese names are written in."""
    return "\u3400" <= char <= "\u9fff"


def _lowered(text: str) -> str:
    """Return a text in small letters, of the same length."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _ends_there(low: str, end: int, name: str) -> bool:
    return has_han(name[-1]) or not low[end : end + 1].isalnum() or has_han(low[end])


def _is_meant(text: str, at: int, end: int) -> bool:
    """Tell whether a name, where it stands, is a place and not a word or an organisation."""
    name = text[at:end]
    if has_han(name[0]):
        return not _BODY_ZH.match(text, end)
    if _BODY.match(text, end) or _BODY_OF.search(text[max(0, at - 40) : at]):
        return False
    if name[0].isupper():
        return len(name) > 3 or name.isupper() or not name.isascii()
    if len(name) <= 3:
        return False
    return (len(name) > 4 and name not in _NOUNS) or bool(_IN.search(text[max(0, at - 16) : at]))


def places_of(names: Sequence[str], title: str) -> tuple[BBox, ...]:
    """Return the boxes of the places that a record without coordinates names as its own.

    Parameters
    ----------
    names : sequence of str
        What the record calls its area; where nothing there is known, the title is read.
    title : str
        In either language or both.
    """
    for text in (" \n".join(names), title):
        boxes = dict.fromkeys(place.box for place in find_places(text))
        if boxes:
            return tuple(boxes)
    return ()


def _holds(outer: BBox, inner: BBox) -> bool:
    """Tell whether nearly all of a box lies in a larger one."""
    if _area(inner) >= _area(outer):
        return False
    return bool(share_within(inner, outer)[0] > 0.9)


def _area(box: BBox) -> float:
    west, south, east, north = box
    return (east - west if east >= west else 360 + east - west) * (north - south)


def meeting(sides: Sequence[NDArray[np.float32]], box: BBox) -> Mask:
    """Tell which of some boxes, given side by side, meet a box; any may cross the antimeridian."""
    west, south, east, north = sides
    with np.errstate(invalid="ignore"):
        level = (south <= box[3]) & (north >= box[1])
        wraps, begins, ends = west > east, west <= box[2], east >= box[0]
        either = begins | ends
        meets = wraps | either if box[0] > box[2] else (begins & ends) | (wraps & either)
    return np.asarray(level & meets)


def share_within(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """Return which part of each of some boxes lies in another (1 within, 0 apart).

    Any may cross the antimeridian; a box without width or height counts by where it lies.

    Parameters
    ----------
    boxes, others : array of float, shape (boxes, 4), or one box
        West, south, east, north; one of the two may be a single box.
    """
    inner, outer = (np.atleast_2d(np.asarray(item, np.float64)) for item in (boxes, others))
    (west, east), (begin, end) = (_unwrapped(item) for item in (inner, outer))
    turns = [_share(west, east, begin + turn, end + turn) for turn in (-360, 0, 360)]
    along = np.minimum(np.sum(turns, axis=0), 1)
    return np.asarray(along * _share(inner[:, 1], inner[:, 3], outer[:, 1], outer[:, 3]))


def _unwrapped(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, east = boxes[:, 0], boxes[:, 2]
    return west, np.where(east < west, east + 360, east)


def _share(
    first: NDArray[np.float64],
    last: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return which part of each of some stretches lies between two ends."""
    common, own = np.minimum(last, end) - np.maximum(first, start), last - first
    return np.where(own > 0, np.maximum(common, 0) / np.where(own > 0, own, 1), common >= 0)
