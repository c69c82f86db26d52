"""What areas and periods have in common."""

from __future__ import annotations

from collections.abc import Iterable

from sciknow.model.coverage import BBox
from sciknow.model.parse import date_key

_WHOLE = 360.0


def common_box(boxes: Iterable[BBox]) -> BBox | None:
    """Return the area that lies in every box; None where there is none.

    Where two boxes meet at both ends, the wider piece is taken.

    Examples
    --------
    >>> common_box([(170, -10, -170, 10), (-180, -5, 180, 5)])
    (170.0, -5.0, -170.0, 5.0)
    >>> common_box([(0, 0, 10, 10), (20, 0, 30, 10)]) is None
    True
    """
    found: BBox | None = None
    for box in boxes:
        found = box if found is None else _common(found, box)
        if found is None:
            return None
    if found is None:
        return None
    west, south, east, north = map(float, found)
    return west, south, east, north


def _common(one: BBox, other: BBox) -> BBox | None:
    south, north = max(one[1], other[1]), min(one[3], other[3])
    span = _meridians((one[0], one[2]), (other[0], other[2]))
    return None if south > north or span is None else (span[0], south, span[1], north)


def wider(box: BBox, meters: float) -> BBox | None:
    """Return a box with a margin on each side; None where that takes the whole circle.

    Examples
    --------
    >>> wider((0.0, 0.0, 10.0, 80.0), 111_195.0)
    (-1.0, -1.0, 11.0, 81.0)
    """
    margin = meters / 111_195.0
    west, south, east, north = box
    if width(west, east) + 2 * margin >= _WHOLE:
        return None
    sides = ((west - margin + 180) % _WHOLE - 180, (east + margin + 180) % _WHOLE - 180)
    return sides[0], max(-90.0, south - margin), sides[1], min(90.0, north + margin)


def width(west: float, east: float) -> float:
    """Return the degrees between two meridians, going east; a full circle is 360."""
    return _WHOLE if east - west >= _WHOLE else (east - west) % _WHOLE


def _meridians(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float] | None:
    if width(*one) >= _WHOLE:
        return other
    if width(*other) >= _WHOLE:
        return one
    pieces = []
    for (west, east), (from_, to) in ((one, other), (other, one)):
        shift = (from_ - west) % _WHOLE
        if shift <= width(west, east):
            pieces.append((from_, min(width(west, east) - shift, width(from_, to))))
    if not pieces:
        return None
    start, wide = max(pieces, key=lambda piece: piece[1])
    return start, (start + wide + 180) % _WHOLE - 180 if start + wide > 180 else start + wide


def share(part: BBox, whole: BBox) -> float:
    """Return how much of a box another one inside it takes, by degrees, from 0 to 1."""
    sides = [
        (width(part[0], part[2]), width(whole[0], whole[2])),
        (part[3] - part[1], whole[3] - whole[1]),
    ]
    result = 1.0
    for small, large in sides:
        result *= small / large if large else 1.0
    return min(result, 1.0)


def common_period(periods: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the time that lies in every period; None where there is none.

    An empty first or last date is open.

    Examples
    --------
    >>> common_period([("1979", "2020"), ("2000-06", "")])
    ('2000-06', '2020')
    >>> common_period([("1979", "1980"), ("2000", "")]) is None
    True
    """
    listed = list(periods)
    starts = [start for start, _ in listed if start]
    ends = [end for _, end in listed if end]
    first = max(starts, key=date_key, default="")
    last = min(ends, key=lambda date: date_key(date, end=True), default="")
    if first and last and date_key(first) > date_key(last, end=True):
        return None
    return first, last
