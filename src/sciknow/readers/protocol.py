"""The door of a format: what a reader is, and what it is given.

A format declares itself in the entry-point group ``sciknow.readers`` (`sciknow.model.format`) and
names its reader. Nothing here imports a heavy library; `sciknow.testing.reader.ReaderTests` is the
contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sciknow.model.format import Format
from sciknow.wire.budget import Limits

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
    limits : Limits
        How large what is opened may be.
    """

    url: str
    transport: Transport
    path: Path | None = None
    storage_options: Mapping[str, object] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@runtime_checkable
class Reader(Protocol):
    """What opens one format.

    Attributes
    ----------
    format : Format
        What the format says of itself.

    Notes
    -----
    Four further methods are used where a reader has them; what is common to all formats stands in
    where it has not:

    ``costs(location, options)``
        What reading costs (`sciknow.readers.plans.cost.Costs`, or ``table(opened, wanted)``).
    ``cut(location, options, opened, wanted)``
        Leaves the choice of a table's rows and columns to the source.
    ``fingerprint(location, options, like)``
        What is there now (`sciknow.readers.fingerprints.fingerprint`).
    ``payload(location, options)``
        Which files make it up (`sciknow.readers.copies.members.Members`).
    """

    format: Format

    def open_(
        self, location: Location, options: Mapping[str, object]
    ) -> xr.Dataset | xr.DataTree | DataFrame:
        """Open lazily: metadata are read, arrays are dask with the store's own chunks."""
        ...
