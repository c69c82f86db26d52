"""How much a record counts before anything is asked: how many other records name it.

A collection's own descriptions cite well-known records by name or acronym. The count, damped by
its logarithm, is a small bonus; it breaks ties towards what others build on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sciknow.search.index.document import Document
from sciknow.search.language.analysis import STOPWORDS

_WORD = re.compile(r"[A-Za-z0-9]+")
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z0-9-]{2,15})\)")
_MAX_WORDS = 6
_MAX_TEXT = 6_000
_TOO_COMMON = 0.02
"""A one-word name that more records than this share mention is a word, not a name."""


def mentions(documents: Sequence[Document]) -> NDArray[np.float32]:
    """Return for each record the logarithm of one plus how many others name it, shape (records,).

    A name that several records share is split among them.
    """
    owners: dict[str, list[int]] = {}
    for row, document in enumerate(documents):
        for name in names_of(document.title):
            owners.setdefault(name, []).append(row)
    found = [_named_in(document, row, owners) for row, document in enumerate(documents)]
    counts = Counter(name for names in found for name in names)
    limit = max(20, _TOO_COMMON * len(documents))
    out = np.zeros(len(documents))
    for name, count in counts.items():
        if " " in name or count <= limit:
            out[owners[name]] += count / len(owners[name])
    return np.log1p(out).astype(np.float32)


def names_of(title: str) -> set[str]:
    """Return the names under which others may mention a record: its title, its acronym."""
    words = [word.lower() for word in _WORD.findall(title)]
    names = {" ".join(_WORD.findall(found)).lower() for found in _ACRONYM.findall(title)}
    if 0 < len(words) <= _MAX_WORDS and _is_name(words):
        names.add(" ".join(words))
    return {name for name in names if len(name) > 2}


def _is_name(words: Sequence[str]) -> bool:
    return not all(word in STOPWORDS or word.isdigit() for word in words)


def _named_in(document: Document, row: int, owners: dict[str, list[int]]) -> set[str]:
    text = " ".join(document.fields.get(name, "") for name in ("description", "publications"))
    words = _WORD.findall(text[:_MAX_TEXT])
    low = [word.lower() for word in words]
    found: set[str] = set()
    for name, first in _spans(words, low):
        named = name in owners and (" " in name or not first.islower())
        if named and row not in owners[name]:
            found.add(name)
    return found


def _spans(words: Sequence[str], low: Sequence[str]) -> Iterable[tuple[str, str]]:
    for size in range(1, _MAX_WORDS + 1):
        for place in range(len(low) - size + 1):
            yield " ".join(low[place : place + size]), words[place]
