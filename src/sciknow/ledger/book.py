"""The ledger: one entry for each array or table that was opened."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from sciknow._html import Markup, link, table
from sciknow.ledger.source import Source
from sciknow.model import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One opening of one distribution.

    Parameters
    ----------
    source : Source
        The dataset and what its citation needs.
    distribution : Distribution
        The way that was taken.
    location : str
        The path or URL that was opened.
    opened_at : datetime
        When, in UTC.
    generation : str
        Identifier of the hub's generation that the record came from.
    libraries : mapping
        Name → version of the libraries that read it.
    """

    source: Source
    distribution: Distribution
    location: str
    opened_at: datetime
    generation: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)


class Ledger:
    """What was opened, in order; safe to write to from several threads.

    Examples
    --------
    >>> len(Ledger())
    0
    """

    def __init__(self) -> None:
        self._entries: list[Opened] = []
        self._lock = threading.Lock()

    def record(self, entry: Opened) -> None:
        """Add one entry."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget every entry."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Opened]:
        return iter(tuple(self._entries))

    def sources(self) -> list[tuple[Source, datetime]]:
        """Return each source once, in the order of first use, with its last opening."""
        latest: dict[str, tuple[Source, datetime]] = {}
        for entry in self:
            latest[entry.source.dataset.id] = (entry.source, entry.opened_at)
        return list(latest.values())

    def __repr__(self) -> str:
        lines = [
            f"{entry.opened_at:%Y-%m-%d %H:%M:%S}Z  {entry.source.dataset.id}  {entry.location}"
            for entry in self
        ]
        return "\n".join(lines) or "Ledger: nothing opened yet"

    def _repr_html_(self) -> Markup:
        rows = [
            (
                f"{entry.opened_at:%Y-%m-%d %H:%M:%S}Z",
                link(entry.source.dataset.title, entry.source.dataset.identifier),
                entry.location,
                entry.source.dataset.license,
            )
            for entry in self
        ]
        return table(("opened (UTC)", "dataset", "from", "licence"), rows, class_="sciknow-ledger")


_GLOBAL = Ledger()
_CURRENT: ContextVar[Ledger] = ContextVar("sciknow_ledger", default=_GLOBAL)


def current() -> Ledger:
    """Return the ledger in use: that of the innermost `session`, else the global one."""
    return _CURRENT.get()


@contextmanager
def session() -> Iterator[Ledger]:
    """Write the openings of a block into a ledger of its own.

    Examples
    --------
    >>> with session() as book:
    ...     current() is book
    True
    """
    book = Ledger()
    token = _CURRENT.set(book)
    try:
        yield book
    finally:
        _CURRENT.reset(token)


def now() -> datetime:
    """Return the present moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


_LIBRARIES = ("xarray", "dask", "zarr", "h5netcdf", "kerchunk", "fsspec", "pandas", "numpy")


def library_versions() -> dict[str, str]:
    """Return the installed version of each library that takes part in opening data."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
