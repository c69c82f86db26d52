"""Late interaction: each word of the question against each word of a record, in context.

The model's vectors of single tokens are kept small (64 numbers of one byte). A record's worth is
the sum, over the question's tokens, of their rarity times the cube of the best similarity to any
token of the record (after Khattab and Zaharia 2020, with the model as it is).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sciknow.search.arrays import open_array, ragged, save_array
from sciknow.search.embed.embedder import SCALE, Tokens

POWER = 3
"""How much a close match counts beyond a loose one."""
BUDGET = 400_000_000
"""Bytes that a collection's tokens may take; a larger collection goes without."""
_FILES = "tokens"


def build_tokens(folder: Path, rows: Sequence[Tokens], vocabulary: int) -> bool:
    """Write the tokens of some records, in order; tells whether they fit the budget."""
    total = sum(item.vectors.size for item in rows)
    if not rows or total > BUDGET:
        return False
    frequency = np.zeros(vocabulary, np.int64)
    for item in rows:
        frequency[np.unique(item.ids)] += 1
    idf = np.log1p((len(rows) - frequency + 0.5) / (frequency + 0.5))
    save_array(folder, _FILES, np.concatenate([item.vectors for item in rows]))
    sizes = [len(item.ids) for item in rows]
    save_array(folder, f"{_FILES}-start", np.cumsum([0, *sizes], dtype=np.int64))
    save_array(folder, f"{_FILES}-idf", idf.astype(np.float32))
    return True


class TokenStore:
    """The tokens of an index, opened read-only."""

    def __init__(self, folder: Path) -> None:
        self._vectors = open_array(folder, _FILES)
        self._start = open_array(folder, f"{_FILES}-start")
        self._idf = open_array(folder, f"{_FILES}-idf")

    @staticmethod
    def there(folder: Path) -> bool:
        """Tell whether an index has tokens."""
        return (folder / f"{_FILES}.npy").is_file()

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
