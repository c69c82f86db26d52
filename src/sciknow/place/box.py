"""How boxes and points lie to each other on the globe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sciknow.model.coverage import BBox

Mask = NDArray[np.bool_]
Boxes: TypeAlias = NDArray[np.float32] | BBox
_DEGREE = 111.2
"""Kilometres in a degree of latitude."""
_LARGE = 1_000.0
"""Size of a box in kilometres from which it fits a point a little less."""
_LESS = 0.05
"""What a point's fit loses for each tenfold of that: the globe fits .93."""


def area(box: BBox) -> float:
    """Return a box's area in square degrees; west > east crosses the antimeridian."""
    west, south, east, north = box
    return (east - west if east >= west else 360 + east - west) * (north - south)


def holds(outer: BBox, inner: BBox) -> bool:
    """Tell whether nearly all of a box lies in a larger one."""
    if area(inner) >= area(outer):
        return False
    return bool(share_within(inner, outer)[0] > 0.9)


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


def closeness(boxes: Boxes, point: BBox, scale: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return how well boxes answer for a point: 1 around it, less the farther away they end.

    A box that holds the point and is no more than 1,000 km across counts 1, one of ten times that
    size .95; one that ends d km away counts exp(-d / scale).

    Parameters
    ----------
    boxes : array of float, shape (boxes, 4), or one box
        West, south, east, north.
    point : tuple of four floats
        A box without width and height.
    scale : array of float, shape (boxes,), or float
        Kilometres at which a box that does not reach the point counts for 1/e.
    """
    outer = np.atleast_2d(np.asarray(boxes, np.float64))
    (west, east), (south, north) = _unwrapped(outer), (outer[:, 1], outer[:, 3])
    lon, lat = point[0], point[1]
    narrow = np.cos(np.deg2rad(lat))
    beside = np.min(
        [np.maximum(np.maximum(west - x, x - east), 0) for x in (lon - 360, lon, lon + 360)], axis=0
    )
    away = _DEGREE * np.hypot(beside * narrow, np.maximum(np.maximum(south - lat, lat - north), 0))
    across = _DEGREE * np.sqrt(np.maximum((east - west) * (north - south), 1e-6))
    around = 1 - _LESS * np.log10(np.maximum(across / _LARGE, 1))
    return np.asarray(np.where(away > 0, np.exp(-away / scale), around))


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
