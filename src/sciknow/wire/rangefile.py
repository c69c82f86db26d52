"""A remote file as a file object: small reads from a page cache, large ones exactly."""

from __future__ import annotations

import asyncio
import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sciknow.errors import IntegrityError
from sciknow.files import open_regular
from sciknow.wire.transport import Transport

PAGE = 32 * 1024
"""Bytes of one page of the cache; a read of more than one page goes past the cache."""

PAGES = 256
"""Pages that are kept for each file."""


AT_ONCE = 16
"""Ranges of one file that are asked for at the same time."""


class LocalFile:
    """A local file with the part of `RangeFile` that the NetCDF classic reader uses."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = str(path)
        found = path.stat()
        self.size, self._changed = found.st_size, found.st_mtime_ns

    def __dask_tokenize__(self) -> object:
        return ("sciknow-path", self.url, self.size, self._changed)

    def fetch(self, low: int, high: int) -> bytes:
        """Return the bytes from one offset to another, the second excluded.

        Raises
        ------
        IntegrityError
            When the file has become shorter than it was.
        """
        with open_regular(self.path) as file:
            file.seek(low)
            data = file.read(high - low)
        if len(data) < min(high, self.size) - low:
            self.check()
        return data

    def check(self) -> None:
        """Refuse a file that has become shorter than it was.

        Raises
        ------
        IntegrityError
            Says how long it was.
        """
        if (left := self.path.stat().st_size) < self.size:
            raise IntegrityError(
                f"{self.path} has {left:,} bytes and had {self.size:,} when it was opened",
                hint="it has changed or is damaged; get it again, and open it again",
            )

    def fetch_many(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges."""
        return [self.fetch(*item) for item in spans]


class Positioned(io.RawIOBase):
    """A read-only file of a known size that is read from a position on."""

    size: int
    _at = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, counted from the start, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the position on."""
        view = memoryview(buffer).cast("B")
        data = self._next(len(view))
        view[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        """Return the next bytes, as many as there are."""
        raise NotImplementedError


class RangeFile(Positioned):
    """A read-only, seekable, picklable file over byte ranges.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the file.
    size : int, optional
        Its size in bytes, where known; else it is asked for.
    """

    def __init__(self, transport: Transport, url: str, size: int | None = None) -> None:
        super().__init__()
        self.transport = transport
        self.url = url
        if size is None:
            first, size = transport.run(transport.start(url, PAGE))
            transport.pages[url] = OrderedDict({0: first})
        self.size = size
        self._pages = transport.pages.setdefault(url, OrderedDict())
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return RangeFile, (self.transport, self.url, self.size)

    def __dask_tokenize__(self) -> object:
        return ("sciknow-file", self.url, self.size)

    def fetch(self, low: int, high: int) -> bytes:
        """Return the bytes from one offset to another, the second excluded."""
        high = min(high, self.size)
        first, last = low // PAGE, max(low, high - 1) // PAGE
        if high - low > PAGE and not self._holds(first, last):
            return self.transport.read(self.url, low, high)
        data = b"".join(self._page(number) for number in range(first, last + 1))
        return data[low - first * PAGE : high - first * PAGE]

    def hold(self, low: int, high: int) -> None:
        """Get the pages of a range in one request, for reads to come; held ones are not asked."""
        first, last = max(0, low) // PAGE, max(low, min(high, self.size) - 1, 0) // PAGE
        if self._holds(first, last):
            return
        start = first * PAGE
        data = self.transport.read(self.url, start, min((last + 1) * PAGE, self.size))
        for number in range(first, last + 1):
            self._keep(number, data[number * PAGE - start : (number + 1) * PAGE - start])

    def _holds(self, first: int, last: int) -> bool:
        with self._lock:
            return all(number in self._pages for number in range(first, last + 1))

    def fetch_many(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges; those beyond the first are asked for at the same time."""
        if len(spans) == 1:
            return [self.fetch(*spans[0])]
        return self.transport.run(self._gather(spans))

    def fetch_exactly(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges past the pages, asked for at the same time."""
        return self.transport.run(self._gather(spans))

    async def _gather(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(low: int, high: int) -> bytes:
            async with gate:
                return await self.transport.fetch(self.url, low, min(high, self.size))

        return list(await asyncio.gather(*(one(*item) for item in spans)))

    def _page(self, number: int) -> bytes:
        with self._lock:
            if number in self._pages:
                self._pages.move_to_end(number)
                return self._pages[number]
        low = number * PAGE
        high = min(low + PAGE, self.size)
        page = self.transport.read(self.url, low, high)
        self._keep(number, page)
        return page

    def _keep(self, number: int, page: bytes) -> None:
        with self._lock:
            self._pages[number] = page
            while len(self._pages) > PAGES:
                self._pages.popitem(last=False)

    def _next(self, size: int) -> bytes:
        data = self.fetch(self._at, self._at + size) if self._at < self.size else b""
        self._at += len(data)
        return data
