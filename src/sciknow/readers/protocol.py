"""The door of a format: what a reader is, and what it is given.

A reader is one object, registered under its name in the entry-point group ``sciknow.readers``.
Nothing here imports a heavy library; `sciknow.testing.reader.ReaderTests` is the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import xarray as xr
    from dask.dataframe import DataFrame

    from sciknow.wire.transport import Transport


@dataclass(frozen=True, slots=True)
class Location:
    """Where the bytes are, checked, and how to get at them.

    Parameters
    ----------
    url : str
        The address, or the absolute path of a local file or folder.
    transport : Transport
        The only way to remote bytes.
    path : Path or None
        The local path; None for a remote address.
    storage_options : mapping
        What the distribution says of its file system.
    """

    url: str
    transport: Transport
    path: Path | None = None
    storage_options: Mapping[str, object] = field(default_factory=dict)


@runtime_checkable
class Reader(Protocol):
    """One format.

    Attributes
    ----------
    name : str
        What a `Distribution.reader` calls it, and its entry point.
    media_types, suffixes : tuple of str
        What it is found by when no name is given.
    options : frozenset of str
        Options that `open_` takes.
    requires : tuple of str
        Modules that it imports.
    install : str
        What to give to pip when one of them is missing.

    Notes
    -----
    Two further methods are used where a reader has them: ``costs(location, options)`` tells what
    reading costs (`sciknow.readers.plans.cost.Costs`, or ``table(opened, wanted)`` for tables), and
    ``cut(location, options, opened, wanted)`` leaves the choice of a table's rows and columns to
    the source.
    """

    name: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    options: frozenset[str]
    requires: tuple[str, ...]
    install: str

    def open_(
        self, location: Location, options: Mapping[str, object]
    ) -> xr.Dataset | xr.DataTree | DataFrame:
        """Open lazily: metadata are read, arrays are dask with the store's own chunks."""
        ...
