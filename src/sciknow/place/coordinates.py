"""Boxes written out in a question: "20-40°N, 100-120°E", 北纬20-40度, "north of 60°N"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from sciknow.model.coverage import BBox
from sciknow.pattern import Pattern

_N = r"(\d{1,3}(?:\.\d{1,6})?)"
_DEG = r"\s*+(?:°|º|-?\s*[Dd]eg(?:ree)?s?\b\.?|度)?\s*+"
_TO = r"\s*+(?:-|–|—|~|～|to|and|through|至|到|和)\s*"
_COMMA = r"(?:\s*+[,，]\s*+|\s++)"
"""Letters of the compass count in capitals only: 90s are years."""


def _pattern(plus: str, minus: str, zh_plus: str, zh_minus: str, needs: str) -> Pattern:
    """Return what finds a range, or an end of one, along one axis."""
    letter = rf"({plus}|{minus})(?![A-Za-z0-9])"
    zh = rf"({zh_plus}|{zh_minus})"
    free = r"(?<![A-Za-z\d.])"
    return Pattern(
        rf"{free}{_N}{_DEG}(?:{letter})?{_TO}{_N}{_DEG}{letter}"
        rf"|{zh}\s*{_N}{_DEG}{_TO}(?:{zh})?\s*{_N}\s*+(?:度|°)?"
        rf"|\b([Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|[Pp]oleward)(?:ward)?\s+of\s+{_N}{_DEG}{letter}"
        rf"|{zh}\s*{_N}\s*+(?:度|°)?\s*以([南北东西])"
        rf"|{free}{_N}{_DEG}{letter}\s*(?:以([南北东西])|(?:and\s+)?(above|northwards?|polewards?|higher))"
        rf"|{free}{_N}{_DEG}{letter}"
        rf"|{zh}\s*{_N}\s*(?:度|°)?",
        needs=("0", needs),
    )


_LATITUDE = _pattern(r"N(?:orth)?|north", r"S(?:outh)?|south", "北纬", "南纬", "N|S|north|south|纬")
_LONGITUDE = _pattern(
    r"E(?:ast)?|east", r"W(?:est)?|west", "东经", "西经", "E|W|east|west|东经|西经"
)
_BOX = Pattern(
    r"\b(?:bbox|bounding\s+box|box|extent|范围)\s*+[:=]?\s*+[\[(]?\s*+"
    rf"(-?\d{{1,3}}(?:\.\d+)?){_COMMA}(-?\d{{1,2}}(?:\.\d+)?){_COMMA}"
    rf"(-?\d{{1,3}}(?:\.\d+)?){_COMMA}(-?\d{{1,2}}(?:\.\d+)?)",
    re.I,
    needs=("0", "box|extent|范围"),
)
_NAMED_RANGE = Pattern(
    r"\b(lat|lon)[a-z]*\.?\s*+(?:from|between|of|[:=])?\s*+[\[(]?\s*+"
    r"(-?\d{1,3}(?:\.\d{1,6})?)°?\s*+(?:-(?=\s*\d)|–|~|to|and|,|:)\s*+(-?\d{1,3}(?:\.\d{1,6})?)",
    re.I,
    needs=("0", "lat|lon"),
)
_Axis: TypeAlias = tuple[tuple[float, float], tuple[int, int]]
"""First and last degree along one axis, and where the text says so."""
_NEAR = 0.5
"""Half the width, in degrees, of the box around a single point."""


def box_of(text: str) -> BBox | None:
    """Return the box that a text writes out; with one axis only, a band around the globe.

    Examples
    --------
    >>> box_of("rain over 20°N-40°N, 100°E-120°E"), box_of("5S to 5N, 170W-120W")
    ((100.0, 20.0, 120.0, 40.0), (-170.0, -5.0, -120.0, 5.0))
    >>> box_of("北纬60度以北 海冰"), box_of("60N to 95N")
    ((-180.0, 60.0, 180.0, 90.0), None)
    """
    return find_box(text)[0]


def find_box(text: str) -> tuple[BBox | None, list[tuple[int, int]]]:
    """Return the box that a text writes out, and from where to where it does so."""
    found = _BOX.search(text)
    if found:
        west, south, east, north = map(float, found.groups())
        return _checked((south, north), (west, east)), [found.span()]
    named = dict(_named(text))
    lat = named.get("lat") or _range(_LATITUDE, text, 90)
    lon = named.get("lon") or _range(_LONGITUDE, text, 180)
    axes = [axis for axis in (lat, lon) if axis]
    if len(axes) == 1 and _is_point(axes[0][0]):
        return None, []  # one coordinate alone: 30N may be a zone of a projection
    box = _checked(lat and lat[0], lon and lon[0]) if axes else None
    return box, [span for _, span in axes if box]


def _is_point(axis: tuple[float, float]) -> bool:
    return abs(axis[1] - axis[0]) <= 2 * _NEAR


def _named(text: str) -> Iterator[tuple[str, _Axis]]:
    for found in _NAMED_RANGE.finditer(text):
        yield found[1].lower(), ((float(found[2]), float(found[3])), found.span())


def _checked(lat: tuple[float, float] | None, lon: tuple[float, float] | None) -> BBox | None:
    south, north = lat or (-90.0, 90.0)
    west, east = lon or (-180.0, 180.0)
    if east > 180 and 0 <= west <= east <= 360:  # longitudes from 0 to 360
        west, east = (side - 360 if side > 180 else side for side in (west, east))
    sound = -90 <= south < north <= 90 and -180 <= west <= 180 and -180 <= east <= 180
    return (west, south, east, north) if sound and west != east else None


def _range(pattern: Pattern, text: str, most: int) -> _Axis | None:
    for found in pattern.finditer(text):
        parts = [group.lower() for group in found.groups() if group]
        numbers = [float(part) for part in parts if part[0].isdigit()]
        sides = [part for part in parts if not part[0].isdigit()]
        if max(numbers) > most:
            continue
        if len(numbers) == 2:
            first, last = _signed(numbers[0], sides[0]), _signed(numbers[1], sides[-1])
            ordered = (first, last) if most == 180 or first < last else (last, first)
            return ordered, found.span()
        beyond = sides.pop(0) if " of " in found[0] else sides.pop() if len(sides) == 2 else ""
        return _beyond(_signed(numbers[0], sides[0]), beyond, float(most)), found.span()
    return None


def _beyond(edge: float, side: str, most: float) -> tuple[float, float]:
    """Return what lies beyond an edge on one side; without a side, what lies at it."""
    if not side:
        return max(edge - _NEAR, -most), min(edge + _NEAR, most)
    up = _SIDES.get(side[:5].rstrip("w")) or (1 if edge >= 0 else -1)
    return (edge, most) if up > 0 else (-most, edge)


_SIDES = {"north": 1, "east": 1, "south": -1, "west": -1}
_SIDES |= {"北": 1, "东": 1, "南": -1, "西": -1}


def _signed(number: float, side: str) -> float:
    return -number if side[0] in "sw" or side in ("南纬", "西经") else number
