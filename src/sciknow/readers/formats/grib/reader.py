"""GRIB, editions 1 and 2: fields of weather and climate models, decoded by ecCodes.

ecCodes runs in a process of its own (`grib_process`). Opening reads what precedes the data of each
field; a field is read, alone, when its values are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from sciknow.errors import InvalidInput, SciknowError, SourceUnavailable
from sciknow.readers.arrays import chunked, chunks
from sciknow.readers.formats.grib import FORMAT
from sciknow.readers.formats.grib import process as grib_process
from sciknow.readers.formats.grib.cube import Item, cubes, wanted
from sciknow.readers.formats.grib.dataset import dataset
from sciknow.readers.formats.grib.field import GribCosts, Source
from sciknow.readers.formats.grib.index import HEAD, Fetch, Field, parse_index, scan
from sciknow.readers.protocol import Location
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.trouble import Absent, explain

INDEXES = (".idx", ".index")
"""Endings of an index beside a file."""

SMALL = 2 * 2**20
"""A remote file without an index, and of at most so many bytes, is read whole at once."""


class GribReader:
    """Open a GRIB file; fields that make up several hypercubes become a tree.

    ``filter_by_keys`` takes fields by ecCodes' keys (``{"typeOfLevel": "isobaricInhPa"}``),
    ``group`` one hypercube of several. Of a remote file the messages are found by the index
    beside it (``.idx``, ``.index``), or one after another.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; what precedes the data of each field is read, and one grid a hypercube."""
        with explain(location.url, "a GRIB file"):
            source = _source(location)
            items = wanted(_items(source), options.get("filter_by_keys"))
            made = {name: dataset(cube, source) for name, cube in cubes(items).items()}
        group = str(options.get("group") or "").strip("/")
        chosen = made if not group else {group: _picked(made, group)}
        location.transport.kept[location.url] = {
            f"{name}/{key}" if len(chosen) > 1 else key: array
            for name, (_, arrays) in chosen.items()
            for key, array in arrays.items()
        }
        sets = {name: _lazy(ds, options) for name, (ds, _) in chosen.items()}
        if len(sets) == 1:
            return next(iter(sets.values()))
        tree = xr.DataTree.from_dict(sets)
        tree.attrs = _common(list(sets.values()))
        return tree

    def costs(self, location: Location, options: Mapping[str, object]) -> GribCosts:
        """Return what reading costs: the fields that are touched, each read whole."""
        return GribCosts(location.transport.kept[location.url])


def _source(location: Location) -> Source:
    if location.path is not None and not location.path.is_file():
        raise SourceUnavailable(f"there is no file {location.url}", hint="check the path")
    return Source(location.transport, location.url, location.path is not None)


def _items(source: Source) -> list[Item]:
    found = _scan(source)
    bare = [message for _, message in found]
    keys = grib_process.keys(bare, source.url, source.transport.limit.left)
    return [Item(field, one, message) for (field, message), one in zip(found, keys, strict=True)]


def _scan(source: Source) -> list[tuple[Field, bytes]]:
    size = source.size()
    if source.local:
        return scan(source.read, size, None, source.url)
    if size <= SMALL:
        whole = source.read(0, size)
        return scan(lambda low, high: whole[low:high], size, None, source.url)
    starts = _indexed(source, size)
    if starts is None:
        return scan(source.read, size, None, source.url)
    return scan(_read_ahead(source, starts, size), size, starts, source.url)


def _indexed(source: Source, size: int) -> list[int] | None:
    """Return where messages start, by the index beside a file; None where there is none."""
    bare, mark, query = source.url.partition("?") if "://" in source.url else (source.url, "", "")
    stem = bare.rpartition(".")[0]
    for url in (f"{bare}{INDEXES[0]}", f"{bare}{INDEXES[1]}", f"{stem}{INDEXES[1]}"):
        try:
            text = source.transport.run(
                source.transport.fetch(f"{url}{mark}{query}", document=True)
            )
        except Absent:
            continue
        except SciknowError:
            return None  # a page in the place of an index: look for messages one by one
        starts = parse_index(text)
        if starts is not None and starts[-1] + 20 <= size:
            return starts
    return None


def _read_ahead(source: Source, starts: Sequence[int], size: int) -> Fetch:
    """Read the start of every message at the same time."""
    spans = [(at, min(at + HEAD, size)) for at in starts]
    file = RangeFile(source.transport, source.url, size)
    known = dict(zip(starts, file.fetch_many(spans), strict=True))

    def fetch(low: int, high: int) -> bytes:
        held = known.get(low, b"")
        return held[: high - low] if high - low <= len(held) else source.read(low, high)

    return fetch


def _picked(made: Mapping[str, Any], group: str) -> Any:
    if group not in made:
        raise InvalidInput(
            f"there is no group {group!r} in the file", hint=f"there are {', '.join(made)}"
        )
    return made[group]


def _common(sets: Sequence[xr.Dataset]) -> dict[Any, Any]:
    first = sets[0].attrs
    return {key: first[key] for key in first if all(ds.attrs.get(key) == first[key] for ds in sets)}


def _lazy(ds: xr.Dataset, options: Mapping[str, object]) -> xr.Dataset:
    dropped = options.get("drop_variables") or ()
    names = (
        [dropped]
        if isinstance(dropped, str)
        else list(dropped)
        if isinstance(dropped, (list, tuple))
        else []
    )
    lazy = chunked(ds.drop_vars(names, errors="ignore"), chunks(options))
    return lazy.assign_coords(
        {name: item.variable.load() for name, item in lazy.coords.items() if item.chunks is None}
    )
