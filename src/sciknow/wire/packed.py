"""Bodies that were packed for the way: unpacked piece by piece, never more than a piece at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from sciknow.wire.budget import PIECE
from sciknow.wire.trouble import Trouble, TroubleKind

GZIP = "gzip"
"""The one packing that is asked for: every server has it, and it comes with Python."""

_PLAIN = frozenset({"", "identity"})
_MEMBER = 31
"""What zlib calls a stream with gzip's header and checksum."""


def unpacked(pieces: Iterable[bytes], coding: str | None) -> Iterator[bytes]:
    """Yield a body as it was before it was packed, at most `budget.PIECE` bytes at a time.

    Parameters
    ----------
    coding : str or None
        ``Content-Encoding`` as the server wrote it.

    Raises
    ------
    Trouble
        For a packing that was not asked for, damage, and an end before the end.
    """
    named = (coding or "").strip().lower().removeprefix("x-")
    if named in _PLAIN:
        yield from pieces
        return
    if named != GZIP:
        raise Trouble(TroubleKind.FATAL, f"the server packs its answer ({named[:20]!r}), unasked")
    member, begun, ended = zlib.decompressobj(_MEMBER), False, False
    for piece in pieces:
        while piece:
            if member.eof:  # another member, or padding, which gzip's own tools pass over
                member, begun, ended = zlib.decompressobj(_MEMBER), False, True
            begun = True
            try:
                yield from _out(member, piece)
            except zlib.error as error:
                if ended:
                    return
                raise Trouble(TroubleKind.TRUNCATED, f"packed and damaged: {error}") from error
            piece = member.unused_data
    if begun and not member.eof and not ended:
        raise Trouble(TroubleKind.TRUNCATED, "the answer was cut short in its packing")


def _out(member: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """Yield what a piece holds of a member; what follows the member stays in `unused_data`."""
    while True:
        out = member.decompress(piece, PIECE)
        if out:
            yield out
        piece = member.unconsumed_tail
        if member.eof or (not piece and len(out) < PIECE):
            return
