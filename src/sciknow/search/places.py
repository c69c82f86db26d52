"""Places: their names in both languages, their boxes, and how boxes lie to each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as package_files

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox

Mask = NDArray[np.bool_]


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
        ``country``, ``continent``, ``ocean``, ``region`` or ``zone``.
    """

    name: str
    box: BBox
    kind: str


@lru_cache(maxsize=1)
def gazetteer() -> dict[str, Place]:
    """Return the places by folded name, in both languages."""
    places: dict[str, Place] = {}
    text = (package_files("sciknow.search") / "gazetteer.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        kind, english, chinese, *box = line.split("\t")
        if len(box) != 4:
            raise InvalidInput(f"gazetteer line {line!r}", hint="write kind, names, four numbers")
        west, south, east, north = map(float, box)
        for name in (*english.split("|"), *chinese.split("|")):
            places.setdefault(name.casefold(), Place(name, (west, south, east, north), kind))
    return places


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = sorted(gazetteer(), key=len, reverse=True)
    english = "|".join(re.escape(name) for name in names if name.isascii() or name[0].isascii())
    chinese = "|".join(re.escape(name) for name in names if not name[0].isascii())
    return re.compile(rf"\b(?:{english})\b|(?:{chinese})", re.I)


def find_place(text: str) -> Place | None:
    """Return the smallest place that a text names, or None.

    "us" and other short names count only in capitals.
    """
    return min(find_places(text), key=lambda place: _area(place.box), default=None)


def find_places(text: str) -> list[Place]:
    """Return every place that a text names, in order, each with its name as written there."""
    found: list[Place] = []
    for match in _pattern().finditer(text):
        name = match[0]
        if len(name) > 4 or not name.isascii() or name[0].isupper():
            place = gazetteer()[name.casefold()]
            found.append(Place(name, place.box, place.kind))
    return found


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


def share_within(boxes: NDArray[np.float32], box: BBox) -> NDArray[np.float64]:
    """Return which part of each of some boxes lies in a box (1 within, 0 apart).

    Boxes that cross the antimeridian are measured without it.
    """
    area = boxes.astype(np.float64)
    wide = np.minimum(area[:, 2], box[2]) - np.maximum(area[:, 0], box[0])
    high = np.minimum(area[:, 3], box[3]) - np.maximum(area[:, 1], box[1])
    own = (area[:, 2] - area[:, 0]) * (area[:, 3] - area[:, 1])
    part = np.maximum(wide, 0) * np.maximum(high, 0) / np.maximum(own, 1e-6)
    return np.asarray(np.clip(part, 0, 1))
