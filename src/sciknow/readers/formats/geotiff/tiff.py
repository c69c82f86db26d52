"""TIFF images read in place: the header once, then the byte ranges of tiles or strips.

Tags and codecs are tifffile's. The bytes come through our own file objects, so that retries,
cache, deadline and counting hold, and the table of tiles tells beforehand what a part costs.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable
from sciknow.readers.formats.geotiff.image import Image
from sciknow.wire.rangefile import LocalFile, Positioned, RangeFile
from sciknow.wire.trouble import DAMAGED

MAX_READ = 64 * 2**20
"""The most bytes that one piece of a header may have."""

MAX_SEGMENT = 2**30
"""The most bytes that one tile or strip may have once it is unpacked."""

MAX_IMAGES = 64
"""Images of one file that are looked at: the first, its overviews and masks."""

_REDUCED, _MASK = 1, 4


class HeaderFile(Positioned):
    """What tifffile reads a header through: small reads, each of them bounded."""

    def __init__(self, file: RangeFile | LocalFile) -> None:
        super().__init__()
        self.file, self.size = file, file.size

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises
        ------
        IntegrityError
            When the header asks for more than a header has.
        """
        return self._next(self.size - self._at if size is None or size < 0 else size)

    def _next(self, size: int) -> bytes:
        size = max(0, min(size, self.size - self._at))
        if size > MAX_READ:
            raise IntegrityError(f"a TIFF header with a tag of {size:,} bytes", hint=DAMAGED)
        data = self.file.fetch(self._at, self._at + size) if size else b""
        self._at += len(data)
        return data


class Tiff:
    """A TIFF file: its images and tags, read when they are first needed; picklable.

    Parameters
    ----------
    file : RangeFile or LocalFile
        The file.
    """

    def __init__(self, file: RangeFile | LocalFile) -> None:
        self.file = file
        self._images: list[Image] | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return Tiff, (self.file,)

    def __dask_tokenize__(self) -> object:
        return ("sciknow-tiff", self.file.url, self.file.size)

    @property
    def images(self) -> list[Image]:
        """The images of the file, the first one in full resolution.

        Raises
        ------
        SourceUnavailable
            When it is no TIFF file.
        IntegrityError
            When its header is broken, or the file ends before its images do.
        """
        with self._lock:
            if self._images is None:
                self._images = list(self._read())
            return self._images

    def _read(self) -> Iterator[Image]:
        try:
            header: Any = HeaderFile(self.file)
            opened = tifffile.TiffFile(header, name=self.file.url)
            pages = list(_pages(opened))
        except tifffile.TiffFileError as error:
            raise SourceUnavailable(
                f"{self.file.url} is not a TIFF file: {error}",
                hint="the source has changed or is damaged, or the catalogue names the wrong "
                "reader",
            ) from error
        if not pages:
            raise IntegrityError(f"{self.file.url} holds no image", hint=DAMAGED)
        for page in pages:
            yield image_of(page, self.file)

    @property
    def main(self) -> Image:
        """The image in full resolution."""
        return self.images[0]

    @property
    def overviews(self) -> list[Image]:
        """The same image in lower resolutions, the finest first."""
        rest = [
            item
            for item in self.images[1:]
            if item.kind & _REDUCED and not item.kind & _MASK and item.dtype == self.main.dtype
        ]
        return sorted(rest, key=lambda item: -item.shape[1])

    @property
    def others(self) -> int:
        """How many further images there are that are no overviews and no masks."""
        return sum(not item.kind & (_REDUCED | _MASK) for item in self.images[1:])

    def mask(self, image: Image) -> Image | None:
        """Return the mask of an image, where the file holds one."""
        found = (item for item in self.images if item.kind & _MASK)
        return next((item for item in found if item.shape[1:] == image.shape[1:]), None)


def _pages(opened: Any) -> Iterator[Any]:
    seen: set[int] = set()
    with suppress(IndexError):
        for number in range(MAX_IMAGES):
            page = opened.pages[number]
            if page.offset in seen:  # directories that lead round in a circle
                return
            seen.add(page.offset)
            yield page


def image_of(page: Any, file: RangeFile | LocalFile) -> Image:
    """Turn a page of tifffile into an image.

    Raises
    ------
    SourceUnavailable
        When its values have no type that numpy knows.
    IntegrityError
        When its table of segments does not fit its size, or the file.
    LimitExceeded
        When a segment would take too much memory.
    """
    if page.dtype is None or page.imagedepth != 1 or 0 in page.shaped:
        raise SourceUnavailable(
            f"{file.url}: an image of {page.bitspersample} bits and the shape {page.shaped} is "
            "not read",
            hint="convert it, for example with gdal_translate",
        )
    shape = (page.samplesperpixel, page.imagelength, page.imagewidth)
    tiled = bool(page.is_tiled)
    rows = 0 if tiled else min(page.rowsperstrip, page.imagelength)
    tags = _tags(page)
    dtype = np.dtype("u1") if page.dtype.kind == "b" else page.dtype.newbyteorder("=")
    image = Image(
        shape=shape,
        dtype=dtype,
        segment=(page.tilelength, page.tilewidth) if tiled else (rows, page.imagewidth),
        mixed=page.planarconfig == 1 or page.samplesperpixel == 1,
        tiled=tiled,
        offsets=np.asarray(page.dataoffsets, np.int64),
        counts=np.asarray(page.databytecounts, np.int64),
        nodata=parse_nodata(tags.get("GDAL_NODATA"), dtype),
        decode=_decoder(page),
        tags=tags,
        kind=int(page.subfiletype),
    )
    check(image, file)
    return image


def parse_nodata(text: object, dtype: np.dtype[Any]) -> Any:
    """Return the value that stands for none; None where there is none, or the type lacks it.

    Examples
    --------
    >>> parse_nodata("-9999", np.dtype("i2")), parse_nodata("-9999", np.dtype("u1"))
    (np.int16(-9999), None)
    """
    try:
        number = float(str(text).strip("\0 "))
    except ValueError:
        return None
    if dtype.kind in "iu":
        exact = int(number) if number.is_integer() else None
        limits = np.iinfo(dtype)
        fits = exact is not None and limits.min <= exact <= limits.max
        return dtype.type(exact) if fits else None
    with np.errstate(over="ignore"):
        return dtype.type(number)


def check(image: Image, file: RangeFile | LocalFile) -> None:
    """Check that segments are there, of a fair size, and inside the file."""
    count = math.prod(image.grid)
    if len(image.offsets) != count or len(image.counts) != count:
        raise IntegrityError(
            f"{file.url}: {len(image.offsets)} segments where the image has {count}", hint=DAMAGED
        )
    if image.unpacked > MAX_SEGMENT:
        raise LimitExceeded(
            f"{file.url}: one piece of the image takes {image.unpacked:,} bytes in memory",
            hint="make a tiled copy of it, for example with gdal_translate -of COG",
        )
    if image.counts.min() < 0 or int((image.offsets + image.counts).max()) > file.size:
        raise IntegrityError(
            f"{file.url}: the file ends before its image does ({file.size:,} bytes are there)",
            hint=DAMAGED,
        )


def _decoder(page: Any) -> Callable[[bytes, int], npt.NDArray[Any]]:
    decode, tables, header = page.decode, page.jpegtables, page.jpegheader

    def unpack(data: bytes, number: int) -> npt.NDArray[Any]:
        block, _, _ = decode(data, number, jpegtables=tables, jpegheader=header)
        return np.asarray(block[0])

    return unpack


_KEPT = {
    269: "TIFFTAG_DOCUMENTNAME",
    270: "TIFFTAG_IMAGEDESCRIPTION",
    305: "TIFFTAG_SOFTWARE",
    306: "TIFFTAG_DATETIME",
    315: "TIFFTAG_ARTIST",
    33432: "TIFFTAG_COPYRIGHT",
    42112: "GDAL_METADATA",
    42113: "GDAL_NODATA",
}
_GRID = {33550: "ModelPixelScale", 33922: "ModelTiepoint", 34264: "ModelTransformation"}


def _tags(page: Any) -> dict[str, Any]:
    """Return the tags that say what the values mean and where they lie."""
    found = {name: page.tags.valueof(code) for code, name in _KEPT.items() if code in page.tags}
    geo = dict(page.geotiff_tags) if 34735 in page.tags else {}
    geo |= {name: page.tags.valueof(code) for code, name in _GRID.items() if code in page.tags}
    return found | {"geo": geo}
