"""Meanings: the vectors of the records, and the scan that finds the nearest.

Each vector is kept twice: whole (float16), and as one bit a dimension (above or below the mean).
A large collection is scanned by bits, column after column, and the best are compared whole; a
small one is compared whole at once. There is no index to build, and a filter is a mask.

A long description hides what a record is called: titles have vectors of their own. Where the title
alone is nearer to a question than the whole text, the record's meaning moves part of the way up to
it (`weights.TITLED`). Titles put no candidates forward.

Late interaction: the best of those are compared token by token, each word of the question with
each word of a record, in context. The model's vectors of single tokens are kept small (64 numbers
of one byte). A record's worth is the sum, over the question's tokens, of their rarity times the
cube of the best similarity to any token of the record (after Khattab and Zaharia 2020, with the
model as it is).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sciknow.search.arrays import open_array, ragged, save_array, widen
from sciknow.search.embed.cache import EmbeddingCache, encode_texts
from sciknow.search.embed.embedder import SCALE, Embedder, Tokens, Vectors

EXACT = 4_096
"""Up to this many vectors are compared whole."""
RESCORED = 1_000
"""How many of the nearest by bits are compared whole, up to `MANY` vectors; twice that beyond."""
MANY = 300_000
COARSE = 0.1
"""Beyond `MANY`, the part that goes on after half of the bits has been compared."""
_STEP = 61
_BLOCK = 65_536
"""Vectors whose bits are compared at a time: their numbers stay in the processor's cache."""
_FILES = "vectors"
TITLES = 400_000_000
"""Bytes that a collection's titles may take, as for tokens; a larger collection goes without."""
_TITLES = "titles"


def build_vectors(folder: Path, vectors: NDArray[np.float16], sizes: NDArray[np.int64]) -> None:
    """Write the vectors of an index.

    Parameters
    ----------
    folder : Path
        Folder of the index.
    vectors : array of float16, shape (passages, dimensions)
        Rows of unit length, those of one record side by side.
    sizes : array of int, shape (records,)
        How many rows each record has.
    """
    mean = np.zeros(vectors.shape[1], np.float32)
    if len(vectors):
        mean = vectors.mean(axis=0, dtype=np.float32)
    save_array(folder, _FILES, vectors)
    save_array(folder, f"{_FILES}-mean", mean)
    save_array(folder, f"{_FILES}-bits", _bits(vectors, mean))
    save_array(folder, f"{_FILES}-start", np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))
    save_array(folder, f"{_FILES}-owner", np.repeat(np.arange(len(sizes)), sizes).astype(np.int32))


def _bits(vectors: NDArray[np.float16], mean: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return one bit a dimension, column after column: shape (words, vectors)."""
    words = -(-vectors.shape[1] // 64)
    out = np.zeros((words, len(vectors)), np.uint64)
    for start in range(0, len(vectors), 65_536):
        block = vectors[start : start + 65_536] > mean
        padded = np.zeros((len(block), words * 64), bool)
        padded[:, : block.shape[1]] = block
        packed = np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
        out[:, start : start + len(block)] = packed.T
    return out


def _distances(bits: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Return in how many bits each vector differs, block by block within the cache."""
    out = np.zeros(bits.shape[1], np.uint16)
    size = min(_BLOCK, len(out))
    differs, counted = np.empty(size, np.uint64), np.empty(size, np.uint8)
    for start in range(0, len(out), _BLOCK):
        total = out[start : start + _BLOCK]
        room, count = differs[: len(total)], counted[: len(total)]
        for column, word in zip(bits[:, start : start + _BLOCK], words, strict=True):
            np.bitwise_xor(column, word, out=room)
            np.add(total, np.bitwise_count(room, out=count), out=total)
    return out


def _nearest(
    bits: NDArray[np.uint64],
    words: NDArray[np.uint64],
    limit: int,
    barred: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Return the vectors that differ in the fewest bits; of very many, by half of them first."""
    half, count = len(words) // 2, int(bits.shape[1] * COARSE)
    if bits.shape[1] <= MANY or count <= limit or not half:
        return _least(_distances(bits, words), limit, barred)
    distance = _distances(bits[:half], words[:half])
    if barred is not None:
        distance[barred] = np.iinfo(np.uint16).max
    sample = distance[::_STEP].astype(np.int32)  # about as many will do, found much sooner
    near = np.flatnonzero(distance <= np.partition(sample, count // _STEP)[count // _STEP])
    return near[_least(distance[near] + _distances(bits[half:, near], words[half:]), limit)]


def _nearest_of(
    bits: NDArray[np.uint64], words: NDArray[np.uint64], limit: int, pool: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return which of a few vectors differ in the fewest bits, as places in the pool."""
    half, count = len(words) // 2, max(int(len(pool) * COARSE), 4 * limit)
    if bits.shape[1] <= MANY or len(pool) <= 2 * count or not half:
        return _least(_distances(np.take(bits, pool, axis=1), words), limit)
    distance = _distances(np.take(bits[:half], pool, axis=1), words[:half])
    near = _least(distance, count)
    rest = _distances(np.take(bits[half:], pool[near], axis=1), words[half:])
    return near[_least(distance[near] + rest, limit)]


def _least(
    distance: NDArray[np.uint16], limit: int, barred: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Return the places of the least distances, but for some; ties may add a few."""
    if barred is not None:
        distance[barred] = np.iinfo(np.uint16).max
    if len(distance) <= limit:
        return np.arange(len(distance))
    # Values of 32 bits part five times as fast as places of 16.
    bound = np.partition(distance.astype(np.int32), limit - 1)[limit - 1]
    return np.flatnonzero(distance <= bound)


class VectorStore:
    """The vectors of an index, opened read-only.

    Parameters
    ----------
    folder : Path
        Folder that `build_vectors` wrote to.
    """

    def __init__(self, folder: Path) -> None:
        self._vectors = open_array(folder, _FILES)
        self._mean = open_array(folder, f"{_FILES}-mean")
        self._bits = open_array(folder, f"{_FILES}-bits")
        self._start = open_array(folder, f"{_FILES}-start")
        self._owner = open_array(folder, f"{_FILES}-owner")

    def __len__(self) -> int:
        return len(self._start) - 1

    @cached_property
    def _one_each(self) -> bool:
        return bool((np.diff(self._start) == 1).all())

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    def candidates(
        self, query: Vectors, limit: int, mask: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the rows of the records nearest to a vector, nearest first.

        Parameters
        ----------
        query : array of float32, shape (dimensions,)
            Unit length.
        limit : int
            How many records at most.
        mask : array of bool, shape (records,), optional
            Which records count.
        """
        allowed = mask if mask is None or self._one_each else mask[self._owner]
        if len(self._vectors) <= EXACT:
            pool = np.arange(len(self._vectors)) if allowed is None else np.flatnonzero(allowed)
        else:
            rescored = RESCORED * (1 if len(self._vectors) <= MANY else 2)
            pool = self._scan(query, max(rescored, limit), allowed)
        near = widen(np.take(self._vectors, pool, axis=0)) @ query
        ranked = self._owner[pool[np.argsort(-near, kind="stable")]]
        _, first = np.unique(ranked, return_index=True)
        return ranked[np.sort(first)[:limit]].astype(np.int64)

    def _scan(
        self, query: Vectors, limit: int, allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        """Return the vectors nearest by bits."""
        words = _bits((query[None]).astype(np.float16), self._mean)[:, 0]
        if allowed is None:
            return _nearest(self._bits, words, limit)
        pool = np.flatnonzero(allowed)
        if len(pool) <= limit:
            return pool
        if len(pool) < len(allowed) // 8:
            return pool[_nearest_of(self._bits, words, limit, pool)]
        return _nearest(self._bits, words, limit, ~allowed)

    def similarity(self, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how near each record's best passage is, shape (records,)."""
        places = ragged(self._start, rows)
        near = (widen(self._vectors[places]) @ query).astype(np.float64)
        sizes = self._start[rows + 1] - self._start[rows]
        out, filled = np.zeros(len(rows)), np.flatnonzero(sizes)
        if len(filled):
            out[filled] = np.maximum.reduceat(near, (np.cumsum(sizes) - sizes)[filled])
        return out

    def first(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the first vector of some records, shape (records, dimensions)."""
        return widen(self._vectors[self._start[rows]])

    def vector(self, row: int) -> Vectors:
        """Return a record's first vector, that of its whole text."""
        whole: Vectors = np.asarray(self._vectors[self._start[row]], np.float32)
        return whole


def build_titles(
    folder: Path, texts: Sequence[str], embedder: Embedder, cache: EmbeddingCache | None
) -> int:
    """Write the vectors of some records' titles, in order; tells how many the model had to read.

    Parameters
    ----------
    folder : Path
        Folder of the index.
    texts : sequence of str
        One title a record; an empty one gets a row of zeros, and without any, or with too many
        for the budget, there is no file.
    """
    named = [row for row, text in enumerate(texts) if text]
    if not named or 2 * len(texts) * embedder.dimensions > TITLES:
        return 0
    encoded = encode_texts(embedder, [texts[row] for row in named], cache)
    vectors = np.zeros((len(texts), embedder.dimensions), np.float16)
    vectors[named] = encoded.vectors
    save_array(folder, _TITLES, vectors)
    return encoded.computed


class TitleStore:
    """The titles of an index, opened read-only.

    Parameters
    ----------
    folder : Path
        Folder that `build_titles` wrote to.
    """

    def __init__(self, folder: Path) -> None:
        self._vectors = open_array(folder, _TITLES)

    def __len__(self) -> int:
        return len(self._vectors)

    @staticmethod
    def there(folder: Path) -> bool:
        """Tell whether any record of an index has a title."""
        return (folder / f"{_TITLES}.npy").is_file()

    def similarity(self, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the cosine of a question and each record's title, 0 without a title."""
        return np.asarray(widen(self._vectors[rows]) @ query, np.float64)


# token by token

POWER = 3
"""How much a close match counts beyond a loose one."""
BUDGET = 400_000_000
"""Bytes that a collection's tokens may take; a larger collection goes without."""
_TOKENS = "tokens"


def build_tokens(folder: Path, rows: Sequence[Tokens], vocabulary: int) -> bool:
    """Write the tokens of some records, in order; tells whether they fit the budget."""
    total = sum(item.vectors.size for item in rows)
    if not rows or total > BUDGET:
        return False
    frequency = np.zeros(vocabulary, np.int64)
    for item in rows:
        frequency[np.unique(item.ids)] += 1
    idf = np.log1p((len(rows) - frequency + 0.5) / (frequency + 0.5))
    save_array(folder, _TOKENS, np.concatenate([item.vectors for item in rows]))
    sizes = [len(item.ids) for item in rows]
    save_array(folder, f"{_TOKENS}-start", np.cumsum([0, *sizes], dtype=np.int64))
    save_array(folder, f"{_TOKENS}-idf", idf.astype(np.float32))
    return True


class TokenStore:
    """The tokens of an index, opened read-only."""

    def __init__(self, folder: Path) -> None:
        self._vectors = open_array(folder, _TOKENS)
        self._start = open_array(folder, f"{_TOKENS}-start")
        self._idf = open_array(folder, f"{_TOKENS}-idf")

    def __len__(self) -> int:
        return len(self._start) - 1

    @staticmethod
    def there(folder: Path) -> bool:
        """Tell whether an index has tokens."""
        return (folder / f"{_TOKENS}.npy").is_file()

    def score(self, query: Tokens, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what each token of a question is worth to each record.

        Parameters
        ----------
        query : Tokens
            The question's.
        rows : array of int, shape (records,)
            The records.

        Returns
        -------
        array of float, shape (tokens, records)
            Rarity (as in BM25) times the cube of the similarity: they add up over the tokens.
        """
        if not len(query.ids) or not len(rows):
            return np.zeros((len(query.ids), len(rows)))
        places = ragged(self._start, rows)
        near = query.vectors.astype(np.float32) @ self._vectors[places].astype(np.float32).T
        sizes = (self._start[rows + 1] - self._start[rows]).astype(np.int64)
        best = np.zeros((len(query.ids), len(rows)))
        filled = np.flatnonzero(sizes)
        begins = (np.cumsum(sizes) - sizes)[filled]
        if len(begins):
            best[:, filled] = np.maximum.reduceat(near, begins, axis=1) / SCALE**2
        weight = self._idf[query.ids].astype(np.float64)
        return np.asarray(weight[:, None] * np.clip(best, 0, 1) ** POWER)
