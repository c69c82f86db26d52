"""One file inside a ZIP archive, had without unpacking anything to disk.

Nothing is ever written under a name that the archive gives, so a name cannot lead anywhere; what
unpacks to more than a limit is refused before it is read.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from sciknow.errors import IntegrityError, InvalidInput, SourceUnavailable
from sciknow.net import redact
from sciknow.readers.packed import most_of, too_much
from sciknow.readers.protocol import Location
from sciknow.wire.budget import Limits
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED

_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_LOCAL = 30 + 2 * 65_535
"""The most bytes that stand before the data of a file in an archive."""


def pick(location: Location, member: str | None) -> zipfile.ZipInfo:
    """Return the file that is wanted of an archive: the one named, or the only one.

    Raises
    ------
    InvalidInput
        When there is no such file, several and none is named, or it is encrypted.
    IntegrityError
        When it is no ZIP archive.
    LimitExceeded
        When it would unpack to more than is allowed.
    """
    found = _members(location)
    names = [item.filename for item in found]
    wanted = [item for item in found if member in (None, item.filename)]
    if len(wanted) != 1:
        what = f"{len(names)} files" if member is None else f"no file {member!r}"
        raise InvalidInput(
            f"the archive {redact(location.url)} holds {what}",
            hint="name one in the option member: " + ", ".join(names[:20]),
        )
    _check(wanted[0], location.limits)
    return wanted[0]


def _members(location: Location) -> list[zipfile.ZipInfo]:
    if location.path is not None and not location.path.is_file():
        raise SourceUnavailable(f"there is no file {location.url}", hint="check the path")
    try:
        with zipfile.ZipFile(_file(location.transport, location.url)) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, NotImplementedError) as error:
        raise IntegrityError(
            f"{redact(location.url)} is not a ZIP archive: {error}", hint=DAMAGED
        ) from error
    return [item for item in listed if not (item.is_dir() or _is_junk(item.filename))]


def _is_junk(name: str) -> bool:
    return name.startswith(_JUNK[0]) or name.rpartition("/")[2] in _JUNK[1:]


def _check(item: zipfile.ZipInfo, limits: Limits) -> None:
    if item.flag_bits & 1:
        raise InvalidInput(f"{item.filename!r} is encrypted", hint="see the publisher's page")
    most = most_of(item.compress_size, limits)
    if item.file_size > most:
        raise too_much(repr(item.filename), item.compress_size, most, f"{item.file_size:,}")


def _file(transport: Transport, url: str) -> Any:
    return RangeFile(transport, url) if "://" in url else Path(url)


class _Window(io.RawIOBase):
    """A remote file of which one range is held in memory."""

    def __init__(self, file: RangeFile, low: int, high: int) -> None:
        super().__init__()
        self.file, self.low = file, low
        high = min(high, file.size)
        self.held = file.transport.run(file.transport.fetch(file.url, low, high))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        at = self.file.tell() - self.low
        if not 0 <= at < len(self.held):
            return self.file.readinto(buffer)
        view = memoryview(buffer).cast("B")
        data = self.held[at : at + len(view)]
        view[: len(data)] = data
        self.file.seek(len(data), io.SEEK_CUR)
        return len(data)


def unpack(
    transport: Transport, url: str, name: str, limits: Limits, count: int | None = None
) -> bytes:
    """Return a file of an archive, or its first bytes.

    Raises
    ------
    IntegrityError
        When it is damaged.
    LimitExceeded
        When it would unpack to more than is allowed.
    """
    file = _file(transport, url)
    try:
        with zipfile.ZipFile(file) as archive:
            item = archive.getinfo(name)
            _check(item, limits)
            if count is None and isinstance(file, RangeFile):
                end = item.header_offset + item.compress_size + _LOCAL
                archive.fp = _buffered(_Window(file, item.header_offset, end))
            with archive.open(item) as opened:
                return opened.read() if count is None else opened.read(count)
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError) as error:
        raise IntegrityError(f"{redact(url)}: {name!r}: {error}", hint=DAMAGED) from error


def _buffered(window: _Window) -> BinaryIO:
    return io.BufferedReader(window, 2**16)
