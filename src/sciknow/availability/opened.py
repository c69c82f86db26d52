"""When something was last opened: one short line appended, gathered by the next check.

A line costs some tens of microseconds, so that opening can afford it; a database would not do.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sciknow.files import data_folder, lock

LIMIT = 2**20
"""Bytes of lines that wait to be gathered; beyond it nothing is noted."""


def notes_of(history: Path) -> Path:
    """Return the file beside a history into which openings are noted."""
    return history.with_name(history.name + ".opened")


def user_history() -> Path:
    """Return the user's own history; ``SCIKNOW_HISTORY`` names another."""
    chosen = os.environ.get("SCIKNOW_HISTORY")
    return Path(chosen) if chosen else data_folder() / "availability.sqlite"


def note_opened(path: Path, dataset: str, distribution: str) -> None:
    """Note that a distribution was opened now; whatever hinders it, opening goes on.

    Parameters
    ----------
    path : Path
        The file of notes beside the history.
    dataset, distribution : str
        What was opened.
    """
    line = f"{int(time.time() * 1000)}\t{dataset}\t{distribution}\n".encode()
    with suppress(OSError):
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            lock(handle, wait=False)
            if os.fstat(handle).st_size < LIMIT:
                os.write(handle, line)
        finally:
            os.close(handle)


@contextmanager
def gathered(path: Path) -> Iterator[list[tuple[str, str, int]]]:
    """Yield what was noted, and forget it when the block ends well.

    The file is made when missing: only beside a history is anything noted.

    Yields
    ------
    list of (str, str, int)
        Dataset, distribution, milliseconds since 1970; torn lines are left out.
    """
    with path.open("a+b") as file:
        lock(file.fileno())
        file.seek(0)
        parts = [line.decode("utf-8", "replace").split("\t") for line in file.read().splitlines()]
        yield [
            (part[1], part[2], int(part[0]))
            for part in parts
            if len(part) == 3 and part[0].isdigit()
        ]
        file.truncate(0)
