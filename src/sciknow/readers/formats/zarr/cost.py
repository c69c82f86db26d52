"""Costs of Zarr arrays, in a store of their own or behind references, sharded or not."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import Crc32cCodec, ShardingCodec

from sciknow.errors import SciknowError
from sciknow.readers.formats.zarr.store import SourceStore
from sciknow.readers.plans.cost import HELD, Cost, of_chunks, pick, reads, split
from sciknow.readers.selection import Index
from sciknow.wire.folder import read_local
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Absent

_ABSENT = 2**64 - 1


class ZarrCosts:
    """Costs of the arrays of one group.

    Parameters
    ----------
    group : zarr.Group
        The group.
    sizes : Sizes
        Looks up stored sizes.
    """

    def __init__(self, group: Any, sizes: Sizes) -> None:
        self.group, self.sizes = group, sizes

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of an array."""
        array = self.group.get(name)
        if not isinstance(array, zarr.Array) or len(array.shape) != len(index):
            return None
        if array.shards is not None:
            return self._sharded(array, index, blocks)
        decoded = math.prod(array.chunks) * array.dtype.itemsize
        lists = [
            reads(at, sizes, chunk)
            for at, sizes, chunk in zip(index, blocks, array.chunks, strict=True)
        ]
        return of_chunks(lists, decoded, lambda some: self.sizes([_key(array, at) for at in some]))

    def _sharded(self, array: Any, index: Sequence[Index], blocks: Sequence[Sequence[int]]) -> Cost:
        """Count the index of each shard once, and each inner chunk that is read."""
        inner = [
            reads(at, sizes, chunk)
            for at, sizes, chunk in zip(index, blocks, array.chunks, strict=True)
        ]
        per = [shard // chunk for shard, chunk in zip(array.shards, array.chunks, strict=True)]
        shards = [
            sorted({number // step for number in at}) for at, step in zip(inner, per, strict=True)
        ]
        decoded = math.prod(array.chunks) * array.dtype.itemsize
        count = math.prod(map(len, shards))
        looked = pick(shards, 24)
        if math.prod(per) == 1 or _whole(array, index, blocks):
            return of_chunks(
                shards,
                decoded * math.prod(per),
                lambda some: self.sizes([_key(array, at) for at in some]),
            )
        tables = self.sizes.tables([_key(array, at) for at in looked], array.metadata, per)
        wanted = [
            self._inner(at, table, inner, per) for at, table in zip(looked, tables, strict=True)
        ]
        share = count / len(looked) if looked else 0.0
        chunks = math.prod(len(set(item)) for item in inner)
        asked = count - len(looked)  # the indexes that were looked at are remembered
        tables_size = asked * _index_size(array.metadata, per)
        return Cost(
            requests=round(sum(item[0] for item in wanted) * share) + asked,
            bytes=round(sum(item[1] for item in wanted) * share) + tables_size,
            chunks=chunks,
            decoded=chunks * decoded,
            exact=len(looked) == count,
        )

    @staticmethod
    def _inner(
        at: tuple[int, ...], table: Any, inner: Sequence[Sequence[int]], per: Sequence[int]
    ) -> tuple[int, int]:
        """Return requests and bytes of the inner chunks of one shard that are read."""
        if table is None:
            return 0, 0
        own = [
            [number % step for number in numbers if number // step == place]
            for numbers, step, place in zip(inner, per, at, strict=True)
        ]
        lengths = table[np.ix_(*own)]
        there = lengths != _ABSENT
        return int(there.sum()), int(lengths[there].sum())


def _whole(array: Any, index: Sequence[Index], blocks: Sequence[Sequence[int]]) -> bool:
    """Tell whether each read takes whole shards, which then come in one piece."""
    return all(
        all(len(part) % shard == 0 or len(part) == size for part in split(at, sizes))
        and all(one % shard == 0 for one in sizes[:-1])
        for at, sizes, shard, size in zip(index, blocks, array.shards, array.shape, strict=True)
    )


def _key(array: Any, at: tuple[int, ...]) -> str:
    return f"{array.path}/{array.metadata.encode_chunk_key(at)}".lstrip("/")


def _codec(metadata: Any) -> ShardingCodec:
    return next(codec for codec in metadata.codecs if isinstance(codec, ShardingCodec))


def _index_size(metadata: Any, per: Sequence[int]) -> int:
    """Return the bytes of a shard's index: offset and length of each chunk, and a checksum."""
    checks = sum(isinstance(codec, Crc32cCodec) for codec in _codec(metadata).index_codecs)
    return 16 * math.prod(per) + 4 * checks


class Sizes:
    """Stored sizes of keys: of files in a folder, of addresses, or of references.

    Parameters
    ----------
    transport : Transport
        How remote sizes are looked up.
    root : Path, SourceStore or mapping
        The folder, the store, or the references.
    """

    def __init__(self, transport: Transport, root: Path | SourceStore | Mapping[str, Any]) -> None:
        self.transport, self.root = transport, root

    def __call__(self, keys: Sequence[str]) -> list[int | None]:
        """Return the size under each key; None where there is nothing."""
        if isinstance(self.root, Path):
            files = [self.root / key for key in keys]
            return [file.stat().st_size if file.is_file() else None for file in files]
        if isinstance(self.root, SourceStore):
            return self._remote([self.root.url(key) for key in keys])
        found = [self.root.get(key) for key in keys]
        whole = [item[0] for item in found if isinstance(item, tuple) and len(item) == 1]
        asked = dict(zip(whole, self._remote(whole), strict=True))
        return [_length(item, asked) for item in found]

    def _remote(self, urls: Sequence[str]) -> list[int | None]:
        async def one(url: str) -> int | None:
            try:
                return await self.transport.size(url)
            except Absent:
                return None

        async def every() -> list[int | None]:
            return list(await asyncio.gather(*map(one, urls)))

        return self.transport.run(every())

    def tables(self, keys: Sequence[str], metadata: Any, per: Sequence[int]) -> list[Any]:
        """Return the lengths of the inner chunks of each shard, from its index."""
        codec = _codec(metadata)
        size = _index_size(metadata, per)
        first = "start" in str(codec.index_location)
        span = (0, size) if first else (-size, None)
        return [self._table(key, span, per) for key in keys]

    def _table(self, key: str, span: tuple[int, int | None], per: Sequence[int]) -> Any:
        data = self._read(key, span)
        if data is None:
            return None
        numbers = np.frombuffer(data[: 16 * math.prod(per)], "<u8")
        return numbers.reshape(*per, 2)[..., 1]

    def _read(self, key: str, span: tuple[int, int | None]) -> bytes | None:
        try:
            if isinstance(self.root, Path):
                return read_local(self.root / key, *span, self.transport.folder)
            if isinstance(self.root, SourceStore):
                return self.transport.run(self.transport.fetch(self.root.url(key), *span))
        except (FileNotFoundError, SciknowError):
            return None
        return None


def _length(item: Any, asked: Mapping[str, int | None]) -> int | None:
    if item is None or isinstance(item, bytes):
        return HELD
    return int(item[2]) if len(item) == 3 else asked[item[0]]
