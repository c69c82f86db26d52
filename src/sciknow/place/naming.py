"""How names of places are compared, and the marks that say when a name counts."""

from __future__ import annotations

import unicodedata

MARKS = {
    "c": "English: with a capital, or after a word such as *in*",
    "t": "English name of a town: the same, and large, or beside the place that it lies in",
    "w": "English, a word too or short: with a capital and after *in*, or beside its place",
    "o": "Chinese with what it is (朝阳区): not in the middle of other words",
    "b": "Chinese without what it is (长春): at the edge of a phrase",
    "z": "Chinese name of a town or unit abroad: large, or between the edges of a phrase",
    "n": "Chinese name that is also a word (郊区): right after the place that it lies in",
}
"""Mark of a name → when it counts; a name without a mark always does."""


def fold(text: str) -> str:
    """Return a text in small letters without accents, of the same length.

    Examples
    --------
    >>> fold("São Paulo, Ürümqi, Xi’an")
    "sao paulo, urumqi, xi'an"
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


def _folded(char: str) -> str:
    if char.isascii() or "\u3400" <= char <= "\u9fff":
        return char.lower()
    if char in "’‘ʻʼ`":
        return "'"
    small = unicodedata.normalize("NFD", char)[0].lower()
    return small if len(small) == 1 else char
