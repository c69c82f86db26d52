"""Areas as records write them → boxes in degrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from numbers import Real

from sciknow.harvest.mapping import words
from sciknow.model import SpatialCoverage
from sciknow.model.coverage import BBox


def box(west: object, south: object, east: object, north: object) -> BBox | None:
    """Return a box in degrees; None where it is none. West beyond east crosses 180 degrees.

    Examples
    --------
    >>> box("-10", 35, 30.5, 60), box(170, -20, 190, 0), box(0, 0, 360, 90), box(1, 2, 3, "x")
    ((-10.0, 35.0, 30.5, 60.0), (170.0, -20.0, -170.0, 0.0), (-180.0, 0.0, 180.0, 90.0), None)
    """
    try:
        left, low, right, high = (number(value) for value in (west, south, east, north))
    except (TypeError, ValueError):
        return None
    low, high = min(low, high), max(low, high)  # north first is a common slip, and means just this
    if not (low >= -90 and high <= 90 and -180 <= left <= 360 and -180 <= right <= 360):
        return None
    if right - left >= 360:
        return -180.0, low, 180.0, high
    return _turned(left), low, _turned(right), high


def number(value: object) -> float:
    """Return a finite number that may be written as a text.

    Raises
    ------
    TypeError, ValueError
        For anything else.
    """
    if isinstance(value, bool) or not isinstance(value, (Real, str)):
        raise TypeError(f"{value!r} is no number")
    number = float(value)
    if number != number or abs(number) > 1e6:
        raise ValueError("no finite number")
    return number


def _turned(longitude: float) -> float:
    return longitude - 360 if longitude > 180 else longitude


def bbox(numbers: object) -> BBox | None:
    """Return a box from a list of four numbers, or six with heights."""
    if not isinstance(numbers, Sequence) or isinstance(numbers, str):
        return None
    if len(numbers) == 6:
        return box(numbers[0], numbers[1], numbers[3], numbers[4])
    return box(*numbers) if len(numbers) == 4 else None


def geometry(value: object) -> BBox | None:
    """Return the box of a GeoJSON geometry or feature; None where it has none.

    Parts on both sides of 180 degrees, as RFC 7946 cuts them, give a box that crosses it.

    Examples
    --------
    >>> geometry({"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 2]]]})
    (1.0, 2.0, 3.0, 4.0)
    """
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("geometry"), Mapping):
        return geometry(value["geometry"])
    parts = value.get("geometries")
    found = [value.get("coordinates")] if parts is None else [g.get("coordinates") for g in parts]
    if value.get("type") == "MultiPolygon" and isinstance(found[0], list):
        found = list(found[0])
    boxes = [one for part in found if (one := _around(list(_points(part)))) is not None]
    return _together(boxes)


def _points(value: object, depth: int = 0) -> Iterator[tuple[float, float]]:
    if depth > 6 or not isinstance(value, (list, tuple)) or not value:
        return
    if isinstance(value[0], (int, float, str)):
        with suppress(TypeError, ValueError, IndexError):
            yield number(value[0]), number(value[1])
        return
    for item in value:
        yield from _points(item, depth + 1)


def _around(points: list[tuple[float, float]]) -> BBox | None:
    if not points:
        return None
    x, y = [point[0] for point in points], [point[1] for point in points]
    return box(min(x), min(y), max(x), max(y))


def _together(boxes: list[BBox]) -> BBox | None:
    if not boxes:
        return None
    south, north = min(one[1] for one in boxes), max(one[3] for one in boxes)
    left = [one for one in boxes if one[0] == -180]
    right = [one for one in boxes if one[2] == 180]
    if len(boxes) == 2 and len(left) == len(right) == 1 and left != right:
        return right[0][0], south, left[0][2], north
    return min(one[0] for one in boxes), south, max(one[2] for one in boxes), north


def spatial(found: BBox | None, name: object = None) -> SpatialCoverage:
    """Return a coverage from a box and a name."""
    return SpatialCoverage(bbox=found, name=words(name))
