"""Checking digests of files once, and remembering which were checked.

The record lies in the user's cache folder, one for each folder of files, and names size, times and
inode of each file, so that a question from a cold process does not hash 90 MB; a build hashes
afresh.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from pathlib import Path

from sciknow.errors import IntegrityError, NotFound
from sciknow.files import cache_folder, sha256_bytes, sha256_file, write_atomic

SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file shows in its times for sure."""
MAX_RECORDS = 100
"""Folders that are remembered."""


def check_digest(path: Path, expected: str, *, afresh: bool = False) -> None:
    """Make sure that a file is the one with this SHA-256 digest.

    Raises
    ------
    NotFound
        When there is no such file.
    IntegrityError
        When its digest is another one.
    """
    if not path.is_file():
        raise NotFound(f"{path} is not there", hint="install the model again")
    found = unlike(path.parent, {path.name: expected}, afresh=afresh)
    if found:
        raise IntegrityError(
            f"{path} has sha256 {found[path.name]}, the published file has {expected}",
            hint="remove the package and install it again",
        )


def unlike(folder: Path, expected: Mapping[str, str], *, afresh: bool = False) -> dict[str, str]:
    """Return the files of a folder whose SHA-256 digests are others, with what they are now.

    Parameters
    ----------
    folder : Path
        Where they lie.
    expected : mapping of str to str
        Path below the folder → digest.
    afresh : bool
        Hash also what has not changed since it was found right.

    Returns
    -------
    dict of str to str
        Path → its digest now; empty for a file that is not there.
    """
    record = _record(folder)
    known = _read(record)
    seen = {name: _stamp(folder / name) for name in expected}
    doubtful = [
        name
        for name, digest in expected.items()
        if afresh or not seen[name] or known.get(name) != [seen[name], digest]
    ]
    now = {name: sha256_file(folder / name) if seen[name] else "" for name in doubtful}
    wrong = {name: digest for name, digest in now.items() if digest != expected[name]}
    right = {name: [seen[name], now[name]] for name in doubtful if name not in wrong}
    settled = {name: found for name, found in right.items() if _settled(folder / name)}
    if settled and any(known.get(name) != found for name, found in settled.items()):
        with contextlib.suppress(OSError):  # a cache that cannot be written only costs time
            write_atomic(record, json.dumps(known | settled))
            _forget(record.parent)
    return wrong


def _record(folder: Path) -> Path:
    name = sha256_bytes(str(folder.resolve()).encode("utf-8", "surrogateescape"))[:32]
    return cache_folder() / "digests" / f"{name}.json"


def _stamp(path: Path) -> str:
    """Return what changes when a file does; empty for one that is not there."""
    try:
        state = path.stat()
    except OSError:
        return ""
    return f"{state.st_size}:{state.st_mtime_ns}:{state.st_ctime_ns}:{state.st_ino}"


def _settled(path: Path) -> bool:
    """Tell whether a file is old enough that a further change would show in its times."""
    state = path.stat()
    return time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) > SETTLED


def _read(record: Path) -> dict[str, object]:
    try:
        known = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _forget(records: Path) -> None:
    """Remove the oldest records; what they said is found out again."""
    kept = sorted(records.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-MAX_RECORDS]:
        path.unlink(missing_ok=True)
