"""Every module of some size has a test file that guards it, by the table that a script makes."""

import ast
import csv
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "guards.py"))
TABLE = ROOT / "tests" / "guards.tsv"
LARGE = [name for name, size, inner in SCRIPT["modules"]() if size > SCRIPT["LEAST"] and inner]


@pytest.fixture(scope="module")
def guards():
    with TABLE.open(encoding="utf-8") as rows:
        return {row["module"]: row["guard"] for row in csv.DictReader(rows, delimiter="\t")}


@pytest.mark.parametrize("module", LARGE)
def test_a_module_has_a_guard(module, guards):
    assert module in guards, "run: make guards"
    assert guards[module] != "none", f"no test file runs enough of {module}"
    assert (ROOT / guards[module]).is_file(), "run: make guards"


def test_statements_within_functions_are_told_from_those_of_an_import():
    tree = ast.parse('"""Doc."""\nX = 1\ndef f():\n    """Doc."""\n    if X:\n        return 2\n')
    assert SCRIPT["statements"](tree) == 4
    assert SCRIPT["within_functions"](tree) == {5, 6}
