"""Seven verbs killed with SIGKILL at any moment while others read; a soak counts the kills.

``tests/kills.tsv`` says how many kills of each verb were survived in soaks so far, and how many
left something torn.
"""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from amount import SOAK, lot

import sciknow
from sciknow.availability import History
from sciknow.harvest.archive import Archive
from sciknow.harvest.run import recount
from sciknow.hub import HubFolder
from sciknow.ledger import read_lock
from sciknow.model.receipt import Complete
from sciknow.search import EmbeddingCache
from sciknow.wire.cache import Cache

pytestmark = [pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")]
KILLS = 200 if SOAK else 10
TABLE = Path(__file__).parents[1] / "kills.tsv"


@contextmanager
def killer():
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("kill_verbs.py"))]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    ) as process:

        def ask(*words):
            process.stdin.write(" ".join(map(str, words)) + "\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


def build(folder):
    with sciknow.open_hub(folder) as hub:
        assert hub.verify() == []
        assert hub.search("sea ice")[0].id in {"ice-monthly", "tides"}
    HubFolder(folder).all()


def lock(folder):
    if (folder / "x.lock").exists():
        assert [item.id for item in read_lock(folder / "x.lock").dataset] == ["ice-monthly"]


def preserve(folder):
    if (folder / "archive").is_dir() and any((folder / "archive").glob("*/ice-monthly/*")):
        try:
            report = sciknow.audit(folder / "archive")
        except sciknow.NotFound:
            return  # nothing but folders yet
        assert report.ok, report


def cache(folder):
    kept = Cache(folder / "bytes", limit=3_000_000)
    for key in map(str, range(100)):
        found = kept.get(key, max_age=None)
        assert found is None or found.body == key.encode() * 20_000
    assert kept.verify() == []


def history(folder):
    with History(folder / "history.sqlite") as kept:
        (standing,) = kept.standings([("a", "way", "u")])
        assert standing.latest is not None
        assert standing.latest.at < datetime.now(UTC) + timedelta(minutes=1)


def embed(folder):
    EmbeddingCache(folder / "vectors.sqlite").count()
    with closing(sqlite3.connect(folder / "vectors.sqlite", timeout=60)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)


def harvest(folder):
    for run in Archive(folder / "harvested").runs("case")[-3:]:
        assert recount(run) == run.receipt
        assert (run.receipt.distinct, run.receipt.complete) == (30, Complete.YES)


CHECKS = [build, lock, preserve, cache, history, embed, harvest]


@pytest.mark.sample
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_verb_killed_at_any_moment_tears_nothing(copied, check):
    random, done = lot(f"kill {check.__name__}"), 0
    with killer() as ask:
        for _ in range(KILLS):
            assert ask("start", check.__name__, copied) == "begun"
            time.sleep(random.uniform(0, 0.1 if random.random() < 0.5 else 0.8))
            if random.random() < 0.3:
                check(copied)  # while it is being written
            assert ask("kill") == "killed"
            check(copied)
            done += 1
            if check is build:
                HubFolder(copied).prune(keep=1)
            if check is harvest and done % 5 == 0:
                shutil.rmtree(copied / "harvested", ignore_errors=True)
            if check is preserve and done % 20 == 0:
                sciknow.audit(copied / "archive")
    if SOAK:
        add_kills(TABLE, check.__name__, done)


def add_kills(path, verb, kills):
    """Add kills that tore nothing to the table."""
    with path.open(newline="") as file:
        rows = {row["verb"]: row for row in csv.DictReader(file, delimiter="\t")}
    row = rows.setdefault(verb, {"verb": verb, "kills": "0", "torn": "0"})
    row["kills"] = str(int(row["kills"]) + kills)
    row["latest"] = datetime.now(UTC).date().isoformat()
    lines = [[row[name] for name in ("verb", "kills", "torn", "latest")] for row in rows.values()]
    part = path.with_suffix(f".{os.getpid()}")
    with part.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerows([("verb", "kills", "torn", "latest"), *sorted(lines)])
    part.replace(path)


def test_kills_are_added_up(tmp_path):
    path = tmp_path / "kills.tsv"
    path.write_text("verb\tkills\ttorn\tlatest\nlock\t5\t0\t2026-01-01\n")
    add_kills(path, "lock", 10)
    add_kills(path, "embed", 3)
    lines = [line.split("\t")[:3] for line in path.read_text().splitlines()]
    assert lines == [["verb", "kills", "torn"], ["embed", "3", "0"], ["lock", "15", "0"]]
