"""Projections: the reference system of a CF grid mapping, what a coordinate's unit is, boxes.

pyproj does the reckoning; it is imported where a grid is projected only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from sciknow.axes.finder import find
from sciknow.axes.rule import Kind
from sciknow.errors import InvalidInput, MissingDependency
from sciknow.model.coverage import BBox

POINTS = 129
"""Points along each side of the box, and across it, that are transformed."""
GLOBE = "OGC:CRS84"
_RADIUS = 6_371_000.0

_UNIT = re.compile(r"\s*(?P<factor>\d+(?:\.\d+)?(?:e[+-]?\d+)?)?\s*(?P<unit>[^\d\s].*?)?\s*", re.I)
_PREFIX = {
    "": 1.0, "k": 1e3, "kilo": 1e3, "m": 1e-3, "milli": 1e-3, "c": 1e-2, "centi": 1e-2,
    "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "micro": 1e-6,
}  # fmt: skip
_LENGTH = re.compile(r"(?P<prefix>k|kilo|c|centi|m|milli|)(m|met(er|re)s?)")
_ANGLE = re.compile(r"(?P<prefix>m|milli|u|µ|μ|micro|)(rad|radians?)")
_FEET = {
    "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "international_foot": 0.3048,
    "us_survey_foot": 1200 / 3937, "us survey foot": 1200 / 3937, "us_survey_feet": 1200 / 3937,
}  # fmt: skip
_DEGREES = re.compile(r"(arc_?)?(deg(ree)?s?|°)[ _]?(n(orth)?|e(ast)?)?")


def unit_of(units: str) -> tuple[float, bool] | None:
    """Return how many metres, or radians, a unit is, and whether it is an angle.

    Examples
    --------
    >>> unit_of("km"), unit_of("microradian"), unit_of("100 km"), unit_of("furlong")
    ((1000.0, False), (1e-06, True), (100000.0, False), None)
    """
    found = _UNIT.fullmatch(units)
    if not found or not found["unit"]:
        return None
    factor, unit = float(found["factor"] or 1.0), found["unit"].lower()
    if length := _LENGTH.fullmatch(unit):
        return factor * _PREFIX[length["prefix"]], False
    if angle := _ANGLE.fullmatch(unit):
        return factor * _PREFIX[angle["prefix"]], True
    if unit in _FEET:
        return factor * _FEET[unit], False
    return (factor * math.radians(1.0), True) if _DEGREES.fullmatch(unit) else None


def _pyproj() -> Any:
    try:
        import pyproj
    except ImportError as error:
        raise MissingDependency(
            "a projected grid needs pyproj, which is not installed",
            hint="pip install 'sciknow[align]' (sciknow[geotiff] brings it too)",
        ) from error
    return pyproj


def crs_of(mapping: Mapping[str, Any], label: str) -> Any:
    """Return the coordinate reference system of a CF grid mapping, as a ``pyproj.CRS``.

    Parameters
    ----------
    mapping : mapping
        The attributes of the grid mapping.
    label : str
        What it is called in an error.

    Raises
    ------
    InvalidInput
        When it is not understood.
    MissingDependency
        Without pyproj.
    """
    pyproj = _pyproj()
    try:
        return pyproj.CRS.from_cf({str(key): value for key, value in mapping.items()})
    except (pyproj.exceptions.CRSError, KeyError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"pyproj does not know the projection of {label}: {str(error)[:200]}",
            hint="write a CF grid mapping or crs_wkt; or open the data whole and select along x, y",
        ) from error


def globe() -> Any:
    """Return the system of plain longitudes and latitudes, as a ``pyproj.CRS``."""
    return _pyproj().CRS.from_user_input(GLOBE)


def transformer(source: Any, target: Any) -> Any:
    """Return a ``pyproj.Transformer`` between two systems, x or longitude first.

    Raises
    ------
    InvalidInput
        When pyproj has no way between them.
    """
    pyproj = _pyproj()
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise InvalidInput(f"no way from {source} to {target}: {error}") from error


def degrees_of(item: xr.DataArray) -> np.ndarray[Any, Any]:
    """Return the values of a latitude or longitude in degrees, whatever the angle they stand in.

    Examples
    --------
    >>> degrees_of(xr.DataArray([0.0, np.pi], dims="cell", attrs={"units": "radian"})).tolist()
    [0.0, 180.0]
    """
    by = _degrees_each(item)
    return np.asarray(item.values if by == 1.0 else np.asarray(item.values, "f8") * by)


def in_degrees(ds: xr.Dataset) -> xr.Dataset:
    """Bring latitudes and longitudes in other angles to degrees, with their bounds; stays lazy."""
    made = {}
    for kind, unit in ((Kind.LATITUDE, "degrees_north"), (Kind.LONGITUDE, "degrees_east")):
        name = find(ds, kind)
        if not name or (by := _degrees_each(ds[name])) == 1.0:
            continue
        item = ds[name].variable
        made[name] = xr.Variable(item.dims, item.data * by, item.attrs | {"units": unit})
        edges = str(item.attrs.get("bounds", item.encoding.get("bounds")))
        if edges in ds.variables:
            made[edges] = ds.variables[edges] * by
    return ds.assign(made)


def _degrees_each(item: xr.DataArray) -> float:
    """Return the degrees that one unit of a latitude or longitude is."""
    found = unit_of(str(item.attrs.get("units", "")).strip())
    plain = found is None or not found[1] or found[0] == math.radians(1.0)
    return 1.0 if plain or found is None else math.degrees(found[0])


def metres_of(item: xr.DataArray, mapping: Mapping[str, Any]) -> float:
    """Return the metres on the ground that one unit of a projection's coordinate stands for.

    An angle counts on a sphere around the place that it is seen from: the perspective point, else
    the centre of the earth.
    """
    factor, angle = unit_of(str(item.attrs.get("units", ""))) or (1.0, False)
    return factor * float(mapping.get("perspective_point_height", _RADIUS)) if angle else factor


def scale_of(item: xr.DataArray, crs: Any) -> float:
    """Return what a coordinate's values are multiplied by to be those of its reference system.

    Angles of a geostationary view are multiplied by the height of the perspective point (CF,
    appendix F).

    Raises
    ------
    InvalidInput
        For a unit that cannot be one of this system's.
    """
    units = str(item.attrs.get("units", "")).strip()
    if units in ("", "1"):
        return 1.0
    found = unit_of(units)
    axis = crs.axis_info[0] if crs.axis_info else None
    own = float(axis.unit_conversion_factor) if axis is not None else 1.0
    flat = axis is None or "degree" not in str(axis.unit_name)
    if found is not None and found[1] is not flat:
        return found[0] / own
    height = crs.to_cf().get("perspective_point_height") if flat else None
    if found is None or height is None:
        raise InvalidInput(
            f"the coordinate {item.name!r} in {units!r} is none of the projection {crs.name}",
            hint="open the data whole and select along its dimensions",
        )
    return found[0] * float(height) / own


def extent(
    mapping: Mapping[str, Any], x: xr.DataArray, y: xr.DataArray, bbox: BBox
) -> tuple[float, float, float, float]:
    """Return the least rectangle of a projected grid that holds a box.

    Parameters
    ----------
    mapping : mapping
        The attributes of the CF grid mapping.
    x, y : DataArray
        The grid's coordinates.
    bbox : tuple of four floats
        West, south, east, north in degrees; west above east crosses the antimeridian.

    Returns
    -------
    tuple of four floats
        Least and greatest x, least and greatest y, in the coordinates' own units.

    Raises
    ------
    InvalidInput
        When the grid mapping or a unit is not understood, or the box lies where the projection
        has no place.
    """
    west, south, east, north = bbox
    east += 360.0 * (east < west)
    lon, lat = np.meshgrid(np.linspace(west, east, POINTS), np.linspace(south, north, POINTS))
    crs = crs_of(mapping, f"({x.name}, {y.name})")
    by = scale_of(x, crs), scale_of(y, crs)
    globe_ = _globe_of(crs)
    found_x, found_y = transformer(globe_, crs).transform((lon + 180) % 360 - 180, lat)
    there = np.isfinite(found_x) & np.isfinite(found_y)
    if not there.any():
        raise InvalidInput(
            f"the box {bbox} lies outside the projection {crs.name}", hint="take another box"
        )
    inner_x, inner_y = _inside(transformer(crs, globe_), (x.values * by[0], y.values * by[1]), bbox)
    found_x = np.concatenate([found_x[there], inner_x]) / by[0]
    found_y = np.concatenate([found_y[there], inner_y]) / by[1]
    return found_x.min(), found_x.max(), found_y.min(), found_y.max()


def _globe_of(crs: Any) -> Any:
    """Return the longitudes and latitudes that a system is made from; not those of turned poles."""
    own = crs.geodetic_crs
    return (own.source_crs if own is not None and own.is_derived else own) or GLOBE


def _inside(back: Any, sides: tuple[Any, Any], bbox: BBox) -> tuple[Any, Any]:
    """Return places of the grid itself that lie in the box: what its points may have missed."""
    at = [np.linspace(float(side[0]), float(side[-1]), POINTS) for side in sides]
    grid_x, grid_y = (item.ravel() for item in np.meshgrid(*at))
    lon, lat = back.transform(grid_x, grid_y)
    west, south, east, north = bbox
    wide = east - west >= 360
    with np.errstate(invalid="ignore"):
        along = wide | ((lon - west) % 360 <= (east - west) % 360)
        chosen = along & (lat >= south) & (lat <= north) & np.isfinite(lon)
    return grid_x[chosen], grid_y[chosen]
