"""GeoParquet: what a file says of its geometry columns, and geometries from their bytes.

Specified by OGC GeoParquet 1.1.0 (https://geoparquet.org/releases/v1.1.0/): the key ``geo`` of the
footer holds a JSON document. Geometries are well-known binary, decoded by shapely where it is
installed; coordinate reference systems are kept as PROJJSON and never interpreted further than
whether their coordinates are longitude and latitude.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pandas as pd

from sciknow.errors import DegradedWarning, IntegrityError, InvalidInput, MissingDependency
from sciknow.wire.trouble import DAMAGED

INSTALL = "sciknow[geoparquet]"
CRS84 = "OGC:CRS84"
"""What coordinates are in where a file does not say: longitude and latitude."""

CORNERS = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True)
class Geometry:
    """One geometry column.

    Parameters
    ----------
    name : str
        The column.
    encoding : str
        ``WKB``, or the name of a native encoding, which is left as it is.
    crs : str
        PROJJSON, `CRS84`, or empty where it is not known.
    lonlat : bool
        Whether the coordinates are longitude and latitude in degrees.
    covering : tuple of str
        Paths of the columns of xmin, ymin, xmax and ymax of each row; empty where there are none.
    bbox : tuple of float
        West, south, east, north of the file; empty where it does not say.
    """

    name: str
    encoding: str
    crs: str
    lonlat: bool
    covering: tuple[str, ...] = ()
    bbox: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Geo:
    """The geometry columns of a file, the primary one first."""

    columns: tuple[Geometry, ...]

    @property
    def primary(self) -> Geometry:
        """The column that a box is compared with."""
        return self.columns[0]

    @property
    def binary(self) -> tuple[str, ...]:
        """The columns of well-known binary."""
        return tuple(item.name for item in self.columns if item.encoding == "WKB")

    @property
    def corners(self) -> frozenset[str]:
        """The columns that hold the boxes of the rows, and nothing that users want."""
        return frozenset(path.partition(".")[0] for item in self.columns for path in item.covering)

    @property
    def attrs(self) -> dict[str, str]:
        """What a table says of its geometry."""
        return {"geometry": self.primary.name, "crs": self.primary.crs}


def parse_geo(text: bytes) -> Geo:
    """Read the key ``geo`` of a footer.

    Raises
    ------
    IntegrityError
        When it is no such document.
    """
    try:
        document = json.loads(text)
        primary = document["primary_column"]
        columns = {name: _geometry(name, value) for name, value in document["columns"].items()}
        first = columns.pop(primary)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(
            f"a GeoParquet file with a broken key geo: {error}", hint=DAMAGED
        ) from error
    return Geo((first, *columns.values()))


def _geometry(name: str, value: Mapping[str, Any]) -> Geometry:
    crs = value.get("crs", CRS84)
    corners = (value.get("covering") or {}).get("bbox") or {}
    bbox = [float(item) for item in value.get("bbox") or ()]
    return Geometry(
        name=name,
        encoding=str(value["encoding"]),
        crs=crs if isinstance(crs, str) else "" if crs is None else json.dumps(crs),
        lonlat=crs == CRS84 or (isinstance(crs, Mapping) and _geographic(crs)),
        covering=tuple(".".join(corners[key]) for key in CORNERS) if corners else (),
        bbox=_flat(bbox),
    )


def _geographic(crs: Mapping[str, Any]) -> bool:
    """Tell whether a PROJJSON object is a geographic system of two or three axes."""
    return crs.get("type") in {"GeographicCRS", "GeodeticCRS"}


def _flat(bbox: list[float]) -> tuple[float, ...]:
    if len(bbox) == 6:
        return bbox[0], bbox[1], bbox[3], bbox[4]
    return tuple(bbox) if len(bbox) == 4 else ()


def check_lonlat(geo: Geo) -> None:
    """Refuse a box of degrees for geometries that are not in degrees.

    Raises
    ------
    InvalidInput
        Naming the column.
    """
    if not geo.primary.lonlat:
        raise InvalidInput(
            f"the geometries in {geo.primary.name!r} are not in longitude and latitude",
            hint="open the table whole and filter it in its own coordinates (attrs['crs'])",
        )


def has_shapely() -> bool:
    """Tell whether geometries can be decoded here."""
    return find_spec("shapely") is not None


def need_shapely() -> Any:
    """Return shapely.

    Raises
    ------
    MissingDependency
        When it is not installed.
    """
    if not has_shapely():
        raise MissingDependency(
            "cutting a box out of geometries needs shapely, which is not installed",
            hint=f"pip install '{INSTALL}'",
        )
    return import_module("shapely")


def warn_without_shapely(geo: Geo) -> None:
    """Say that geometries stay bytes, where they do."""
    if geo.binary and not has_shapely():
        warnings.warn(
            f"geometries in {', '.join(geo.binary)} stay well-known binary, since shapely is not "
            f"installed: pip install '{INSTALL}'",
            DegradedWarning,
            stacklevel=3,
        )


def decode(part: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return a partition with the geometries of some columns decoded."""
    shapely = import_module("shapely")
    found = part.copy(deep=False)
    for name in names:
        if name in found.columns:
            values = shapely.from_wkb(found[name].to_numpy(dtype=object, na_value=None))
            found[name] = pd.Series(values, index=found.index, dtype=object)
    return found


def bounds(values: pd.Series) -> Any:
    """Return xmin, ymin, xmax, ymax of each geometry, of well-known binary or decoded."""
    shapely = need_shapely()
    plain = values.to_numpy(dtype=object, na_value=None)
    return shapely.bounds(shapely.from_wkb(plain)).T
