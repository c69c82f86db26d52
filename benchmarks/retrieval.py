"""Retrieval sets in BEIR's layout, read with care, and the measures over them.

A folder holds ``corpus.jsonl`` (``_id``, ``title``, ``text``, optional ``tags`` and
``metadata``), ``queries.jsonl`` or ``queries.<name>.jsonl`` (``_id``, ``text``, optional
``metadata`` with a ``year``), and ``qrels.tsv`` or ``qrels.<name>.tsv`` (three columns, or the four
of TREC, with or without a header line).
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Judged = dict[str, dict[str, float]]


_YEAR = re.compile(r"\s*(\d{4})(?!\d)")


class BadSet(Exception):
    """A folder that cannot be read as a retrieval set; the message says where and why."""


@dataclass(frozen=True)
class Query:
    """One question of a set, with the records judged right and the year it was asked in."""

    id: str
    text: str
    judged: Mapping[str, float]
    year: int | None = None


def note(message: str) -> None:
    print(f"note: {message}", file=sys.stderr)


def read_lines(path: Path) -> Iterator[dict]:
    """Yield the rows of a JSON Lines file, each with a text as its ``_id``; repeated ids once."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")  # not splitlines: U+2028 may stand in texts
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSet(f"{path}: {problem}") from None
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = parsed(line, f"{path}:{number}")
        if row["_id"] in seen:
            note(f"{path}:{number}: a second {row['_id']!r} is left out")
            continue
        seen.add(row["_id"])
        yield row


def parsed(line: str, where: str) -> dict:
    try:
        row = json.loads(line)
    except ValueError as problem:
        raise BadSet(f"{where}: no JSON: {problem}") from None
    if not isinstance(row, dict) or row.get("_id") in (None, ""):
        raise BadSet(f'{where}: a row needs an "_id"')
    return row | {"_id": str(row["_id"])}


def year_of(row: Mapping) -> int | None:
    """Return the year in a row's metadata, as a number or as text; of a date its year."""
    metadata = row.get("metadata")
    value = metadata.get("year") if isinstance(metadata, dict) else None
    found = _YEAR.match(str(value)) if isinstance(value, (int, float, str)) else None
    return int(found[1]) if found else None


def read_corpus(folder: Path) -> list[dict]:
    """Return the records as `sciknow.build_from_texts` takes them; those with no words go."""
    path, texts = folder / "corpus.jsonl", []
    if not path.is_file():
        raise BadSet(f"{folder} has no corpus.jsonl")
    for row in read_lines(path):
        metadata = dict(row["metadata"]) if isinstance(row.get("metadata"), dict) else {}
        tags = row.get("tags") or metadata.get("tags")
        if tags:
            metadata["tags"] = [tags] if isinstance(tags, str) else [str(tag) for tag in tags]
        year = year_of(row)
        metadata.pop("year", None)
        if year is not None:
            metadata["year"] = year
        title, text = (str(row.get(key) or "") for key in ("title", "text"))
        if title.strip() or text.strip():
            texts.append({"id": row["_id"], "title": title, "text": text, "metadata": metadata})
        else:
            note(f"{path}: {row['_id']!r} has neither title nor text and is left out")
    return texts


def read_qrels(path: Path) -> Judged:
    """Return query → record → judgement, a number above 0 for what is right."""
    judged: Judged = {}
    lines = path.read_text("utf-8-sig").splitlines()
    for number, line in enumerate(lines, 1):
        cells = [_bare(cell) for cell in (line.split("\t") if "\t" in line else line.split())]
        if not any(cells):
            continue
        if len(cells) not in (3, 4):
            raise BadSet(f"{path}:{number}: {len(cells)} columns, expected query, record, score")
        try:
            score = float(cells[-1])
        except ValueError:
            if number == 1:
                continue  # the header
            raise BadSet(f"{path}:{number}: the score {cells[-1]!r} is no number") from None
        if not math.isfinite(score):
            raise BadSet(f"{path}:{number}: the score {cells[-1]!r} is no finite number")
        judged.setdefault(cells[0], {})[cells[-2]] = score
    return judged


def _bare(cell: str) -> str:
    """Return a cell without white space and the quotes that some spreadsheets put around it."""
    bare = cell.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] == '"' else bare


def query_sets(folder: Path, known: frozenset[str]) -> Iterator[tuple[str, list[Query]]]:
    """Yield the name and the judged queries of each file of queries in a folder.

    A query with nothing judged right cannot be scored and is left out; a judged record that the
    corpus lacks counts as one that was not found.
    """
    found = False
    for path in sorted(folder.glob("queries*.jsonl")):
        part = path.name.removeprefix("queries").removesuffix(".jsonl").lstrip("._")
        places = (
            folder / f"qrels.{part}.tsv",
            folder / "qrels" / f"{part or 'title'}.tsv",
            *(folder / "qrels" / f"{name}.tsv" for name in ("test", "dev", "train")),
            folder / "qrels.tsv",
        )
        place = next((place for place in places if place.is_file()), None)
        if place is None:
            note(f"{path} has no qrels beside it")
            continue
        queries = judged_queries(path, read_qrels(place), place, known)
        if queries:
            found = True
            yield f"{folder.name}{':' + part if part else ''}", queries
    if not found:
        raise BadSet(f"{folder} has no judged queries: queries*.jsonl with qrels*.tsv")


def judged_queries(path: Path, judged: Judged, place: Path, known: frozenset[str]) -> list[Query]:
    queries = []
    for row in read_lines(path):
        right = {name: score for name, score in judged.get(row["_id"], {}).items() if score > 0}
        if right:
            queries.append(Query(row["_id"], str(row.get("text") or ""), right, year_of(row)))
    absent = {name for query in queries for name in query.judged} - known
    strange = judged.keys() - {row["_id"] for row in read_lines(path)}
    if absent:
        note(f"{place}: {len(absent)} judged records are not in the corpus, as {min(absent)!r}")
    if strange:
        note(f"{place}: {len(strange)} judged queries are not in {path.name}, as {min(strange)!r}")
    return queries


def ndcg(ranked: Sequence[str], judged: Mapping[str, float], depth: int = 10) -> float:
    gain = sum(judged.get(name, 0) / math.log2(at + 2) for at, name in enumerate(ranked[:depth]))
    best = sorted(judged.values(), reverse=True)[:depth]
    return gain / sum(score / math.log2(at + 2) for at, score in enumerate(best))


def recall(ranked: Sequence[str], judged: Mapping[str, float], depth: int) -> float:
    return len(set(ranked[:depth]) & judged.keys()) / len(judged)


def interval(values: Sequence[float], rounds: int = 2_000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean."""
    drawn = np.random.default_rng(0).choice(np.asarray(values), (rounds, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), (2.5, 97.5))
    return float(low), float(high)
