"""Chinese labels of concepts as words of the bridge, for hubs that hold no concepts.

The knowledge base names its concepts in both languages. Which English label renders a Chinese
one is settled here, when the bridge is compiled: preferred labels render each other; of the others
the English label that shares most with what the dictionary says of the Chinese one. Short words
are general words, and there the dictionary speaks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sciknow.search.language.analysis import terms
from sciknow.text import has_han

SHORT = 2
"""Labels of so many characters are general words: the dictionary, where it has one, wins."""
LONGEST = 12
MOST = 4
"""Renderings of a label that are kept."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A Chinese label of a concept with the concept's English labels, the preferred one first.

    Parameters
    ----------
    zh : str
        The label.
    preferred : bool
        Whether it is the concept's preferred label.
    english : tuple of str
        The English labels of the same concept.
    """

    zh: str
    preferred: bool
    english: tuple[str, ...]


def renderings(
    label: Bilingual, entry: Iterable[str], parts: Iterable[Iterable[str]]
) -> tuple[str, ...]:
    """Choose the renderings of a label, best first.

    Parameters
    ----------
    label : Bilingual
        The label.
    entry : iterable of str
        What the dictionary says of the whole label; empty where it lacks it.
    parts : iterable of iterable of str
        What is known of the label's words, one after the other.
    """
    own = tuple(entry)
    said = [own] if own else [tuple(part) for part in parts]
    words = {term for part in said for text in part for term in terms(text)}
    ranked = sorted(label.english, key=lambda text: -_shared(text, words))
    if own and (len(label.zh) <= SHORT or not _shared(ranked[0], words)):
        chosen = (*own[: MOST - 1], ranked[0])
    elif label.preferred:
        chosen = (label.english[0], *ranked)
    else:
        chosen = tuple(ranked)
    return tuple(dict.fromkeys(chosen))[:MOST]


def _shared(text: str, words: set[str]) -> float:
    """Return how much of a text is among some words, from 0 to 1."""
    own = set(terms(text))
    return len(own & words) / len(own) if own else 0.0


def by_word(labels: Iterable[Bilingual]) -> Mapping[str, Bilingual]:
    """Return one label for each Chinese word: where concepts share it, a preferred one.

    Labels with other letters in them are left out: they stand in two runs of a text.
    """
    chosen: dict[str, Bilingual] = {}
    for label in sorted(labels, key=lambda label: (label.zh, not label.preferred, label.english)):
        if 1 < len(label.zh) <= LONGEST and all(map(has_han, label.zh)):
            chosen.setdefault(label.zh, label)
    return chosen
