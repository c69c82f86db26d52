"""File formats in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sciknow.formats import installed_formats
from sciknow.pattern import Pattern

_OTHERS = {
    "geojson": "json",
    "hdf5": "hdf5",
    "hdf": "hdf5",
    "hdf-5": "hdf5",
    "shapefile": "shapefile",
    "shapefiles": "shapefile",
    "shp": "shapefile",
}
"""Words for formats that no reader of ours has the name of → the format as the index writes it."""

_NC = Pattern(
    r"(?<![A-Za-z0-9.])nc(?=\s*(?:files?\b|格式|文件|数据))",
    re.I,
    needs=("nc", "file|格式|文件|数据"),
)
_WORD = Pattern(r"\.?[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")


def format_words() -> dict[str, str]:
    """Return what formats are called → how the index writes them.

    An index keeps them, since a first question need not wait until all formats are looked up.
    """
    known = installed_formats().values()
    return {word: item.family or item.name for item in known for word in item.words} | _OTHERS


def find_format(text: str, words: Mapping[str, str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the file format that a text names, as the index writes it, and where it does so.

    Examples
    --------
    >>> known = format_words()
    >>> find_format("as GeoTIFF", known), find_format("Zarr 格式", known)
    (('tiff', [(3, 10)]), ('zarr', [(0, 4)]))
    """
    named = [(".nc", found) for found in [_NC.search(text)] if found]
    named += [(found[0].lower(), found) for found in _WORD.finditer(text)]
    return next(((words[word], [found.span()]) for word, found in named if word in words), ("", []))
