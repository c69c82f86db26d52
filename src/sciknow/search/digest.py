"""Checking a large file's digest once, and remembering that it was checked.

The record lies in the user's cache folder and names path, size and time of the file, so that a
question from a cold process does not hash 90 MB; a build hashes afresh.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from sciknow.errors import IntegrityError, NotFound
from sciknow.files import cache_folder, sha256_file, write_atomic


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
    record = cache_folder() / "digests.json"
    known = _read(record)
    stamp = _stamp(path)
    if not afresh and known.get(str(path.resolve())) == [stamp, expected]:
        return
    found = sha256_file(path)
    if found != expected:
        raise IntegrityError(
            f"{path} has sha256 {found}, the published file has {expected}",
            hint="remove the package and install it again",
        )
    known[str(path.resolve())] = [stamp, expected]
    with contextlib.suppress(OSError):  # a cache that cannot be written only costs time
        write_atomic(record, json.dumps(known, indent=1))


def _stamp(path: Path) -> str:
    state = path.stat()
    return f"{state.st_size}:{state.st_mtime_ns}:{state.st_ino}"


def _read(record: Path) -> dict[str, list[str]]:
    try:
        known = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
