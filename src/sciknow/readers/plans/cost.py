"""What reading a part of a variable costs: requests and bytes, before they are made.

Costs follow from the layout: which chunks the part touches, and how large those are. Sizes are
looked up (of some chunks where there are many), never guessed from the type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Protocol

import numpy as np

from sciknow.readers.selection import Index

SAMPLE = 24
"""Chunks whose size is looked up where a part touches more of them."""


HELD = -1
"""Stands for the size of a chunk whose bytes are at hand, or known not to exist."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a part.

    Parameters
    ----------
    requests, bytes : int
        What goes over the wire; for local data, what is read from disk.
    chunks : int
        Pieces of the store that are touched, each counted once.
    decoded : int
        Bytes of those pieces once they are unpacked.
    exact : bool
        Whether every size was looked up; else some were, and the rest is estimated from them.
    """

    requests: int = 0
    bytes: int = 0
    chunks: int = 0
    decoded: int = 0
    exact: bool = True

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.requests + other.requests,
            self.bytes + other.bytes,
            self.chunks + other.chunks,
            self.decoded + other.decoded,
            self.exact and other.exact,
        )


class Costs(Protocol):
    """Knows the layout of an opened source."""

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable; None where the layout is not known.

        Parameters
        ----------
        name : str
            The variable.
        index : sequence of arrays
            Indices wanted along each dimension of the stored array.
        blocks : sequence of sequences of int
            Sizes of the dask chunks along each dimension: each is read by itself.
        """
        ...


def split(index: Index, sizes: Sequence[int]) -> list[Index]:
    """Split indices by the blocks that they fall into; empty blocks are left out."""
    edges = np.cumsum(sizes)
    block = np.searchsorted(edges, index, side="right")
    return [index[block == number] for number in np.unique(block)]


def reads(index: Index, sizes: Sequence[int], chunk: int) -> list[int]:
    """Return the chunk numbers along one dimension that are read, once for each dask block."""
    return [
        int(number) for part in split(index, sizes) for number in np.unique(part // max(1, chunk))
    ]


def pick(lists: Sequence[Sequence[int]], count: int) -> list[tuple[int, ...]]:
    """Return all combinations where they are few, else some spread evenly over them."""
    total = math.prod(len(item) for item in lists)
    if total <= count:
        return list(islice(product(*lists), count))
    shape = [len(item) for item in lists]
    places = np.unravel_index(np.linspace(0, total - 1, count).round().astype(int), shape)
    return [
        tuple(item[at[number]] for item, at in zip(lists, places, strict=True))
        for number in range(count)
    ]


def of_chunks(
    lists: Sequence[Sequence[int]],
    decoded: int,
    sizes_of: Callable[[list[tuple[int, ...]]], Iterable[int | None]],
    sample: int = SAMPLE,
) -> Cost:
    """Return the cost of reading whole chunks.

    Parameters
    ----------
    lists : sequence of lists
        Chunk numbers along each dimension, as `reads` gives them.
    decoded : int
        Bytes of one chunk once it is unpacked.
    sizes_of : callable
        Looks up stored sizes; None for a chunk that is not there (it is asked for all the same),
        `HELD` for one that costs no request.
    """
    unique = [sorted(set(item)) for item in lists]
    total = math.prod(len(item) for item in lists)
    chunks = math.prod(len(item) for item in unique)
    looked = pick(unique, sample)
    found = list(sizes_of(looked))
    share = total / len(found) if found else 0.0
    return Cost(
        requests=round(share * sum(size != HELD for size in found)),
        bytes=round(share * sum(size for size in found if size is not None and size != HELD)),
        chunks=chunks,
        decoded=chunks * decoded,
        exact=len(looked) == chunks,
    )
