"""Bytes by address and range, from anywhere, with retries inside a deadline.

Every remote byte that a reader gets comes through a `Transport`. It may be pickled and used from
any thread; all transfers run on fsspec's input/output loop.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from fsspec.asyn import get_loop

from sciknow.model.preserved import FileVersion
from sciknow.net import DEADLINE, Deadline, is_offline
from sciknow.wire.answer import Reply, Span, no_page
from sciknow.wire.backend import Backend, backend_for
from sciknow.wire.budget import MAX_METADATA, WHOLE_LIMIT
from sciknow.wire.cache import Cache
from sciknow.wire.folder import local_path, local_version, read_local
from sciknow.wire.garbage import collection_paused
from sciknow.wire.kept import HEAD, Kept, Memory
from sciknow.wire.reach import Reach
from sciknow.wire.retry import Meter, begin, tried, tried_here
from sciknow.wire.trouble import Absent

T = TypeVar("T")


class Transport:
    """A picklable way to bytes.

    Parameters
    ----------
    storage_options : mapping, optional
        Options of the object store; see `objectstore.OPTIONS`.
    deadline : float
        Seconds that opening, or one read afterwards, may take in all, retries included.
    folder : Path, optional
        The one local folder whose files may be read; without it none may.
    cache : Cache, optional
        Where what comes is kept, and looked for first.
    trusted : bool
        Whether the user wrote the options of the object store, or they ship with the package. An
        endpoint that came from data is read as plain public S3 by our own client, or not at all.
    reach : Reach, optional
        Which private hosts the user named, and so may be asked; what is asked for itself when
        left out, for callers whose addresses are their own.
    meter : Meter, optional
        Where what goes over the wire is counted; pickling leaves it behind.

    Attributes
    ----------
    pages, kept : dict
        Pages of files, and stores that readers made, by address; lost by pickling.
    """

    def __init__(
        self,
        *,
        storage_options: Mapping[str, object] | None = None,
        deadline: float = DEADLINE,
        folder: Path | None = None,
        cache: Cache | None = None,
        trusted: bool = False,
        reach: Reach | None = None,
        meter: Meter | None = None,
    ) -> None:
        Deadline.after(deadline)
        self.storage_options = dict(storage_options or {})
        self.deadline = deadline
        self.folder = folder
        self.cache = cache
        self.trusted = trusted
        self.reach = reach
        self._kept = Kept(cache, self.storage_options)
        self.meter = meter or Meter()
        self._until: Deadline | None = None
        self._memory = Memory()
        self.pages: dict[str, OrderedDict[int, bytes]] = {}
        self.kept: dict[str, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        plain = (self.storage_options, self.deadline, self.folder, self.cache)
        return _rebuild, (*plain, self.trusted, self.reach)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transport) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash((self.deadline, self.folder))

    def __dask_tokenize__(self) -> object:
        return ("sciknow-transport", sorted(self.storage_options.items()), str(self.folder))

    @contextmanager
    def until(self, deadline: Deadline) -> Iterator[None]:
        """Put everything in the block under one deadline.

        What is read in the block is remembered until its end: opening asks for the same small
        ranges more than once.
        """
        before, self._until, self._memory.ranges = self._until, deadline, {}
        try:
            yield
        finally:
            self._until, self._memory.ranges = before, None

    @property
    def limit(self) -> Deadline:
        """The deadline of what is asked for now."""
        return self._until or Deadline.after(self.deadline)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of this class on the transfer loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, get_loop()).result()

    async def fetch(
        self,
        url: str,
        start: int | None = None,
        end: int | None = None,
        *,
        document: bool = False,
    ) -> bytes:
        """Return some bytes of an address.

        Parameters
        ----------
        url : str
            http(s), an object store, or a local path below `folder`.
        start, end : int, optional
            The range, end excluded; a negative start counts from the end; both None is all.
        document : bool
            Whether it is a metadata document, which is never taken from a cache unasked.

        Raises
        ------
        Absent
            When the source has nothing under the address.
        SourceUnavailable
            When it can't be had within the deadline.
        IntegrityError
            When it comes cut short, or has changed since the last range.
        """
        if start is not None and end is not None and end <= start:
            return b""
        if "://" not in url:
            return read_local(self.local(url), start, end)
        if (found := self._memory.find(url, start, end)) is not None:
            return found
        limit = MAX_METADATA if document else WHOLE_LIMIT
        span = None if start is None and end is None else (start, end)
        reply = await self._reply(url, span, limit, document=document)
        body = self._memory.part(url, reply, start, end)
        self._memory.keep(url, start, end, body)
        return body

    async def _reply(
        self, url: str, span: Span | None, limit: int, *, document: bool = False
    ) -> Reply:
        """Return a reply, from the cache where it may come from there."""

        def ask() -> Awaitable[Reply]:
            return self.backend(url).fetch(url, span, limit)

        if self.cache is None and not is_offline():
            return await self._tried(url, ask)
        tag, key = self._memory.tags.get(url, ""), span or (None, None)
        found = await asyncio.to_thread(self._kept.find, url, key, document=document, tag=tag)
        if found is not None:
            return found
        try:
            reply = await self._tried(url, ask)
        except Absent as error:
            await asyncio.to_thread(self._kept.keep, url, key, None, error.message)
            raise
        await asyncio.to_thread(self._kept.keep, url, key, reply)
        return reply

    async def _head(self, url: str) -> Reply:
        found = self._kept.find(url, HEAD, document=True)
        if found is None:
            found = await self._tried(url, lambda: self.backend(url).head(url))
            self._kept.keep(url, HEAD, found)
        return found

    async def start(self, url: str, count: int) -> tuple[bytes, int]:
        """Return the first bytes of a file and its whole size, in one request where possible."""
        if "://" not in url or self._memory.whole(url) is not None:
            return await self.fetch(url, 0, count), await self.size(url)
        reply = await self._reply(url, (0, count), WHOLE_LIMIT, document=True)
        body = self._memory.part(url, reply, 0, count)
        if reply.total is None:
            return body, await self.size(url)
        self._memory.sizes[url] = reply.total
        return body, reply.total

    async def size(self, url: str) -> int:
        """Return the size of a file in bytes."""
        if (whole := self._memory.whole(url)) is not None:
            return len(whole)
        if "://" not in url:
            return self.local(url).stat().st_size
        if url not in self._memory.sizes:
            reply = await self._head(url)
            size = reply.total
            if size is None:
                body = await self.fetch(url)
                self._memory.keep_whole(url, body)
                size = len(body)
            self._memory.sizes[url] = size
        return self._memory.sizes[url]

    async def version(self, url: str) -> FileVersion:
        """Return what the source says of a file now.

        Raises
        ------
        Absent, SourceUnavailable
            When it has no such file, or does not answer.
        """
        if "://" not in url:
            return local_version(self.local(url))
        return (await self._head(url)).says

    async def state(self, url: str) -> str:
        """Return what tells whether a file has changed: its size and the server's validator."""
        if "://" not in url:
            found = self.local(url).stat()
            return f"{found.st_size} {found.st_mtime_ns}"
        reply = await self._head(url)
        return f"{reply.total} {reply.tag}"

    async def names(self, url: str) -> dict[str, int | None]:
        """Return the names directly below a folder, with sizes where the source tells them."""
        if "://" not in url:
            return {
                item.name: item.stat().st_size if item.is_file() else None
                for item in self.local(url).iterdir()
            }
        return await self._tried(url, lambda: self.backend(url).names(url))

    async def files(self, url: str) -> dict[str, FileVersion]:
        """Return everything below a prefix of an object store: address → what the store says.

        Raises
        ------
        SourceUnavailable
            When it may not be listed.
        """
        return await self._tried(url, lambda: self.backend(url).files(url))

    def read(self, url: str, start: int, end: int) -> bytes:
        """Return a range of a file, fetched by the calling thread where that is possible.

        For libraries that hold a lock while they read; see `sciknow.wire.blocking`.
        """
        if self._memory.whole(url) is not None or "://" not in url or end <= start:
            with collection_paused():
                return self.run(self.fetch(url, start, end))
        span = (start, end)
        found = self._kept.find(url, span, document=False, tag=self._memory.tags.get(url, ""))
        if found is not None:
            return found.body
        deadline, backend = self.limit, self.backend(url)
        tries = begin(url, deadline, self.meter)
        reply = tried_here(
            url, tries, lambda: self._taken(backend.read(url, span, WHOLE_LIMIT, deadline))
        )
        self._kept.keep(url, span, reply)
        return self._memory.part(url, reply, start, end)

    def local(self, path: str) -> Path:
        """Return a local path below the transport's folder.

        Raises
        ------
        UntrustedInput
            When it leads elsewhere.
        """
        return local_path(self.folder, path)

    def backend(self, url: str) -> Backend:
        """Return what answers for an address; one request there is one attempt."""
        return backend_for(
            url,
            self.storage_options,
            self.deadline,
            trusted=self.trusted,
            reach=self.reach_of(url),
        )

    def reach_of(self, url: str) -> Reach:
        """Return which private hosts may be asked on the way from an address."""
        if self.reach is not None:
            return self.reach
        return Reach.of(url, str(self.storage_options.get("endpoint_url") or ""))

    async def _tried(self, url: str, ask: Callable[[], Awaitable[T]]) -> T:
        async def attempt() -> T:
            return self._taken(await ask())

        return await tried(url, begin(url, self.limit, self.meter), attempt)

    def _taken(self, came: T) -> T:
        if isinstance(came, Reply):
            self.meter.count(bytes=len(came.body))
            no_page(came.body)
        return came


def _rebuild(
    options: dict[str, object],
    deadline: float,
    folder: Path | None,
    cache: Cache | None,
    trusted: bool,
    reach: Reach | None,
) -> Transport:
    return Transport(
        storage_options=options,
        deadline=deadline,
        folder=folder,
        cache=cache,
        trusted=trusted,
        reach=reach,
    )
