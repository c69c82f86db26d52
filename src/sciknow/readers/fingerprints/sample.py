"""Which parts of the data a fingerprint reads: fixed by their shape alone, the same everywhere."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

Index = tuple[int, ...]

WHOLE_BYTES = 32 * 2**20
"""Up to so many bytes, unpacked, everything is read."""

WHOLE_CHUNKS = 256
"""Up to so many chunks, everything is read."""

SAMPLES = 8
"""Chunks of a variable, or ranges of a file, that are read of what is larger."""

VARIABLES = 10
"""From so many variables on, fewer chunks are read of each."""

RANGE = 64 * 1024
"""Bytes of one sampled range."""


def picks(total: int, count: int) -> list[int]:
    """Choose some of a row of things: the first, the last, and others spread by a fixed hash.

    Parameters
    ----------
    total : int
        How many there are.
    count : int
        How many are wanted; all are taken where there are no more.

    Examples
    --------
    >>> picks(3, 8), len(picks(1000, 8)), picks(1000, 8) == picks(1000, 8)
    ([0, 1, 2], 8, True)
    """
    if total <= count:
        return list(range(total))
    chosen = {0, total - 1}
    step = 0
    while len(chosen) < count:
        digest = hashlib.sha256(f"{total}:{step}".encode()).digest()
        chosen.add(int.from_bytes(digest[:8]) % total)
        step += 1
    return sorted(chosen)


def ranges(size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a large file that are read, end excluded; the last ends at its end.

    Examples
    --------
    >>> list(ranges(100))
    [(0, 100)]
    """
    blocks = -(-size // RANGE)
    for block in picks(blocks, SAMPLES):
        low = block * RANGE
        yield low, min(low + RANGE, size)


def cells(grid: Sequence[int], whole: bool, variables: int) -> list[Index]:
    """Choose chunks of a grid.

    Parameters
    ----------
    grid : sequence of int
        How many chunks there are along each dimension.
    whole : bool
        Whether all are wanted.
    variables : int
        How many variables share the effort.
    """
    total = math.prod(grid)
    few = max(2, SAMPLES * VARIABLES // max(variables, VARIABLES))
    return [_place(number, grid) for number in picks(total, total if whole else few)]


def _place(number: int, grid: Sequence[int]) -> Index:
    place: list[int] = []
    for count in reversed(grid):
        number, rest = divmod(number, count)
        place.append(rest)
    return tuple(reversed(place))


def windows(shape: Sequence[int], itemsize: int, count: int) -> list[tuple[slice, ...]]:
    """Choose boxes of a large array of unknown layout: thin along its first dimensions.

    Parameters
    ----------
    shape : sequence of int
        Of the array.
    itemsize : int
        Bytes of one value.
    count : int
        How many boxes, of about `RANGE` bytes each.

    Examples
    --------
    >>> windows((2, 3), 8, 3)
    [(slice(0, 2, None), slice(0, 3, None))]
    """
    steps = list(shape)
    for axis in range(len(steps)):
        if math.prod(steps) * itemsize <= RANGE:
            break
        rest = math.prod(steps[axis + 1 :]) * itemsize
        steps[axis] = max(1, RANGE // max(1, rest))
    grid = [-(-size // step) for size, step in zip(shape, steps, strict=True)]
    return [
        tuple(
            slice(at * step, min((at + 1) * step, size))
            for at, step, size in zip(place, steps, shape, strict=True)
        )
        for place in (_place(number, grid) for number in picks(math.prod(grid), count))
    ]
