"""Coordinates of one grid in the projection of another; pyproj does the reckoning."""

from __future__ import annotations

from typing import Any

import xarray as xr

from sciknow.alignment.target import Target
from sciknow.axes.finder import GridKind
from sciknow.axes.projection import GLOBE, crs_of, globe, scale_of, transformer
from sciknow.errors import InvalidInput


def transformed(source: Target, target: Target) -> tuple[xr.DataArray, xr.DataArray] | None:
    """Return x and y of a target's points in the source's coordinates.

    Returns
    -------
    tuple of xarray.DataArray, or None
        None where both have the same coordinate reference system.

    Raises
    ------
    MissingDependency
        Without pyproj.
    InvalidInput
        For a projection that pyproj does not know.
    """
    if source.kind is not GridKind.PROJECTED and target.kind is not GridKind.PROJECTED:
        return None
    into, from_ = (_system(side) for side in (source, target))
    if into == from_:
        return None
    x, y = target.mesh()
    scale_from, scale_into = _scale(target, from_), _scale(source, into)
    change = transformer(from_, into)
    east, north = change.transform(x.values * scale_from, y.values * scale_from)
    one, other = (xr.DataArray(part / scale_into, dims=x.dims) for part in (east, north))
    return one, other


def _scale(side: Target, crs: Any) -> float:
    return scale_of(side.x, crs) if side.kind is GridKind.PROJECTED else 1.0


def on_globe(grid: Target) -> tuple[Any, Any]:
    """Return longitude and latitude of each point of a projected grid, as arrays.

    Raises
    ------
    MissingDependency, InvalidInput
        As `transformed`.
    """
    x, y = grid.mesh()
    crs = _system(grid)
    unit = scale_of(grid.x, crs)
    lon, lat = transformer(crs, GLOBE).transform(x.values * unit, y.values * unit)
    return lon, lat


def _system(side: Target) -> Any:
    if side.kind is not GridKind.PROJECTED:
        return globe()
    if not side.mapping:
        raise InvalidInput(
            f"a projected grid ({side.x.name}, {side.y.name}) tells no projection",
            hint="add a CF grid mapping, for example with rioxarray's write_crs",
        )
    return crs_of(side.mapping, f"({side.x.name}, {side.y.name})")
