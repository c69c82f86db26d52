"""Tables as public tools write them, made for tests."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

CRS84 = "OGC:CRS84"
CORNERS = ("xmin", "ymin", "xmax", "ymax")


def table_of(lon, lat, crs=CRS84, covering=True, version="1.1.0"):
    """Write squares of half a degree as a GeoParquet table of the given version says."""
    shapes = shapely.box(lon - 0.25, lat - 0.25, lon + 0.25, lat + 0.25)
    xmin, ymin, xmax, ymax = shapely.bounds(shapes).T
    columns = {
        "id": pa.array(np.arange(lon.size)),
        "name": pa.array([f"湖 {number}" for number in range(lon.size)]),
        "seen": pa.array(pd.date_range("2001-01-01", periods=lon.size, freq="h")),
        "v": pa.array(np.random.default_rng(1).normal(size=lon.size)),
        "geometry": pa.array(shapely.to_wkb(shapes), pa.binary()),
    }
    primary = {"encoding": "WKB", "geometry_types": ["Polygon"]}
    if crs != CRS84:
        primary["crs"] = crs
    if covering:
        corners = zip(CORNERS, (xmin, ymin, xmax, ymax), strict=True)
        columns["bbox"] = pa.StructArray.from_arrays(
            *zip(*((pa.array(values), name) for name, values in corners), strict=True)
        )
        primary["covering"] = {"bbox": {name: ["bbox", name] for name in CORNERS}}
    document = {"version": version, "primary_column": "geometry", "columns": {"geometry": primary}}
    made = pa.table(columns)
    return made.replace_schema_metadata({"geo": json.dumps(document)})
