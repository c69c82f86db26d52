"""What an index keeps to answer and to explain: texts of the records, labels, paths of concepts.

One SQLite file, written once, opened read-only as immutable: any number of processes read it,
also from a folder that is not theirs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sciknow.database import open_plain
from sciknow.errors import IntegrityError
from sciknow.model import Concept
from sciknow.search.index.document import Document, Link
from sciknow.search.language.analysis import pieces, terms
from sciknow.text import harmless, harmless_in, has_han

FORMAT = 4
"""The form of an index on disk, as its settings name it."""
_SCHEMA = """
create table record (row integer primary key, id text not null, fields text not null,
                     links text not null, concepts text not null, parent text not null,
                     metadata text not null);
create index record_id on record (id);
create table label (form text not null, concept text not null, label text not null,
                    language text not null, primary key (form, concept, label)) without rowid;
create table concept (id text primary key, en text not null, zh text not null,
                      labels text not null) without rowid;
create table member (concept text not null, row integer not null, path text not null,
                     primary key (concept, row)) without rowid;
create table completion (form text not null, text text not null, kind text not null,
                         weight real not null, primary key (form, text)) without rowid;
"""
_MAX_LABEL = 6
"""Words of the longest label that is looked for in a question."""
_LAST = "\U0010ffff"
_SURE = 2
"""Letters of a prefix that have to be right …"""
_MOST_FORMS = 4_000
"""… and how many of the texts that begin with them are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as an index keeps it."""

    row: int
    id: str
    fields: Mapping[str, str]
    links: tuple[Link, ...] = ()
    concepts: tuple[str, ...] = ()
    parent: str = ""
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """A concept whose label stands in a question.

    Parameters
    ----------
    concept : str
        Its id.
    label : str
        The label that was found.
    form : str
        The words of the question, as `label_form` writes them.
    labels : tuple of str
        All its labels, preferred ones first.
    """

    concept: str
    label: str
    form: str
    labels: tuple[str, ...]


def label_form(label: str) -> str:
    """Return the form under which a label is looked for: its terms, joined."""
    return " ".join(terms(label, stopwords=True)) if not has_han(label) else "".join(pieces(label))


class StoreWriter:
    """Writes the store of an index; use it in a ``with`` block."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.executescript(_SCHEMA)
        self._row = 0

    def __enter__(self) -> StoreWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.commit()
        self._database.close()

    def add(self, document: Document) -> None:
        """Append a record."""
        links = [[link.id, link.title, link.relation] for link in document.links]
        values = (dict(document.fields), links, document.concepts)
        self._database.execute(
            "insert into record values (?, ?, ?, ?, ?, ?, ?)",
            (
                self._row,
                document.id,
                *(json.dumps(value, ensure_ascii=False) for value in values),
                document.parent,
                json.dumps(dict(document.metadata), ensure_ascii=False, default=str),
            ),
        )
        self._row += 1

    def add_concepts(self, concepts: Mapping[str, Concept]) -> None:
        """Keep the labels of concepts."""
        for concept in concepts.values():
            labels = concept.labels()
            self._database.execute(
                "insert into concept values (?, ?, ?, ?)",
                (
                    concept.id,
                    concept.pref_label.en,
                    concept.pref_label.zh,
                    json.dumps(labels, ensure_ascii=False),
                ),
            )
            for label in (*labels, *(name.replace("_", " ") for name in concept.standard_names)):
                row = (label_form(label), concept.id, label, "zh" if has_han(label) else "en")
                self._database.execute("insert or ignore into label values (?, ?, ?, ?)", row)

    def add_members(self, documents: Sequence[Document], concepts: Mapping[str, Concept]) -> None:
        """Keep for each concept the records below it, with the way down."""
        for row, document in enumerate(documents):
            for path in paths_up(document.concepts, concepts):
                self._database.execute(
                    "insert or ignore into member values (?, ?, ?)",
                    (path[0], row, json.dumps(path)),
                )

    def add_completions(self, rows: Iterable[tuple[str, str, str, float]]) -> None:
        """Keep what a prefix can be completed to: form, text, kind, weight."""
        self._database.executemany("insert or ignore into completion values (?, ?, ?, ?)", rows)


def paths_up(start: Iterable[str], concepts: Mapping[str, Concept]) -> Iterator[list[str]]:
    """Yield the way from each concept above down to one of *start*, shortest ways first."""
    level = [[name] for name in start]
    seen: set[str] = set()
    while level:
        ahead: list[list[str]] = []
        for path in level:
            if path[0] in seen:
                continue
            seen.add(path[0])
            yield path
            above = concepts[path[0]].broader if path[0] in concepts else ()
            ahead += [[name, *path] for name in above]
        level = ahead


class Store:
    """The store of an index, opened read-only.

    Parameters
    ----------
    path : Path
        The file that `StoreWriter` wrote.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._database = open_plain(path)
            self.has_labels = bool(self._rows("select 1 from label limit 1"))
        except sqlite3.Error as error:
            raise IntegrityError(
                f"{path} is damaged: {error}", hint="run: sciknow build"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            with closing(self._database.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.DatabaseError as error:
            raise IntegrityError(
                f"{self._path} is damaged: {error}", hint="run: sciknow build"
            ) from error

    def count(self) -> int:
        """Return the number of records."""
        return int(self._rows("select count(*) from record")[0][0])

    def records(self, rows: Sequence[int]) -> dict[int, Record]:
        """Return some records by row."""
        marks = ",".join("?" * len(rows))
        found = self._rows(f"select * from record where row in ({marks})", rows)
        return {row[0]: _record(row) for row in found}

    def ids(self, rows: Sequence[int]) -> dict[int, str]:
        """Return the ids of some records by row."""
        marks = ",".join("?" * len(rows))
        return dict(self._rows(f"select row, id from record where row in ({marks})", rows))

    def row_of(self, identifier: str) -> int | None:
        """Return the row of a record, or None."""
        found = self._rows("select row from record where id = ?", (identifier,))
        return found[0][0] if found else None

    def matches(self, question: str) -> list[Match]:
        """Find the concepts whose labels stand in a question, longest labels first.

        A label that lies within a longer one that was found is passed over.
        """
        if not self.has_labels:
            return []
        forms = _forms(question)
        rows: list[Any] = []
        for start in range(0, len(forms), 900):
            chunk = forms[start : start + 900]
            marks = ",".join("?" * len(chunk))
            query = (
                "select form, concept, label, (select labels from concept where id = concept) "
                f"from label where form in ({marks})"
            )
            rows += self._rows(query, chunk)
        rows.sort(key=lambda row: (-len(row[0]), row[0], row[1]))
        kept: list[Match] = []
        for form, concept, label, labels in rows:
            within = any(form in other.form and form != other.form for other in kept)
            if not within and all(concept != other.concept for other in kept):
                kept.append(Match(concept, harmless(label), form, tuple(_plain(labels))))
        return kept

    def members(self, concept: str) -> list[tuple[int, list[str]]]:
        """Return the records at and below a concept: row, and the way down to it."""
        found = self._rows("select row, path from member where concept = ?", (concept,))
        return [(row, _plain(path)) for row, path in found]

    def concept_names(self, concepts: Sequence[str], language: str = "en") -> dict[str, str]:
        """Return the preferred labels of some concepts."""
        marks = ",".join("?" * len(concepts))
        query = f"select id, en, zh from concept where id in ({marks})"
        rows = self._rows(query, list(concepts))
        names = {
            row[0]: (row[2] or row[1]) if language == "zh" else row[1] or row[2] for row in rows
        }
        return {key: harmless(name) for key, name in names.items()}

    def complete(self, prefix: str, limit: int) -> list[tuple[str, str]]:
        """Return the weightiest texts that begin with a prefix, and their kinds."""
        query = (
            "select text, kind from completion where form >= ? and form < ? "
            "group by text order by max(weight) desc, length(text), text limit ?"
        )
        found = self._rows(query, (prefix, prefix + _LAST, limit))
        return [(harmless(text), kind) for text, kind in found]

    def complete_nearly(self, prefix: str, limit: int) -> list[tuple[str, str]]:
        """Return texts that begin with a prefix but for one letter, weightiest first.

        The first two letters have to be right.
        """
        query = (
            "select form, text, kind, weight from completion where form >= ? and form < ? limit ?"
        )
        begins = prefix[:_SURE]
        rows = self._rows(query, (begins, begins + _LAST, _MOST_FORMS))
        near = [row for row in rows if begins_nearly(row[0], prefix)]
        near.sort(key=lambda row: (-row[3], len(row[1]), row[1]))
        return list(dict.fromkeys((harmless(text), kind) for _, text, kind, _ in near))[:limit]


def _plain(text: str) -> Any:
    """Read JSON of the file, without what would steer a terminal."""
    return harmless_in(json.loads(text))


def _record(row: Sequence[Any]) -> Record:
    fields, links, concepts = (_plain(value) for value in row[2:5])
    return Record(
        row=row[0],
        id=row[1],
        fields=fields,
        links=tuple(Link(id=a, title=b, relation=c) for a, b, c in links),
        concepts=tuple(concepts),
        parent=row[5],
        metadata=_plain(row[6]),
    )


def _forms(question: str) -> list[str]:
    """Return every form of neighbouring words of a question that could be a label."""
    out: dict[str, None] = {}
    english: list[str] = []
    for piece in pieces(question):
        if has_han(piece):
            sizes = range(2, 13)
            out.update((piece[i : i + n], None) for n in sizes for i in range(len(piece) - n + 1))
            english.append("\x00")
        else:
            english.append(" ".join(terms(piece, stopwords=True)))
    for size in range(1, _MAX_LABEL + 1):
        for place in range(len(english) - size + 1):
            out[" ".join(english[place : place + size])] = None
    return list(out)


def begins_nearly(form: str, prefix: str) -> bool:
    """Tell whether a text begins with a prefix but for one letter: another, more, less, swapped.

    Examples
    --------
    >>> [begins_nearly("precipitation", typed) for typed in ("presip", "precpi", "prcip", "preca")]
    [True, True, True, True]
    >>> begins_nearly("precipitation", "pressure")
    False
    """
    size = len(prefix)
    at = next(
        (n for n, pair in enumerate(zip(form, prefix, strict=False)) if pair[0] != pair[1]), -1
    )
    if at < 0:
        return len(form) >= size - 1
    rest = prefix[at + 1 :]
    return (
        form[at + 1 : size] == rest
        or form[at + 1 : size + 1] == prefix[at:]
        or form[at : size - 1] == rest
        or (
            form[at : at + 2] == prefix[at : at + 2][::-1]
            and form[at + 2 : size] == prefix[at + 2 :]
        )
    )
