"""How much a test does: a sample here, more in a soak, and another share by another seed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CODE = "from amount import *; print(draws(30), share(range(40), 6, 'x'))"
TESTS = """
import pytest
@pytest.mark.sample
def test_sample(): pass
@pytest.mark.soak
def test_soak(): pass
@pytest.mark.exam
def test_exam(): pass
def test_plain(): pass
"""


def said(soak, seed):
    env = {"SOAK": soak, "SEED": seed, "PYTHONPATH": str(HERE)}
    command = [sys.executable, "-S", "-c", CODE]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def test_a_soak_draws_more_and_by_its_seed_again_the_same():
    few, many = said("0", "0"), said("8", "1")
    assert few.startswith("30 [")
    assert many.startswith("300 [")
    assert few.endswith("39]\n")
    assert many.endswith("39]\n")
    assert (few.count(","), many.count(",")) == (5, 19)
    assert said("8", "1") == many
    assert said("8", "2") != many


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ([], {}, {"test_plain", "test_sample"}),
        (["-m", "soak or sample or hypothesis"], {"SOAK": "5"}, {"test_soak", "test_sample"}),
        (["-m", ""], {}, {"test_plain", "test_sample", "test_soak", "test_exam"}),
    ],
)
def test_what_make_test_soak_and_exam_run(tmp_path, options, environment, expected, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "test_marked.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text((HERE / "conftest.py").read_text())
    config = HERE.parent / "pyproject.toml"
    command = [sys.executable, "-m", "pytest", "-v", "-c", config, "--rootdir", tmp_path]
    command += ["-o", f"pythonpath={HERE}", *options, tmp_path]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(re.findall(r"::(\w+) PASSED", result.stdout)) == expected
    assert ("soak: 5 minutes" in result.stdout) == bool(environment)


def test_a_soak_ends_with_its_minutes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOAK", "1e-9")
    (tmp_path / "test_marked.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text((HERE / "conftest.py").read_text())
    config = HERE.parent / "pyproject.toml"
    command = [sys.executable, "-m", "pytest", "-rs", "-c", config, "--rootdir", tmp_path]
    command += ["-o", f"pythonpath={HERE}", "-m", "soak or sample", tmp_path]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "2 skipped" in result.stdout
    assert "the minutes of this soak are over" in result.stdout
