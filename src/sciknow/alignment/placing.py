"""Where the points of a target grid lie in a source, and how values get from one to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from sciknow.alignment.apply import WHOLE, as_slice, blend, take, weigh
from sciknow.alignment.line import (
    Bracket,
    bracket,
    conservative_weights,
    linear_weights,
)
from sciknow.alignment.projection import transformed
from sciknow.alignment.target import Target
from sciknow.axes.finder import GridKind
from sciknow.errors import InvalidInput

Mask = npt.NDArray[np.bool_]
Regrid = Callable[[xr.DataArray, str], xr.DataArray]


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """How the points of a target are had from a source.

    Parameters
    ----------
    rows, columns : array of bool
        Rows and columns of the target with at least one value.
    outside : int
        How many points of the target lie outside the source.
    exact : bool
        Whether every point inside is a node of the source.
    regrid : callable
        (array, method) → array on the dimensions of the target.
    """

    rows: Mask
    columns: Mask
    outside: int
    exact: bool
    regrid: Regrid


def place(source: Target, target: Target, method: str, share: float) -> Placing:
    """Find how a source reaches a target.

    Parameters
    ----------
    source, target : Target
        The two grids.
    method : str
        ``linear``, ``nearest`` or ``conservative``.
    share : float
        How much of a cell must be covered by values, for ``conservative``.

    Raises
    ------
    InvalidInput
        Where the method does not reach from one to the other, saying what does.
    MissingDependency
        For projections without pyproj.
    """
    if source.rectangular and target.rectangular and aligned_axes(source, target):
        return _separable(source, target, method, share)
    if method == "conservative":
        raise InvalidInput(
            f"conservative means from a {source.kind} to a {target.kind} are not made here",
            hint="use method='linear' or 'nearest', or regrid one of them with xesmf first",
        )
    if source.rectangular:
        return _at_points(source, target)
    if source.kind is GridKind.POINTS:
        raise InvalidInput(
            "values at points cannot be brought onto a grid without inventing what lies between",
            hint="use grid='coarser' to take the grid's values at the points, or grid the points",
        )
    if method == "linear":
        raise InvalidInput(
            f"there is no linear interpolation from a {source.kind} here",
            hint="use method='nearest', or regrid it with xesmf first",
        )
    return _nearest_on_sphere(source, target)


def aligned_axes(source: Target, target: Target) -> bool:
    """Tell whether the axes of two rectangular grids are the same two directions."""
    if source.kind is not target.kind:
        return False
    if source.kind is GridKind.LATLON:
        return True
    return same_projection(source, target)


def same_projection(source: Target, target: Target) -> bool:
    """Tell whether two projected grids have the same projection.

    Raises
    ------
    InvalidInput
        Where one of them does not tell its projection.
    """
    for side in (source, target):
        if not side.mapping and not same_nodes(source, target):
            raise InvalidInput(
                f"a projected grid ({side.x.name}, {side.y.name}) tells no projection",
                hint="add a CF grid mapping, for example with rioxarray's write_crs",
            )
    return source.mapping == target.mapping or transformed(source, target) is None


def same_nodes(source: Target, target: Target) -> bool:
    """Tell whether two grids have the same coordinates."""
    pairs = ((source.x, target.x), (source.y, target.y))
    return all(
        one.shape == other.shape and np.allclose(one.values, other.values, rtol=1e-6)
        for one, other in pairs
    )


# the product of two axes


def _separable(source: Target, target: Target, method: str, share: float) -> Placing:
    own, wanted = source.lines(), target.lines()
    found = [
        bracket(line, item.values) for line, item in zip(own, (target.y, target.x), strict=True)
    ]
    inside = [part.inside for part in found]
    exact = all(part.exact for part in found)
    weights: list[csr_array] = []
    if method == "conservative":
        for line in (*own, *wanted):
            if not line.has_cells:
                raise InvalidInput(
                    f"a single {line.kind} without bounds has no cell to average over",
                    hint="use method='linear', or add bounds (CF, section 7.1)",
                )
        weights = [conservative_weights(*pair) for pair in zip(own, wanted, strict=True)]
        inside = [np.asarray(matrix.sum(axis=1)) >= min(share, WHOLE) for matrix in weights]
        like = [
            np.isclose(a.spacing, b.spacing, rtol=1e-3) for a, b in zip(own, wanted, strict=True)
        ]
        exact = exact and all(like) and not any(_half(part) for part in found)
    elif method == "linear":
        weights = [linear_weights(part, line.size) for part, line in zip(found, own, strict=True)]
    least = share if method == "conservative" else WHOLE

    def regrid(array: xr.DataArray, how: str) -> xr.DataArray:
        pairs = [
            (dim, new, at)
            for at, (dim, new) in enumerate(zip(source.dims, target.dims, strict=True))
            if dim in array.dims
        ]
        if how == "nearest" or exact:
            return _pick(array, [(dim, new, found[at]) for dim, new, at in pairs])
        return weigh(array, [(dim, new, weights[at]) for dim, new, at in pairs], share=least)

    rows, columns = inside
    missing = rows.size * columns.size - int(rows.sum()) * int(columns.sum())
    return Placing(rows, columns, missing, exact, regrid)


def _half(found: Bracket) -> bool:
    """Tell whether nodes beyond the outermost ones were pulled onto them."""
    taken = found.nearest[found.inside]
    return len(np.unique(taken)) < taken.size


def _pick(array: xr.DataArray, parts: list[tuple[str, str, Bracket]]) -> xr.DataArray:
    for dim, new, found in parts:
        coords = [name for name, item in array.coords.items() if dim in item.dims]
        places = np.where(found.inside, found.nearest, 0)
        array = array.drop_vars(coords).isel({dim: as_slice(places)}).rename({dim: new})
        if not found.inside.all():
            array = array.where(xr.DataArray(found.inside, dims=new))
    return array


# points anywhere on a rectangular grid


def _at_points(source: Target, target: Target) -> Placing:
    x, y = transformed(source, target) or target.mesh()
    lines = source.lines()
    found = (bracket(lines[0], y.values), bracket(lines[1], x.values))
    inside = found[0].inside & found[1].inside
    there = xr.DataArray(inside, dims=y.dims)

    def at(rows: Any, columns: Any) -> dict[Any, xr.DataArray]:
        places = (np.where(inside, part, 0) for part in (rows, columns))
        pairs = zip(source.dims, places, strict=True)
        return {dim: xr.DataArray(part, dims=y.dims) for dim, part in pairs}

    def regrid(array: xr.DataArray, how: str) -> xr.DataArray:
        if how == "nearest":
            return take(array, at(found[0].nearest, found[1].nearest), there)
        corners = []
        for row, along in ((found[0].low, 1 - found[0].weight), (found[0].high, found[0].weight)):
            for column, across in (
                (found[1].low, 1 - found[1].weight),
                (found[1].high, found[1].weight),
            ):
                weight = xr.DataArray(along * across, dims=y.dims)
                corners.append((at(row, column), weight))
        return blend(array, corners, there)

    return _placing(inside, all(part.exact for part in found), regrid)


def _placing(inside: Mask, exact: bool, regrid: Regrid) -> Placing:
    flat = inside.ndim == 1
    rows = inside if flat else np.asarray(inside.any(axis=1))
    columns = np.ones(1, bool) if flat else np.asarray(inside.any(axis=0))
    return Placing(rows, columns, int(np.sum(~inside)), exact, regrid)


# the nearest of scattered places

_REACH = 2.0
"""A point this many times farther from every place than places are from each other is outside."""


def _nearest_on_sphere(source: Target, target: Target) -> Placing:
    x, y = transformed(source, target) or target.mesh()
    tree, known = _tree(source)
    apart = tree.query(tree.data[:: max(1, tree.n // 2000)], k=2)[0][:, 1]
    usual = float(np.quantile(apart, 0.99))
    known_there = np.isfinite(x.values) & np.isfinite(y.values)
    lon, lat = (np.where(known_there, item.values, 0.0) for item in (x, y))
    distance, near = tree.query(_on_sphere(lon, lat))
    inside = np.asarray(distance <= _REACH * usual) & known_there
    places = np.unravel_index(known[np.where(inside, near, 0)], source.y.shape)
    there = xr.DataArray(inside, dims=y.dims)
    at: dict[Any, xr.DataArray] = {
        dim: xr.DataArray(part, dims=y.dims) for dim, part in zip(source.dims, places, strict=True)
    }
    exact = bool(np.all(distance[inside] < 1e-4 * usual))
    return _placing(inside, exact, lambda array, how: take(array, dict(at), there))


def _tree(source: Target) -> tuple[Any, npt.NDArray[np.intp]]:
    points = _on_sphere(source.x.values.ravel(), source.y.values.ravel())
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    # coordinates that are missing (land of some ocean grids) are no places
    if known.size < 2:
        raise InvalidInput("a grid has fewer than two places with coordinates")
    return cKDTree(points[known]), known


def _on_sphere(lon: npt.NDArray[Any], lat: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return points on the unit sphere, shape (..., 3): distances know no seam and no pole."""
    east, north = np.deg2rad(np.asarray(lon, "f8")), np.deg2rad(np.asarray(lat, "f8"))
    parts = (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    return np.stack(parts, axis=-1)
