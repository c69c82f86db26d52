"""SQLite files of strangers: what they compute is never run, and a query ends."""

import sqlite3

import pytest

from sciknow.database import MAX_VALUE, open_plain
from sciknow.errors import IntegrityError
from sciknow.hub.store.records import Records
from sciknow.model import Dataset
from sciknow.search.index.store import Store

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
COMPUTED = {
    "a view": f"CREATE VIEW record AS {ENDLESS} 'dataset' kind, 'a' id, '{{}}' body FROM n",
    "a small view": "CREATE VIEW x AS SELECT 1",
    "a trigger": "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
    "a generated column": "CREATE TABLE record(kind, id, position, body AS (hex(zeroblob(9))))",
    "a stored column": "CREATE TABLE t(a, b TEXT GENERATED ALWAYS AS (upper(a)) STORED)",
    "an index of what is computed": "CREATE TABLE t(a); CREATE INDEX i ON t(a) WHERE a > 1",
    "a virtual table": "CREATE VIRTUAL TABLE t USING fts5(a)",
}


def made(path, script):
    store = sqlite3.connect(path)
    store.executescript(script)
    store.close()
    return path


@pytest.mark.parametrize("name", COMPUTED)
def test_a_file_that_computes_is_refused_at_every_door(tmp_path, name):
    path = made(tmp_path / "a.sqlite", COMPUTED[name])
    with pytest.raises(sqlite3.DatabaseError, match="only plain tables belong"):
        open_plain(path)
    with pytest.raises(IntegrityError, match="only plain tables belong"):
        Records(path).find(Dataset, "a")
    with pytest.raises(IntegrityError, match="only plain tables belong"):
        Store(path)


def test_a_query_ends_after_so_many_steps_and_the_next_one_has_its_own(tmp_path):
    store = open_plain(made(tmp_path / "a.sqlite", "CREATE TABLE t(a); INSERT INTO t VALUES (1)"))
    store.steps = 0
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        store.execute(f"{ENDLESS} max(i) FROM n").fetchall()
    assert store.execute("SELECT a FROM t").fetchall() == [(1,)]
    with pytest.raises(sqlite3.DatabaseError, match="too big"):
        store.execute(f"SELECT zeroblob({MAX_VALUE + 1})")
    store.close()


def test_a_plain_file_is_only_read(tmp_path):
    path = made(tmp_path / "a.sqlite", "CREATE TABLE t(a PRIMARY KEY) WITHOUT ROWID")
    store = open_plain(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.execute("INSERT INTO t VALUES (1)")
    store.close()
    path.write_bytes(b"no database")
    with pytest.raises(sqlite3.DatabaseError):
        open_plain(path)
