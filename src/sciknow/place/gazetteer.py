"""The gazetteer as it is shipped: names, sorted, and the places that they stand for.

``names.tsv`` has a line a name (folded, a tab, the numbers of its places with their marks, the best
known first), ``places.tsv`` a line a place; both are made by ``scripts/make_gazetteer.py`` and
searched as lines of text, so that nothing is parsed but what a text names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as package_files

from sciknow.errors import InvalidInput
from sciknow.model.coverage import BBox

TOP = 100_000
"""Weight of the places that are kept by hand."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the gazetteer.

    Parameters
    ----------
    kind : str
        ``country``, ``state``, ``prefecture``, ``county``, ``city``, ``continent``, ``ocean``,
        ``region``, ``lake``, ``river`` or ``zone``; ``none`` for what holds a place's name and is
        none.
    english, chinese : tuple of str
    within : str
        The units that hold it, in words: 中国广东省, Italy, or a country's code.
    weight : int
        How well known it is; of a town, its people in thousands.
    box : tuple of four floats
        West, south, east, north in degrees; of a town the same point twice.
    pinyin : bool
        The English name is the pinyin of the Chinese one.
    """

    kind: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    within: str
    weight: int
    box: BBox
    pinyin: bool = False


def _lines(name: str) -> list[str]:
    text = (package_files("sciknow.place") / name).read_text("utf-8")
    return text.removesuffix("\n").split("\n")


@lru_cache(maxsize=1)
def names() -> list[str]:
    """Return the lines of the names, sorted."""
    return _lines("names.tsv")


@lru_cache(maxsize=1)
def _places() -> list[str]:
    return _lines("places.tsv")


@lru_cache(maxsize=4_096)
def entry(number: int) -> Entry:
    """Return one place by its line."""
    line = _places()[number]
    kind, english, chinese, within, weight, *sides = line.split("\t")
    if len(sides) not in (2, 4):
        raise InvalidInput(f"gazetteer line {line!r}", hint="run scripts/make_gazetteer.py")
    west, south, east, north = map(float, sides * 2 if len(sides) == 2 else sides)
    spelled = kind.removesuffix("*")
    return Entry(
        spelled,
        tuple(english.split("|")) if english else (),
        tuple(chinese.split("|")) if chinese else (),
        within,
        int(weight),
        (west, south, east, north),
        spelled != kind,
    )


def entries() -> Iterator[Entry]:
    """Yield every place."""
    return map(entry, range(len(_places())))


def begins(start: str) -> bool:
    """Tell whether any name begins so."""
    lines = names()
    at = bisect_left(lines, start)
    return at < len(lines) and lines[at].startswith(start)


def known(name: str) -> list[tuple[str, Entry]]:
    """Return the places that a folded name may stand for, each with the mark of the name."""
    lines, key = names(), name + "\t"
    at = bisect_left(lines, key)
    if at == len(lines) or not lines[at].startswith(key):
        return []
    found = lines[at][len(key) :].split(" ")
    return [
        (item[-1], entry(int(item[:-1]))) if item[-1].isalpha() else ("", entry(int(item)))
        for item in found
    ]
