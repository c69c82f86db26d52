"""Files of text: their start, and the lines of one block, plain or packed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from fsspec.compression import compr
from fsspec.utils import read_block

from sciknow.errors import MissingDependency
from sciknow.files import open_regular
from sciknow.formats import path_of
from sciknow.readers.packed import unpacked
from sciknow.readers.protocol import Location
from sciknow.wire.budget import Limits
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.transport import Transport

LIMITS = Limits()
Place: TypeAlias = tuple[int, int | None]
"""Offset and length of a block; without length all that follows."""

_ENDINGS = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}


def packing_of(url: str) -> str:
    """Tell from an address how a file is packed; empty for not at all."""
    return next((name for end, name in _ENDINGS.items() if path_of(url).lower().endswith(end)), "")


def _unpacked(file: Any, packing: str) -> Any:
    if packing not in compr:
        raise MissingDependency(f"no library here unpacks {packing}", hint="pip install zstandard")
    return compr[packing](file, mode="rb")


def open_bytes(transport: Transport, url: str) -> Any:
    """Open a file that can be read at any place."""
    return RangeFile(transport, url) if "://" in url else open_regular(Path(url))


def start_of(location: Location, packing: str, count: int) -> tuple[bytes, bool]:
    """Return the first bytes, unpacked, and whether these are all of them."""
    with open_bytes(location.transport, location.url) as file:
        start: bytes = (_unpacked(file, packing) if packing else file).read(count + 1)
    return start[:count], len(start) <= count


def blocks_of(location: Location, packing: str, length: int | None) -> list[Place]:
    """Return the blocks of a file; a packed one is a single block."""
    if packing or length is None:
        return [(0, None)]
    size = location.transport.run(location.transport.size(location.url))
    return [(start, length) for start in range(0, size, length)] or [(0, None)]


def block(
    transport: Transport, url: str, packing: str, place: Place, limits: Limits = LIMITS
) -> bytes:
    """Return the whole lines that start in a block.

    Raises
    ------
    LimitExceeded
        When a packed file would unpack to more than is allowed.
    """
    if not packing:
        with open_bytes(transport, url) as file:
            return bytes(read_block(file, *place, delimiter=b"\n"))
    return unpacked(transport.run(transport.fetch(url)), packing, url, limits)
