"""A box in longitude and latitude on a projected grid: its rows and columns.

pyproj does the transformation; it is imported here only, when a grid is projected.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox

POINTS = 129
"""Points along each side of the box, and across it, that are transformed."""


def extent(
    mapping: xr.DataArray, x: xr.DataArray, y: xr.DataArray, bbox: BBox
) -> tuple[float, float, float, float]:
    """Return the least rectangle of a projected grid that holds a box.

    Parameters
    ----------
    mapping : DataArray
        The CF grid mapping.
    x, y : DataArray
        The grid's coordinates.
    bbox : tuple of four floats
        West, south, east, north in degrees; west above east crosses the antimeridian.

    Returns
    -------
    tuple of four floats
        Least and greatest x, least and greatest y.

    Raises
    ------
    InvalidInput
        When the grid mapping is not understood, or the box lies where the projection has no
        place.
    """
    west, south, east, north = bbox
    east += 360.0 * (east < west)
    lon, lat = np.meshgrid(np.linspace(west, east, POINTS), np.linspace(south, north, POINTS))
    crs = crs_of(mapping)
    try:
        forward = Transformer.from_crs(crs.geodetic_crs or "EPSG:4326", crs, always_xy=True)
    except ProjError as error:
        raise InvalidInput(f"the projection {crs.name} is not to be had: {error}") from error
    found_x, found_y = forward.transform((lon + 180) % 360 - 180, lat)
    there = np.isfinite(found_x) & np.isfinite(found_y)
    if not there.any():
        raise InvalidInput(
            f"the box {bbox} lies outside the projection {crs.name}", hint="take another box"
        )
    inner_x, inner_y = _inside(crs, x, y, bbox)
    found_x = np.concatenate([found_x[there], inner_x])
    found_y = np.concatenate([found_y[there], inner_y])
    return found_x.min(), found_x.max(), found_y.min(), found_y.max()


def _inside(crs: CRS, x: xr.DataArray, y: xr.DataArray, bbox: BBox) -> tuple[Any, Any]:
    """Return places of the grid itself that lie in the box: what its points may have missed."""
    at_x = np.linspace(float(x[0]), float(x[-1]), POINTS)
    at_y = np.linspace(float(y[0]), float(y[-1]), POINTS)
    grid_x, grid_y = (item.ravel() for item in np.meshgrid(at_x, at_y))
    back = Transformer.from_crs(crs, crs.geodetic_crs or "EPSG:4326", always_xy=True)
    lon, lat = back.transform(grid_x, grid_y)
    west, south, east, north = bbox
    wide = east - west >= 360
    with np.errstate(invalid="ignore"):
        along = wide | ((lon - west) % 360 <= (east - west) % 360)
        chosen = along & (lat >= south) & (lat <= north) & np.isfinite(lon)
    return grid_x[chosen], grid_y[chosen]


def crs_of(mapping: xr.DataArray) -> CRS:
    """Return the coordinate reference system of a CF grid mapping.

    Raises
    ------
    InvalidInput
        When it is not understood.
    """
    try:
        return CRS.from_cf({str(key): value for key, value in mapping.attrs.items()})
    except (CRSError, KeyError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"the grid mapping {mapping.name!r} is not understood: {str(error)[:200]}",
            hint="open the data whole and select along x and y",
        ) from error
