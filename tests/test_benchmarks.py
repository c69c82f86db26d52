"""Every benchmark runs, in its smallest form, and prints the table that the documentation shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
from run import BENCHMARKS, PAGE, in_page, section  # noqa: E402

HELPERS = {"run", "retrieval", "prototype"}


def shown(name):
    """Return the table of a benchmark in the documentation."""
    marks = rf"<!-- benchmark {name}: [^\n]*-->\n(.*?)<!-- end of {name} -->"
    return re.search(marks, PAGE.read_text("utf-8"), re.DOTALL)[1]


def test_every_benchmark_is_run():
    assert {path.stem for path in (ROOT / "benchmarks").glob("*.py")} == {*BENCHMARKS, *HELPERS}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_runs_in_its_smallest_form(name, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_CACHE", str(tmp_path / "cache"))
    command = [sys.executable, ROOT / "benchmarks" / "run.py", "--tiny", name]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    head, columns, *rows = found.stdout.strip().splitlines()
    assert head == f"== {name}"
    assert rows
    assert all(re.search(r"\d", row) for row in rows)
    page = shown(name)
    assert not page or page.splitlines()[1].split() == columns.split(), "run.py --page"


def test_a_table_stands_between_its_marks():
    page = PAGE.read_text("utf-8")
    once = in_page(page, "load", section("load", "first"))
    assert "first" in once
    twice = in_page(once, "load", section("load", "second"))
    assert "first" not in twice
    assert "second" in twice
    assert in_page(page, "startup", section("startup", "first")) != once
    with pytest.raises(SystemExit, match="no marks for nothing"):
        in_page(page, "nothing", "text")
