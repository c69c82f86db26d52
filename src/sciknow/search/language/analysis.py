"""From text to terms: the one place that decides what counts as the same word.

English words are folded, split at punctuation and stemmed (Porter 2); names with inner
punctuation also count as one word (ERA5-Land: era5, land, era5land). Runs of Chinese characters
become overlapping pairs, which needs no dictionary and misses no word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from sciknow.text import has_han

VERSION = "1"
"""Goes into an index's settings: an index made by other rules is refused."""

STOPWORDS = frozenset(
    [
        "a",
        "about",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "give",
        "had",
        "has",
        "have",
        "having",
        "here",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "like",
        "me",
        "more",
        "most",
        "my",
        "need",
        "no",
        "not",
        "of",
        "on",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "shall",
        "should",
        "since",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "up",
        "us",
        "use",
        "used",
        "using",
        "very",
        "want",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
PARTICLES = frozenset("的了或都和与及在是有也很就以所把被为对从到请吗呢吧只个些")
"""Chinese characters that join words, alone."""
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:[.,\-'’/+](?:(?<!,)|(?=\d))[^\W_{_HAN}]+)*")
_INNER = re.compile(r"[.\-'’/+]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_STEM = Stemmer.Stemmer("english")


def fold(text: str) -> str:
    """Return a text in lower case, in compatibility form, without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def pieces(text: str) -> list[str]:
    """Split a text into words, compound words and runs of Chinese characters, folded.

    Examples
    --------
    >>> pieces("ERA5-Land 逐日降水, 0.25 degree")
    ['era5-land', '逐日降水', '0.25', 'degree']
    """
    return _PIECE.findall(fold(text))


def terms(text: str, *, stopwords: bool = False) -> list[str]:
    """Return the terms of a text in order, with repetitions.

    Parameters
    ----------
    text : str
        Text in either language; Chinese in simplified characters.
    stopwords : bool
        Keep words such as *the*.

    Examples
    --------
    >>> terms("the ERA5-Land reanalyses, 0.25 degree")
    ['era5', 'land', 'era5land', 'reanalys', '0.25', 'degre']
    >>> terms("海冰密集度")
    ['海冰', '冰密', '密集', '集度']
    """
    out: list[str] = []
    for piece in pieces(text):
        out += piece_terms(piece)
    return out if stopwords else [term for term in out if term not in STOPWORDS]


@lru_cache(maxsize=200_000)
def piece_terms(piece: str) -> tuple[str, ...]:
    """Return the terms of one piece of `pieces`."""
    if not piece.isascii() and has_han(piece):
        return tuple(pairs(piece))
    if _NUMBER.fullmatch(piece):
        return (piece.replace(",", ""),)
    parts = _INNER.split(piece)
    if len(parts) == 1:
        return (stem(piece),)
    if parts[1:] == ["s"] or parts[1:] == ["t"]:
        return (stem(parts[0]),)
    return (*map(stem, parts), "".join(parts))


def stem(word: str) -> str:
    """Return a word's stem; stop words stay as they are."""
    return word if word in STOPWORDS else str(_STEM.stemWord(word))


def pairs(run: str) -> Iterator[str]:
    """Yield the overlapping pairs of a run of characters, or the lone character."""
    if len(run) == 1:
        yield run
    yield from (run[place : place + 2] for place in range(len(run) - 1))
