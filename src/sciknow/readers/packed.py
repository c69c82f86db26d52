"""Files and chunks that are packed as a whole: unpacked to so many bytes, and no further.

What is unpacked is counted before it is kept, so what is too much costs neither memory nor, where
a few bytes would become very many, time.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from sciknow.errors import IntegrityError, LimitExceeded
from sciknow.net import redact
from sciknow.wire.budget import MAX_UNPACKED, PIECE, Limits
from sciknow.wire.trouble import DAMAGED

MAX_RATIO, SMALL = 500, 16 * 2**20
"""The most bytes that one packed byte may stand for, in files above the second."""

_KEPT = 256 * 2**20
"""Bytes that are kept while they are counted; more are unpacked again."""


class _Zlib(io.RawIOBase):
    """A stream of zlib, which Python has no file for."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self.data, self.member = file.read(), zlib.decompressobj()

    def read(self, size: int = -1) -> bytes:
        out = self.member.decompress(self.data, size)
        self.data = self.member.unconsumed_tail
        return out


def _zstd(file: Any) -> Any:
    return pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")


_OPENERS: dict[str, Callable[[Any], Any]] = {
    "gzip": gzip.open,
    "zlib": _Zlib,
    "bz2": bz2.open,
    "xz": lzma.open,
    "zstd": _zstd,
}
_NAMES = {"gz": "gzip", "deflate": "zlib", "lzma": "xz", "zst": "zstd"}
_DAMAGE = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def most_of(size: int, limits: Limits) -> int:
    """Return the bytes that a packed file of a size may unpack to.

    One byte may stand for `MAX_RATIO`, unless somebody said how many there may be.
    """
    if limits.unpacked != MAX_UNPACKED:
        return limits.unpacked
    return min(limits.unpacked, max(SMALL, MAX_RATIO * size))


def _up_to(opened: Any, count: int) -> Iterator[bytes]:
    while count > 0 and (piece := opened.read(min(PIECE, count))):
        count -= len(piece)
        yield piece


def unpacked(data: bytes, kind: str, url: str, limits: Limits) -> bytes:
    """Return what a packed file holds.

    Raises
    ------
    LimitExceeded
        When that is more than it may be.
    IntegrityError
        When it is damaged.
    """
    most = most_of(len(data), limits)
    try:
        found = _expanded(data, kind, most)
    except _DAMAGE as error:
        raise IntegrityError(
            f"{redact(url)} is packed and damaged: {error}", hint=DAMAGED
        ) from None
    if found is None:
        raise too_much(redact(url), len(data), most)
    return found


def too_much(what: str, size: int, most: int, found: str = "") -> LimitExceeded:
    """Build the error for what unpacks to more than it may."""
    return LimitExceeded(
        f"{what} unpacks from {size:,} to {found or 'more'} bytes, at most {most:,} are taken",
        hint="if you trust it, say how many it may be: limits={'unpacked': 8_000_000_000}",
    )


def _expanded(data: bytes, kind: str, most: int) -> bytes | None:
    """Return what packed bytes hold; None where that is more than so many bytes."""
    kept: list[bytes] | None = []
    count = 0
    for piece in _up_to(_OPENERS[kind](io.BytesIO(data)), most + 1):
        count += len(piece)
        if kept is not None:
            kept.append(piece)
        if count > _KEPT:
            kept = None
    if count > most:
        return None
    return b"".join(kept if kept is not None else _up_to(_OPENERS[kind](io.BytesIO(data)), most))


def expanded(data: bytes, kind: str, most: int) -> bytes | bool:
    """Unpack a chunk that may unpack to so many bytes, or see that it does not hold more.

    Parameters
    ----------
    data : bytes
        What is packed.
    kind : str
        How, as numcodecs and Zarr name it.
    most : int
        The most bytes.

    Returns
    -------
    bytes or bool
        What it held; True where it is small enough, or damaged, and left packed, as is what is
        packed in another way; False where it holds more.
    """
    name = kind.removeprefix("numcodecs.")
    name = _NAMES.get(name, name)
    if name in ("blosc", "lz4"):
        at = 4 if name == "blosc" else 0  # both say the size before the data
        return int.from_bytes(data[at : at + 4], "little") <= most
    if name not in _OPENERS:
        return True
    if name == "zstd" and (told := _zstd_size(data)) is not None:
        return told <= most
    try:
        found = _expanded(data, name, most)
    except _DAMAGE:
        return True  # whoever unpacks it says how
    return False if found is None else found


def _zstd_size(data: bytes) -> int | None:
    """Read the size that a Zstandard frame says (RFC 8878, 3.1.1.1); None where it says none."""
    if data[:4] != b"\x28\xb5\x2f\xfd" or len(data) < 6:
        return None
    flags = data[4]
    single = bool(flags & 0x20)
    width = (1 if single else 0, 2, 4, 8)[flags >> 6]
    if not width:
        return None
    at = 5 + (0 if single else 1) + (0, 1, 2, 4)[flags & 3]
    return int.from_bytes(data[at : at + width], "little") + (256 if width == 2 else 0)
