"""A local cache of what was fetched: content by digest, keys beside it, bounded in size.

``blobs/<aa>/<sha256>`` holds bytes under their own digest, ``keys/<aa>/<sha256 of the key>`` says
which address, range and validator they answer. Every file appears whole or not at all, and every
blob is checked against its name when it is read: a process killed at any moment, or a power cut,
costs at most a fetch. Any number of processes share a cache.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sciknow.errors import InvalidInput, SciknowError
from sciknow.files import cache_folder, exclusive_lock, sha256_bytes, sha256_file
from sciknow.model.plain import from_plain
from sciknow.net import redact

LIMIT = 4 * 2**30
MAX_AGE = 24 * 3600.0
"""Seconds for which a chunk is taken from the cache without asking the source again."""

_STALE = 3600.0
_KEPT = 0.9


@dataclass(frozen=True, slots=True)
class Found:
    """What the cache knows of a request.

    Parameters
    ----------
    body : bytes
        The bytes; empty where the source has nothing.
    absent : bool
        Whether the source said that there is nothing.
    tag : str
        The source's validator when it was fetched.
    total : int or None
        Size of the whole file.
    words : str
        How the source said that there is nothing.
    """

    body: bytes = b""
    absent: bool = False
    tag: str = ""
    total: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a key's file says."""

    absent: bool
    tag: str
    total: int | None
    sha256: str
    at: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds.

    Parameters
    ----------
    folder : str
        Where it lies.
    keys, blobs, bytes : int
        Requests that it answers, contents, and their size.
    limit : int
        The size that it is kept below.
    """

    folder: str
    keys: int
    blobs: int
    bytes: int
    limit: int


class Cache:
    """A folder of fetched bytes.

    Parameters
    ----------
    folder : Path, optional
        Where it lies; by default ``SCIKNOW_CACHE`` or the user's own cache folder.
    limit : int
        Bytes that it is kept below; the least recently used go first.
    max_age : float
        Seconds for which a chunk is taken from here without asking the source. Metadata are
        always asked for again, except offline.
    """

    def __init__(
        self, folder: Path | str | None = None, *, limit: int = LIMIT, max_age: float = MAX_AGE
    ) -> None:
        for name, value in (("limit", limit), ("max_age", max_age)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
                raise InvalidInput(f"a cache with {name}={value!r}", hint="give 0 or more")
        self.folder = Path(folder or cache_folder() / "bytes")
        if self.folder.exists() and not self.folder.is_dir():
            raise InvalidInput(f"{self.folder} is a file, no cache", hint="name a folder")
        self.limit, self.max_age = limit, max_age
        self._written = 0

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.folder, self.limit, self.max_age)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cache) and self.folder == other.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    def get(self, key: str, *, max_age: float | None, tag: str = "") -> Found | None:
        """Return what is kept under a key.

        Parameters
        ----------
        key : str
            Names address and range.
        max_age : float or None
            Seconds; None takes anything.
        tag : str
            The source's validator now, where it is known; what has another is not taken.
        """
        path = self._key(key)
        try:
            entry = from_plain(_Entry, json.loads(path.read_bytes()))
        except (OSError, ValueError):
            return None
        if tag and entry.tag and tag != entry.tag:
            return None
        if max_age is not None and time.time() - entry.at > max_age:
            return None
        if entry.absent:
            return Found(absent=True, words=entry.words)
        body = self._body(entry.sha256)
        return None if body is None else Found(body, False, entry.tag, entry.total)

    def put(self, key: str, found: Found) -> None:
        """Keep what was fetched; a full disk is no reason to fail."""
        digest = sha256_bytes(found.body)
        # the key itself may hold a signed address; its digest is the file's name
        entry = asdict(found) | {"key": redact(key), "sha256": digest, "at": time.time()}
        del entry["body"]
        with suppress(OSError):
            blob = self._blob(digest)
            if not found.absent and not blob.exists():
                _write(blob, found.body)
                self._written += len(found.body)
            _write(self._key(key), json.dumps(entry).encode())
        if self._written > self.limit / 16:
            self._written = 0
            self.prune()

    def info(self) -> CacheInfo:
        """Count what is there."""
        blobs = [path.stat().st_size for path in self._files("blobs")]
        keys = sum(1 for _ in self._files("keys"))
        return CacheInfo(str(self.folder), keys, len(blobs), sum(blobs), self.limit)

    def prune(self, limit: int | None = None) -> int:
        """Drop the least recently used until the rest is within a limit; returns bytes freed.

        Does nothing while another process prunes.
        """
        allowed = self.limit if limit is None else limit
        try:
            with exclusive_lock(self.folder / "prune.lock"):
                return self._prune(allowed)
        except SciknowError:
            return 0

    def verify(self) -> list[str]:
        """Check every blob against its digest, drop those that differ, and return their names."""
        damaged = [path for path in self._files("blobs") if _differs(path)]
        for path in damaged:
            path.unlink(missing_ok=True)
        return [path.name for path in damaged]

    def _prune(self, allowed: int) -> int:
        now, held = time.time(), []
        for path in self._files("blobs", scratch=True):
            with suppress(OSError):
                stat = path.stat()
                if not path.name.startswith("."):
                    held.append((stat.st_mtime, stat.st_size, path))
                elif now - stat.st_mtime > _STALE:
                    path.unlink()
        total, freed = sum(size for _, size, _ in held), 0
        goal = allowed if total <= allowed else allowed * _KEPT
        for _, size, path in sorted(held):
            if total - freed <= goal:
                break
            path.unlink(missing_ok=True)
            freed += size
        self._drop_keys()
        return freed

    def _drop_keys(self) -> None:
        for path in self._files("keys"):
            with suppress(OSError, ValueError):
                entry = from_plain(_Entry, json.loads(path.read_bytes()))
                if not entry.absent and not self._blob(entry.sha256).exists():
                    path.unlink()

    def _body(self, digest: str) -> bytes | None:
        blob = self._blob(digest)
        try:
            body = blob.read_bytes()
            if sha256_bytes(body) != digest:
                blob.unlink(missing_ok=True)
                return None
            os.utime(blob)
        except OSError:
            return None
        return body

    def _key(self, key: str) -> Path:
        digest = sha256_bytes(key.encode())
        return self.folder / "keys" / digest[:2] / digest

    def _blob(self, digest: str) -> Path:
        return self.folder / "blobs" / digest[:2] / digest

    def _files(self, kind: str, *, scratch: bool = False) -> Iterator[Path]:
        for path in (self.folder / kind).glob("*/*"):
            if scratch or not path.name.startswith("."):
                yield path


def _rebuild(folder: Path, limit: int, max_age: float) -> Cache:
    return Cache(folder, limit=limit, max_age=max_age)


def _write(path: Path, data: bytes) -> None:
    """Write a file that appears whole; not made durable, since what is read is checked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name[:16]}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        scratch.write_bytes(data)
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def parse_cache(value: object) -> Cache | None:
    """Read what the openers take: None or False for none, True for the default one, a `Cache`."""
    if value is None or value is False:
        return None
    if value is True:
        return Cache()
    if isinstance(value, Cache):
        return value
    if isinstance(value, (str, Path)):
        return Cache(value)
    raise InvalidInput(f"cache={value!r}", hint="give True, a folder, or a Cache")


def _differs(blob: Path) -> bool:
    """Tell whether a blob is not what its name says; one that another process dropped is not."""
    with suppress(FileNotFoundError):
        return sha256_file(blob) != blob.name
    return False
