"""A place as it is written, and when each of its names counts."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sciknow.place.naming import fold

ENGLISH_OF = {
    "特别行政区": "",
    "自治区": "",
    "自治州": "Prefecture",
    "自治县": "County",
    "自治旗": "Banner",
    "地区": "Prefecture",
    "林区": "District",
    "新区": "District",
    "特区": "District",
    "省": "Province",
    "盟": "League",
    "旗": "Banner",
    "市": "City",
    "县": "County",
    "区": "District",
}
"""How the names of Chinese units end, the longest first, and what that is in English."""
GENERIC = frozenset(
    "东南西北中部方上下新大小高低区央海岸内外市县州省邦城乡山河江湖平原首都府联邦行政领地"
)
"""Characters that alone name no place: 北部省, 中央省, 大平原."""


@dataclass(frozen=True, slots=True)
class Row:
    """A place: its names with the marks that say when they count, and where it lies."""

    kind: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    within: str
    box: tuple[float, ...]
    weight: int
    marks: str = ""


class Words:
    """What is a word, and not only a name, in either language."""

    def __init__(self, bridge: Path) -> None:
        import jieba

        jieba.setLogLevel(60)
        self.tags: dict[str, str] = {}
        with jieba.get_dict_file() as lines:
            for line in lines:
                word, _, tag = line.decode("utf-8").split()
                self.tags[word] = tag
        self.english: set[str] = set()
        self.chinese: set[str] = set()
        self.also: set[str] = set()
        with sqlite3.connect(bridge) as store:
            for zh, glosses in store.execute("SELECT zh, glosses FROM word"):
                lower = re.findall(r"(?<![\w'-])[a-z]{2,}(?![\w'-])", glosses)
                self.english.update(lower)
                if glosses and not re.search(r"[A-Z]", glosses):
                    self.chinese.add(zh)
                if any(gloss and gloss == gloss.lower() for gloss in glosses.split("|")):
                    self.also.add(zh)

    def is_english(self, name: str) -> bool:
        """Tell whether all parts of a name are words in small letters too."""
        return all(part in self.english for part in re.findall(r"[^\W\d_]+", fold(name)))

    def is_place(self, name: str, kind: str) -> bool:
        """Tell whether a bare Chinese name stands for a place: a unit's may be a word as well."""
        tagged = self.tags.get(name, "") == "ns"
        if kind not in ("state", "prefecture"):
            return tagged and name not in self.also
        return tagged or (kind == "prefecture" and name not in self.also)


def mark_english(name: str, row: Row, words: Words) -> str | None:
    """Return when an English name counts: the mark, or None where it is refused."""
    letters = sum(char.isalpha() for char in name)
    if row.kind == "none" or letters < 3 or any(char in name for char in "|\t()"):
        return None
    if words.is_english(name):
        return "w"
    if letters < 5:
        return "w" if row.weight >= 100 else None
    small = row.kind in ("city", "county") or (row.kind == "state" and row.weight < 250)
    return "t" if small and (" " not in name or row.kind == "state") else "c"


def mark_chinese(name: str, row: Row, words: Words) -> str | None:
    """Return when a Chinese name counts: the mark, or None where it is refused."""
    if not re.fullmatch(r"[\u3400-\u9fff·]{2,20}", name):
        return None
    official = any(name.endswith(end) for end in ENGLISH_OF) and row.within.startswith("中国")
    unit = row.within.startswith("中国") and row.kind in ("state", "prefecture")
    above = unit and (official or words.tags.get(name) == "ns")
    plain = set(name) <= GENERIC and not above
    if plain or name in words.chinese or (official and len(name) == 2):
        return "n" if official or len(name) > 2 else None
    if official:
        return "o"
    if len(name) == 2:
        if row.within == "中国" and row.kind == "city" and row.weight < 100:
            return None
        return "b" if words.is_place(name, row.kind) else None
    if row.kind in ("city", "state") and not row.within.startswith("中国"):
        return "z"
    tag = words.tags.get(name, "ns")
    return "b" if row.within.startswith("中国") or not tag.startswith("n") else ""
