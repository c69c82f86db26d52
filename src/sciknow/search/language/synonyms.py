"""English words that stand for nearly the same in a catalogue: rainfall and precipitation."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files as package_files
from typing import TypeAlias

from sciknow.errors import InvalidInput
from sciknow.search.language.analysis import terms

Near: TypeAlias = tuple[str, tuple[str, ...]]
"""A word as it is written, and its terms."""


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[Near, ...]]:
    """Return term → what stands for nearly the same, from ``synonyms.tsv``.

    Raises
    ------
    InvalidInput
        For a line of another form.

    Examples
    --------
    >>> synonyms()["rainfal"]
    (('precipitation', ('precipit',)),)
    """
    text = (package_files("sciknow.search.language") / "synonyms.tsv").read_text("utf-8")
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            first, *others = line.split("|")
            own = terms(first)
            if len(own) != 1 or not others:
                raise InvalidInput(f"synonyms line {line!r}", hint="write one word, then others")
            for other in others:
                words = tuple(dict.fromkeys(terms(other)))
                if words and own[0] not in words:
                    found.setdefault(own[0], {}).setdefault(words, other)
    return {
        term: tuple((other, words) for words, other in near.items()) for term, near in found.items()
    }
