"""The variables of one GeoTIFF, or of a mosaic of several, as xarray takes them undecoded."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from xarray.backends import AbstractDataStore, BackendArray
from xarray.core import indexing

from sciknow.errors import DegradedWarning, InvalidInput, SourceUnavailable
from sciknow.readers.arrays import chunked, chunks, decoding
from sciknow.readers.formats.geotiff.image import Image
from sciknow.readers.formats.geotiff.keys import Grid, axis_attrs, grid_of, spatial_ref
from sciknow.readers.formats.geotiff.meta import band_attrs, common, file_attrs
from sciknow.readers.formats.geotiff.mosaic import Mosaic, outer, preferred_chunks, squeezed
from sciknow.readers.formats.geotiff.tiff import Tiff
from sciknow.readers.protocol import Location
from sciknow.readers.size import check_variables
from sciknow.wire.budget import Limits
from sciknow.wire.rangefile import LocalFile, RangeFile
from sciknow.wire.trouble import explain

GRID_MAPPING = "spatial_ref"
DATA = "band_data"
MASK = "mask"
STRIPS = "strips of whole rows"


class ImageArray(BackendArray):
    """One image of a file, or one band of it, read when it is indexed.

    Parameters
    ----------
    tiff : Tiff
        The file.
    number : int
        Which of its images.
    band : int, optional
        Which band, counted from 0; all of them by default.
    """

    def __init__(self, tiff: Tiff, number: int, band: int | None = None) -> None:
        self.tiff, self.number, self.band = tiff, number, band
        image = tiff.images[number]
        self.shape = image.shape if band is None else image.shape[1:]
        self.dtype = image.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        image = self.tiff.images[self.number]
        index = outer(self.shape, key)
        if self.band is None:
            out = image.read(self.tiff.file, index)
        else:
            out = image.read(self.tiff.file, [np.array([self.band]), *index])[0]
        return np.asarray(out[squeezed(key)])


class GeotiffStore(AbstractDataStore):
    """Undecoded variables of one file, as xarray's engine ``store`` takes them."""

    def __init__(self, attrs: Mapping[str, Any], variables: Mapping[str, xr.Variable]) -> None:
        self.attrs, self.variables = dict(attrs), dict(variables)

    def get_attrs(self) -> dict[str, Any]:
        """Return the global attributes."""
        return self.attrs

    def get_variables(self) -> dict[str, xr.Variable]:
        """Return every variable, read when it is indexed."""
        return self.variables


def open_tiff(location: Location) -> Tiff:
    """Open a file; its header is read.

    Raises
    ------
    SourceUnavailable
        When there is none, or it is no TIFF file.
    """
    with explain(location.url, "a GeoTIFF"):
        if location.path is None:
            tiff = Tiff(RangeFile(location.transport, location.url))
        elif location.path.is_file():
            tiff = Tiff(LocalFile(location.path))
        else:
            raise SourceUnavailable(f"there is no file {location.url}", hint="check the path")
        if tiff.others:
            warnings.warn(
                f"{location.url} holds {tiff.others} further images; the first one is opened",
                DegradedWarning,
                stacklevel=2,
            )
        return tiff


def level_of(tiff: Tiff, options: Mapping[str, object]) -> int:
    """Return the number of the image that the option ``overview_level`` asks for.

    Raises
    ------
    InvalidInput
        When the file has no such overview.
    """
    level = options.get("overview_level")
    if level is None:
        return 0
    found = tiff.overviews
    if not isinstance(level, int) or level >= len(found):
        sizes = ", ".join(f"{item.shape[1]} x {item.shape[2]}" for item in found) or "none"
        raise InvalidInput(
            f"{tiff.file.url} has no overview {level}", hint=f"it has, from 0 on: {sizes}"
        )
    return tiff.images.index(found[level])


def image_grid(tiff: Tiff, number: int) -> Grid:
    """Return where the pixels of an image lie."""
    _, rows, columns = tiff.main.shape
    whole = grid_of(tiff.main.tags["geo"], rows, columns, tiff.file.url)
    if number == 0:
        return whole
    return whole.coarser(*tiff.images[number].shape[1:])


def store_of(tiff: Tiff, options: Mapping[str, object]) -> GeotiffStore:
    """Return the variables of one file."""
    number = level_of(tiff, options)
    image = tiff.images[number]
    grid = image_grid(tiff, number)
    said = band_attrs(_told(tiff, image))
    variables = grid_variables(grid)
    if options.get("band_as_variable"):
        for band, attrs in enumerate(said):
            variables[f"band_{band + 1}"] = _image_variable(tiff, number, attrs, band)
    else:
        attrs, alike = common(said)
        _warn_unlike(tiff.file.url, alike)
        variables["band"] = xr.Variable("band", np.arange(1, image.shape[0] + 1))
        variables[DATA] = _image_variable(tiff, number, attrs, None)
    mask = tiff.mask(image)
    if mask is not None:
        variables[MASK] = _image_variable(tiff, tiff.images.index(mask), {}, 0)
    return GeotiffStore(file_attrs(tiff.main), variables)


def _told(tiff: Tiff, image: Image) -> Image:
    """Return the image that tells what the bands of another mean: overviews say it rarely."""
    return tiff.main if tiff.main.shape[0] == image.shape[0] else image


def _warn_unlike(url: str, alike: bool) -> None:
    if not alike:
        warnings.warn(
            f"the bands of {url} have scales of their own, so the values stay packed; "
            "band_as_variable unpacks each",
            DegradedWarning,
            stacklevel=2,
        )


def _image_variable(
    tiff: Tiff, number: int, attrs: Mapping[str, Any], band: int | None
) -> xr.Variable:
    image = tiff.images[number]
    data = indexing.LazilyIndexedArray(ImageArray(tiff, number, band))
    dims = ("band", "y", "x")[band is not None :]
    sizes = image.chunks[band is not None :]
    encoding = {
        "preferred_chunks": dict(zip(dims, sizes, strict=True)),
        "source": tiff.file.url,
        "grid_mapping": GRID_MAPPING,
    }
    if not image.tiled:
        encoding["layout"] = STRIPS
    return xr.Variable(dims, data, dict(attrs), encoding)


def grid_variables(grid: Grid) -> dict[str, xr.Variable]:
    """Return the CF grid mapping of a grid, and its coordinates where they are x and y."""
    found = {GRID_MAPPING: xr.Variable((), 0, spatial_ref(grid))}
    if grid.upright:
        x, y = axis_attrs(grid)
        found["y"] = xr.Variable("y", grid.y(), y)
        found["x"] = xr.Variable("x", grid.x(), x)
    return found


def decoded(
    store: GeotiffStore, options: Mapping[str, object], url: str, limits: Limits
) -> xr.Dataset:
    """Decode values as the options say, and put them on dask.

    Raises
    ------
    LimitExceeded
        For too many tiles, or an image too wide or high.
    """
    check_variables(store.get_variables(), limits, url, options.get("chunks"))
    opened = xr.open_dataset(store, engine="store", **decoding(options))
    return chunked(opened.set_coords(GRID_MAPPING), chunks(options))


def packed_alike(tiffs: Sequence[Tiff]) -> list[dict[str, Any]]:
    """Return what several files say of their bands.

    Raises
    ------
    InvalidInput
        When bands, types or packing differ.
    """
    first = tiffs[0]
    said = band_attrs(first.main)
    for tiff in tiffs[1:]:
        own = band_attrs(tiff.main)
        if tiff.main.dtype != first.main.dtype or not common([*said, *own])[1]:
            raise InvalidInput(
                f"{first.file.url} and {tiff.file.url} are packed differently: "
                f"{first.main.dtype} {said[:1]}, {tiff.main.dtype} {own[:1]}",
                hint="open them one by one",
            )
        if len(own) != len(said):
            raise InvalidInput(
                f"{first.file.url} and {tiff.file.url} have {len(said)} and {len(own)} bands",
                hint="open them one by one",
            )
    return said


def mosaic_variable(
    found: Mosaic, dims: tuple[str, str, str], attrs: Mapping[str, Any]
) -> xr.Variable:
    """Return the undecoded variable of a mosaic."""
    encoding: dict[str, Any] = {
        "preferred_chunks": dict(zip(dims, preferred_chunks(found), strict=True)),
        "grid_mapping": GRID_MAPPING,
    }
    if not found.pieces[0].image.tiled:
        encoding["layout"] = STRIPS
    return xr.Variable(dims, indexing.LazilyIndexedArray(found), dict(attrs), encoding)
