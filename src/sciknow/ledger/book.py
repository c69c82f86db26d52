"""The ledger: one entry for each array or table that was opened."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sciknow._html import Markup, link, table
from sciknow.errors import DegradedWarning
from sciknow.formats import installed_formats
from sciknow.ledger.lines import read_lines, write_line
from sciknow.ledger.source import Source
from sciknow.model import Distribution
from sciknow.model.plain import Count, to_plain
from sciknow.model.selection import selection_text
from sciknow.version import __version__


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
    bag : str
        The preserved copy that was opened in place of the source; empty for the source.
    opened_at : datetime
        When, in UTC.
    generation : str
        Identifier of the hub's generation that the record came from.
    hub : str
        The hub's folder; empty for the embedded one.
    selection : mapping
        ``bbox``, ``period`` and ``variables`` where a part was asked for.
    nbytes : int or None
        Size of the part in memory once it is read; None where that is not known (tables).
    libraries : mapping
        Name → version of the libraries that read it.
    """

    source: Source
    distribution: Distribution
    location: str
    opened_at: datetime
    bag: str = ""
    generation: str = ""
    hub: str = ""
    selection: Mapping[str, object] = field(default_factory=dict)
    nbytes: Count | None = None
    libraries: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return the entry as a row of a table."""
        dataset = self.source.dataset
        return {
            "opened": f"{self.opened_at:%Y-%m-%d %H:%M:%S}Z",
            "dataset": dataset.id,
            "distribution": self.distribution.id,
            "from": self.location,
            "selection": selection_text(self.selection),
            "bytes": self.nbytes,
            "licence": dataset.license,
            "generation": self.generation[:12],
        }


class Ledger:
    """What was opened, in order; safe to write to from several threads.

    Parameters
    ----------
    file : Path, optional
        A file to which each entry is appended as a line of JSON.

    Examples
    --------
    >>> len(Ledger())
    0
    """

    def __init__(self, *, file: Path | str | None = None) -> None:
        self.file = None if file is None else Path(file)
        self._entries: list[Opened] = []
        self._lock = threading.Lock()

    @classmethod
    def read(cls, path: Path | str) -> Ledger:
        """Return the ledger that a file holds; what is added to it is not written there.

        Raises
        ------
        NotFound
            When there is no such file.
        InvalidInput
            When a line is no entry, naming the line.
        """
        found = cls()
        found._entries.extend(read_lines(path, Opened))
        return found

    def record(self, entry: Opened) -> None:
        """Add one entry, and append it to the file where there is one.

        Warns
        -----
        DegradedWarning
            When the file cannot be written; the entry stands in memory.
        """
        with self._lock:
            self._entries.append(entry)
            file = self._target()
            try:
                if file is not None:
                    write_line(file, to_plain(entry))
            except OSError as error:
                warnings.warn(
                    f"the ledger's file {file} cannot be written: {error.strerror}",
                    DegradedWarning,
                    stacklevel=2,
                )

    def _target(self) -> Path | None:
        return self.file

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each entry, for example for ``pandas.DataFrame``."""
        return [entry.row() for entry in self]

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
            "  ".join(
                filter(
                    None, (f"{row['opened']}  {row['dataset']}  {row['from']}", row["selection"])
                )
            )
            for row in self._text_rows()
        ]
        return "\n".join(lines) or "Ledger: nothing opened yet"

    def _text_rows(self) -> list[dict[str, str]]:
        return [
            {key: "" if value is None else str(value) for key, value in row.items()}
            for row in self.rows()
        ]

    def _repr_html_(self) -> Markup:
        head = ("opened", "dataset", "distribution", "from", "selection", "bytes", "licence")
        rows = [
            (
                row["opened"],
                link(entry.source.dataset.title, entry.source.dataset.identifier),
                row["distribution"],
                row["from"],
                row["selection"],
                "" if entry.nbytes is None else f"{entry.nbytes:,}",
                row["licence"],
            )
            for entry, row in zip(self, self._text_rows(), strict=True)
        ]
        return table(head, rows, class_="sciknow-ledger")


class _SessionLedger(Ledger):
    """The ledger of the whole process; ``SCIKNOW_LEDGER`` names its file."""

    def _target(self) -> Path | None:
        named = os.environ.get("SCIKNOW_LEDGER")
        return Path(named) if named else None


_GLOBAL: Ledger = _SessionLedger()
_CURRENT: ContextVar[Ledger] = ContextVar("sciknow_ledger", default=_GLOBAL)


def current() -> Ledger:
    """Return the ledger in use: that of the innermost `session`, else the global one."""
    return _CURRENT.get()


def opened() -> Ledger:
    """Return what was opened: a table of the innermost `session`, else of the whole process.

    Examples
    --------
    >>> opened() is current()
    True
    """
    return current()


@contextmanager
def session(*, file: Path | str | None = None) -> Iterator[Ledger]:
    """Write the openings of a block into a ledger of its own.

    Parameters
    ----------
    file : path, optional
        A file to which each opening is appended as a line of JSON; `Ledger.read` reads it. For
        the ledger of the whole process the environment variable ``SCIKNOW_LEDGER`` names one.

    Examples
    --------
    >>> with session() as book:
    ...     current() is book
    True
    """
    book = Ledger(file=file)
    token = _CURRENT.set(book)
    try:
        yield book
    finally:
        _CURRENT.reset(token)


_BELOW = ("fsspec", "kerchunk")
"""Libraries that no format names, and that bring or describe bytes of several."""


def library_versions() -> dict[str, str]:
    """Return the installed version of each library that takes part in opening data."""
    found = {"sciknow": __version__}
    named = (name for item in installed_formats().values() for name in item.libraries)
    for name in sorted({*_BELOW, *named}):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
