"""Codecs of Zarr that unpack a chunk to what its shape takes, and no further.

What a chunk holds is known from its array: a source whose chunk unpacks to more is damaged, or
wants the memory. zarr's own codecs unpack whatever is there; theirs are asked only once the size
is known, by the header of Blosc, Zstandard and LZ4, and by counting for the others.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

import zarr
from zarr.abc.codec import BytesBytesCodec, Codec
from zarr.codecs import ShardingCodec
from zarr.codecs._v2 import V2Codec
from zarr.core.codec_pipeline import BatchedCodecPipeline
from zarr.registry import register_pipeline

from sciknow.errors import IntegrityError, SciknowError
from sciknow.readers.packed import expanded
from sciknow.wire.budget import MAX_UNPACKED
from sciknow.wire.trouble import DAMAGED

ROOM = 8
"""How much more than its values a chunk may take between two codecs: types may be wider there."""

LEAST = 2**20
"""Bytes that any chunk may unpack to."""


def most_of(spec: Any) -> int:
    """Return the bytes that a chunk may unpack to."""
    size: Any = getattr(spec.dtype, "item_size", None)
    if size is None:  # texts of any length
        return MAX_UNPACKED
    return max(LEAST, ROOM * int(math.prod(spec.shape) * size))


def _plain(data: bytes, kind: str, most: int) -> bytes | None:
    found = expanded(data, kind, most)
    if found is False:
        raise IntegrityError(
            f"a chunk of {len(data):,} bytes unpacks to more than {most:,}, {ROOM} times what its "
            "shape takes",
            hint=DAMAGED,
        )
    return found if isinstance(found, bytes) else None


@dataclass(frozen=True)
class Bounded(BytesBytesCodec):
    """A codec that packs bytes, held to the size of the chunk."""

    inner: Any

    is_fixed_size = False

    def to_dict(self) -> dict[str, Any]:
        """Return what the metadata say of it."""
        found: dict[str, Any] = self.inner.to_dict()
        return found

    def evolve_from_array_spec(self, array_spec: Any) -> Self:
        """Return the same for an array."""
        return replace(self, inner=self.inner.evolve_from_array_spec(array_spec))

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """Return the size of what is packed, where that is fixed."""
        return int(self.inner.compute_encoded_size(input_byte_length, chunk_spec))

    async def _encode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        return await self.inner._encode_single(chunk_bytes, chunk_spec)

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        kind = str(self.to_dict().get("name", ""))
        data = chunk_bytes.to_bytes()
        plain = await asyncio.to_thread(_plain, data, kind, most_of(chunk_spec))
        if plain is not None:
            return chunk_spec.prototype.buffer.from_bytes(plain)
        return await self.inner._decode_single(chunk_bytes, chunk_spec)


@dataclass(frozen=True)
class BoundedV2(V2Codec):
    """The codecs of an array of version 2, held to the size of the chunk."""

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        rest: Any = self
        while rest.compressor or rest.filters:
            last = rest.compressor or rest.filters[-1]
            kind = str(getattr(last, "codec_id", ""))
            data = chunk_bytes.to_bytes()
            plain = await asyncio.to_thread(_plain, data, kind, most_of(chunk_spec))
            if plain is None:
                break
            chunk_bytes = chunk_spec.prototype.buffer.from_bytes(plain)
            rest = (
                V2Codec(rest.filters, None)
                if rest.compressor
                else V2Codec(tuple(rest.filters[:-1]) or None, None)
            )
        return await V2Codec(rest.filters, rest.compressor)._decode_single(chunk_bytes, chunk_spec)


def _held(codec: Codec) -> Codec:
    if isinstance(codec, ShardingCodec):
        inner = tuple(map(_held, codec.codecs))
        return ShardingCodec(
            chunk_shape=codec.chunk_shape,
            codecs=inner,
            index_codecs=codec.index_codecs,
            index_location=codec.index_location,
        )
    if isinstance(codec, BytesBytesCodec) and not isinstance(codec, Bounded):
        return Bounded(codec)
    return BoundedV2(codec.filters, codec.compressor) if type(codec) is V2Codec else codec


@dataclass(frozen=True)
class BoundedPipeline(BatchedCodecPipeline):
    """zarr's own pipeline, of codecs that are held to the size of the chunk."""

    @classmethod
    def from_codecs(cls, codecs: Iterable[Codec], *, batch_size: int | None = None) -> Self:
        """Make one of an array's codecs."""
        return super().from_codecs([_held(item) for item in codecs], batch_size=batch_size)

    async def decode_batch(self, chunk_bytes_and_specs: Iterable[Any]) -> Iterable[Any]:
        """Unpack chunks.

        Raises
        ------
        IntegrityError
            When one is damaged.
        """
        chunks = list(chunk_bytes_and_specs)
        with _damage(spec for _, spec in chunks):
            found: Iterable[Any] = await super().decode_batch(chunks)
        return found

    async def decode_partial_batch(self, batch_info: Iterable[Any]) -> Iterable[Any]:
        """Unpack parts of shards, and tell damage as `decode_batch` does."""
        parts = list(batch_info)
        with _damage(spec for *_, spec in parts):
            found: Iterable[Any] = await super().decode_partial_batch(parts)
        return found


@contextmanager
def _damage(specs: Iterable[Any]) -> Iterator[None]:
    try:
        yield
    except (SciknowError, MemoryError):
        raise
    except Exception as error:
        if getattr(error, "errno", None) is not None:
            raise  # a disk's or a network's, met while a shard is read; a codec's have none
        shapes = " or ".join(sorted({str(tuple(spec.shape)) for spec in specs}))
        raise IntegrityError(
            f"a chunk of shape {shapes} cannot be unpacked: {type(error).__name__}: {error}",
            hint=DAMAGED,
        ) from error


register_pipeline(BoundedPipeline)
_PATH = f"{BoundedPipeline.__module__}.{BoundedPipeline.__qualname__}"


_LOCK, _KEY = threading.Lock(), "codec_pipeline.path"
_OPENING: list[str] = []
"""What stood in zarr's settings before each opening that is under way, in whatever thread."""


@contextmanager
def bounded() -> Iterator[None]:
    """Let what is opened in the block keep its codecs within the sizes of its chunks."""
    with _LOCK:
        _OPENING.append(_OPENING[0] if _OPENING else zarr.config.get(_KEY))
        zarr.config.set({_KEY: _PATH})
    try:
        yield
    finally:
        with _LOCK:
            before = _OPENING.pop()
            if not _OPENING:
                zarr.config.set({_KEY: before})
