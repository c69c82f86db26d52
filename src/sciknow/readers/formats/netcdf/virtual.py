"""References built on the fly for a set of NetCDF-4 files, and kept.

One reading of each file's chunk index makes a Zarr view of the whole set: the next opening reads
one local document, and chunks are fetched at the same time where HDF5 reads them one by one.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from kerchunk.hdf import SingleHdf5ToZarr

from sciknow.errors import InvalidInput
from sciknow.files import cache_folder, open_regular, sha256_bytes, write_atomic
from sciknow.net import redact
from sciknow.readers.alike import alike
from sciknow.readers.formats.kerchunk.references import parse_document, resolver
from sciknow.readers.formats.netcdf.inside import Inside
from sciknow.readers.formats.zarr.store import ReferenceStore, open_group, probe
from sciknow.readers.protocol import Location
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.trouble import explain

INLINE = 2_000
"""Chunks of at most so many bytes are kept in the document itself."""

_CHECKED = 1
"""Counts up where sets are checked more closely: what was kept before is made again."""
_PACKING = ("units", "calendar", "scale_factor", "add_offset", "_FillValue", "missing_value")


def folder() -> Path:
    """Return the folder in which reference documents are kept."""
    return cache_folder() / "references"


def open_virtual(location: Location, urls: Sequence[str], options: Mapping[str, Any]) -> Any:
    """Open a set of NetCDF-4 files through references, made now or kept from before.

    Raises
    ------
    InvalidInput
        When the files cannot be joined chunk by chunk.
    """
    dim = options.get("concat_dim")
    if not isinstance(dim, str):
        raise InvalidInput("virtual needs concat_dim", hint="name the dimension that grows")
    with explain(location.url, "a set of NetCDF-4 files"):
        store = _store(location, references(location, urls, dim, options.get("drop_variables")))
    location.transport.kept[location.url] = store
    return _open(location, store, options)


def _store(location: Location, refs: Mapping[str, Any]) -> ReferenceStore:
    resolve = resolver(location.url, local=location.path is not None)
    document = json.dumps({"version": 1, "refs": refs}).encode()
    return ReferenceStore(location.transport, parse_document(document, resolve))


def _open(location: Location, store: ReferenceStore, options: Mapping[str, Any]) -> Any:
    documents = location.transport.run(probe(store, ""))
    return open_group(store, location.url, documents, options, location.limits)


def references(
    location: Location, urls: Sequence[str], dim: str, dropped: Any = None
) -> dict[str, Any]:
    """Return the references of a set, kept ones where no file has changed since.

    Parameters
    ----------
    location : Location
        Of the set.
    urls : sequence of str
        Its files in order.
    dim : str
        The dimension along which they follow each other.
    dropped : str or sequence of str, optional
        Variables that are not compared, for nobody sees them.
    """
    sizes = location.transport.run(_sizes(location, urls))
    state = json.dumps([dim, list(zip(urls, sizes, strict=True)), dropped, _CHECKED])
    kept = folder() / f"{sha256_bytes(state.encode())}.json"
    if kept.is_file():
        return dict(json.loads(kept.read_bytes())["refs"])
    parts = [scan(location, url) for url in urls]
    shown = {} if dropped is None else {"drop_variables": dropped}
    opened: list[xr.Dataset] = [_open(location, _store(location, part), shown) for part in parts]
    made = alike(opened, dim, [redact(url) for url in urls])
    found = combine(parts, dim, [part[dim].load() for part in made if dim in part.coords])
    write_atomic(kept, json.dumps({"version": 1, "refs": found}))
    return found


async def _sizes(location: Location, urls: Sequence[str]) -> list[str]:
    return list(await asyncio.gather(*(location.transport.state(url) for url in urls)))


def scan(location: Location, url: str) -> dict[str, Any]:
    """Return the references of one file; its chunk index is read."""
    if location.path is not None:
        with open_regular(Path(url)) as local:
            return _scan(local, url)
    return _scan(RangeFile(location.transport, url), url)


def _scan(file: Any, url: str) -> dict[str, Any]:
    with h5py.File(file, "r") as opened:
        Inside(opened, url).check(whole=True)
    made = SingleHdf5ToZarr(file, url=url, inline_threshold=INLINE, error="raise")
    return dict(made.translate()["refs"])


def combine(
    parts: Sequence[Mapping[str, Any]], dim: str, coordinates: Sequence[xr.DataArray]
) -> dict[str, Any]:
    """Join references along a dimension.

    Parameters
    ----------
    parts : sequence of mappings
        The references of each file.
    dim : str
        The dimension.
    coordinates : sequence of DataArray
        The decoded coordinate of each file along it; empty where they have none.

    Raises
    ------
    InvalidInput
        When chunks, types or packing differ, or chunks do not end where files do.
    """
    joined = dict(parts[0])
    for part in parts[1:]:
        if more := set(_arrays(part)) ^ set(_arrays(joined)):
            raise InvalidInput(f"only some files have {', '.join(sorted(more))}", hint=_HINT)
    for name in _arrays(parts[0]):
        if dim in _dims(parts[0], name):
            for key in [key for key in joined if key.startswith(f"{name}/") and not _meta(key)]:
                del joined[key]
            joined |= _inline(coordinates, name) if name == dim else _joined(parts, name, dim)
    return joined


def _arrays(refs: Mapping[str, Any]) -> list[str]:
    return [key.removesuffix("/.zarray") for key in refs if key.endswith("/.zarray")]


def _meta(key: str) -> bool:
    return key.rpartition("/")[2].startswith(".z")


def _document(refs: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = refs.get(key, "{}")
    return dict(value if isinstance(value, dict) else json.loads(value))


def _dims(refs: Mapping[str, Any], name: str) -> list[str]:
    return list(_document(refs, f"{name}/.zattrs").get("_ARRAY_DIMENSIONS", []))


def _joined(parts: Sequence[Mapping[str, Any]], name: str, dim: str) -> dict[str, Any]:
    """Return the keys of one variable, its chunks numbered on from file to file."""
    arrays = [_document(part, f"{name}/.zarray") for part in parts]
    attrs = [_document(part, f"{name}/.zattrs") for part in parts]
    axis, first = _dims(parts[0], name).index(dim), arrays[0]
    step, found, offset = first["chunks"][axis], {}, 0
    for number, (part, array) in enumerate(zip(parts, arrays, strict=True)):
        _check_same(name, first, array, axis)
        if any(attrs[0].get(key) != attrs[number].get(key) for key in _PACKING):
            raise InvalidInput(f"{name} is packed differently in file {number + 1}", hint=_HINT)
        if offset % step:
            raise InvalidInput(f"the chunks of {name} do not end where files do", hint=_HINT)
        for key, value in part.items():
            if key.startswith(f"{name}/") and not _meta(key):
                places = key.rpartition("/")[2].split(".")
                places[axis] = str(int(places[axis]) + offset // step)
                found[f"{name}/{'.'.join(places)}"] = value
        offset += array["shape"][axis]
    shape = [*first["shape"]]
    shape[axis] = offset
    return found | {f"{name}/.zarray": json.dumps(first | {"shape": shape})}


_HINT = "leave out virtual: then the files are opened one by one"


def _check_same(name: str, first: Mapping[str, Any], other: Mapping[str, Any], axis: int) -> None:
    keys = ("chunks", "dtype", "compressor", "filters", "order", "fill_value")
    differ = [key for key in keys if str(first.get(key)) != str(other.get(key))]
    rest = [at for at in range(len(first["shape"])) if at != axis]
    if any(first["shape"][at] != other["shape"][at] for at in rest):
        differ.append("shape")
    if differ:
        raise InvalidInput(f"{name} has another {differ[0]} in some files", hint=_HINT)


def _inline(coordinates: Sequence[xr.DataArray], name: str) -> dict[str, Any]:
    """Return the joined coordinate itself: files often count its time from days of their own."""
    plain = [item.drop_encoding() for item in coordinates]
    joined = xr.concat(plain, dim=name, combine_attrs="override")
    variable = xr.conventions.encode_cf_variable(joined.variable, name=name)
    values = np.ascontiguousarray(variable.values)
    array = {
        "zarr_format": 2,
        "shape": list(values.shape),
        "chunks": list(values.shape),
        "dtype": values.dtype.str,
        "compressor": None,
        "filters": None,
        "fill_value": None,
        "order": "C",
    }
    attrs = {key: _plain(value) for key, value in variable.attrs.items()}
    return {
        f"{name}/.zarray": json.dumps(array),
        f"{name}/.zattrs": json.dumps(attrs | {"_ARRAY_DIMENSIONS": [name]}),
        f"{name}/0": "base64:" + base64.b64encode(values.tobytes()).decode(),
    }


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else value
