"""From Chinese to English, word by word, from one read-only file.

The default sentence model reads English only. The bridge finds the words of a Chinese text
(shortest path over word frequencies), names their English renderings, and turns traditional
characters into simplified ones. `sciknow.search.language.bridge_build` compiles the file; nothing
here imports more than SQLite.
"""

from __future__ import annotations

import json
import re
import sqlite3
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files as package_files
from pathlib import Path

from sciknow.errors import DegradedWarning, IntegrityError
from sciknow.files import cache_folder
from sciknow.text import clean, has_han

MAX_WORD = 12
SPELLED = 5
"""Letters of the shortest pinyin that is read as a term."""
TERM_COST = 5.0
"""The most that a term of science of three characters or more costs."""
UNKNOWN_COST = 19.0
"""Cost of a character that no dictionary knows."""
LABEL_COST = 3.0
"""Cost of a concept's label of the hub itself: it is never split."""
_RUN = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DECADES = re.compile(r"(?:(?:上个?|二十|20)世纪)?([一二三四五六七八九]+)十年代")
_UNITS = {
    "米": "m", "公里": "km", "千米": "km", "厘米": "cm", "毫米": "mm", "度": "degree",
    "角秒": "arc second", "小时": "hour", "分钟": "minutes", "分": "minutes", "秒": "seconds",
    "天": "day", "日": "", "周": "week", "月": "", "个月": "months", "年": "",
    "号": "", "级": "level", "种": "", "个": "", "层": "levels",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a Chinese text with its English renderings, best first.

    Parameters
    ----------
    text : str
        The word in simplified characters.
    glosses : tuple of str
        Renderings; empty for a word that says nothing, or that no dictionary knows.
    known : bool
        Whether some dictionary holds the word.
    concept : str
        Id of the hub's concept whose label the word is; empty for a dictionary word.
    """

    text: str
    glosses: tuple[str, ...] = ()
    known: bool = True
    concept: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A Chinese label of a concept: what the word means in this hub."""

    concept: str
    glosses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A text word by word: Chinese words with renderings, other runs as they stood."""

    words: tuple[Word, ...] = ()
    text: str = field(default="")

    @property
    def english(self) -> str:
        """The first renderings in the order of the text."""
        parts = (word.glosses[0] for word in self.words if word.glosses)
        return " ".join(part for part in parts if part)


class Bridge:
    """The compiled dictionary, opened read-only.

    Parameters
    ----------
    path : Path
        The file that `compile_bridge` wrote.

    Raises
    ------
    IntegrityError
        When the file is no bridge.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._database = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._maps = dict(self._database.execute("select name, value from map"))
        except sqlite3.Error as error:
            raise IntegrityError(
                f"{path} is no Chinese bridge: {error}",
                hint="install sciknow again, or run scripts/make_bridge.py",
            ) from error

    @property
    def digest(self) -> str:
        """Digest of all that it says, as a hub keeps it that renders Chinese records."""
        return str(self._maps.get("digest", ""))

    @cached_property
    def _characters(self) -> dict[int, str]:
        return str.maketrans(json.loads(self._maps["characters"]))

    @cached_property
    def _phrases(self) -> Mapping[str, str]:
        phrases: dict[str, str] = json.loads(self._maps["phrases"])
        return phrases

    def simplify(self, text: str) -> str:
        """Turn traditional characters, and words used in Taiwan, into the simplified ones.

        Text that holds none comes back as it is.
        """
        plain = text.translate(self._characters)
        if plain == text:
            return text
        return _replace(text, self._phrases).translate(self._characters)

    def read_aloud(self, spelled: str) -> str:
        """Return the term that pinyin without tones or spaces stands for; empty for none."""
        if len(spelled) < SPELLED or not self._has_readings:
            return ""
        query = "select zh from reading where spelled = ?"
        found = self._database.execute(query, (spelled,)).fetchone()
        return str(found[0]) if found else ""

    @cached_property
    def _has_readings(self) -> bool:
        """Whether the file was compiled since readings are kept."""
        query = "select 1 from sqlite_master where name = 'reading'"
        return self._database.execute(query).fetchone() is not None

    def nearly(self, word: str) -> list[tuple[str, bool]]:
        """Return terms that differ from a word in one later character, likeliest first.

        With each, whether it is a term of science: of the glossary, or a label of a concept.
        """
        near: list[tuple[float, str]] = []
        for at in range(1, len(word)):
            pattern = word[:at] + "?" + word[at + 1 :]
            query = "select cost, zh from word where zh glob ? and zh != ?"
            near += self._database.execute(query, (pattern, word)).fetchall()
        return [(str(zh), cost <= TERM_COST) for cost, zh in sorted(near)]

    def translate(self, text: str, labels: Mapping[str, Label] | None = None) -> Translation:
        """Split a text into words and name their renderings.

        Parameters
        ----------
        text : str
            Any text; runs without Chinese characters are kept as they stand.
        labels : mapping of str to Label, optional
            The hub's own Chinese labels, which come before any dictionary.
        """
        simple = _decades(self.simplify(clean(text)))
        words: list[Word] = []
        for run in _RUN.findall(simple):
            if not has_han(run):
                words.append(Word(run.strip(), (run.strip(),)))
            else:
                after_number = bool(words) and words[-1].text[-1:].isdigit()
                words += self._segment(run, labels or {}, after_number)
        return Translation(tuple(word for word in words if word.text), simple)

    def _segment(self, run: str, labels: Mapping[str, Label], after_number: bool) -> list[Word]:
        lead: list[Word] = []
        if after_number:
            unit = next((u for u in sorted(_UNITS, key=len, reverse=True) if run.startswith(u)), "")
            lead = [Word(unit, (_UNITS[unit],) if _UNITS[unit] else ())] if unit else []
            run = run[len(unit) :]
        spans = {
            run[i:j] for i in range(len(run)) for j in range(i + 1, min(len(run), i + MAX_WORD) + 1)
        }
        return lead + shortest(run, self._look_up(spans, labels))

    def _look_up(
        self, spans: set[str], labels: Mapping[str, Label]
    ) -> dict[str, tuple[float, Word]]:
        found: dict[str, tuple[float, Word]] = {}
        wanted = list(spans)
        for start in range(0, len(wanted), 900):
            chunk = wanted[start : start + 900]
            marks = ",".join("?" * len(chunk))
            query = f"select zh, cost, glosses from word where zh in ({marks})"
            for zh, cost, glosses in self._database.execute(query, chunk):
                found[zh] = (cost, Word(zh, tuple(filter(None, glosses.split("|")))))
        for span in spans & labels.keys():
            label = labels[span]
            found[span] = (LABEL_COST, Word(span, label.glosses, concept=label.concept))
        return found


def shortest(run: str, words: Mapping[str, tuple[float, Word]]) -> list[Word]:
    """Find the cheapest way through a run of Chinese characters (a word each step)."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        options = [(best[end - 1][0] + UNKNOWN_COST, end - 1)]
        for start in range(max(0, end - MAX_WORD), end):
            if run[start:end] in words:
                options.append((best[start][0] + words[run[start:end]][0], start))
        best.append(min(options))
    path: list[Word] = []
    end = len(run)
    while end:
        start = best[end][1]
        text = run[start:end]
        path.append(words[text][1] if text in words else Word(text, known=False))
        end = start
    return path[::-1]


def _replace(text: str, phrases: Mapping[str, str]) -> str:
    """Replace known phrases, longest first, from left to right."""
    out, place = [], 0
    longest = max(map(len, phrases), default=0)
    while place < len(text):
        for size in range(min(longest, len(text) - place), 1, -1):
            phrase = phrases.get(text[place : place + size])
            if phrase is not None:
                out.append(phrase)
                place += size
                break
        else:
            out.append(text[place])
            place += 1
    return "".join(out)


def _decades(text: str) -> str:
    """Write decades of the twentieth century in digits: 四五十年代 becomes 1940s 1950s."""
    return _DECADES.sub(
        lambda found: " " + " ".join(f"19{_DIGITS[digit]}0s" for digit in found[1]) + " ", text
    )


def bridge_path() -> Path | None:
    """Find the compiled bridge: in the package, else in the user's cache folder."""
    own = Path(str(package_files("sciknow.search.language"))) / "bridge.sqlite"
    places = (own, cache_folder() / "bridge.sqlite")
    return next((place for place in places if place.is_file()), None)


def open_bridge() -> Bridge | None:
    """Open the bridge, or warn that Chinese is read by the hub's own labels alone."""
    path = bridge_path()
    if path is not None:
        return Bridge(path)
    warnings.warn(
        DegradedWarning(
            "the Chinese dictionary is not compiled; Chinese questions are answered from Chinese "
            "text alone; run scripts/make_bridge.py"
        ),
        stacklevel=2,
    )
    return None


def first_renderings(words: Sequence[Word]) -> list[str]:
    """Return the first rendering of each word that has one."""
    return [word.glosses[0] for word in words if word.glosses]


def glossed(lines: Iterable[str], bridge: Bridge | None) -> str:
    """Return the English renderings of Chinese text, for records that have no English."""
    if bridge is None:
        return ""
    return " ".join(bridge.translate(line).english for line in lines)
