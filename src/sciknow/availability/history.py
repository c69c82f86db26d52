"""The history of probes: one small SQLite file that any number of processes write.

Every probe is a transaction of its own, in SQLite's rollback journal (a write-ahead log would
need shared memory, which network file systems lack): a process killed at any moment loses at most
the probe it was about to write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sciknow.availability.opened import gathered, notes_of
from sciknow.availability.standing import Standing
from sciknow.errors import IntegrityError, SciknowError
from sciknow.model.probe import Outcome, Probe

KEEP = 50
"""The last probes of a distribution that are kept whatever they found."""

WAIT = 30.0
"""Seconds to wait for another process that writes."""

FORMAT = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS probe (
    id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, distribution TEXT NOT NULL, url TEXT NOT NULL,
    at INTEGER NOT NULL, outcome TEXT NOT NULL, latency REAL, deep INTEGER NOT NULL, size INTEGER,
    etag TEXT NOT NULL, modified TEXT NOT NULL, moved_to TEXT NOT NULL, strength TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS probe_of ON probe (dataset, distribution, url, at);
CREATE TABLE IF NOT EXISTS opened (
    dataset TEXT NOT NULL, distribution TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (dataset, distribution)
) WITHOUT ROWID;
"""
_FIELDS = "url, at, outcome, latency, deep, size, etag, modified, moved_to, strength, detail"
_COMPACT = """
DELETE FROM probe WHERE id IN (
    SELECT id FROM (
        SELECT id, outcome, lag(outcome) OVER row AS before, lead(outcome) OVER row AS after,
            row_number() OVER (PARTITION BY dataset, distribution, url
                ORDER BY at DESC, id DESC) AS age
        FROM probe WINDOW row AS (PARTITION BY dataset, distribution, url ORDER BY at, id)
    ) WHERE age > ? AND outcome = before AND outcome = after
)
"""

Key = tuple[str, str, str]
"""Dataset, distribution, address: another address begins a history of its own."""


class History:
    """Probes by distribution; a context manager.

    Parameters
    ----------
    path : Path or None
        The file, made with its folder when missing; None keeps everything in memory.

    Raises
    ------
    IntegrityError
        When the file is no history, is damaged, or was written by a later version.
    SciknowError
        When it can't be opened or written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        with self._explained():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._store = sqlite3.connect(
                ":memory:" if path is None else path, timeout=WAIT, isolation_level=None
            )
            self._prepare()

    def _prepare(self) -> None:
        # half the waiting for the disk; only a power cut, never a kill, could cost the file
        self._store.execute("PRAGMA synchronous=NORMAL")
        version = self._store.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            self._store.close()
            raise IntegrityError(
                f"{self.path} was written by a later version (format {version}, known is {FORMAT})",
                hint="update sciknow, or name another file",
            )
        if version < FORMAT:
            with self._writing():
                for statement in _SCHEMA.split(";"):
                    self._store.execute(statement)
                self._store.execute(f"PRAGMA user_version={FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise SciknowError(
                f"the history {self.path} can't be used: {error}",
                hint="name a file that can be written, or wait for the other process",
            ) from error
        except sqlite3.DatabaseError as error:
            raise IntegrityError(
                f"{self.path} is damaged, or no history: {error}",
                hint="move it away; a new one begins with the next check",
            ) from error
        except OSError as error:
            raise SciknowError(
                f"the history {self.path} can't be used: {error.strerror}",
                hint="name a file that can be written",
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._store.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._store.execute("ROLLBACK")
            raise
        self._store.execute("COMMIT")

    def record(self, dataset: str, distribution: str, probe: Probe) -> None:
        """Write one probe; a process killed afterwards does not lose it."""
        values = (
            dataset,
            distribution,
            probe.url,
            _milliseconds(probe.at),
            str(probe.outcome),
            probe.latency,
            int(probe.deep),
            None if probe.size is None else min(probe.size, 2**62),
            probe.etag,
            probe.modified,
            probe.moved_to,
            probe.strength,
            probe.detail.encode("utf-8", "replace").decode(),
        )
        marks = ",".join("?" * len(values))
        with self._explained(), self._writing():
            self._store.execute(
                f"INSERT INTO probe (dataset, distribution, {_FIELDS}) VALUES ({marks})", values
            )

    def standings(self, keys: Sequence[Key]) -> list[Standing]:
        """Return how distributions stand, in the order of the keys."""
        with self._explained():
            opened = {
                (dataset, way): _moment(at)
                for dataset, way, at in self._store.execute("SELECT * FROM opened")
            }
            return [
                Standing(
                    dataset=dataset,
                    distribution=way,
                    probes=tuple(self._probes(dataset, way, url)),
                    last_opened=opened.get((dataset, way)),
                )
                for dataset, way, url in keys
            ]

    def _probes(self, *key: str) -> Iterator[Probe]:
        query = (
            f"SELECT {_FIELDS} FROM probe WHERE dataset=? AND distribution=? AND url=? "
            "ORDER BY at, id"
        )
        return map(_probe, self._store.execute(query, key))

    def gather_opened(self) -> None:
        """Take in what was noted about openings since the last time."""
        if self.path is None:
            return
        with self._explained(), gathered(notes_of(self.path)) as notes, self._writing():
            self._store.executemany(
                "INSERT INTO opened VALUES (?,?,?) "
                "ON CONFLICT DO UPDATE SET at=max(at, excluded.at)",
                notes,
            )

    def compact(self, keep: int = KEEP) -> int:
        """Drop probes that tell nothing new, and return how many.

        Kept are the last *keep* of each distribution, and of those before them both ends of
        every run of equal outcomes: when each change happened, and when it was last otherwise.
        """
        with self._explained(), self._writing():
            return self._store.execute(_COMPACT, (keep,)).rowcount


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _probe(row: Sequence[Any]) -> Probe:
    url, at, outcome, latency, deep, size, etag, modified, moved_to, strength, detail = row
    try:
        kind = Outcome(outcome)
    except ValueError:
        raise sqlite3.DatabaseError(f"the unknown outcome {outcome!r}") from None
    return Probe(
        outcome=kind,
        at=_moment(at),
        url=url,
        latency=latency,
        deep=bool(deep),
        size=size,
        etag=etag,
        modified=modified,
        moved_to=moved_to,
        strength=strength,
        detail=detail,
    )
