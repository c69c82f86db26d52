"""Coordinates of one grid in the projection of another; pyproj does the reckoning."""

from __future__ import annotations

from typing import Any

import xarray as xr

from sciknow.alignment.profile import GridKind
from sciknow.alignment.target import Target, unit_of
from sciknow.errors import InvalidInput, MissingDependency

_GLOBE = "OGC:CRS84"


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
    pyproj = _pyproj()
    into, from_ = (_system(pyproj, side) for side in (source, target))
    if into == from_:
        return None
    x, y = target.mesh()
    scale_from = unit_of(target.x) if target.kind is GridKind.PROJECTED else 1.0
    scale_into = unit_of(source.x) if source.kind is GridKind.PROJECTED else 1.0
    change = pyproj.Transformer.from_crs(from_, into, always_xy=True)
    east, north = change.transform(x.values * scale_from, y.values * scale_from)
    found = (xr.DataArray(part / scale_into, dims=x.dims) for part in (east, north))
    one, other = found
    return one, other


def on_globe(grid: Target) -> tuple[Any, Any]:
    """Return longitude and latitude of each point of a projected grid, as arrays.

    Raises
    ------
    MissingDependency, InvalidInput
        As `transformed`.
    """
    pyproj = _pyproj()
    x, y = grid.mesh()
    unit = unit_of(grid.x)
    change = pyproj.Transformer.from_crs(_system(pyproj, grid), _GLOBE, always_xy=True)
    lon, lat = change.transform(x.values * unit, y.values * unit)
    return lon, lat


def _pyproj() -> Any:
    try:
        import pyproj
    except ImportError as error:
        raise MissingDependency(
            "a projected grid needs pyproj, which is not installed",
            hint="pip install 'sciknow[align]'",
        ) from error
    return pyproj


def _system(pyproj: Any, side: Target) -> Any:
    if side.kind is not GridKind.PROJECTED:
        return pyproj.CRS.from_user_input(_GLOBE)
    told = side.mapping
    if not told:
        raise InvalidInput(
            f"a projected grid ({side.x.name}, {side.y.name}) tells no projection",
            hint="add a CF grid mapping, for example with rioxarray's write_crs",
        )
    try:
        wkt = told.get("crs_wkt", told.get("spatial_ref"))
        return pyproj.CRS.from_wkt(wkt) if wkt else pyproj.CRS.from_cf(told)
    except pyproj.exceptions.CRSError as error:
        raise InvalidInput(
            f"pyproj does not know the projection of ({side.x.name}, {side.y.name}): {error}",
            hint="write a CF grid mapping or crs_wkt",
        ) from error
