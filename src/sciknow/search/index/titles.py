"""Titles: their own vectors, beside those of the whole texts.

A long description hides what a record is called. Where the title alone is nearer to a question
than the whole text, the record's meaning moves part of the way up to it (`rank.TITLED`). Titles
put no candidates forward: they are only compared for records that words, meaning or a concept
have found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sciknow.search.embed.cache import EmbeddingCache, encode_texts
from sciknow.search.embed.embedder import Embedder, Vectors
from sciknow.search.index.arrays import open_array, save_array, widen

BUDGET = 400_000_000
"""Bytes that a collection's titles may take, as for tokens; a larger collection goes without."""
_FILE = "titles"


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
    if not named or 2 * len(texts) * embedder.dimensions > BUDGET:
        return 0
    encoded = encode_texts(embedder, [texts[row] for row in named], cache)
    vectors = np.zeros((len(texts), embedder.dimensions), np.float16)
    vectors[named] = encoded.vectors
    save_array(folder, _FILE, vectors)
    return encoded.computed


class TitleStore:
    """The titles of an index, opened read-only.

    Parameters
    ----------
    folder : Path
        Folder that `build_titles` wrote to.
    """

    def __init__(self, folder: Path) -> None:
        self._vectors = open_array(folder, _FILE)

    @staticmethod
    def there(folder: Path) -> bool:
        """Tell whether any record of an index has a title."""
        return (folder / f"{_FILE}.npy").is_file()

    def similarity(self, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the cosine of a question and each record's title, 0 without a title."""
        return np.asarray(widen(self._vectors[rows]) @ query, np.float64)
