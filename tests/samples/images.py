"""GeoTIFF files in many layouts, written by rasterio."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

UTM = "EPSG:32631"
ORIGIN = (500_000.0, 5_000_000.0)
ROWS, COLUMNS = 300, 420


def pattern(bands: int = 1, rows: int = ROWS, columns: int = COLUMNS, dtype: str = "int16"):
    """Values that compress unevenly: noise over half of the area, constant over the rest."""
    random = np.random.default_rng(5)
    top = 250 if dtype == "uint8" else 9000
    values = random.integers(1, top, (bands, rows, columns)).astype(dtype)
    values[:, :, columns // 2 :] = 7
    return values


def write(path: Path, values, *, crs=UTM, origin=ORIGIN, step=10.0, **profile) -> Path:
    """Write values (band, y, x) to a GeoTIFF."""
    descriptions, tags = profile.pop("descriptions", ()), profile.pop("tags", {})
    scales, offsets = profile.pop("scales", None), profile.pop("offsets", None)
    bands, rows, columns = values.shape
    profile = {"driver": "GTiff", **profile}
    if profile["driver"] == "GTiff" and "transform" not in profile:
        profile["transform"] = from_origin(*origin, step, step)
    profile.setdefault("transform", from_origin(*origin, step, step))
    with rasterio.open(
        path,
        "w",
        width=columns,
        height=rows,
        count=bands,
        dtype=values.dtype,
        crs=crs,
        **profile,
    ) as file:
        file.write(values)
        for band, text in enumerate(descriptions, 1):
            file.set_band_description(band, text)
        if scales:
            file.scales, file.offsets = scales, offsets
        file.update_tags(**tags)
    return path


TILED = {"tiled": True, "blockxsize": 64, "blockysize": 64}
COG = {"driver": "COG", "blocksize": 64, "overviews": "IGNORE_EXISTING"}

LAYOUTS = {
    "cog": (3, "int16", {**COG, "compress": "deflate", "predictor": "yes"}),
    "cog plain": (1, "float32", {**COG, "compress": "none"}),
    "cog zstd": (1, "uint16", {**COG, "compress": "zstd", "bigtiff": "yes"}),
    "cog lerc": (1, "float32", {**COG, "compress": "lerc_deflate", "max_z_error": 0}),
    "cog webp": (3, "uint8", {**COG, "compress": "webp", "quality": 100}),
    "cog lzw": (1, "int16", {**COG, "compress": "lzw"}),
    "tiled": (1, "int32", {**TILED, "compress": "lzw"}),
    "tiled planes": (3, "int16", {**TILED, "compress": "deflate", "interleave": "band"}),
    "tiled floats": (2, "float64", {**TILED, "compress": "deflate", "predictor": 3}),
    "tiled high": (1, "uint8", {"tiled": True, "blockxsize": 32, "blockysize": 128}),
    "strips": (1, "int16", {"tiled": False, "blockysize": 8}),
    "strips packed": (3, "uint8", {"tiled": False, "blockysize": 16, "compress": "packbits"}),
    "one strip": (1, "int16", {"tiled": False, "blockysize": ROWS, "compress": "deflate"}),
    "big endian": (1, "uint16", {**TILED, "endianness": "BIG"}),
}


def write_layouts(folder: Path) -> dict[str, str]:
    """Write a file of each layout and return their names by title."""
    names = {}
    for title, (bands, dtype, profile) in LAYOUTS.items():
        name = title.replace(" ", "-") + ".tif"
        write(folder / name, pattern(bands, dtype=dtype), **profile)
        names[title] = name
    return names
