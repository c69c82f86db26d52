"""What one transport remembers of what came: small ranges, ends of files, sizes, whole files."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict

from sciknow.errors import DegradedWarning
from sciknow.net import redact
from sciknow.wire.answer import Reply
from sciknow.wire.budget import ENDS, MEMO_LIMIT, WHOLE_LIMIT
from sciknow.wire.trouble import Trouble, TroubleKind, failure

Asked = tuple[str, int | None, int | None]
"""Address, start and end."""


class Memory:
    """Bytes that need not be asked for again, and what tells whether a file has changed.

    Attributes
    ----------
    sizes, tags : dict
        Size and validator of each file, by address.
    ranges : dict or None
        Small answers since opening began; None when nothing is being opened.
    """

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.tags: dict[str, str] = {}
        self.ranges: dict[Asked, bytes] | None = None
        self._ends: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._whole: dict[str, bytes] = {}
        self._lock = threading.Lock()

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
