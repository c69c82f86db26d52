"""GeoKeys of a GeoTIFF → coordinate reference system and grid.

The keys are those of OGC GeoTIFF 1.1 (19-008r4). Codes are looked up by pyproj; a system that the
file defines itself is put together from its parameters.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS
from pyproj.crs import GeographicCRS, ProjectedCRS
from pyproj.crs import coordinate_operation as operations
from pyproj.crs.datum import CustomDatum, CustomEllipsoid
from pyproj.exceptions import CRSError

from sciknow.errors import DegradedWarning

USER_DEFINED = 32767

_PROJECTED, _GEOGRAPHIC, _GEOCENTRIC = 1, 2, 3
_PIXEL_IS_POINT = 2

_METHODS: Mapping[int, tuple[Any, Mapping[str, str]]] = {
    1: (
        operations.TransverseMercatorConversion,
        {
            "latitude_natural_origin": "lat0",
            "longitude_natural_origin": "lon0",
            "scale_factor_natural_origin": "scale",
        },
    ),
    7: (
        operations.MercatorAConversion,
        {
            "latitude_natural_origin": "lat0",
            "longitude_natural_origin": "lon0",
            "scale_factor_natural_origin": "scale",
        },
    ),
    8: (
        operations.LambertConformalConic2SPConversion,
        {
            "latitude_false_origin": "lat0",
            "longitude_false_origin": "lon0",
            "easting_false_origin": "east",
            "northing_false_origin": "north",
            "latitude_first_parallel": "parallel1",
            "latitude_second_parallel": "parallel2",
        },
    ),
    9: (
        operations.LambertConformalConic1SPConversion,
        {
            "latitude_natural_origin": "lat0",
            "longitude_natural_origin": "lon0",
            "scale_factor_natural_origin": "scale",
        },
    ),
    10: (
        operations.LambertAzimuthalEqualAreaConversion,
        {"latitude_natural_origin": "lat0", "longitude_natural_origin": "lon0"},
    ),
    11: (
        operations.AlbersEqualAreaConversion,
        {
            "latitude_false_origin": "lat0",
            "longitude_false_origin": "lon0",
            "easting_false_origin": "east",
            "northing_false_origin": "north",
            "latitude_first_parallel": "parallel1",
            "latitude_second_parallel": "parallel2",
        },
    ),
    12: (
        operations.AzimuthalEquidistantConversion,
        {"latitude_natural_origin": "lat0", "longitude_natural_origin": "lon0"},
    ),
    15: (
        operations.PolarStereographicBConversion,
        {"latitude_standard_parallel": "lat0", "longitude_origin": "lon0"},
    ),
    17: (
        operations.EquidistantCylindricalConversion,
        {"latitude_first_parallel": "parallel1", "longitude_natural_origin": "lon0"},
    ),
    24: (operations.SinusoidalConversion, {"longitude_natural_origin": "lon0"}),
    28: (
        operations.LambertCylindricalEqualAreaConversion,
        {"latitude_first_parallel": "parallel1", "longitude_natural_origin": "lon0"},
    ),
}
"""ProjCoordTransGeoKey → pyproj's conversion, and which of our parameters it takes."""

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "lat0": ("ProjNatOriginLatGeoKey", "ProjFalseOriginLatGeoKey", "ProjCenterLatGeoKey"),
    "lon0": (
        "ProjNatOriginLongGeoKey",
        "ProjFalseOriginLongGeoKey",
        "ProjCenterLongGeoKey",
        "ProjStraightVertPoleLongGeoKey",
    ),
    "parallel1": ("ProjStdParallel1GeoKey",),
    "parallel2": ("ProjStdParallel2GeoKey",),
    "scale": ("ProjScaleAtNatOriginGeoKey", "ProjScaleAtCenterGeoKey"),
    "east": ("ProjFalseEastingGeoKey", "ProjFalseOriginEastingGeoKey", "ProjCenterEastingGeoKey"),
    "north": (
        "ProjFalseNorthingGeoKey",
        "ProjFalseOriginNorthingGeoKey",
        "ProjCenterNorthingGeoKey",
    ),
}
_UNITS = {9001: ("metre", 1.0), 9002: ("foot", 0.3048), 9003: ("US survey foot", 1200 / 3937)}
"""ProjLinearUnitsGeoKey → name, metres."""


def crs_of(keys: Mapping[str, Any], where: str) -> CRS | None:
    """Return the coordinate reference system that GeoKeys name; None where they name none.

    A system that is not understood warns and is left out.
    """
    model = _code(keys, "GTModelTypeGeoKey")
    try:
        if model in (_GEOGRAPHIC, _GEOCENTRIC):
            return _geographic(keys)
        return _projected(keys) if model == _PROJECTED else _wkt(keys)
    except (CRSError, KeyError, ValueError, TypeError) as error:
        warnings.warn(
            f"{where}: its coordinate reference system is not understood "
            f"({str(error)[:200]}); it is opened without",
            DegradedWarning,
            stacklevel=2,
        )
        return None


def _code(keys: Mapping[str, Any], name: str) -> int:
    try:
        return int(keys.get(name, 0))
    except (TypeError, ValueError):
        return 0


def _number(keys: Mapping[str, Any], name: str, default: float) -> float:
    found = sorted(name for name in _PARAMETERS[name] if name in keys)
    return float(keys[found[0]]) if found else default


def _registered(code: int) -> CRS:
    try:
        return CRS.from_epsg(code)
    except CRSError:
        return CRS.from_authority("ESRI", code)


def _projected(keys: Mapping[str, Any]) -> CRS:
    code = _code(keys, "ProjectedCSTypeGeoKey")
    if 0 < code < USER_DEFINED:
        return _registered(code)
    if (told := _wkt(keys)) is not None:
        return told
    method = _code(keys, "ProjCoordTransGeoKey")
    if method not in _METHODS:
        raise ValueError(f"it has the projection method {method}")
    return _of_parameters(keys, method)


def _wkt(keys: Mapping[str, Any]) -> CRS | None:
    """Return the system that a citation spells out, as some writers do."""
    for name in ("PCSCitationGeoKey", "GTCitationGeoKey"):
        text = str(keys.get(name, ""))
        _, mark, wkt = text.partition("ESRI PE String = ")
        if mark:
            return CRS.from_wkt(wkt.rstrip("|\0 "))
    return None


def _of_parameters(keys: Mapping[str, Any], method: int) -> CRS:
    unit, metres = _UNITS[_code(keys, "ProjLinearUnitsGeoKey") or 9001]
    make, names = _METHODS[method]
    values = {ours: _number(keys, ours, 1.0 if ours == "scale" else 0.0) for ours in _PARAMETERS}
    values |= {"east": values["east"] * metres, "north": values["north"] * metres}
    if "east" not in names.values():
        names = {**names, "false_easting": "east", "false_northing": "north"}
    conversion = make(**{theirs: values[ours] for theirs, ours in names.items()})
    name = str(keys.get("PCSCitationGeoKey") or keys.get("GTCitationGeoKey") or "unnamed")
    made = ProjectedCRS(conversion, name=name, geodetic_crs=_geographic(keys))
    if metres == 1.0:
        return made
    plain = made.to_json_dict()
    for item in plain["coordinate_system"]["axis"]:
        item["unit"] = {"type": "LinearUnit", "name": unit, "conversion_factor": metres}
    return CRS.from_json_dict(plain)


def _geographic(keys: Mapping[str, Any]) -> CRS:
    code = _code(keys, "GeographicTypeGeoKey")
    if 0 < code < USER_DEFINED:
        return _registered(code)
    datum: Any = _code(keys, "GeogGeodeticDatumGeoKey")
    if 0 < datum < USER_DEFINED:
        return GeographicCRS(datum=f"urn:ogc:def:datum:EPSG::{datum}")
    return GeographicCRS(
        name=str(keys.get("GeogCitationGeoKey") or "unnamed"),
        datum=CustomDatum(ellipsoid=_ellipsoid(keys)),
    )


def _ellipsoid(keys: Mapping[str, Any]) -> Any:
    code = _code(keys, "GeogEllipsoidGeoKey")
    if 0 < code < USER_DEFINED:
        return f"urn:ogc:def:ellipsoid:EPSG::{code}"
    major = float(keys["GeogSemiMajorAxisGeoKey"])
    flat = float(keys.get("GeogInvFlatteningGeoKey", 0.0))
    if not flat and "GeogSemiMinorAxisGeoKey" in keys:
        return CustomEllipsoid(
            semi_major_axis=major, semi_minor_axis=float(keys["GeogSemiMinorAxisGeoKey"])
        )
    return CustomEllipsoid(semi_major_axis=major, inverse_flattening=flat)


@dataclass(frozen=True)
class Grid:
    """Where the pixels of an image lie.

    Parameters
    ----------
    crs : CRS, optional
        The coordinate reference system.
    transform : tuple of six floats, optional
        Origin x, step x along columns, step x along rows, origin y, step y along columns, step y
        along rows, as in GDAL's GeoTransform; the origin is the outer corner of the first pixel.
    rows, columns : int
        Size.
    """

    crs: CRS | None
    transform: tuple[float, float, float, float, float, float] | None
    rows: int
    columns: int

    @property
    def upright(self) -> bool:
        """Whether rows and columns run along the axes, so that x and y are coordinates."""
        return self.transform is not None and self.transform[2] == self.transform[4] == 0

    def x(self) -> npt.NDArray[np.float64]:
        """Return the x of the pixels' centres; the grid is upright."""
        origin, step = (self.transform or (0.0, 1.0))[:2]
        return np.asarray(origin + step * (np.arange(self.columns) + 0.5))

    def y(self) -> npt.NDArray[np.float64]:
        """Return the y of the pixels' centres; the grid is upright."""
        origin, step = (self.transform or (0.0,) * 4 + (0.0, 1.0))[3::2]
        return np.asarray(origin + step * (np.arange(self.rows) + 0.5))

    def coarser(self, rows: int, columns: int) -> Grid:
        """Return the grid of an overview, which covers the same area."""
        if self.transform is None:
            return Grid(self.crs, None, rows, columns)
        x, xx, xy, y, yx, yy = self.transform
        down, right = self.rows / rows, self.columns / columns
        made = (x, xx * right, xy * down, y, yx * right, yy * down)
        return Grid(self.crs, made, rows, columns)


def grid_of(keys: Mapping[str, Any], rows: int, columns: int, where: str) -> Grid:
    """Return the grid of the image in full resolution that GeoKeys belong to."""
    transform = _transform(keys)
    if transform is not None and _code(keys, "GTRasterTypeGeoKey") == _PIXEL_IS_POINT:
        x, xx, xy, y, yx, yy = transform
        transform = (x - (xx + xy) / 2, xx, xy, y - (yx + yy) / 2, yx, yy)
    return Grid(crs_of(keys, where), transform, rows, columns)


def _transform(keys: Mapping[str, Any]) -> tuple[float, float, float, float, float, float] | None:
    matrix = np.asarray(keys.get("ModelTransformation", ()), float).ravel()
    if matrix.size >= 8:
        a, b, _, d, e, f, _, h = matrix[:8].tolist()
        return _finite((d, a, b, h, e, f))
    scale = np.asarray(keys.get("ModelPixelScale", ()), float).ravel()
    tie = np.asarray(keys.get("ModelTiepoint", ()), float).ravel()
    if scale.size < 2 or tie.size < 6:
        return None
    column, row, _, x, y, _ = tie[:6].tolist()
    right, down = scale[:2].tolist()
    return _finite((x - column * right, right, 0.0, y + row * down, 0.0, -down))


def _finite(
    transform: tuple[float, float, float, float, float, float],
) -> tuple[float, float, float, float, float, float] | None:
    steps = transform[1] or transform[2], transform[4] or transform[5]
    return transform if all(map(math.isfinite, transform)) and all(steps) else None


def spatial_ref(grid: Grid) -> dict[str, Any]:
    """Return the attributes of the CF grid mapping of a grid."""
    found: dict[str, Any] = {} if grid.crs is None else dict(grid.crs.to_cf())
    if "crs_wkt" in found:
        found["spatial_ref"] = found["crs_wkt"]
    if grid.transform is not None:
        found["GeoTransform"] = " ".join(map(repr, grid.transform))
    return found


def axis_attrs(grid: Grid) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes of the coordinates x and y."""
    x: dict[str, Any] = {"axis": "X"}
    y: dict[str, Any] = {"axis": "Y"}
    for item in grid.crs.cs_to_cf() if grid.crs is not None else ():
        target = {"X": x, "Y": y}.get(item.get("axis", ""))
        if target is not None:
            target.update(item)
    return x, y
