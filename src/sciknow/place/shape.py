"""The box around a shape: GeoJSON as a mapping or text, or what has ``__geo_interface__``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sciknow.errors import InvalidInput

_HINT = "give west, south, east, north, GeoJSON in longitude and latitude, or a shapely geometry"


def bounds_of(shape: object) -> list[float] | None:
    """Return west, south, east and north of a shape, or None for what is none.

    Parameters
    ----------
    shape : mapping, str, or object with ``__geo_interface__``
        A geometry, feature or collection of GeoJSON (RFC 7946).

    Raises
    ------
    InvalidInput
        For text that is no GeoJSON, and a shape without coordinates.

    Examples
    --------
    >>> bounds_of('{"type": "Point", "coordinates": [91.1, 29.65]}')
    [91.1, 29.65, 91.1, 29.65]
    """
    given = getattr(shape, "__geo_interface__", shape)
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise InvalidInput(f"bbox={str(shape)[:80]!r} is no GeoJSON", hint=_HINT) from None
    if not isinstance(given, Mapping):
        return None
    try:
        points = list(_points(given))
    except RecursionError:
        points = []
    if not points:
        raise InvalidInput(f"bbox: a {given.get('type')!r} without coordinates", hint=_HINT)
    west, south = (min(point[side] for point in points) for side in (0, 1))
    east, north = (max(point[side] for point in points) for side in (0, 1))
    return [west, south, east, north]


def _points(shape: object) -> Iterator[tuple[float, float]]:
    """Yield the positions of a geometry, feature, collection, or nested list of positions."""
    if isinstance(shape, Mapping):
        for part in ("coordinates", "geometry", "geometries", "features"):
            yield from _points(shape.get(part))
    elif isinstance(shape, list | tuple):
        if len(shape) >= 2 and all(_is_number(value) for value in shape[:2]):
            yield float(shape[0]), float(shape[1])
        else:
            for part in shape:
                if not isinstance(part, list | tuple | Mapping):
                    raise InvalidInput(f"bbox: {part!r} is no position", hint=_HINT)
                yield from _points(part)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
