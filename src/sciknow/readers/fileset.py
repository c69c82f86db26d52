"""Which files a distribution that is a set of files is made of.

A set is an address whose last part holds ``*`` or ``?`` (and that no file of this machine is called
like), or an option ``files`` that names files
beside the address.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.net import redact
from sciknow.readers.protocol import Location
from sciknow.readers.request import local_path
from sciknow.text import counted
from sciknow.wire.trouble import Absent

MAX_FILES = 20_000


def is_set(location: Location, options: Mapping[str, object]) -> bool:
    """Tell whether a distribution is a set of files."""
    if location.path is not None:
        named = any(mark in location.path.name for mark in "*?") and not location.path.exists()
    else:
        named = "*" in location.url.partition("?")[0].rpartition("/")[2]
    return named or bool(options.get("files"))


def members(location: Location, options: Mapping[str, object]) -> list[str]:
    """Return the addresses (or local paths) of a set, sorted by name.

    Raises
    ------
    SourceUnavailable
        When nothing matches, or the source lists nothing.
    """
    folder, _, pattern = location.url.rpartition("/")
    wanted = options.get("files")
    if wanted:
        names = _names(wanted)
    elif location.path is not None:
        names = [item.name for item in sorted(location.path.parent.glob(pattern))]
    else:
        names = _listed(location, folder, pattern)
    if not names or len(names) > MAX_FILES:
        raise SourceUnavailable(
            f"{redact(location.url)} matches {counted(len(names), 'file')}",
            hint=f"1 to {MAX_FILES:,} are opened together; check the pattern, or name the files",
        )
    if location.path is not None:
        root = location.transport.folder or location.path.parent
        return [str(local_path(str(location.path.parent / name), root)) for name in names]
    return [f"{folder}/{name}" for name in names]


def _names(wanted: object) -> list[str]:
    if isinstance(wanted, str) or not isinstance(wanted, Sequence):
        raise InvalidInput(f"files={wanted!r}", hint="give a list of names")
    for name in wanted:
        if not isinstance(name, str) or ".." in name.split("/") or "://" in name or name[:1] == "/":
            raise InvalidInput(f"the file name {name!r}", hint="name files beside the address")
    return list(wanted)


def _listed(location: Location, folder: str, pattern: str) -> list[str]:
    try:
        found = location.transport.run(location.transport.names(folder))
    except Absent:
        found = {}
    return sorted(name for name in found if fnmatch.fnmatchcase(name, pattern))


def member_location(location: Location, url: str) -> Location:
    """Return the place of one file of a set."""
    path = Path(url) if location.path is not None else None
    return replace(location, url=url, path=path)
