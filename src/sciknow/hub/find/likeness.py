"""What an array object says of itself: its origin, words, box and years.

Works on anything with ``attrs``: an xarray object, a table of dask or pandas. No values are read,
only attributes and the indexes that are in memory already.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

import sciknow.readers as readers
import sciknow.search as search
from sciknow.axes.finder import find_each, find_times
from sciknow.axes.projection import degrees_of
from sciknow.axes.rule import Kind
from sciknow.errors import InvalidInput, NotFound
from sciknow.model import Concept, Dataset, Distribution, Publication
from sciknow.model.coverage import BBox
from sciknow.text import squeeze

ORIGIN = "sciknow_dataset"
"""The attribute in which an opened object keeps the id of its dataset."""
_ABOUT = ("title", "summary", "description", "keywords", "long_name", "comment", "subject")
_VARIABLES = 20
_YEAR = re.compile(r"\s*(\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an array object says of itself.

    Parameters
    ----------
    text : str
        Its title and summary, and its variables in words.
    bbox : tuple of four floats, or None
        West, south, east, north; None for the whole globe, or where not known.
    years : tuple of int or None
        First and last year.
    """

    text: str
    bbox: BBox | None = None
    years: tuple[int | None, int | None] = (None, None)

    @property
    def wish(self) -> search.Understood:
        """Its box and period as the search understands them."""
        places: tuple[search.Place, ...] = ()
        if self.bbox is not None:
            name = "box " + " ".join(f"{side:g}" for side in self.bbox)
            places = (search.Place(name, self.bbox, "box"),)
        start, end = ("" if year is None else f"{year:04}" for year in self.years)
        return search.Understood(start=start, end=end, places=places)


def likeness_of(array: object) -> Likeness:
    """Read what an array object says of itself.

    Parameters
    ----------
    array : xarray.Dataset, xarray.DataArray or a data frame
        Anything with attributes; nothing is computed.

    Raises
    ------
    InvalidInput
        For something else, or when it says nothing.
    """
    attrs = getattr(array, "attrs", None)
    if not isinstance(attrs, Mapping):
        raise InvalidInput(
            f"cannot tell what {type(array).__name__} is about",
            hint="give a text, a dataset or its id, or an xarray object",
        )
    words = [*_about(attrs), *_variables(array)]
    if not words:
        raise InvalidInput(
            "this array says nothing of itself: no title, no names of variables",
            hint='give a text, or set attrs["title"] or attrs["long_name"]',
        )
    text = ". ".join(dict.fromkeys(word.rstrip(". ") for word in words))
    return Likeness(text, _box(array, attrs), _years(array, attrs))


def open_file(path: Path) -> readers.Opened:
    """Open a file or store of the user's own lazily, to see what it says of itself.

    Raises
    ------
    NotFound
        When there is no such file, or no reader for it.
    """
    if not path.exists():
        raise NotFound(f"{path} is not there", hint="give a file, a Zarr store, words or an id")
    whole = path.resolve()
    way = Distribution(id="file", access_url=whole.name)
    return readers.open_distribution(way, base=whole.parent)


def origin_of(array: object) -> str:
    """Return the id of the dataset that an array object was opened from; empty for others."""
    attrs = getattr(array, "attrs", None)
    return str(attrs.get(ORIGIN, "")) if isinstance(attrs, Mapping) else ""


def words_of(record: Dataset | Publication | Concept) -> str:
    """Return what a record is called, in one language where it has two."""
    if isinstance(record, Concept):
        return " ".join(record.labels("en") or record.labels())
    keywords = [word for _, word in record.keywords] if isinstance(record, Dataset) else []
    return " ".join([record.title.best(), *keywords])


def _about(attrs: Mapping[Any, Any]) -> Iterator[str]:
    found = (squeeze(value) for value in map(attrs.get, _ABOUT) if isinstance(value, str))
    return (text for text in found if text)


def _variables(array: Any) -> Iterator[str]:
    """Yield each variable in words: its long name, its standard name, else its own name."""
    many = getattr(array, "data_vars", None)
    if isinstance(many, Mapping):
        named: Iterable[tuple[Any, Any]] = list(many.items())[:_VARIABLES]
    elif hasattr(array, "columns"):
        named = [(name, None) for name in list(array.columns)[:_VARIABLES]]
    else:
        named = [(getattr(array, "name", None) or "", array)]
    for name, variable in named:
        attrs = getattr(variable, "attrs", None) or {}
        long, standard = (attrs.get(key) for key in ("long_name", "standard_name"))
        words = [str(long or ""), str(standard or "").replace("_", " ")]
        yield from (text for text in dict.fromkeys(map(squeeze, words)) if text)
        if not any(words) and squeeze(str(name)):
            yield squeeze(str(name).replace("_", " "))


def _box(array: Any, attrs: Mapping[Any, Any]) -> BBox | None:
    ds = _coordinates(array)
    south, north = _extent(ds, attrs, "lat", Kind.LATITUDE)
    west, east = _extent(ds, attrs, "lon", Kind.LONGITUDE)
    if south is None or north is None or west is None or east is None:
        return None
    if not -90 <= south <= north <= 90 or not -360 <= west <= east <= 360:
        return None
    if east - west >= 350:
        west, east = -180.0, 180.0
    else:
        west, east = (side - 360 if side > 180 else side for side in (west, east))
    whole = east - west >= 350 and north - south >= 170
    return None if whole or min(west, east) < -180 else (west, south, east, north)


def _coordinates(array: Any) -> xr.Dataset:
    """Return the coordinates of an xarray object; those of the top of a tree; else none."""
    if isinstance(array, xr.DataTree):
        return array.to_dataset()
    if isinstance(array, xr.DataArray):
        return array.to_dataset(name=array.name or "values")
    return array if isinstance(array, xr.Dataset) else xr.Dataset()


def _extent(
    ds: xr.Dataset, attrs: Mapping[Any, Any], short: str, kind: Kind
) -> tuple[float | None, float | None]:
    """Return the least and the greatest latitude or longitude, from an index or attributes."""
    at = [degrees_of(ds[name]) for name in find_each(ds, kind) if name in ds.indexes]
    if known := [side for side in at if side.size]:
        return _number(min(s.min() for s in known)), _number(max(s.max() for s in known))
    ends = (attrs.get(f"geospatial_{short}_{end}") for end in ("min", "max"))
    first, last = map(_number, ends)
    return first, last


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _years(array: Any, attrs: Mapping[Any, Any]) -> tuple[int | None, int | None]:
    ds = _coordinates(array)
    for index in (ds.indexes[name] for name in find_times(ds) if name in ds.indexes):
        ends_ = (index.min(), index.max()) if len(index) else ()
        first, last = (getattr(end, "year", None) for end in ends_ or (None, None))
        if isinstance(first, int) and isinstance(last, int):
            return first, last
    ends = (str(attrs.get(f"time_coverage_{end}", "")) for end in ("start", "end"))
    start, end = (_YEAR.match(text) for text in ends)
    return int(start[1]) if start else None, int(end[1]) if end else None
