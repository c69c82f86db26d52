"""The variables of an open HDF5 file, whose chunks are told as damaged where they do not unpack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask.base
import xarray as xr
from xarray.backends import H5NetCDFStore
from xarray.backends.h5netcdf_ import H5NetCDFArrayWrapper
from xarray.core import indexing

from sciknow.errors import MissingDependency
from sciknow.net import redact
from sciknow.wire.rangefile import LocalFile, RangeFile
from sciknow.wire.trouble import reading

_UNKNOWN = ("not registered", "plugin")
"""What HDF5 says of a filter that it does not have, and looks for in folders of plugins."""


class Hdf5Array(H5NetCDFArrayWrapper):
    """One variable, read when it is indexed."""

    def _getitem(self, key: tuple[Any, ...]) -> Any:
        source = self.datastore.source
        url = str(source.url)
        with reading(url, f"a chunk of {self.variable_name!r}"):
            try:
                values = super()._getitem(key)  # type: ignore[no-untyped-call]
            except OSError as error:
                if any(said in str(error) for said in _UNKNOWN):
                    raise MissingDependency(
                        f"{redact(url)} is packed in a way that is not installed: {error}",
                        hint="pip install hdf5plugin, import it, and open again",
                    ) from error
                raise
            if isinstance(source, LocalFile):
                source.check()  # HDF5 reads zeros beyond the end of a file
            return values


class Hdf5Store(H5NetCDFStore):
    """A file as xarray's engine ``store`` takes it, or a group of one."""

    source: Any = None
    """The file that it is in, a `LocalFile` or a `RangeFile`."""

    def open_store_variable(self, name: str, var: Any) -> xr.Variable:
        """Return one variable, undecoded."""
        made = super().open_store_variable(name, var)  # type: ignore[no-untyped-call]
        array = Hdf5Array(name, self)  # type: ignore[no-untyped-call]
        data = indexing.LazilyIndexedArray(array)
        return xr.Variable(made.dims, data, made.attrs, made.encoding)

    def below(self, path: str = "/") -> Iterator[tuple[str, Hdf5Store]]:
        """Yield the group itself and all below it, each with its path from here."""
        yield path, self
        for name in self.ds.groups:
            child: Hdf5Store = self.get_child_store(name)
            child.source = self.source
            yield from child.below(f"{path}{name}/")

    def __dask_tokenize__(self) -> object:
        return ("sciknow-hdf5", dask.base.tokenize(self.source), self._group)


def open_store(source: Path | RangeFile, group: str | None = None) -> Hdf5Store:
    """Open a path, or a file that is read through Python, at a group."""
    asked: Any = str(source) if isinstance(source, Path) else source
    store: Hdf5Store = Hdf5Store.open(asked, group=group, phony_dims="access")
    store.source = LocalFile(source) if isinstance(source, Path) else source
    return store


def open_tree(store: Hdf5Store, wanted: Any, **options: Any) -> xr.DataTree:
    """Open a group and all below it as xarray's ``open_datatree`` does, in its *wanted* chunks."""
    parts = {
        path: xr.open_dataset(item, engine="store", chunks=wanted, **options)
        for path, item in store.below()
    }
    return xr.DataTree.from_dict(parts)
