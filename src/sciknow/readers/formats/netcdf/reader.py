"""NetCDF, versions 3 and 4, and HDF5 files that follow its conventions."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import xarray as xr

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.files import open_regular
from sciknow.net import redact
from sciknow.readers.arrays import TOP, chunked, chunks, open_decoded, open_grouped, top_of
from sciknow.readers.fileset import is_set, member_location, members
from sciknow.readers.formats.kerchunk.cost import reference_costs
from sciknow.readers.formats.netcdf import FORMAT
from sciknow.readers.formats.netcdf.census import arrays_of
from sciknow.readers.formats.netcdf.classic import ClassicStore
from sciknow.readers.formats.netcdf.cost import ClassicCosts, Hdf5Costs
from sciknow.readers.formats.netcdf.hdf5 import open_store, open_tree
from sciknow.readers.formats.netcdf.inside import Inside
from sciknow.readers.formats.netcdf.magic import CLASSIC, HDF5, HEAD, USER_BLOCK
from sciknow.readers.formats.netcdf.set_cost import Member, SetCosts, shape_of
from sciknow.readers.formats.netcdf.virtual import open_virtual
from sciknow.readers.formats.zarr.store import ReferenceStore
from sciknow.readers.joining import combine, open_each
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location
from sciknow.readers.size import check_arrays, check_variables
from sciknow.wire.budget import Limits
from sciknow.wire.rangefile import LocalFile, RangeFile
from sciknow.wire.trouble import explain


class NetcdfReader:
    """Open one NetCDF or HDF5 file, or a set of them; what it is is read from its first bytes.

    A set is an address with ``*`` in its last part, or the option ``files``. ``concat_dim`` names
    the dimension along which its files follow each other; with ``virtual`` they are opened
    through references, which are made once and kept.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset | xr.DataTree:
        """Open lazily; of a remote file the header and the index coordinates are read."""
        if is_set(location, options):
            return self._open_set(location, options)
        return self._open_one(location, options)

    def _open_set(self, location: Location, options: Mapping[str, object]) -> xr.Dataset:
        urls = members(location, options)
        if options.get("virtual"):
            found: xr.Dataset = open_virtual(location, urls, options)
            return found
        places = {url: member_location(location, url) for url in urls}
        opened = open_each(urls, lambda url: self._open_one(places[url], options))
        parts = [_dataset(part, url) for part, url in zip(opened, urls, strict=True)]
        dim = str(options["concat_dim"]) if options.get("concat_dim") else None
        whole = combine(parts, dim, [redact(url) for url in urls])
        counted = [
            Member(shape_of(part), partial(_costs, at, options))
            for at, part in zip(places.values(), parts, strict=True)
        ]
        location.transport.kept[location.url] = SetCosts(shape_of(whole), counted, dim)
        return whole

    def _open_one(
        self, location: Location, options: Mapping[str, object]
    ) -> xr.Dataset | xr.DataTree:
        if location.path is not None:
            return self._open_local(location, options)
        with explain(location.url, "a NetCDF file"):
            file = RangeFile(location.transport, location.url)
            location.transport.kept[location.url] = file
            magic = file.fetch(0, min(file.size, HEAD))
            if magic[:4] in CLASSIC:
                return _open_classic(file, options, location.limits)
            _check_hdf5(magic, location.url)
            return _open_hdf5(file, options, location.limits)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs | None:
        """Return what reading costs, from the file's own layout."""
        kept: Any = location.transport.kept.get(location.url)
        if isinstance(kept, ReferenceStore):
            return reference_costs(kept, "")
        return kept if isinstance(kept, SetCosts) else _costs(location, options)

    def _open_local(
        self, location: Location, options: Mapping[str, object]
    ) -> xr.Dataset | xr.DataTree:
        path = Path(location.url)
        magic = first_bytes(path)
        with explain(location.url, "a NetCDF file"):
            if magic[:4] in CLASSIC:
                return _open_classic(LocalFile(path), options, location.limits)
            _check_hdf5(magic, location.url)
            return _open_hdf5(path, options, location.limits)


def _costs(location: Location, options: Mapping[str, object]) -> Costs:
    """Return what reading one file costs."""
    file: RangeFile | None = location.transport.kept.get(location.url)
    path = Path(location.url)
    magic = file.fetch(0, 8) if file is not None else first_bytes(path)
    if magic[:4] in CLASSIC:
        classic = ClassicStore(file if file is not None else LocalFile(path))
        return ClassicCosts(classic, paged=file is not None)
    group = str(options.get("group") or "")
    return Hdf5Costs(file if file is not None else location.url, group)


@atexit.register
def close_files() -> None:
    """Close the HDF5 files read through objects of Python that are still open.

    HDF5 closes them after the interpreter has ended, and would call into what is no longer there:
    the process would die by a segmentation fault after all its work was done.
    """
    for file in h5py.h5f.get_obj_ids(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE):
        if file.get_access_plist().get_driver() == h5py.h5fd.fileobj_driver:
            h5py.File(file).close()  # with all that is open in it


def first_bytes(path: Path) -> bytes:
    """Return the first bytes of a local file: enough to tell what it is.

    Raises
    ------
    SourceUnavailable
        When there is no such file.
    """
    try:
        with open_regular(path) as file:
            return file.read(HEAD)
    except OSError as error:
        raise SourceUnavailable(f"{path}: {error.strerror}", hint="check the path") from error


def _dataset(part: xr.Dataset | xr.DataTree, url: str) -> xr.Dataset:
    if (found := top_of(part, url)) is None:
        raise InvalidInput("files of groups alone are not opened as a set", hint="name a group")
    return found


def _check_hdf5(magic: bytes, url: str) -> None:
    if not any(magic[at:].startswith(HDF5) for at in (0, USER_BLOCK)):
        raise SourceUnavailable(
            f"{redact(url)} is not a NetCDF file: it starts with {magic[:8]!r}",
            hint="the source has changed, or the catalogue names the wrong reader",
        )


def _open_classic(
    file: RangeFile | LocalFile, options: Mapping[str, object], limits: Limits
) -> xr.Dataset:
    store = ClassicStore(file)
    check_variables(store.get_variables(), limits, str(file.url), options.get("chunks"))
    opener = partial(xr.open_dataset, store, engine="store")
    return chunked(open_decoded(opener, file.url, options), chunks(options))


def _open_hdf5(
    source: RangeFile | Path, options: Mapping[str, object], limits: Limits
) -> xr.Dataset | xr.DataTree:
    file: Any = source
    url = str(getattr(file, "url", file))
    group = str(options.get("group") or "")
    with h5py.File(file, "r") as opened:  # h5netcdf leaves a half-made object where this fails
        Inside(opened, url).check(group, whole=group != TOP)
        if group and group not in opened:
            raise SourceUnavailable(
                f"the file has no group {group!r}",
                hint=f"its groups are {', '.join(_groups(opened)) or 'none'}",
            )
        top = opened[group] if group else opened
        check_arrays(arrays_of(top, limits, url), limits, url, options.get("chunks"))
        below = [] if group == TOP else _groups(top)
    store, parts = open_store(file, group or None), chunks(options)
    root = partial(xr.open_dataset, store, engine="store", chunks=parts)
    if not below:
        return open_decoded(root, url, options)
    return open_grouped(partial(open_tree, store, parts), root, below, url, options)


def _groups(group: Any) -> list[str]:
    """Return the groups of a group that hold variables, themselves or further below."""
    below = [name for name in group if group.get(name, getclass=True) is h5py.Group]
    return [name for name in below if _holds(group[name])]


def _holds(group: Any) -> bool:
    kinds = {group.get(name, getclass=True) for name in group}
    return h5py.Dataset in kinds or bool(_groups(group))
