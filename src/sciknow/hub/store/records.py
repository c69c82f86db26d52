"""The records of a generation: model objects by kind and id, in one SQLite file.

SQLite opens in a millisecond whatever the number of records, reads one of them by its key, and
serves any number of processes from a read-only folder (``immutable=1``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from sciknow.database import open_plain
from sciknow.errors import IntegrityError, InvalidInput, NotFound
from sciknow.model import Agent, Concept, Dataset, Publication
from sciknow.model.identifier import bare
from sciknow.model.plain import from_plain, to_plain
from sciknow.model.suggest import nearest
from sciknow.text import harmless_in

Stored: TypeAlias = Dataset | Concept | Publication | Agent
"""What a generation keeps records of."""

T = TypeVar("T", Dataset, Concept, Publication, Agent)


class HasDataset(Protocol):
    """What leads to a dataset: a hit."""

    @property
    def dataset(self) -> Dataset:
        """The dataset."""
        ...


What: TypeAlias = str | Dataset | HasDataset
"""A dataset, its id, DOI, CSTR or IRI, or a hit."""

KINDS: dict[type[Stored], str] = {
    Dataset: "dataset",
    Concept: "concept",
    Publication: "publication",
    Agent: "agent",
}
_SCHEMA = """
CREATE TABLE record (kind TEXT, id TEXT, position INTEGER, body TEXT, PRIMARY KEY (kind, id))
    WITHOUT ROWID;
CREATE TABLE alias (name TEXT, kind TEXT, id TEXT, PRIMARY KEY (name, kind)) WITHOUT ROWID;
CREATE TABLE about (dataset TEXT, relation TEXT, publication TEXT,
    PRIMARY KEY (dataset, relation, publication)) WITHOUT ROWID;
"""


def write_records(path: Path, objects: Iterable[Stored]) -> None:
    """Write model objects into a new file.

    Parameters
    ----------
    path : Path
        A file that does not exist yet.
    objects : iterable of model objects
        In the order in which they shall be listed.
    """
    with sqlite3.connect(path) as store:
        store.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        for position, item in enumerate(objects):
            kind = KINDS[type(item)]
            body = json.dumps(to_plain(item), ensure_ascii=False, separators=(",", ":"))
            store.execute("INSERT INTO record VALUES (?,?,?,?)", (kind, item.id, position, body))
            rows = [(name, kind, item.id) for name in _aliases(item)]
            store.executemany("INSERT OR IGNORE INTO alias VALUES (?,?,?)", rows)
            if isinstance(item, Publication):
                store.executemany("INSERT INTO about VALUES (?,?,?)", _abouts(item))
    store.close()


def _aliases(item: Stored) -> set[str]:
    names = [getattr(item, key, "") for key in ("iri", "doi", "cstr", "orcid", "ror")]
    if isinstance(item, Dataset):
        merged = item.extra.get("merged")  # ids of records that are the same
        names += merged if isinstance(merged, list) else []
    return {str(name).lower() for name in names if name}


def _abouts(item: Publication) -> list[tuple[str, str, str]]:
    return [(dataset, "describes", item.id) for dataset in item.describes] + [
        (dataset, "uses", item.id) for dataset in item.uses
    ]


def _read(kind: type[T], body: str) -> T:
    """Read a record, without what would steer a terminal: the hub may be a stranger's."""
    return from_plain(kind, harmless_in(json.loads(body)))


class Records:
    """Read access to the records of a generation.

    Parameters
    ----------
    path : Path
        The file that `write_records` made.
    check : callable, optional
        Called before it is read: raises when the file is not as it was written.
    """

    def __init__(self, path: Path, check: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._check = check
        self._store: sqlite3.Connection | None = None

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        self._check()
        try:
            if self._store is None:
                self._store = open_plain(self._path)
            return self._store.execute(query, values).fetchall()
        except sqlite3.DatabaseError as problem:
            raise IntegrityError(
                f"{self._path} is damaged: {problem}", hint="build the hub again"
            ) from None

    def get(self, kind: type[T], identifier: str) -> T | None:
        """Return the record with an id, DOI, CSTR, ORCID, ROR or IRI; None without one."""
        query = "SELECT body FROM record WHERE kind=? AND id=?"
        rows = self._rows(query, (KINDS[kind], identifier))
        if not rows:
            query = (
                "SELECT body FROM alias JOIN record USING (kind, id) WHERE name=? AND alias.kind=?"
            )
            rows = self._rows(query, (bare(identifier), KINDS[kind]))
        return _read(kind, rows[0][0]) if rows else None

    def find(self, kind: type[T], identifier: str) -> T:
        """Return the record with an id, DOI, CSTR, ORCID, ROR or IRI.

        Raises
        ------
        NotFound
            With the closest ids.
        InvalidInput
            For what is no id.
        """
        if not isinstance(identifier, str) or not identifier.strip():
            raise InvalidInput(f"{identifier!r} is no id", hint="give an id, a DOI or an IRI")
        found = self.get(kind, identifier)
        if found is None:
            close = nearest(identifier, self.ids(kind))
            raise NotFound(
                f"no {kind.__name__.lower()} {identifier!r} in this hub",
                hint=f"did you mean {', '.join(close)}?" if close else "look for it with search()",
            )
        return found

    def card(self, what: What) -> Dataset:
        """Return a dataset given as itself, as a hit, or by its id, DOI, CSTR or IRI.

        Raises
        ------
        NotFound, InvalidInput
            When there is none, or it is something else.
        """
        found = (
            self.find(Dataset, what) if isinstance(what, str) else getattr(what, "dataset", what)
        )
        if not isinstance(found, Dataset):
            raise InvalidInput(
                f"{type(what).__name__} is no dataset", hint="give an id, a DOI, or a hit"
            )
        return found

    def name_of(self, agent: str, language: str = "en") -> str:
        """Return an agent's name, or the id as it is when the hub does not know the agent."""
        found = self.get(Agent, agent) if agent else None
        return found.name.best(language) if found else agent

    def label_of(self, concept: str, language: str = "en") -> str:
        """Return a concept's preferred label, or the id when the hub does not know it."""
        found = self.get(Concept, concept) if concept else None
        return found.pref_label.best(language) if found else concept

    def has(self, kind: type[Stored], identifier: str) -> bool:
        """Tell whether there is a record with an id."""
        query = "SELECT 1 FROM record WHERE kind=? AND id=?"
        return bool(self._rows(query, (KINDS[kind], identifier)))

    def all(self, kind: type[T]) -> Iterator[T]:
        """Yield every record of a kind in its order."""
        query = "SELECT body FROM record WHERE kind=? ORDER BY position"
        for (body,) in self._rows(query, (KINDS[kind],)):
            yield _read(kind, body)

    def count(self, kind: type[T]) -> int:
        """Return the number of records of a kind."""
        return int(self._rows("SELECT count(*) FROM record WHERE kind=?", (KINDS[kind],))[0][0])

    def ids(self, kind: type[T]) -> list[str]:
        """Return every id of a kind in its order."""
        query = "SELECT id FROM record WHERE kind=? ORDER BY position"
        return [identifier for (identifier,) in self._rows(query, (KINDS[kind],))]

    def publications(self, dataset: str, relation: str) -> tuple[Publication, ...]:
        """Return the publications that describe (or use) a dataset."""
        query = (
            "SELECT body FROM about JOIN record ON kind='publication' AND id=publication "
            "WHERE dataset=? AND relation=? ORDER BY position"
        )
        rows = self._rows(query, (dataset, relation))
        return tuple(_read(Publication, body) for (body,) in rows)

    def close(self) -> None:
        """Close the file."""
        if self._store is not None:
            self._store.close()
            self._store = None
