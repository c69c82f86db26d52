"""Natural Earth's tables and shapes, and the boxes around them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
Ring: TypeAlias = list[tuple[float, float]]


def table(path: Path) -> list[dict[str, str]]:
    """Return a table of Natural Earth with its columns in small letters."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key.lower(): value or "" for key, value in row.items() if key} for row in rows]


def points(coordinates: Any) -> Iterator[Ring]:
    """Yield the rings and lines of a GeoJSON geometry."""
    if coordinates and isinstance(coordinates[0][0], (int, float)):
        yield [(x, y) for x, y, *_ in coordinates]
    else:
        for part in coordinates:
            yield from points(part)


def box_of(rings: Iterable[Ring]) -> Box:
    """Return the smallest box around some rings, across the antimeridian where that is smaller."""
    spans: list[tuple[float, float]] = []
    south, north = 90.0, -90.0
    for ring in rings:
        spans.append((min(x for x, _ in ring), max(x for x, _ in ring)))
        south = min(south, *(y for _, y in ring))
        north = max(north, *(y for _, y in ring))
    spans.sort()
    west, east = spans[0][0], max(end for _, end in spans)
    gap, at, reach = 360 - (east - west), (west, east), spans[0][1]
    for begin, end in spans[1:]:
        if begin - reach > gap:
            gap, at = begin - reach, (begin, reach)
        reach = max(reach, end)
    west, east = at
    sides = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
    return (round(sides[0], 2), round(sides[1], 2), round(sides[2], 2), round(sides[3], 2))


def points_of(shape: dict[str, Any]) -> Iterator[Ring]:
    """Yield the rings of a GeoJSON geometry, feature or collection."""
    parts = shape.get("features") or shape.get("geometries")
    for item in parts or [shape.get("geometry") or shape]:
        if "coordinates" in item:
            yield from points(item["coordinates"])
        else:
            yield from points_of(item)


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """Return the lines of a TopoJSON in degrees."""
    if "transform" not in topology:
        return [[(x, y) for x, y in arc] for arc in topology["arcs"]]
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        lines.append(line)
    return lines


def leaves(arcs: Any) -> Iterator[int]:
    """Yield the numbers in nested lists."""
    for item in arcs:
        if isinstance(item, int):
            yield item
        else:
            yield from leaves(item)
