"""Questions that are misspelt, or written in pinyin: precipitaton, 青臧高原, qingzang gaoyuan.

An English word is taken for misspelt where no record holds it, the sentence model was not taught
it whole, and records hold a word that differs by one letter: one more, one less, another, or two
swapped. Neighbouring words that no record holds may be the pinyin of a Chinese term. Chinese
characters that no word joins are taken for misspelt where a term differs from them in one
character. No list of words is kept for it: what is one letter away is looked up among what the
records hold, and the rest in the bridge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sciknow.search.language.analysis import PARTICLES, STOPWORDS, stem
from sciknow.search.language.bridge import Bridge
from sciknow.text import has_han

_LEAST = 6
"""Letters of a word that can be told as misspelt."""
_LONGEST = 40
"""Letters of the longest one: a word has some fifty neighbours for each letter."""
_OFTEN = 2
"""Records that hold what it may mean."""
_SURE = 10
"""Records from which on that need not be a word that the sentence model knows."""
_MANY = 4
"""Words that may be one term in pinyin."""
_WINDOW = range(4, 7)
"""Characters of a Chinese term that can be told as misspelt."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"(?<![\w.-])[A-Za-z]{2,}(?![\w-])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Speller:
    """What spelling is judged by.

    Parameters
    ----------
    frequency : callable
        Returns for some stems in how many records each stands.
    knows : callable
        Tells whether a word in small letters is known as it is.
    bridge : callable
        Opens the Chinese dictionary, where there is one.
    """

    frequency: Callable[[Sequence[str]], NDArray[np.float64]]
    knows: Callable[[str], bool]
    bridge: Callable[[], Bridge | None]

    def respell(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return a text as it is probably meant, and what was read for what: ``b (a)``."""
        read: list[str] = []
        for start, end, meant in sorted([*self._english(text), *self._chinese(text)], reverse=True):
            read.insert(0, f"{meant} ({text[start:end]})")
            text = text[:start] + meant + text[end:]
        return text, tuple(read)

    def _english(self, text: str) -> Iterator[tuple[int, int, str]]:
        words = [found for found in _WORD.finditer(text) if found[0].lower() not in STOPWORDS]
        if not words:
            return
        held = self.frequency([stem(found[0].lower()) for found in words]) > 0
        at = 0
        while at < len(words):
            count, term = 0, ""
            if not held[at] or not held[at : at + 2].all():
                count, term = self._pinyin(text, words[at : at + _MANY], held[at : at + _MANY])
            if count:
                yield words[at].start(), words[at + count - 1].end(), term
            elif not held[at] and words[at][0].islower():
                meant = meant_by(words[at][0], self.frequency, self.knows)
                if meant:
                    yield *words[at].span(), meant
            at += max(count, 1)

    def _pinyin(
        self, text: str, words: Sequence[re.Match[str]], held: NDArray[np.bool_]
    ) -> tuple[int, str]:
        """Return how many words are one Chinese term in pinyin, and the term."""
        for count in range(len(words), 0, -1):
            inside = text[words[0].start() : words[count - 1].end()]
            spelled = "".join(found[0].lower() for found in words[:count])
            beside = len(inside.replace(" ", "").replace("'", "")) == len(spelled)
            bridge = self.bridge() if beside and not held[:count].all() else None
            if bridge:
                term = bridge.read_aloud(spelled)
                if term and not (count == 1 and self.knows(spelled)):
                    return count, term
        return 0, ""

    def _chinese(self, text: str) -> Iterator[tuple[int, int, str]]:
        bridge = self.bridge() if has_han(text) else None
        if bridge is None:
            return
        words, place, last = [], 0, 0
        for word in bridge.translate(text).words:
            place = text.find(word.text, place)
            if place < 0:  # written otherwise there: decades in words
                return
            words.append((place, place + len(word.text)))
            place += len(word.text)
        for first, (start, _) in enumerate(words):
            ends = [end for begin, end in words[first:] if end - start in _WINDOW]
            for end in reversed(ends):
                inside = [span for span in words if start <= span[0] and span[1] <= end]
                alone = {before - start for before, after in inside if after - before == 1}
                if start < last or not alone or not _is_han(text[start:end]):
                    continue
                meant = _nearest(text[start:end], bridge.nearly(text[start:end]), alone)
                if meant:
                    yield start, end, meant
                    last = end
                    break


def _nearest(written: str, near: Sequence[tuple[str, bool]], alone: set[int]) -> str:
    """Return the likeliest term in which another character stands for one that no word joins.

    Where only one character stands alone, it has to be a term of science.
    """
    for term, science in near:
        if not science and len(alone) < 2:
            continue
        at = next(n for n, pair in enumerate(zip(written, term, strict=True)) if len({*pair}) > 1)
        if at in alone and written[at] not in PARTICLES:
            return term
    return ""


def _is_han(text: str) -> bool:
    return all(has_han(char) for char in text)


def meant_by(
    word: str,
    frequency: Callable[[Sequence[str]], NDArray[np.float64]],
    knows: Callable[[str], bool],
) -> str:
    """Return the word that a misspelt one may mean, empty for none.

    Parameters
    ----------
    word : str
        In small letters; no record holds it.
    frequency, knows : callable
        As of `Speller`.

    Examples
    --------
    >>> held = {"precipit": 90.0, "temperatur": 70.0}
    >>> def frequency(stems):
    ...     return np.array([held.get(stem, 0.0) for stem in stems])
    >>> known = {"precipitation", "temperature"}.__contains__
    >>> meant_by("precipitaton", frequency, known), meant_by("temprature", frequency, known)
    ('precipitation', 'temperature')
    """
    if not _LEAST <= len(word) <= _LONGEST or knows(word):
        return ""
    near = list(dict.fromkeys(_one_away(word)))
    counts = frequency([stem(other) for other in near])
    for at in np.flatnonzero((counts >= _OFTEN) & (counts < _SURE)):
        counts[at] *= knows(near[at])
    best = int(np.argmax(counts))
    return near[best] if counts[best] >= _OFTEN else ""


def _one_away(word: str) -> Iterator[str]:
    """Yield every word one letter away that begins with the same letter."""
    for at in range(1, len(word) + 1):
        head, rest = word[:at], word[at:]
        if rest:
            yield head + rest[1:]
        if len(rest) > 1:
            yield head + rest[1] + rest[0] + rest[2:]
        for letter in _LETTERS:
            yield head + letter + rest
            if rest:
                yield head + letter + rest[1:]
