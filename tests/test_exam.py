"""The exams name tests that are there, count what they come to, and write it down."""

import csv
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def exam():
    spec = importlib.util.spec_from_file_location("exam_script", ROOT / "scripts" / "exam.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_subject_names_tests_that_are_there_and_none_twice(exam):
    with exam.TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    names = [row["tests"] for row in rows]
    assert len(set(names)) == len(names) > 20
    assert {row["exam"] for row in rows} == set(exam.HEADS)
    for row in rows:
        assert all((ROOT / name).exists() for name in row["tests"].split()), row
        assert row["subject"]
        assert row["form"]


def test_what_fails_hangs_or_is_skipped_is_counted(exam, tmp_path):
    path = tmp_path / "test_some.py"
    path.write_text(
        "import pytest, time\n"
        "def test_right(): pass\n"
        "def test_wrong(): assert 0\n"
        "@pytest.mark.skip(reason='no')\n"
        "def test_skipped(): pass\n"
    )
    asked = {"exam": "probes", "subject": "a door", "form": "a part", "tests": str(path)}
    row = exam.run(asked, 100)
    assert row[:7] == ("probes", "a door", "a part", 2, 1, 1, 1)
    path.write_text("import time\ntime.sleep(60)\n")
    assert exam.run(asked, 1)[3:6] == (1, 0, 1)
    lines = exam.table("probes", [row, row]).splitlines()
    assert lines[0].startswith("| door | part |")
    assert lines[-1].startswith("| all |  | 4 | 2 | 2 | 2 |")


def test_the_page_keeps_what_is_around_the_figures(exam, tmp_path, monkeypatch):
    page = tmp_path / "trust.md"
    page.write_text(f"a\n{exam.BEGIN}\nold\n{exam.END}\nb\n")
    monkeypatch.setattr(exam, "PAGE", page)
    exam.write_page("new")
    assert page.read_text() == f"a\n{exam.BEGIN}\nnew\n{exam.END}\nb\n"
    assert exam.BEGIN in (ROOT / "docs" / "explanation" / "trust.md").read_text()
