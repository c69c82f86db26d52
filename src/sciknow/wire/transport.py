"""Bytes by address and range, from anywhere, with retries inside a deadline.

Every remote byte that a reader gets comes through a `Transport`. It may be pickled and used from
any thread; all transfers run on fsspec's input/output loop.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from fsspec.asyn import get_loop

from sciknow.errors import DegradedWarning, SourceUnavailable, UntrustedInput
from sciknow.net import DEADLINE, MAX_METADATA, WEB_SCHEMES, Deadline, is_offline, parse_url, redact
from sciknow.wire import blocking, http, objectstore
from sciknow.wire.answer import Reply, Span
from sciknow.wire.cache import Cache
from sciknow.wire.garbage import collection_paused
from sciknow.wire.kept import HEAD, Kept
from sciknow.wire.trouble import RETRIED, Absent, Trouble, TroubleKind, failure

T = TypeVar("T")
A = TypeVar("A", Reply, dict[str, int | None])

ATTEMPTS = 4
FIRST_PAUSE = 0.2
WHOLE_LIMIT = 256 * 2**20
"""The largest file, in bytes, that is taken whole from a server that knows no ranges."""


MEMO_LIMIT = 2**20
"""The largest answer, in bytes, that is remembered while a source is being opened."""


ENDS = 1024
"""File ends that are remembered."""


@dataclass
class Meter:
    """What went over the wire so far: requests (every attempt counts) and bytes of bodies."""

    requests: int = 0
    bytes: int = 0


class Tries:
    """The tries at one address: counts them, spaces them, and gives up in time."""

    def __init__(self, url: str, deadline: Deadline, meter: Meter) -> None:
        self.url, self.deadline, self.meter = url, deadline, meter
        self.met: list[str] = []
        self.pause = FIRST_PAUSE
        meter.requests += 1

    @property
    def late(self) -> Trouble:
        """What it means when the deadline passes."""
        reason = f"no answer within {self.deadline.seconds:g} s"
        return Trouble(TroubleKind.TRANSIENT, reason)

    def failed(self, trouble: Trouble) -> float:
        """Note a failed try and return the seconds to wait before the next.

        Raises
        ------
        SourceUnavailable, IntegrityError
            When there is no next one.
        """
        self.met.append(trouble.reason)
        pause = max(self.pause, trouble.wait)
        over = trouble.kind not in RETRIED or len(self.met) >= ATTEMPTS
        if over or self.deadline.left <= pause:
            raise failure(self.url, trouble, self.met)
        self.meter.requests += 1
        self.pause *= 2
        return pause * random.uniform(0.8, 1.0)


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

    Attributes
    ----------
    meter : Meter
        What went over the wire so far.
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
    ) -> None:
        Deadline.after(deadline)
        self.storage_options = dict(storage_options or {})
        self.deadline = deadline
        self.folder = folder
        self.cache = cache
        self._kept = Kept(cache, self.storage_options)
        self.meter = Meter()
        self._until: Deadline | None = None
        self._memo: dict[tuple[str, int | None, int | None], bytes] | None = None
        self._sizes: dict[str, int] = {}
        self._ends: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self.pages: dict[str, OrderedDict[int, bytes]] = {}
        self.kept: dict[str, Any] = {}
        self._whole: dict[str, bytes] = {}
        self._tags: dict[str, str] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.storage_options, self.deadline, self.folder, self.cache)

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
        before, self._until, self._memo = self._until, deadline, {}
        try:
            yield
        finally:
            self._until, self._memo = before, None

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
        if (whole := self._whole.get(url)) is not None:
            return whole[start:end]
        if "://" not in url:
            return self._local(url, start, end)
        if start is not None and start < 0 and end is None:
            return await self._fetch_end(url, start)
        memo = self._memo
        if memo is not None and (url, start, end) in memo:
            return memo[url, start, end]
        body = await self._fetch(url, (start, end), document)
        if memo is not None and len(body) <= MEMO_LIMIT:
            memo[url, start, end] = body
        return body

    async def _fetch_end(self, url: str, start: int) -> bytes:
        """Return the end of a file and remember it: the index of a Zarr shard is read often."""
        found = self._ends.get((url, start))
        if found is None:
            found = await self._fetch(url, (start, None), False)
            if len(found) <= MEMO_LIMIT:
                self._ends[url, start] = found
            while len(self._ends) > ENDS:
                self._ends.popitem(last=False)
        return found

    async def _fetch(self, url: str, span: Span, document: bool) -> bytes:
        limit = MAX_METADATA if document else WHOLE_LIMIT
        reply = await self._reply(url, span, limit, document=document)
        return self._checked(url, reply, *span)

    async def _reply(self, url: str, span: Span, limit: int, *, document: bool) -> Reply:
        """Return a reply, from the cache where it may come from there."""
        if self.cache is None and not is_offline():
            return await self._retry(url, lambda: self._ask(url, *span, limit))
        tag = self._tags.get(url, "")
        found = await asyncio.to_thread(self._kept.find, url, span, document=document, tag=tag)
        if found is not None:
            return found
        try:
            reply = await self._retry(url, lambda: self._ask(url, *span, limit))
        except Absent as error:
            await asyncio.to_thread(self._kept.keep, url, span, None, error.message)
            raise
        await asyncio.to_thread(self._kept.keep, url, span, reply)
        return reply

    async def _head(self, url: str) -> Reply:
        found = self._kept.find(url, HEAD, document=True)
        if found is None:
            found = await self._retry(url, lambda: self._ask_head(url))
            self._kept.keep(url, HEAD, found)
        return found

    async def start(self, url: str, count: int) -> tuple[bytes, int]:
        """Return the first bytes of a file and its whole size, in one request where possible."""
        if "://" in url and url not in self._whole:
            reply = await self._reply(url, (0, count), WHOLE_LIMIT, document=True)
            self._check_tag(url, reply.tag)
            if reply.whole:
                self._keep_whole(url, reply.body)
            if reply.total is not None:
                self._sizes[url] = reply.total
                return reply.body[:count], reply.total
            return reply.body, await self.size(url)
        return await self.fetch(url, 0, count), await self.size(url)

    async def size(self, url: str) -> int:
        """Return the size of a file in bytes."""
        if url in self._whole:
            return len(self._whole[url])
        if "://" not in url:
            return self.local(url).stat().st_size
        if url not in self._sizes:
            reply = await self._head(url)
            if reply.total is None:
                self._keep_whole(url, await self.fetch(url))
                return len(self._whole[url])
            self._sizes[url] = reply.total
        return self._sizes[url]

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
        return await self._retry(url, lambda: self._ask_names(url))

    async def _ask(self, url: str, start: int | None, end: int | None, limit: int) -> Reply:
        scheme, path = _split(url)
        if scheme in WEB_SCHEMES:
            return await http.fetch(url, start, end, limit)
        return await objectstore.fetch(self._driver(scheme), path, start, end)

    async def _ask_head(self, url: str) -> Reply:
        scheme, path = _split(url)
        if scheme in WEB_SCHEMES:
            return await http.head(url)
        return await objectstore.head(self._driver(scheme), path)

    async def _ask_names(self, url: str) -> dict[str, int | None]:
        scheme, path = _split(url)
        if scheme in WEB_SCHEMES:
            return dict.fromkeys(await http.links(url))
        return await objectstore.names(self._driver(scheme), path)

    def _driver(self, scheme: str) -> Any:
        return objectstore.filesystem(scheme, self.storage_options, self.deadline)

    async def _retry(self, url: str, attempt: Callable[[], Awaitable[A]]) -> A:
        tries = self._tries(url)
        while True:
            try:
                async with asyncio.timeout(max(tries.deadline.left, 0.001)):
                    reply = await attempt()
                return self._taken(reply)
            except TimeoutError:
                pause = tries.failed(tries.late)
            except Trouble as trouble:
                pause = tries.failed(trouble)
            await asyncio.sleep(pause)

    def _tries(self, url: str) -> Tries:
        if is_offline():
            raise SourceUnavailable(
                f"{redact(url)} is not asked for, since sciknow is offline (SCIKNOW_OFFLINE)",
                hint="unset SCIKNOW_OFFLINE",
            )
        parse_url(url)
        deadline = self.limit
        deadline.check(redact(url))
        return Tries(url, deadline, self.meter)

    def _taken(self, reply: A) -> A:
        if isinstance(reply, Reply):
            self.meter.bytes += len(reply.body)
            if _is_page(reply.body):
                raise Trouble(TroubleKind.PAGE, "answers with a web page instead of data")
        return reply

    def read(self, url: str, start: int, end: int) -> bytes:
        """Return a range of a file, fetched by the calling thread where that is possible.

        For libraries that hold a lock while they read; see `sciknow.wire.blocking`.
        """
        scheme, path = _split(url)
        if url in self._whole or scheme not in {"http", "https", "s3"} or end <= start:
            with collection_paused():
                return self.run(self.fetch(url, start, end))
        span = (start, end)
        found = self._kept.find(url, span, document=False, tag=self._tags.get(url, ""))
        if found is not None:
            return found.body
        tries = self._tries(url)
        while True:
            try:
                reply = self._taken(self._read_now(scheme, url, path, span, tries.deadline))
                break
            except Trouble as trouble:
                time.sleep(tries.failed(trouble))
        self._kept.keep(url, span, reply)
        return self._checked(url, reply, start, end)

    def _read_now(self, scheme: str, url: str, path: str, span: Span, deadline: Deadline) -> Reply:
        if scheme in WEB_SCHEMES:
            return blocking.fetch(url, span, WHOLE_LIMIT, deadline)
        s3 = import_module("sciknow.wire.blocking_s3")
        reply: Reply = s3.fetch(path, span, self.storage_options, deadline)
        return reply

    def _checked(self, url: str, reply: Reply, start: int | None, end: int | None) -> bytes:
        if start is not None or end is not None:
            self._check_tag(url, reply.tag)
        if reply.whole:
            self._keep_whole(url, reply.body)
            return reply.body[start:end]
        return reply.body

    def _check_tag(self, url: str, tag: str) -> None:
        before = self._tags.setdefault(url, tag) if tag else ""
        if before and before != tag:
            trouble = Trouble(TroubleKind.CHANGED, "the file changed while it was being read")
            raise failure(url, trouble)

    def _keep_whole(self, url: str, body: bytes) -> None:
        with self._lock:
            self._whole[url] = body
            while sum(map(len, self._whole.values())) > WHOLE_LIMIT and len(self._whole) > 1:
                del self._whole[next(iter(self._whole))]
        warnings.warn(
            f"{redact(url)}: the server sends no byte ranges, so the whole file was taken "
            f"({len(body):,} bytes)",
            DegradedWarning,
            stacklevel=2,
        )

    def local(self, path: str) -> Path:
        """Return a local path below the transport's folder.

        Raises
        ------
        UntrustedInput
            When it leads elsewhere.
        """
        found = Path(path).resolve()
        if self.folder is None or not found.is_relative_to(self.folder.resolve()):
            raise UntrustedInput(
                f"a reference leads to the local file {path[:200]!r}",
                hint=f"only files below {self.folder} may be read" if self.folder else "",
            )
        return found

    def _local(self, path: str, start: int | None, end: int | None) -> bytes:
        try:
            with self.local(path).open("rb") as file:
                if start is not None and start < 0:
                    file.seek(max(0, file.seek(0, 2) + start))
                    return file.read()
                file.seek(start or 0)
                return file.read() if end is None else file.read(end - (start or 0))
        except OSError as error:
            raise Absent(f"{path}: {error.strerror}", hint="check the path") from error


def _rebuild(
    options: dict[str, object], deadline: float, folder: Path | None, cache: Cache | None
) -> Transport:
    return Transport(storage_options=options, deadline=deadline, folder=folder, cache=cache)


def _split(url: str) -> tuple[str, str]:
    scheme, _, path = url.partition("://")
    return scheme, path


def _is_page(body: bytes) -> bool:
    start = body[:64].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))
