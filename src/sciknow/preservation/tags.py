"""The tag files of a bag: what it declares itself to be, and what is said of it.

Source: RFC 8493, sections 2.1.1 (bagit.txt) and 2.2.2 (bag-info.txt).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sciknow.errors import InvalidInput, LimitExceeded, NotFound
from sciknow.preservation.naming import regular, shown
from sciknow.text import squeeze

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAGIT, INFO = "bagit.txt", "bag-info.txt"
MAX_TAGS = 2**20
UTF_8 = "utf-8-sig"
_ENCODINGS = {
    "utf-8": UTF_8,
    "utf8": UTF_8,
    "us-ascii": UTF_8,
    "ascii": UTF_8,
    "iso-8859-1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}
"""What a bag may declare → Python's name for it; BagIt before 1.0 let people choose."""
_VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})


def info_text(fields: Iterable[tuple[str, str]]) -> str:
    """Write ``bag-info.txt``: a line a field, empty ones left out."""
    return "".join(f"{name}: {squeeze(value)}\n" for name, value in fields if value.strip())


def read_tags(path: Path, *, most: int = MAX_TAGS, encoding: str = UTF_8) -> list[tuple[str, str]]:
    """Read a file of ``Name: value`` lines; a line that begins with white space goes on.

    Raises
    ------
    InvalidInput
        For a line that is neither.
    LimitExceeded
        For a file of absurd size.
    """
    found: list[tuple[str, str]] = []
    for number, line in enumerate(_text(path, most, encoding).splitlines(), 1):
        if not line.strip():
            continue
        if line[0] in " \t" and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip()}")
            continue
        name, mark, value = line.partition(":")
        if not mark or not name.strip():
            raise InvalidInput(
                f"{path.name}, line {number}: {shown(line)!r}", hint="allowed is `Name: value`"
            )
        found.append((name.strip(), value.strip()))
    return found


def read_encoding(bag: Path) -> str:
    """Read ``bagit.txt`` and return the encoding of the other tag files and the manifests.

    Raises
    ------
    NotFound
        When there is none.
    InvalidInput
        When it declares something else, or an encoding that is not known.
    """
    if regular(bag, BAGIT) is None:
        raise NotFound(f"{bag} has no {BAGIT}", hint="a bag declares itself there")
    told = {name.lower(): value for name, value in read_tags(bag / BAGIT, most=4096)}
    version, encoding = told.get("bagit-version", ""), told.get("tag-file-character-encoding", "")
    if version not in _VERSIONS or encoding.lower() not in _ENCODINGS:
        raise InvalidInput(
            f"{BAGIT} declares BagIt {shown(version)!r} in {shown(encoding)!r}",
            hint="known are BagIt 0.93 to 1.0 in UTF-8, ISO-8859-1 or Windows-1252",
        )
    return _ENCODINGS[encoding.lower()]


def _text(path: Path, most: int, encoding: str) -> str:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise LimitExceeded(f"{path.name} has over {most:,} bytes", hint="no tag file is so large")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput(
            f"{path.name} is not {encoding.removesuffix('-sig').upper()}", hint="it is damaged"
        ) from None
