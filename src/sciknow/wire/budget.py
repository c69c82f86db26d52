"""How many bytes may come: the limits of one answer, and a sum that many answers draw on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from sciknow.errors import InvalidInput, LimitExceeded

MAX_METADATA = 256 * 2**20
"""The most bytes that one metadata document may have."""

WHOLE_LIMIT = 256 * 2**20
"""The largest file, in bytes, that is taken whole from a server that knows no ranges."""

PAGE_LIMIT = 2**24
"""The most bytes of a page that lists a folder."""

MEMO_LIMIT = 2**20
"""The largest answer, in bytes, that is remembered while a source is being opened."""

ENDS = 1024
"""File ends that are remembered."""

SAID = 16_384
"""Bytes of the answer to a failed request that are looked at."""

SAYING = 2.0
"""Seconds that a server has to say why it failed."""

PIECE = 2**18
"""Bytes that are taken from a connection at once."""

BLOCK = 8 * 2**20
"""Bytes of an object that are asked for at once when the whole of it is wanted."""

NEAR = 16 * 1024
"""Byte ranges with less than so much between them are asked for as one."""

MAX_UNPACKED = 2 * 2**30
"""The most bytes that a packed text table may unpack to."""

SLOWEST = 512
"""Bytes a second, on average over a deadline, below which a source is given up."""


class Budget:
    """Bytes that may come in all; calling it with a number spends them. Safe in any thread.

    Parameters
    ----------
    most : int or None
        The bytes; None for any number.
    over : str
        What is said when more come; ``{most}`` stands for the number.
    hint : str
        What to do then.

    Examples
    --------
    >>> budget = Budget(10)
    >>> budget(4)
    >>> budget.spent
    4
    """

    def __init__(
        self, most: int | None = None, *, over: str = "more than {most} bytes came", hint: str = ""
    ) -> None:
        self.most, self.over, self.hint = most, over, hint
        self.spent = 0
        self.stopped = threading.Event()
        """Once set, nothing may come any more."""
        self._lock = threading.Lock()

    def __call__(self, count: int) -> None:
        """Count bytes that came.

        Raises
        ------
        LimitExceeded
            When they are too many, or nothing is wanted any more.
        """
        with self._lock:
            self.spent += count
        if self.most is not None and self.spent > self.most:
            raise LimitExceeded(self.over.format(most=f"{self.most:,}"), hint=self.hint)
        if self.stopped.is_set():
            raise LimitExceeded("broken off, since another file failed", hint="run it again")


class Pieces:
    """The body of one answer while it comes: no byte more than one beyond its limit is kept.

    Parameters
    ----------
    most : int
        The most bytes that it may have.
    """

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._pieces: list[bytes] = []

    def take(self, piece: bytes) -> bool:
        """Keep a piece; tell whether more may come."""
        room = self.most + 1 - self.size
        self._pieces.append(piece[:room])
        self.size += min(len(piece), room)
        return self.size <= self.most

    @property
    def body(self) -> bytes:
        """What came."""
        return b"".join(self._pieces)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large what is opened may be, whatever its few bytes say; each can be raised by name.

    Parameters
    ----------
    unpacked : int
        Bytes that a packed table, or one chunk of texts, may unpack to.
    chunks : int
        Pieces that an opened dataset may be of: dask keeps a word of each.
    names : int
        Variables, columns or assets; a sheet of Excel has as many columns.
    cells : int
        Cells of a sheet, those between filled ones among them, and values of a JSON document.
    index : int
        Values of a coordinate that is read while opening.

    Examples
    --------
    >>> Limits(chunks=10).check("chunks", 11, "a.zarr", "chunks")
    Traceback (most recent call last):
    ...
    sciknow.errors.LimitExceeded: a.zarr has 11 chunks, at most 10 are taken; if you trust it, \
allow more: limits={'chunks': 11}
    """

    unpacked: int = MAX_UNPACKED
    chunks: int = 5_000_000
    names: int = 16_384
    cells: int = 20_000_000
    index: int = 2**25

    def check(self, limit: str, count: int, what: str, noun: str, *, least: bool = False) -> None:
        """Refuse more of something than there may be.

        Parameters
        ----------
        limit : str
            Which limit.
        count : int
            How many there are.
        what, noun : str
            Of what, and what they are.
        least : bool
            Whether there may be more than were counted.

        Raises
        ------
        LimitExceeded
            Says how many, how many may be, and what to do.
        """
        most: int = getattr(self, limit)
        if count > most:
            some = "at least " if least else ""
            raise LimitExceeded(
                f"{what} has {some}{_said(count)} {noun}, at most {most:,} are taken",
                hint=f"if you trust it, allow more: limits={{{limit!r}: {_said(count, '_')}}}",
            )


def _said(count: int, mark: str = ",") -> str:
    """Write a number, of which Python does not write any that is too long."""
    return f"{min(count, 10**30):{mark}}"


def parse_limits(given: Mapping[str, int] | None) -> Limits:
    """Read which limits are other than usual.

    Raises
    ------
    InvalidInput
        For a limit that there is not, or one that is no number.
    """
    known = [item.name for item in fields(Limits)]
    for name, value in dict(given or {}).items():
        if name not in known or isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InvalidInput(
                f"limits={{{name!r}: {value!r}}}",
                hint="give whole numbers above 0 for any of " + ", ".join(known),
            )
    return replace(Limits(), **dict(given or {}))
