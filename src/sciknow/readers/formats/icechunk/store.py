"""One snapshot of an Icechunk repository as a Zarr store.

A snapshot never changes, so what it holds is kept in the cache under its id, and can be read
offline from there. The session is opened when something is read that is not kept.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarr.core.buffer import default_buffer_prototype

from sciknow.readers.formats.icechunk.repo import Repository, parse_version, repository
from sciknow.readers.formats.zarr.cost import Sizes
from sciknow.readers.formats.zarr.store import METADATA, ReadOnlyStore
from sciknow.readers.plans.cost import HELD
from sciknow.readers.protocol import Location
from sciknow.wire.answer import Reply
from sciknow.wire.kept import Kept
from sciknow.wire.trouble import Absent

LISTING = "?names"
"""After a prefix: the key under which the cache keeps the names below it."""


class SnapshotStore(ReadOnlyStore):
    """The arrays of one snapshot.

    Parameters
    ----------
    repository : Repository
        Where it is.
    snapshot : str
        Its id.
    """

    def __init__(self, repository: Repository, snapshot: str) -> None:
        super().__init__(repository.transport)
        self.repository, self.snapshot = repository, snapshot
        self._kept = Kept(self.transport.cache, self.transport.storage_options)
        self._documents: dict[str, bytes | None] = {}
        self._session: asyncio.Task[Any] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.repository, self.snapshot)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SnapshotStore) and self.__reduce__()[1] == other.__reduce__()[1]

    def __hash__(self) -> int:
        return hash((self.repository.url, self.snapshot))

    def __dask_tokenize__(self) -> object:
        return ("sciknow-snapshot", self.repository.url, self.snapshot)

    def __repr__(self) -> str:
        return f"<SnapshotStore {self.repository.url} {self.snapshot}>"

    async def _bytes(self, key: str, start: int | None, end: int | None) -> bytes | None:
        if key.rsplit("/", 1)[-1] not in METADATA:
            return await self._read(key, start, end)
        if key not in self._documents:
            self._documents[key] = await self._read(key, None, None)
        return self._documents[key]

    async def _read(self, key: str, start: int | None, end: int | None) -> bytes | None:
        try:
            found = await self._find(key, start, end)
        except Absent:
            return None
        if found is not None:
            return found
        store = (await self.session()).store
        work = store.get(key, default_buffer_prototype(), _request(start, end))
        buffer = await self.repository.within(work)
        body = None if buffer is None else bytes(buffer.to_bytes())
        self.transport.meter.count(requests=1, bytes=len(body or b""))
        await self._keep(key, (start, end), body)
        return body

    async def _names(self, prefix: str) -> list[str]:
        key = f"{prefix}{LISTING}"
        found = await self._find(key, None, None)
        if found is not None:
            return [str(name) for name in json.loads(found)]
        store = (await self.session()).store
        names = await self.repository.within(_all(store.list_dir(prefix)))
        await self._keep(key, (None, None), json.dumps(names).encode())
        return names

    async def _find(self, key: str, start: int | None, end: int | None) -> bytes | None:
        """Return what is kept; a local repository is never kept, and read when offline too."""
        if self.repository.local:
            return None
        span = (start, end)
        reply = await asyncio.to_thread(self._kept.find, self._url(key), span, document=False)
        return None if reply is None else reply.body

    async def _keep(
        self, key: str, span: tuple[int | None, int | None], body: bytes | None
    ) -> None:
        if not self.repository.local:
            reply = None if body is None else Reply(body)
            await asyncio.to_thread(self._kept.keep, self._url(key), span, reply)

    def _url(self, key: str) -> str:
        return f"{self.repository.url}@{self.snapshot}/{key}"

    async def session(self) -> Any:
        """Return icechunk's session, opened once; a failed attempt is made again."""
        task = self._session
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            work = self.repository.session(self.snapshot)
            task = self._session = asyncio.ensure_future(work)
        return await asyncio.shield(task)

    async def getsize(self, key: str) -> int:
        """Return the stored size of a key; 0 where there is nothing."""
        store = (await self.session()).store
        return int(await self.repository.within(store.getsize(key)))

    async def stored(self, key: str, chunk: Sequence[int] | None = None) -> int | None:
        """Return the stored size of a key without reading it; None where there is nothing.

        Parameters
        ----------
        key : str
            The key.
        chunk : sequence of int, optional
            The chunk that it is, to tell chunks that lie in the manifest (`HELD`).
        """
        session = await self.session()
        path = key.partition("/c/")[0] if "/c/" in key else key.removesuffix("/c")
        if chunk is not None:
            kind = await self.repository.within(session.chunk_type_async(f"/{path}", [*chunk]))
            if "INLINE" in str(kind).upper():
                return HELD
        return await self.getsize(key) or None


class SnapshotSizes(Sizes):
    """Stored sizes of the chunks of a snapshot, from its manifests."""

    def __init__(self, store: SnapshotStore) -> None:
        super().__init__(store.transport, {})
        self.store = store

    def __call__(self, keys: Sequence[str]) -> list[int | None]:
        """Return the size under each key; None where there is nothing."""

        async def every() -> list[int | None]:
            return list(
                await asyncio.gather(*(self.store.stored(key, _chunk(key)) for key in keys))
            )

        return self.transport.run(every())

    def _read(self, key: str, span: tuple[int, int | None]) -> bytes | None:
        return self.transport.run(self.store._bytes(key, *span))


def _chunk(key: str) -> list[int]:
    """Return the place of a chunk in its grid, from its key as Zarr 3 writes it by default."""
    _, mark, tail = key.rpartition("/c/")
    parts = tail.split("/") if mark else key.rpartition("/")[2].split(".")
    return [int(part) for part in parts if part.isdigit()]


def _request(start: int | None, end: int | None) -> ByteRequest | None:
    if start is None and end is None:
        return None
    if start is not None and start < 0:
        return SuffixByteRequest(-start)
    if end is None:
        return OffsetByteRequest(start or 0)
    return RangeByteRequest(start or 0, end)


async def _all(names: Any) -> list[str]:
    return sorted([str(name) async for name in names])


def snapshot_store(location: Location, options: Mapping[str, object]) -> SnapshotStore:
    """Look up the version that is wanted, and return its store.

    Raises
    ------
    Absent
        When there is no such repository or version.
    SourceUnavailable
        When the source does not answer.
    """
    found = repository(location, options)
    snapshot = location.transport.run(found.snapshot(*parse_version(options)))
    return SnapshotStore(found, snapshot)
