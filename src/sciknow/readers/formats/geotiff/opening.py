"""What the reader of GeoTIFF does: one file, or several on one grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sciknow.formats import path_of
from sciknow.readers.fileset import is_set, member_location, members
from sciknow.readers.formats.geotiff.cost import ImageCosts, MosaicCosts
from sciknow.readers.formats.geotiff.image import Image
from sciknow.readers.formats.geotiff.keys import Grid
from sciknow.readers.formats.geotiff.meta import common, file_attrs
from sciknow.readers.formats.geotiff.mosaic import Mosaic, Piece, compose, join
from sciknow.readers.formats.geotiff.store import (
    DATA,
    MASK,
    GeotiffStore,
    decoded,
    grid_variables,
    image_grid,
    level_of,
    mosaic_variable,
    open_tiff,
    packed_alike,
    store_of,
)
from sciknow.readers.formats.geotiff.tiff import Tiff
from sciknow.readers.joining import open_each
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import explain


def open_images(location: Location, options: Mapping[str, object]) -> xr.Dataset:
    """Open one file or several lazily; of each the header is read."""
    if is_set(location, options):
        return _open_set(location, options)
    tiff = open_tiff(location)
    with explain(location.url, "a GeoTIFF"):
        store = store_of(tiff, options)
    location.transport.kept[location.url] = tiff
    return decoded(store, options, location.url, location.limits)


def costs_of(location: Location, options: Mapping[str, object]) -> Costs:
    """Return what reading costs: the files' own tables name every length."""
    kept = location.transport.kept.get(location.url)
    if isinstance(kept, MosaicCosts):
        return kept
    tiff = kept if isinstance(kept, Tiff) else open_tiff(location)
    level = level_of(tiff, options)
    image = tiff.images[level]
    named: dict[str, tuple[Image, int | None]] = {DATA: (image, None)}
    named |= {f"band_{at + 1}": (image, at) for at in range(image.shape[0])}
    mask = tiff.mask(image)
    return ImageCosts(named if mask is None else named | {MASK: (mask, 0)})


def _open_set(location: Location, options: Mapping[str, object]) -> xr.Dataset:
    """Open several files as layers of one grid, or side by side."""
    urls = members(location, options)
    tiffs = open_each(urls, lambda url: open_tiff(member_location(location, url)))
    levels = [level_of(tiff, options) for tiff in tiffs]
    dim = options.get("concat_dim")
    grids = [
        (tiff.file.url, image_grid(tiff, level)) for tiff, level in zip(tiffs, levels, strict=True)
    ]
    with explain(location.url, "a set of GeoTIFF files"):
        grid, places = join(grids)
        said = packed_alike(tiffs)
        mosaics = _mosaics(grid, tiffs, levels, places, said, stacked=dim is not None)
    location.transport.kept[location.url] = MosaicCosts(mosaics)
    variables = grid_variables(grid)
    first = str(dim) if dim is not None else "band"
    names = [Path(path_of(url)).name for url in urls]
    index = np.array(names) if dim is not None else np.arange(1, len(said) + 1)
    variables[first] = xr.Variable(first, index)
    for at, (name, found) in enumerate(mosaics.items()):
        attrs = common(said)[0] if name == DATA else said[at]
        variables[name] = mosaic_variable(found, (first, "y", "x"), attrs)
    store = GeotiffStore(file_attrs(tiffs[0].main), variables)
    return decoded(store, options, location.url, location.limits)


def _mosaics(
    grid: Grid,
    tiffs: Sequence[Tiff],
    levels: Sequence[int],
    places: Sequence[tuple[int, int]],
    said: Sequence[Mapping[str, Any]],
    *,
    stacked: bool,
) -> dict[str, Mosaic]:
    """Return each variable's mosaic: bands as layers, or with *stacked* files as layers."""

    def piece(file: int, band: int) -> Piece:
        layer = file if stacked else band
        return Piece(tiffs[file], levels[file], band, layer, *places[file])

    bands, files = range(len(said)), range(len(tiffs))
    nodata = said[0].get("_FillValue")
    if not stacked:
        pieces = [piece(file, band) for band in bands for file in files]
        return {DATA: compose(grid, len(bands), pieces, nodata)}
    return {
        DATA if len(bands) == 1 else f"band_{band + 1}": compose(
            grid, len(tiffs), [piece(file, band) for file in files], nodata
        )
        for band in bands
    }
