"""Names of files in a bag: how a manifest writes them, and which are never touched.

Source: RFC 8493, sections 2.1.3 (payload manifests) and 5.1.1 (special directory characters).
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePosixPath

from sciknow.errors import UntrustedInput
from sciknow.text import clean

PAYLOAD = "data"
MAX_PATH = 4096
_CODED = re.compile(r"%(0[aAdD]|25)")


def encode_path(path: str) -> str:
    """Write a path as a manifest has it: line ends and the percent sign are coded.

    Examples
    --------
    >>> encode_path("data/100%.nc")
    'data/100%25.nc'
    """
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decode_path(text: str) -> str:
    """Read a path of a manifest.

    Examples
    --------
    >>> decode_path("data/100%25.nc"), decode_path("data/a%2Fb")
    ('data/100%.nc', 'data/a%2Fb')
    """
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text)


def check_path(path: str) -> str:
    """Check that a path of a bag stays inside the bag, and return it.

    Raises
    ------
    UntrustedInput
        For an absolute path, one with ``..``, ``~`` or a drive, or no path at all.
    """
    parts = path.split("/")
    escapes = (
        not path
        or path.startswith(("/", "~", "\\"))
        or "\0" in path
        or len(path) > MAX_PATH
        or any(part in ("", ".", "..") for part in parts)
        or any(part == ".." for part in path.replace("\\", "/").split("/"))
        or re.match(r"[A-Za-z]:", path) is not None
    )
    if escapes:
        raise UntrustedInput(
            f"the path {shown(path)!r} does not stay inside the bag",
            hint="it is not touched; whoever made the bag must mend its manifest",
        )
    return path


def shown(path: str) -> str:
    """Return a path fit for a message."""
    return clean(path.replace("\n", "%0A").replace("\r", "%0D"))[:200]


def regular(bag: Path, path: str) -> os.stat_result | None:
    """Return what is under a path of a bag; None where there is nothing.

    Raises
    ------
    UntrustedInput
        When a link is on the way, or there is something other than a file.
    """
    at = bag
    for part in PurePosixPath(path).parts:
        at = at / part
        try:
            found = at.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISLNK(found.st_mode):
            raise UntrustedInput(
                f"{shown(path)} is a link, or lies behind one", hint="links are never followed"
            )
    if not stat.S_ISREG(found.st_mode):
        raise UntrustedInput(f"{shown(path)} is no regular file", hint="it is not read")
    return found
