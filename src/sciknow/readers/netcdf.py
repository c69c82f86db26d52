"""NetCDF, versions 3 and 4, and HDF5 files that follow its conventions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import xarray as xr

from sciknow.errors import SourceUnavailable
from sciknow.net import redact
from sciknow.readers.arrays import SHARED, chunks, decoding
from sciknow.readers.cost import Costs
from sciknow.readers.file_cost import ClassicCosts, Hdf5Costs
from sciknow.readers.netcdf3 import ClassicStore
from sciknow.readers.protocol import Location
from sciknow.readers.rangefile import LocalFile, RangeFile
from sciknow.readers.trouble import explain

HDF5 = b"\x89HDF\r\n\x1a\n"
CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")


class NetcdfReader:
    """Open one NetCDF or HDF5 file; what it is is read from its first bytes."""

    name = "netcdf"
    media_types = (
        "application/netcdf",
        "application/x-netcdf",
        "application/x-hdf5",
        "application/x-hdf",
    )
    suffixes = (".nc", ".nc4", ".nc3", ".cdf", ".h5", ".hdf5", ".he5")
    options = SHARED | {"group"}
    requires = ("h5netcdf", "h5py", "scipy")
    install = "sciknow"

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset:
        """Open lazily; of a remote file the header and the index coordinates are read."""
        if location.path is not None:
            return self._open_local(location, options)
        with explain(location.url, "a NetCDF file"):
            file = RangeFile(location.transport, location.url)
            location.transport.kept[location.url] = file
            magic = file.fetch(0, 8)
            if magic[:4] in CLASSIC:
                return _open_classic(file, options)
            _check_hdf5(magic, location.url)
            return _open_hdf5(file, options)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs, from the file's own layout."""
        file: RangeFile | None = location.transport.kept.get(location.url)
        path = Path(location.url)
        magic = file.fetch(0, 8) if file is not None else first_bytes(path)
        if magic[:4] in CLASSIC:
            store = ClassicStore(file if file is not None else LocalFile(path))
            return ClassicCosts(store, paged=file is not None)
        group = str(options.get("group") or "")
        return Hdf5Costs(file if file is not None else location.url, group)

    def _open_local(self, location: Location, options: Mapping[str, object]) -> xr.Dataset:
        path = Path(location.url)
        magic = first_bytes(path)
        with explain(location.url, "a NetCDF file"):
            if magic[:4] == CLASSIC[2]:
                return _open_classic(LocalFile(path), options)
            if magic[:4] in CLASSIC:
                return xr.open_dataset(
                    path, engine="scipy", chunks=chunks(options), **decoding(options)
                )
            _check_hdf5(magic, location.url)
            return _open_hdf5(path, options)


def first_bytes(path: Path) -> bytes:
    """Return the first eight bytes of a local file.

    Raises
    ------
    SourceUnavailable
        When there is no such file.
    """
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise SourceUnavailable(f"{path}: {error.strerror}", hint="check the path") from error


def _check_hdf5(magic: bytes, url: str) -> None:
    if magic != HDF5:
        raise SourceUnavailable(
            f"{redact(url)} is not a NetCDF file: it starts with {magic!r}",
            hint="the source has changed or is damaged, or the catalogue names the wrong reader",
        )


def _open_classic(file: RangeFile | LocalFile, options: Mapping[str, object]) -> xr.Dataset:
    decoded = xr.open_dataset(
        ClassicStore(file), engine="store", chunks=chunks(options), **decoding(options)
    )
    return decoded


def _open_hdf5(source: RangeFile | Path, options: Mapping[str, object]) -> xr.Dataset:
    file: Any = source
    with h5py.File(file, "r"):  # h5netcdf leaves a half-made object behind where this fails
        pass
    return xr.open_dataset(
        file,
        engine="h5netcdf",
        group=options.get("group") or None,
        phony_dims="access",
        chunks=chunks(options),
        **decoding(options),
    )
