"""GRIB, editions 1 and 2: fields of weather and climate models, decoded by ecCodes.

ecCodes runs in a process of its own (`grib_process`). Opening reads what precedes the data of each
field; a field is read, alone, when its values are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from sciknow.errors import IntegrityError, InvalidInput, SciknowError, SourceUnavailable
from sciknow.net import redact
from sciknow.readers import grib_process
from sciknow.readers.arrays import chunked, chunks
from sciknow.readers.cost import Cost, split
from sciknow.readers.grib_cube import DIMENSIONS, Cube, Item, cubes, wanted
from sciknow.readers.grib_index import HEAD, Fetch, Field, parse_index, scan
from sciknow.readers.protocol import Location
from sciknow.readers.rangefile import LocalFile, RangeFile
from sciknow.readers.selection import Index
from sciknow.readers.transport import Transport
from sciknow.readers.trouble import Absent, explain

INDEXES = (".idx", ".index")
"""Endings of an index beside a file."""

SMALL = 2 * 2**20
"""A remote file without an index, and of at most so many bytes, is read whole at once."""

_ATTRS = ("paramId", "shortName", "name", "units", "typeOfLevel", "stepType", "gridType")


@dataclass(frozen=True)
class Source:
    """A GRIB file, near or far; picklable."""

    transport: Transport
    url: str
    local: bool

    def size(self) -> int:
        """Return its size in bytes."""
        return self.transport.run(self.transport.size(self.url))

    def read(self, low: int, high: int) -> bytes:
        """Return the bytes from one offset to another."""
        if self.local:
            return LocalFile(Path(self.url)).fetch(low, high)
        return self.transport.run(self.transport.fetch(self.url, low, high))

    def message(self, field: Field) -> bytes:
        """Return one field as a message of its own."""
        return field.message([self.read(low, high) for low, high in field.spans])

    def arrays(self, message: bytes, names: Sequence[str]) -> list[npt.NDArray[np.float64]]:
        """Decode arrays of a message."""
        return grib_process.arrays(message, names, self.url, self.transport.limit.left)


class FieldArray(BackendArray):
    """A variable whose fields are read and decoded when it is indexed."""

    def __init__(
        self, source: Source, items: npt.NDArray[np.object_], shape: tuple[int, ...], turned: bool
    ) -> None:
        self.source, self.fields, self.turned = source, _fields_of(items), turned
        self.inner = shape
        self.shape, self.dtype = (*items.shape, *shape), np.dtype("f4")

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        outer = self.fields.ndim
        picked: Any = self.fields
        for axis, part in enumerate(key[:outer]):
            picked = np.take(picked, _indices(part, self.fields.shape[axis]), axis)
        inside = tuple(_indices(p, n) for p, n in zip(key[outer:], self.inner, strict=True))
        values = np.full((*picked.shape, *map(len, inside)), np.nan, "f4")
        for at in np.ndindex(picked.shape):
            if picked[at] is not None:
                values[at] = self._decode(picked[at])[np.ix_(*inside)]
        drop = tuple(slice(None) if not np.isscalar(part) else 0 for part in key)
        return values[drop]

    def _decode(self, field: Field) -> npt.NDArray[Any]:
        with explain(self.source.url, "a GRIB message"):
            (values,) = self.source.arrays(self.source.message(field), ["values"])
        if values.size != np.prod(self.inner):
            raise IntegrityError(
                f"{redact(self.source.url)}: a field of {values.size:,} values where the grid has "
                f"{int(np.prod(self.inner)):,}",
                hint="the source has changed; open it again",
            )
        return _shaped(values, self.inner, self.turned)


def _fields_of(items: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    found = np.full(items.shape, None, object)
    for at in np.ndindex(items.shape):
        found[at] = items[at].field if items[at] is not None else None
    return found


def _indices(part: Any, size: int) -> npt.NDArray[np.intp]:
    return np.atleast_1d(np.arange(size)[part])


def _shaped(values: npt.NDArray[Any], shape: tuple[int, ...], turned: bool) -> npt.NDArray[Any]:
    return values.reshape(shape[::-1]).T if turned else values.reshape(shape)


class GribReader:
    """Open a GRIB file; fields that make up several hypercubes become a tree.

    ``filter_by_keys`` takes fields by ecCodes' keys (``{"typeOfLevel": "isobaricInhPa"}``),
    ``group`` one hypercube of several. Of a remote file the messages are found by the index
    beside it (``.idx``, ``.index``), or one after another.
    """

    name = "grib"
    media_types = ("application/wmo-grib", "application/x-grib", "application/x-grib2")
    suffixes = (".grib", ".grib1", ".grib2", ".grb", ".grb1", ".grb2")
    options = frozenset({"filter_by_keys", "group", "chunks", "drop_variables"})
    requires = ("numpy", "xarray")
    install = "sciknow[grib]"

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; what precedes the data of each field is read, and one grid a hypercube."""
        with explain(location.url, "a GRIB file"):
            source = _source(location)
            items = wanted(_items(source), options.get("filter_by_keys"))
            made = {name: _dataset(cube, source) for name, cube in cubes(items).items()}
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
    bare, mark, query = source.url.partition("?")
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


def _dataset(cube: Cube, source: Source) -> tuple[xr.Dataset, dict[str, FieldArray]]:
    """Build a dataset, its variables not yet on dask."""
    first = cube.first
    dims, shape, coords, turned = _grid(first, source)
    kept = [at for at, name in enumerate(DIMENSIONS) if len(cube.coords[name]) > 1]
    names = [first.level if name == "level" else name for name in DIMENSIONS]
    outer = tuple(names[at] for at in kept)
    arrays = {
        name: FieldArray(source, items.reshape([items.shape[at] for at in kept]), shape, turned)
        for name, items in cube.variables.items()
    }
    data = {
        name: xr.Variable(
            (*outer, *dims),
            indexing.LazilyIndexedArray(array),
            _attrs(next(item for item in cube.variables[name].flat if item)),
            {"preferred_chunks": dict.fromkeys(outer, 1) | dict(zip(dims, shape, strict=True))},
        )
        for name, array in arrays.items()
    }
    coords |= _outer_coords(cube, names)
    if first.keys.get("number") is None:
        coords.pop("number", None)
    found = xr.Dataset(data, coords, _global_attrs(first))
    if "time" in found.coords:
        found = found.assign_coords(valid_time=found["time"] + found["step"])
    return found, arrays


def _outer_coords(cube: Cube, names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, key in zip(names, DIMENSIONS, strict=True):
        values: Any = cube.coords[key]
        if key in ("time", "step"):
            values = values.astype(values.dtype.str.replace("[s]", "[ns]"))
        found[name] = (name, values) if len(values) > 1 else ((), values[0])
    return found


def _grid(
    item: Item, source: Source
) -> tuple[tuple[str, ...], tuple[int, ...], dict[str, Any], bool]:
    """Return dimensions, shape and coordinates of a grid, and whether columns run first."""
    keys = item.keys
    wide, high = int(keys.get("Nx") or 0), int(keys.get("Ny") or 0)
    if keys.get("gridType") == "sh":  # spectral fields lie nowhere
        (values,) = source.arrays(source.message(item.field), ["values"])
        return ("values",), (values.size,), {}, False
    lat, lon = _points(item, source)
    if wide * high != lat.size or keys.get("alternativeRowScanning"):
        return ("values",), (lat.size,), _lat_lon(("values",), lat, lon), False
    turned = bool(keys.get("jPointsAreConsecutive"))
    shape = (high, wide)
    lat, lon = _shaped(lat, shape, turned), _shaped(lon, shape, turned)
    if np.all(lat == lat[:, :1]) and np.all(lon == lon[:1]):
        coords = {
            "latitude": ("latitude", lat[:, 0], _AXES["latitude"]),
            "longitude": ("longitude", lon[0], _AXES["longitude"]),
        }
        return ("latitude", "longitude"), shape, coords, turned
    return ("y", "x"), shape, _lat_lon(("y", "x"), lat, lon), turned


def _points(item: Item, source: Source) -> list[npt.NDArray[np.float64]]:
    names = ["latitudes", "longitudes"]
    try:
        return source.arrays(item.bare, names)
    except IntegrityError:  # some packings are not readable without their data
        return source.arrays(source.message(item.field), names)


_AXES = {
    "latitude": {"units": "degrees_north", "standard_name": "latitude"},
    "longitude": {"units": "degrees_east", "standard_name": "longitude"},
}


def _lat_lon(dims: tuple[str, ...], lat: Any, lon: Any) -> dict[str, Any]:
    return {
        "latitude": (dims, lat, _AXES["latitude"]),
        "longitude": (dims, lon, _AXES["longitude"]),
    }


def _attrs(item: Item) -> dict[str, Any]:
    found = {f"GRIB_{key}": item.keys[key] for key in _ATTRS if key in item.keys}
    standard = str(item.keys.get("cfName", "unknown"))
    named = {"long_name": item.keys.get("name"), "units": item.keys.get("units")}
    return found | named | ({} if standard == "unknown" else {"standard_name": standard})


def _global_attrs(item: Item) -> dict[str, Any]:
    keys = item.keys
    return {
        "GRIB_edition": keys.get("edition"),
        "GRIB_centre": keys.get("centre"),
        "institution": keys.get("centreDescription"),
        "Conventions": "CF-1.7",
    }


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


class GribCosts:
    """Costs of the variables of a GRIB file: a field is read whole."""

    def __init__(self, arrays: Mapping[str, FieldArray]) -> None:
        self.arrays = arrays

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        array = self.arrays.get(name)
        if array is None or len(array.shape) != len(index):
            return None
        outer = array.fields.ndim
        repeat = int(
            np.prod(
                [len(split(at, n)) for at, n in zip(index[outer:], blocks[outer:], strict=True)]
            )
        )
        picked: Any = array.fields
        for axis, at in enumerate(index[:outer]):
            picked = np.take(picked, at, axis)
        fields = [item for item in picked.flat if item is not None]
        decoded = int(np.prod(array.inner)) * 8 * len(fields)
        return Cost(
            requests=repeat * sum(len(item.spans) for item in fields),
            bytes=repeat * sum(item.size for item in fields),
            chunks=len(fields),
            decoded=decoded,
        )
