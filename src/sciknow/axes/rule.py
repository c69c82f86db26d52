"""What one coordinate is, from its attributes and, where they do not tell, from its name.

The rules are those of the CF conventions 1.11, chapters 4 (types of coordinates) and 5.6 (grid
mappings), with the attributes of Unidata's common data model beside them. Works on any name and
any mapping of attributes: of arrays, of columns of a table, of what a server says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a coordinate is."""

    TIME = "time"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    VERTICAL = "vertical"
    X = "x of a projection"
    Y = "y of a projection"
    OTHER_TIME = "time that the data do not run along: of a model run, a deployment, a lead"


_NORTH = re.compile(r"(deg(ree)?s?|°)[ _]?n(orth)?")
_EAST = re.compile(r"(deg(ree)?s?|°)[ _]?e(ast)?")
_DEGREES = re.compile(r"deg(ree)?s?|°|arc_?deg(ree)?s?")
"""CF 4.1 and 4.2 take the spellings of UDUNITS; those that people write beside are as clear."""
_PRESSURE = re.compile(r"(h|k|d|m)?pa|(milli|deci)?bars?|m?b|pascals?|hectopascals?|atm", re.I)
_SINCE = re.compile(r"\w+\s+since\s+\S", re.I)
_STANDARD = {
    "time": Kind.TIME,
    "latitude": Kind.LATITUDE,
    "longitude": Kind.LONGITUDE,
    "projection_x_coordinate": Kind.X,
    "projection_y_coordinate": Kind.Y,
    "projection_x_angular_coordinate": Kind.X,
    "projection_y_angular_coordinate": Kind.Y,
    "grid_longitude": Kind.X,
    "grid_latitude": Kind.Y,
    "forecast_reference_time": Kind.OTHER_TIME,
    "forecast_period": Kind.OTHER_TIME,
    "leap_second_time": Kind.OTHER_TIME,
    "air_pressure": Kind.VERTICAL,
    "altitude": Kind.VERTICAL,
    "depth": Kind.VERTICAL,
    "geopotential_height": Kind.VERTICAL,
    "height": Kind.VERTICAL,
    "height_above_geopotential_datum": Kind.VERTICAL,
    "height_above_mean_sea_level": Kind.VERTICAL,
    "height_above_reference_ellipsoid": Kind.VERTICAL,
    "model_level_number": Kind.VERTICAL,
}
_DIMENSIONLESS = re.compile(r"(atmosphere|ocean)_\w*(sigma|sleve|ln_pressure|hybrid|s_)\w*")
"""Standard names of vertical coordinates without a dimension (CF, appendix D)."""
_DATA_MODEL = {
    "Time": Kind.TIME,
    "RunTime": Kind.OTHER_TIME,
    "Lat": Kind.LATITUDE,
    "Lon": Kind.LONGITUDE,
    "GeoX": Kind.X,
    "GeoY": Kind.Y,
    "GeoZ": Kind.VERTICAL,
    "Height": Kind.VERTICAL,
    "Pressure": Kind.VERTICAL,
}
NAMES = {
    Kind.LATITUDE: ("latitude", "lat", "decimallatitude", "nav_lat", "y_lat"),
    Kind.LONGITUDE: ("longitude", "lon", "long", "lng", "decimallongitude", "nav_lon", "x_lon"),
    Kind.TIME: ("time", "datetime", "date", "timestamp", "eventdate"),
}
"""Customary names, the most usual first, in lower case; for columns of tables these are all."""
_CUSTOMARY = (
    (Kind.LATITUDE, re.compile(r"[xytuv]?(nav_)?lat(itude)?s?[a-z]?_?\d*|y_lat|gphi[tuvf]")),
    (Kind.LONGITUDE, re.compile(r"[xytuv]?(nav_)?lon(g|gitude)?s?[a-z]?_?\d*|x_lon|glam[tuvf]")),
    (Kind.X, re.compile(r"xc?|xgeo|x_?coord(inate)?")),
    (Kind.Y, re.compile(r"yc?|ygeo|y_?coord(inate)?")),
    (
        Kind.VERTICAL,
        re.compile(
            r"z|(p|o|ocean_|model_)?lev(el)?s?|nav_lev|gdep[tuvw]|depth[a-z]?|deptht|altitude|"
            r"he?i?ght|pres(sure)?|isobaric\w*|sigma|bottom_top"
        ),
    ),
    (Kind.OTHER_TIME, re.compile(r"(forecast_)?ref(erence)?_?time|\w*(deploy|run|init)\w*")),
    (Kind.TIME, re.compile(r"t|(valid_?)?times?\d*|datetime|date|timestamp|eventdate|juld")),
)


def told(attrs: Mapping[Any, Any]) -> Kind | None:
    """Tell what a coordinate is from its attributes alone; None where they do not tell.

    The standard name comes first, then units that only one kind of coordinate has, then the axis
    type of the common data model, then the attributes ``axis`` and ``positive``. ``axis`` X or Y
    is longitude or latitude where the units are degrees, else a projection's (CF 4).

    Examples
    --------
    >>> told({"units": "degreeN"}), told({"standard_name": "time", "units": "days since 2000-1-1"})
    (<Kind.LATITUDE: 'latitude'>, <Kind.TIME: 'time'>)
    >>> told({"standard_name": "forecast_reference_time", "axis": "T"}) is Kind.OTHER_TIME
    True
    """
    standard = str(attrs.get("standard_name", "")).strip().lower()
    if found := _STANDARD.get(standard):
        return found
    if _DIMENSIONLESS.fullmatch(standard):
        return Kind.VERTICAL
    units = str(attrs.get("units", "")).strip()
    return (
        (None if standard else _of_units(units))
        or _DATA_MODEL.get(str(attrs.get("_CoordinateAxisType", "")))
        or _of_axis(str(attrs.get("axis", attrs.get("cartesian_axis", ""))).upper(), units)
        or (Kind.VERTICAL if str(attrs.get("positive", "")).lower() in ("up", "down") else None)
    )


def is_since(units: str) -> bool:
    """Tell whether units count time from a moment (CF 4.4)."""
    return _SINCE.match(units.strip()) is not None


def _of_units(units: str) -> Kind | None:
    lower = units.lower()
    if _NORTH.fullmatch(lower):
        return Kind.LATITUDE
    if _EAST.fullmatch(lower):
        return Kind.LONGITUDE
    return Kind.TIME if is_since(units) else None


def _of_axis(axis: str, units: str) -> Kind | None:
    if axis == "X" or axis == "Y":
        return _in_degrees(Kind.X if axis == "X" else Kind.Y, units)
    return {"T": Kind.TIME, "Z": Kind.VERTICAL}.get(axis)


def _in_degrees(side: Kind, units: str) -> Kind:
    """Tell what runs along X or Y: longitude or latitude in degrees, else a projection's own."""
    if any(known.fullmatch(units.lower()) for known in (_DEGREES, _NORTH, _EAST)):
        return Kind.LONGITUDE if side is Kind.X else Kind.LATITUDE
    return side


def guessed(name: object, attrs: Mapping[Any, Any]) -> Kind | None:
    """Guess what a coordinate is from its units, its long name or its customary name.

    Examples
    --------
    >>> guessed("nav_lat", {}), guessed("latent_heat", {})
    (<Kind.LATITUDE: 'latitude'>, None)
    """
    units = str(attrs.get("units", "")).strip()
    if found := _of_units(units):
        return found
    for word in (str(attrs.get("long_name", "")).strip().lower(), str(name).lower()):
        if found := next((kind for kind, known in _CUSTOMARY if known.fullmatch(word)), None):
            return _in_degrees(found, units) if found in (Kind.X, Kind.Y) else found
    return Kind.VERTICAL if _PRESSURE.fullmatch(units) else None


def kind_of(name: object, attrs: Mapping[Any, Any]) -> Kind | None:
    """Tell what a coordinate is from its attributes, else guess it from its name."""
    return told(attrs) or guessed(name, attrs)


def column_of(kind: Kind, names: Iterable[str]) -> str | None:
    """Return the column of a table that is of a kind, from its customary names.

    Examples
    --------
    >>> column_of(Kind.LATITUDE, ["id", "Lat", "lon"])
    'Lat'
    """
    lower = {name.lower(): name for name in reversed(list(names))}
    return next((lower[name] for name in NAMES[kind] if name in lower), None)
