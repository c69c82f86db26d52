"""The quality benchmark runs on any folder in its layout, and search keeps its floor on one set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "benchmarks" / "quality.py"


def run(*arguments, cache):
    command = [sys.executable, str(SCRIPT), *map(str, arguments), "--cache", str(cache)]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))


def write_set(folder):
    folder.mkdir()
    corpus = [
        {"_id": "ice", "title": "Sea ice", "text": "Extent of frozen ocean.", "tags": ["polar"]},
        {"_id": "old", "title": "Rice genomes", "text": "", "metadata": {"year": 2010}},
        {"_id": "new", "title": "Rice genomes", "text": "", "metadata": {"year": 2020}},
    ]
    english = [
        {"_id": "a", "text": "polar ice"},
        {"_id": "b", "text": "rice genomes", "metadata": {"year": 2015}},
        {"_id": "unjudged", "text": "nothing"},
    ]
    for name, rows in (
        ("corpus", corpus),
        ("queries.en", english),
        ("queries.zh", [{"_id": "a", "text": "海冰"}]),
    ):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\na\tice\t1\nb\told\t1\n")


def test_it_reads_any_folder_and_respects_the_year(tmp_path):
    write_set(tmp_path / "mine")
    done = run("--set", tmp_path / "mine", "--json", cache=tmp_path / "cache.sqlite")
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["mine:en"]["queries"] == 2
    assert rows["mine:en"]["ndcg10"] == 1.0
    assert rows["mine:zh"]["ndcg10"] == 1.0


def test_it_prints_a_table_with_intervals(tmp_path):
    write_set(tmp_path / "mine")
    done = run("--set", tmp_path / "mine", cache=tmp_path / "cache.sqlite")
    assert "95 % interval" in done.stdout
    assert "mine:zh" in done.stdout
