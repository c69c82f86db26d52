"""Where the fields of a GRIB file lie, and what precedes their data.

A file is a row of messages; a message of edition 2 may hold several fields. Each field is put
together from the sections that belong to it, so that a field is had without the rest of the file.
Layout: WMO Manual on Codes, FM 92 GRIB, editions 1 and 2.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sciknow.errors import IntegrityError, SourceUnavailable
from sciknow.net import redact
from sciknow.wire.trouble import DAMAGED

Fetch = Callable[[int, int], bytes]
"""Return the bytes from one offset to another; fewer at the end of the file."""

HEAD = 2048
"""Bytes that are read at the start of a message: they hold what precedes the data."""

MAX_POINTS = 2**28
"""A field with more points is refused."""

_END = b"7777"
_NO_BITMAP = b"\0\0\0\x06\x06\xff"
_NO_DATA = b"\0\0\0\x05\x07"
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Parameters
    ----------
    spans : tuple of (start, end)
        Parts of the file that make it up, in order; neighbours are joined.
    edition : int
        Of GRIB.
    head : bytes
        The indicator section, the same for every field of a message.
    """

    spans: tuple[Span, ...]
    edition: int
    head: bytes

    @property
    def size(self) -> int:
        """Bytes that are read for it."""
        return sum(end - start for start, end in self.spans)

    def message(self, parts: Sequence[bytes]) -> bytes:
        """Return the field as a message of its own, from the bytes of its spans."""
        body = b"".join(parts)
        if self.edition == 1:
            return body
        return wrapped(self.head, body)


def wrapped(head: bytes, body: bytes) -> bytes:
    """Return a message of edition 2 from its indicator section and its other sections."""
    return head[:8] + struct.pack(">Q", len(body) + 20) + body + _END


def scan(
    fetch: Fetch, size: int, starts: Sequence[int] | None, url: str
) -> list[tuple[Field, bytes]]:
    """Find every field of a file.

    Parameters
    ----------
    fetch : callable
        Reads a range of the file.
    size : int
        Its size in bytes.
    starts : sequence of int or None
        Where messages start, where an index says so; else they are looked for one after another.
    url : str
        For messages.

    Returns
    -------
    list of (Field, bytes)
        Each with a message that has its keys and no data.

    Raises
    ------
    SourceUnavailable
        When there is no message in it.
    IntegrityError
        When one is cut short or damaged.
    """
    found: list[tuple[Field, bytes]] = []
    for at in starts if starts is not None else _starts(fetch, size, url):
        found += _fields(fetch, at, size, url)
    if not found:
        raise SourceUnavailable(
            f"{redact(url)} is not a GRIB file: there is no message in it",
            hint="the source has changed or is damaged, or the catalogue names the wrong reader",
        )
    return found


def _starts(fetch: Fetch, size: int, url: str) -> Iterator[int]:
    """Yield where messages start; what lies between them (bulletin headers) is passed over."""
    at = 0
    while at < size:
        window = fetch(at, min(at + HEAD, size))
        place = window.find(b"GRIB")
        if place < 0:
            at += max(1, len(window) - 3)
            continue
        head = window[place : place + 16]
        at += place
        yield at
        at += _length(head if len(head) == 16 else fetch(at, min(at + 16, size)), at, size, url)


def _length(head: bytes, at: int, size: int, url: str) -> int:
    """Return the length of a message, checked."""
    edition = head[7] if len(head) == 16 and head[:4] == b"GRIB" else 0
    if edition not in (1, 2):
        raise _damaged(url, at, "no message of edition 1 or 2")
    length = int.from_bytes(head[8:16] if edition == 2 else head[4:7], "big")
    if edition == 1 and length & 0x800000:
        raise _damaged(url, at, "a message of edition 1 over 8 MB, which is not read")
    if length < 20 or at + length > size:
        raise _damaged(url, at, f"it should have {length:,} bytes, {size - at:,} are there")
    return length


def _damaged(url: str, at: int, what: str) -> IntegrityError:
    return IntegrityError(f"{redact(url)}: the message at byte {at:,}: {what}", hint=DAMAGED)


def _fields(fetch: Fetch, at: int, size: int, url: str) -> Iterator[tuple[Field, bytes]]:
    window = fetch(at, min(at + HEAD, size))
    length = _length(window[:16], at, size, url)
    read = _Reader(fetch, at, window, length, url)
    if window[7] == 1:
        yield _edition1(read, length)
        return
    sections: dict[int, Span] = {}
    bitmap: Span | None = None
    place = 16
    while place < length - 4:
        count, number = struct.unpack(">IB", read(place, 5))
        if count < 5 or place + count > length - 4 or not 1 <= number <= 7:
            raise _damaged(url, at, f"a section {number} of {count:,} bytes")
        sections[number] = (place, place + count)
        place += count
        if number == 6 and read(place - count + 5, 1) != b"\xfe":
            bitmap = sections[6]  # 254: the bitmap that was given before
        if number == 7:
            yield _edition2(read, sections, bitmap)


class _Reader:
    """Reads places of one message, from its first bytes where they are there."""

    def __init__(self, fetch: Fetch, at: int, window: bytes, length: int, url: str) -> None:
        self.fetch, self.at, self.window, self.length, self.url = fetch, at, window, length, url

    def __call__(self, place: int, count: int) -> bytes:
        if place + count <= len(self.window):
            return self.window[place : place + count]
        if place + count > self.length:
            raise _damaged(self.url, self.at, "it is cut short")
        return self.fetch(self.at + place, self.at + place + count)


def _edition2(
    read: _Reader, sections: Mapping[int, Span], bitmap: Span | None
) -> tuple[Field, bytes]:
    own = [sections.get(number) for number in (1, 2, 3, 4, 5)]
    wanted = [span for span in (*own, bitmap, sections[7]) if span is not None]
    if None in (sections.get(1), sections.get(3), sections.get(4), sections.get(5), bitmap):
        raise _damaged(read.url, read.at, "a section is missing")
    points = int.from_bytes(read(sections[3][0] + 6, 4), "big")
    if points > MAX_POINTS:
        raise _damaged(read.url, read.at, f"{points:,} points, more than {MAX_POINTS:,}")
    keys = b"".join(read(low, high - low) for span in own if span for low, high in [span])
    head = read(0, 16)
    field = Field(_joined(wanted, read.at), 2, head)
    return field, wrapped(head, keys + _NO_BITMAP + _NO_DATA)


def _joined(spans: Sequence[Span], at: int) -> tuple[Span, ...]:
    found: list[Span] = []
    for low, high in spans:
        if found and found[-1][1] == at + low:
            found[-1] = (found[-1][0], at + high)
        else:
            found.append((at + low, at + high))
    return tuple(found)


def _edition1(read: _Reader, length: int) -> tuple[Field, bytes]:
    """Return the field of a message, and the same as a constant field without data."""
    first = int.from_bytes(read(8, 3), "big")
    place, flags = 8 + first, read(15, 1)[0]
    grid = read(place, int.from_bytes(read(place, 3), "big")) if flags & 0x80 else b""
    place += len(grid)
    if flags & 0x40:
        place += int.from_bytes(read(place, 3), "big")
    product = bytearray(read(8, first))
    product[7] = flags & 0x80
    data = b"\0\0\x0c" + read(place + 3, 7) + b"\0\0"
    body = bytes(product) + grid + data + _END
    keys = b"GRIB" + (8 + len(body)).to_bytes(3, "big") + b"\x01" + body
    return Field(((read.at, read.at + length),), 1, read(0, 8)), keys


def parse_index(text: bytes) -> list[int] | None:
    """Read where messages start from an index beside a file; None where it is none.

    Two kinds are in use: lines ``number:offset:date:...`` (wgrib2's ``.idx``), and lines of JSON
    with ``_offset`` (ECMWF's ``.index``).

    Examples
    --------
    >>> parse_index(b"1:0:d=2020010100:TMP:2 m above ground:anl:\\n2.1:900:d=2020010100:UGRD:::")
    [0, 900]
    >>> parse_index(b'{"param": "2t", "_offset": 12, "_length": 40}')
    [12]
    """
    found: set[int] = set()
    for line in text.decode("utf-8", "replace").splitlines():
        if not line.strip():
            continue
        value = _offset_of(line)
        if not isinstance(value, int) or value < 0:
            return None
        found.add(value)
    return sorted(found) or None


def _offset_of(line: str) -> Any:
    if line.startswith("{"):
        try:
            return json.loads(line).get("_offset")
        except ValueError:
            return None
    parts = line.split(":", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else None
