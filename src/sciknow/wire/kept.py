"""What a transport keeps of what came: in its own memory, and in the cache where there is one."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sciknow.errors import DegradedWarning
from sciknow.model.preserved import FileVersion
from sciknow.net import check_online, is_offline, redact
from sciknow.wire.answer import Reply, Span
from sciknow.wire.budget import ENDS, MEMO_LIMIT, WHOLE_LIMIT
from sciknow.wire.cache import Cache, Found
from sciknow.wire.trouble import HINTS, Absent, Trouble, TroubleKind, failure

HEAD: Span = (0, 0)
"""Stands for a request that asks for the size alone."""


@dataclass(slots=True)
class Kept:
    """The cache as one transport sees it.

    Parameters
    ----------
    cache : Cache or None
        None keeps and finds nothing.
    options : mapping
        Options of the object store: the same address at another endpoint is another source.
    """

    cache: Cache | None
    options: Mapping[str, object]

    def find(self, url: str, span: Span, *, document: bool, tag: str = "") -> Reply | None:
        """Return what is kept, or None where the source has to be asked.

        Parameters
        ----------
        document : bool
            Whether it is metadata, which are asked for again unless sciknow is offline.
        tag : str
            The source's validator now, where it is known.

        Raises
        ------
        Absent
            When the source said that there is nothing.
        SourceUnavailable
            When sciknow is offline and nothing is kept.
        """
        offline = is_offline()
        found = None
        if self.cache is not None and (offline or not document):
            age = None if offline else self.cache.max_age
            found = self.cache.get(self._key(url, span), max_age=age, tag=tag)
        if found is None:
            check_online(
                f"{redact(url)} is not kept here, and",
                instead="open what has been opened with a cache before",
            )
        if found is not None and found.absent:
            words = found.words or f"{redact(url)}: nothing there"
            raise Absent(words, hint=HINTS[TroubleKind.ABSENT])
        return None if found is None else Reply(found.body, FileVersion(found.total, found.tag))

    def keep(self, url: str, span: Span, reply: Reply | None, words: str = "") -> None:
        """Put what came into the cache; None says that the source has nothing, in its words."""
        if self.cache is None or (reply is not None and reply.whole):
            return
        found = (
            Found(absent=True, words=words)
            if reply is None
            else Found(reply.body, False, reply.tag, reply.total)
        )
        self.cache.put(self._key(url, span), found)

    def _key(self, url: str, span: Span) -> str:
        place = self.options.get("endpoint_url") or self.options.get("client_kwargs") or ""
        return f"{place}|{url}|{span[0]}|{span[1]}"


Asked = tuple[str, int | None, int | None]
"""Address, start and end."""


@dataclass(slots=True)
class Memory:
    """Bytes that need not be asked for again, and what tells whether a file has changed.

    Parameters
    ----------
    sizes, tags : dict
        Size and validator of each file, by address.
    ranges : dict or None
        Small answers since opening began; None when nothing is being opened.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    ranges: dict[Asked, bytes] | None = None
    _ends: OrderedDict[tuple[str, int], bytes] = field(default_factory=OrderedDict)
    _whole: dict[str, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def whole(self, url: str) -> bytes | None:
        """Return a file that was taken whole."""
        return self._whole.get(url)

    def find(self, url: str, start: int | None, end: int | None) -> bytes | None:
        """Return a range that came before, from a whole file too."""
        if (whole := self._whole.get(url)) is not None:
            return whole[start:end]
        if start is not None and start < 0 and end is None:
            return self._ends.get((url, start))
        return None if self.ranges is None else self.ranges.get((url, start, end))

    def keep(self, url: str, start: int | None, end: int | None, body: bytes) -> None:
        """Remember a small range; the end of a file (the index of a Zarr shard) is read often."""
        if len(body) > MEMO_LIMIT:
            return
        if start is not None and start < 0 and end is None:
            self._ends[url, start] = body
            while len(self._ends) > ENDS:
                self._ends.popitem(last=False)
        elif self.ranges is not None:
            self.ranges[url, start, end] = body

    def keep_whole(self, url: str, body: bytes) -> None:
        """Remember a file of a server that sends no ranges, and say so."""
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

    def check(self, url: str, tag: str) -> None:
        """Compare a validator with the one before.

        Raises
        ------
        IntegrityError
            When the file has changed since.
        """
        before = self.tags.setdefault(url, tag) if tag else ""
        if before and before != tag:
            trouble = Trouble(TroubleKind.CHANGED, "the file changed while it was being read")
            raise failure(url, trouble)

    def part(self, url: str, reply: Reply, start: int | None, end: int | None) -> bytes:
        """Return the range that was wanted out of what came, once it has been checked."""
        if start is not None or end is not None:
            self.check(url, reply.tag)
        if reply.whole:
            self.keep_whole(url, reply.body)
            return reply.body[start:end]
        return reply.body
