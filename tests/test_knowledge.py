"""The committed knowledge base is sound, large enough, and counted right in the documentation."""

import re
import sys
from pathlib import Path

import pytest

from sciknow.vocab import Sector

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from knowledge.base import read_base  # noqa: E402
from knowledge.checks import check_all  # noqa: E402
from knowledge.figures import figures, in_page  # noqa: E402

PAGE = ROOT / "docs" / "explanation" / "what-the-hub-knows.md"


@pytest.fixture(scope="module")
def base():
    return read_base(ROOT)


@pytest.fixture(scope="module")
def numbers(base):
    return figures(base)


def test_no_check_finds_anything_wrong(base):
    found = check_all(base)
    assert [str(item) for item in found if not item.note] == []


@pytest.mark.parametrize(
    ("what", "least"),
    [("datasets", 400), ("publications", 900), ("concepts", 1200), ("openable", 120)],
)
def test_there_is_enough(numbers, what, least):
    assert numbers[what] >= least


def test_a_third_is_chinese(numbers):
    assert 3 * numbers["china"] >= numbers["datasets"]


def test_everything_speaks_both_languages(numbers):
    assert numbers["both_languages"] == numbers["datasets"]
    assert numbers["concepts_in_both_languages"] == numbers["concepts"]


@pytest.mark.parametrize("sector", list(Sector))
def test_each_sector_has_datasets_and_concepts(numbers, sector):
    row = numbers["sectors"][sector.value]
    assert row["datasets"] > 0
    assert row["concepts"] > 0


def test_the_page_tells_the_figures(numbers):
    page = PAGE.read_text(encoding="utf-8")
    hint = "run: python scripts/check_knowledge.py --page"
    assert page == in_page(page, numbers), hint


@pytest.mark.parametrize("what", ["datasets", "publications"])
def test_the_readme_says_no_more_than_there_is_and_little_less(numbers, what):
    said = re.search(rf"[Oo]ver ([\d,]+) {what}", (ROOT / "README.md").read_text("utf-8"))[1]
    assert 0.8 * numbers[what] <= int(said.replace(",", "")) <= numbers[what]
