"""Sentences of a description that say what the data are good for, and whether a source says so.

A last sentence "used for …" reads well and is easily written from general knowledge. Where the
record that a description rests on is at hand, most of the words of such a sentence stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

USE = re.compile(
    r"\b(?:used (?:for|in|to)|useful|suit(?:s|ed)|serves?|meant for|supports?|feeds|intended for|"
    r"(?:standard|common|usual) (?:set|base|reference)|(?:the|as|a) reference|widely|valuable|"
    r"(?:can|could) be (?:followed|mined|tested|seen|tracked|tried))\b",
    re.IGNORECASE,
)
_LEAST = 0.5
_STEM = 6
_PLAIN = set(
    re.findall(
        r"\w+",
        "the and for from with that this these those which can may was were has have not into over "
        "under than more most also each one all any their they them such used use using data "
        "dataset set between per its are",
    )
)


def words(text: str) -> set[str]:
    """Return the first letters of the words of a text that say something."""
    found = re.findall(r"[a-z]{3,}", text.lower())
    return {word[:_STEM] for word in found if word not in _PLAIN}


def unsaid_uses(description: str, sources: Iterable[str]) -> Iterator[str]:
    """Yield the sentences of use most of whose words no source has."""
    known = words(" ".join(sources))
    for sentence in re.split(r"(?<=[.!?;])\s+", description):
        said = words(sentence)
        if said and USE.search(sentence) and len(said & known) < _LEAST * len(said):
            yield sentence
