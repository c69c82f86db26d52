"""One axis of a grid in numbers: its nodes, its cells, and where the nodes of another one lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from sciknow.errors import InvalidInput

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_SNAP = 1e-4
"""Nodes closer than this share of a cell are the same (coordinates may have single precision)."""


@dataclass(frozen=True, slots=True)
class Line:
    """The nodes along an axis, rising.

    Parameters
    ----------
    nodes : array of float, shape (n,)
        Rising; longitudes without the jump at the seam.
    edges : array of float, shape (n + 1,)
        Where the cells around the nodes begin and end.
    order : array of int, shape (n,)
        Where each of the rising nodes stands in the data.
    kind : str
        ``longitude``, ``latitude`` or ``distance``.
    """

    nodes: Floats
    edges: Floats
    order: Ints
    kind: str = "distance"

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return int(self.nodes.size)

    @property
    def spacing(self) -> float:
        """The usual width of a cell."""
        return float(np.median(np.diff(self.edges)))

    @property
    def has_cells(self) -> bool:
        """Whether its cells are known: a single node without bounds has none."""
        return bool(np.all(np.diff(self.edges) > 0))

    def cells(self) -> Floats:
        """Return the cell of each node in the order of the data, shape (n, 2)."""
        found = np.empty((self.size, 2))
        found[self.order] = np.stack([self.edges[:-1], self.edges[1:]], axis=1)
        return found

    @property
    def cyclic(self) -> bool:
        """Whether the cells go all around the globe."""
        whole = self.edges[-1] - self.edges[0] >= 360 - 0.01 * self.spacing
        return self.kind == "longitude" and bool(whole)


def line_of(values: npt.NDArray[Any], kind: str, bounds: npt.NDArray[Any] | None = None) -> Line:
    """Return the line of an axis.

    Parameters
    ----------
    values : array, shape (n,)
        The coordinate; rising or falling, longitudes also across their seam.
    kind : str
        ``longitude``, ``latitude`` or ``distance``.
    bounds : array, shape (n, 2), optional
        The data's own cells; cells reach halfway to the neighbours where there are none.

    Raises
    ------
    InvalidInput
        When the nodes neither rise nor fall.
    """
    nodes = np.asarray(values, "f8")
    if kind == "longitude":
        nodes = np.unwrap(nodes, period=360.0)
    order = np.argsort(nodes, kind="stable")
    nodes = nodes[order]
    if not np.all(np.isfinite(nodes)) or np.any(np.diff(nodes) <= 0):
        raise InvalidInput(
            f"a {kind} coordinate has missing or repeated values",
            hint="drop them first: ds.drop_duplicates(dim)",
        )
    edges = _own_edges(nodes, order, kind, bounds)
    if edges is None:
        half = np.diff(nodes) / 2
        first, last = (half[0], half[-1]) if half.size else (0.0, 0.0)
        edges = np.concatenate([[nodes[0] - first], nodes[:-1] + half, [nodes[-1] + last]])
    if kind == "latitude":
        edges = np.clip(edges, -90.0, 90.0)
    return Line(nodes, edges, order, kind)


def _own_edges(
    nodes: Floats, order: Ints, kind: str, bounds: npt.NDArray[Any] | None
) -> Floats | None:
    """Return the data's own cells where they follow each other without a gap."""
    if bounds is None or bounds.shape != (nodes.size, 2):
        return None
    cells = np.sort(np.asarray(bounds, "f8")[order], axis=1)
    if kind == "longitude":
        cells = cells + np.round((nodes - cells.mean(axis=1)) / 360)[:, None] * 360
    touching = np.allclose(cells[1:, 0], cells[:-1, 1], atol=1e-4)
    around = np.all((cells[:, 0] <= nodes + 1e-6) & (nodes - 1e-6 <= cells[:, 1]))
    wide = np.all(np.diff(cells, axis=1) > 0)
    return np.append(cells[:, 0], cells[-1, 1]) if touching and around and wide else None


@dataclass(frozen=True, slots=True)
class Bracket:
    """Between which nodes of a line other nodes lie.

    Parameters
    ----------
    low, high : array of int
        Positions in the data of the neighbours below and above.
    weight : array of float
        Share of the upper one, from 0 to 1.
    inside : array of bool
        Whether the node lies in a cell of the line.
    """

    low: Ints
    high: Ints
    weight: Floats
    inside: npt.NDArray[np.bool_]

    @property
    def nearest(self) -> Ints:
        """Position of the nearer neighbour."""
        return np.where(self.weight <= 0.5, self.low, self.high)

    @property
    def exact(self) -> bool:
        """Whether every node inside is one of the line's own."""
        return bool(np.all(np.isin(self.weight[self.inside], (0.0, 1.0))))


def bracket(line: Line, targets: npt.NDArray[Any]) -> Bracket:
    """Find the neighbours of nodes; those up to half a cell outside take the outermost one.

    Parameters
    ----------
    line : Line
        The source's axis.
    targets : array of any shape
        Nodes wanted, on the same scale; longitudes in any range.
    """
    at = np.asarray(targets, "f8")
    at = np.where(np.isfinite(at), at, np.nan)
    slack = _SNAP * line.spacing
    nodes, order = line.nodes, line.order
    if line.kind == "longitude":
        start = line.edges[0] - slack
        at = start + (at - start) % 360.0
    if line.cyclic:
        nodes = np.concatenate([[nodes[-1] - 360], nodes, [nodes[0] + 360]])
        order = np.concatenate([order[-1:], order, order[:1]])
    inside = (at >= line.edges[0] - slack) & (at <= line.edges[-1] + slack) & np.isfinite(at)
    if nodes.size == 1:
        zero = np.zeros(at.shape, np.intp)
        return Bracket(zero, zero, np.zeros(at.shape), inside)
    at = np.where(inside, at, nodes[0])
    low = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, nodes.size - 2)
    weight = np.clip((at - nodes[low]) / (nodes[low + 1] - nodes[low]), 0.0, 1.0)
    weight = np.where(weight < _SNAP, 0.0, np.where(weight > 1 - _SNAP, 1.0, weight))
    return Bracket(order[low], order[low + 1], weight, inside)


def linear_weights(found: Bracket, size: int) -> csr_array:
    """Return the weights of linear interpolation, shape (targets, size); zero rows outside."""
    rows = np.flatnonzero(found.inside)
    low, high, share = (part[rows] for part in (found.low, found.high, found.weight))
    values = np.concatenate([1 - share, share])
    places = (np.concatenate([rows, rows]), np.concatenate([low, high]))
    weights = csr_array((values, places), shape=(found.inside.size, size))
    weights.eliminate_zeros()
    return weights


def conservative_weights(source: Line, target: Line) -> csr_array:
    """Return the share of each target cell that each source cell covers.

    Rows are in the order of the target's data, columns in that of the source's. Along latitude
    the share is one of area on the sphere (the sine of latitude), which makes first-order
    conservative weights of a longitude-latitude grid the product of two axes (Jones, 1999,
    Monthly Weather Review 127, 2204-2210).

    Returns
    -------
    scipy.sparse.csr_array
        Shape (target.size, source.size); a row sums to 1 where the source covers the whole cell.
    """
    shifts = (-720.0, -360.0, 0.0, 360.0, 720.0) if source.kind == "longitude" else (0.0,)
    parts = [_overlaps(source.edges + shift, target.edges, source.kind) for shift in shifts]
    rows, columns, sizes = (np.concatenate(part) for part in zip(*parts, strict=True))
    whole = np.diff(_measure(target.edges, source.kind))
    shape = (target.size, source.size)
    shares = sizes / whole[rows]
    return csr_array((shares, (target.order[rows], source.order[columns])), shape=shape)


def _measure(edges: Floats, kind: str) -> Floats:
    return np.sin(np.deg2rad(edges)) if kind == "latitude" else edges


def _overlaps(source: Floats, target: Floats, kind: str) -> tuple[Ints, Ints, Floats]:
    """Return (target cell, source cell, size) of each piece that two rows of cells share."""
    low, high = max(source[0], target[0]), min(source[-1], target[-1])
    if high <= low:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    cuts = np.unique(np.concatenate([source, target, [low, high]]))
    cuts = cuts[(cuts >= low) & (cuts <= high)]
    middles = (cuts[1:] + cuts[:-1]) / 2
    rows = np.searchsorted(target, middles, side="right") - 1
    columns = np.searchsorted(source, middles, side="right") - 1
    return rows, columns, np.diff(_measure(cuts, kind))
