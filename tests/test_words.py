"""What is said to people: every code in both languages, and every code is used."""

import re
import string
from pathlib import Path

import pytest

from sciknow.availability.word import MARKS
from sciknow.model.probe import Outcome, Status
from sciknow.text import has_han
from sciknow.words import WORDS, said

SOURCE = Path(__file__).parents[1] / "src" / "sciknow"


def values_of(words):
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name)


@pytest.mark.parametrize("code", WORDS)
def test_both_languages_say_the_same(code):
    en, zh = WORDS[code]
    assert en
    assert not has_han(en)
    assert has_han(re.sub(r"\{\w+\}", "", zh))
    assert values_of(en) == values_of(zh)


@pytest.mark.parametrize("kind", [Outcome, Status])
def test_everything_that_happens_has_words(kind):
    prefix = kind.__name__.lower()
    assert {f"{prefix}.{item}" for item in kind} <= WORDS.keys()
    assert set(MARKS) == set(Status)


def test_no_code_is_left_over():
    text = "".join(
        path.read_text() for path in sorted(SOURCE.rglob("*.py")) if path.name != "words.py"
    )
    made = {f"outcome.{item}" for item in Outcome} | {f"status.{item}" for item in Status}
    made |= {code for code in WORDS if code.startswith(("why.", "filter."))}
    assert [code for code in WORDS if f'"{code}"' not in text and code not in made] == []


def test_values_stand_in_the_words():
    assert said("ago.days", count=4) == "4 days ago"
    assert said("probes", "zh", count=30, failed=2) == "30 次检查，2 次失败"
    with pytest.raises(KeyError):
        said("no such code")
