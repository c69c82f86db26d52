"""SQLite files that are only read, whoever wrote them: plain tables, and so much work a query.

A view, a trigger, a column or an index that is computed runs whatever the file says when a table is
asked for, without end if it likes. Files of ours hold tables and indexes of plain columns, so a
file with anything else is refused, and what still takes too long is broken off.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

STEP = 1_000_000
"""Steps of SQLite's machine between two looks at how many there were."""

MAX_STEPS = 500
"""How often that may be for one query: some five seconds; a million records take one of it."""

MAX_VALUE = 256 * 2**20
"""Bytes that one value may have."""

_COMPUTED = re.compile(r"\bGENERATED\b|\bAS\s*+\(|\bVIRTUAL\s++TABLE\b|\bWHERE\b|\bCHECK\b", re.I)


class Plain(sqlite3.Connection):
    """A connection of which each query may take so many steps, and no more."""

    steps = 0

    def execute(self, query: str, values: Any = (), /) -> sqlite3.Cursor:
        """Begin a query, with steps of its own."""
        self.steps = 0
        return super().execute(query, values)

    def count(self) -> bool:
        """Count a million steps; tell whether they are too many."""
        self.steps += 1
        return self.steps > MAX_STEPS


def open_plain(path: Path) -> sqlite3.Connection:
    """Open a file for reading.

    Raises
    ------
    sqlite3.DatabaseError
        When it is no SQLite file, or holds more than tables and indexes of plain columns.
    """
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    store = sqlite3.connect(address, uri=True, check_same_thread=False, factory=Plain)
    try:
        store.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
        store.execute("PRAGMA trusted_schema=OFF")
        store.set_progress_handler(store.count, STEP)
        _check(store.execute("SELECT type, name, sql FROM sqlite_master").fetchall())
    except BaseException:
        store.close()
        raise
    return store


def _check(parts: Iterable[tuple[str, str, str | None]]) -> None:
    for kind, name, sql in parts:
        if kind not in ("table", "index") or _COMPUTED.search(str(sql or "")):
            raise sqlite3.DatabaseError(
                f"it holds {str(name)[:60]!r}, which is computed, where only plain tables belong"
            )
