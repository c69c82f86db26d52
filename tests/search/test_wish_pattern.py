"""Patterns compiled when first tried: what they need is held by all that they match."""

from __future__ import annotations

import importlib
import itertools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from sciknow.pattern import Choice, Pattern, can_match

QUESTION = "sea surface temperature of the North Pacific · 北太平洋海表温度"
COMPILED = """\
import re, sys
compiled, compile_ = [], re.compile
def noted(source, flags=0):
    compiled.append(sys._getframe(1).f_globals["__name__"])
    return compile_(source, flags)
re.compile = noted
from sciknow.search.wish.wish import understand
print(*(name for name in compiled if name.startswith("sciknow.search.")))
compiled.clear()
understand(sys.argv[1])
print(*compiled)
"""
ROOMS = (
    "place.place",
    "search.language.numerals",
    "place.coordinates",
    "search.wish.grain",
    "model.licence",
    "search.wish.licence",
    "search.wish.moments",
    "search.wish.when",
)
MANY = 4_000
"""Texts of one stretch of a pattern that are written out."""


def _patterns(value: object) -> Iterator[Pattern]:
    if isinstance(value, Pattern):
        yield value
    elif isinstance(value, Choice):
        yield from value.patterns
    elif isinstance(value, tuple):
        for item in value:
            yield from _patterns(item)


def _needy() -> Iterator[tuple[str, Pattern]]:
    for room in ROOMS:
        for name, value in vars(importlib.import_module(f"sciknow.{room}")).items():
            for number, pattern in enumerate(_patterns(value)):
                if pattern.needs:
                    yield f"{room}.{name}.{number}", pattern


NEEDY = dict(_needy())


def _texts(items: Iterable[Any]) -> set[str] | None:
    """Return every text that parts of a pattern match, plain; None for too many."""
    texts = {""}
    for item in items:
        own = _texts_of(*item)
        if own is None or len(texts) * len(own) > MANY:
            return None
        texts = {before + after for before in texts for after in own}
    return texts


def _texts_of(kind: Any, value: Any) -> set[str] | None:
    name = str(kind)
    if name == "LITERAL":
        return {"0" if chr(value).isdecimal() else chr(value)}
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}
    if name == "SUBPATTERN":
        return _texts(value[3])
    if name == "BRANCH":
        parts = [_texts(part) for part in value[1]]
        return None if None in parts else set().union(*filter(None, parts))
    if name == "IN":
        parts = [_texts_of(*part) for part in value]
        return None if None in parts else set().union(*filter(None, parts))
    if name == "CATEGORY":
        return {"CATEGORY_DIGIT": {"0"}, "CATEGORY_SPACE": {" "}}.get(str(value))
    if name == "RANGE" and chr(value[0]).isdecimal() and chr(value[1]).isdecimal():
        return {"0"}
    return _repeated(value) if name == "MAX_REPEAT" else None


def _repeated(value: Any) -> set[str] | None:
    least, most, items = value
    if [str(part) for kind, part in items] == ["[(CATEGORY, CATEGORY_SPACE)]"]:
        return {" "} if least else {"", " "}
    if most > 4:
        return None
    runs = [
        _texts([item for _ in range(count) for item in items]) for count in range(least, most + 1)
    ]
    return None if None in runs else set().union(*filter(None, runs))


def _holds(items: Iterable[Any], words: list[str]) -> bool:
    """Tell whether each match of some parts, one after the other, holds one of some words."""
    items = _unrolled(items)
    for start, end in itertools.combinations(range(len(items) + 1), 2):
        texts = _texts(items[start:end])
        if texts is None:
            continue
        if all(any(word in text for word in words) for text in texts):
            return True
    return any(_part_holds(*item, words) for item in items) or _each_way(items, words)


def _unrolled(items: Iterable[Any]) -> list[Any]:
    """Put the first of what is repeated before the rest, and open the groups."""
    flat: list[Any] = []
    for kind, value in items:
        if str(kind) == "SUBPATTERN":
            flat += _unrolled(value[3])
        elif str(kind) == "MAX_REPEAT" and value[0] and _texts_of(kind, value) is None:
            flat += [*_unrolled(value[2]), (kind, (value[0] - 1, value[1], value[2]))]
        else:
            flat.append((kind, value))
    return flat


def _part_holds(kind: Any, value: Any, words: list[str]) -> bool:
    if str(kind) == "ASSERT":
        return _holds(value[1], words)
    return str(kind) == "BRANCH" and all(_holds(part, words) for part in value[1])


def _each_way(items: list[Any], words: list[str]) -> bool:
    """Tell the same with the first branch of the parts written out."""
    for place, (kind, value) in enumerate(items):
        if str(kind) == "BRANCH" and len(value[1]) < 80:
            ways = ([*items[:place], *part, *items[place + 1 :]] for part in value[1])
            return all(_holds(way, words) for way in ways)
    return False


@pytest.mark.parametrize("name", NEEDY)
def test_every_match_holds_what_the_pattern_needs(name: str) -> None:
    pattern = NEEDY[name]
    tree = importlib.import_module("re._parser").parse(pattern.source, pattern.flags)
    for need in pattern.needs:
        assert _holds(tree, need.split("|")), need


EVERY = "".join(map(chr, itertools.chain(range(0xD800), range(0xE000, 0x110000))))


@pytest.mark.parametrize(
    ("pattern", "need"),
    [(r"\d", "0"), (r"\s", " "), *((letter, letter) for letter in "aiks")],
)
def test_what_counts_as_a_figure_or_a_letter_is_what_the_expressions_take(
    pattern: str, need: str
) -> None:
    found = re.findall(pattern, EVERY, re.I)
    assert len(found) > 1
    assert all(can_match(f"x{char}x", [f"x{need}x"]) for char in found)


def test_letters_in_no_other_form_than_those() -> None:
    others = [char for char in re.findall("[a-z]", EVERY, re.I) if not char.isascii()]
    assert sorted(char.casefold()[0] for char in others) == ["i", "k", "s", "ı"]


def test_a_plain_question_compiles_few_patterns() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMPILED, QUESTION], capture_output=True, text=True, check=True
    )
    on_import, on_asking = (line.split() for line in done.stdout.split("\n")[:2])
    assert not {name.rpartition(".")[2] for name in on_import} & set(ROOMS)
    assert 0 < len(on_asking) < 8


def test_a_choice_tries_only_what_can_match() -> None:
    choice = Choice(
        Pattern(r"(?P<year>\d{4})", needs=["0000"]), Pattern("(?P<now>now)", needs=["now"])
    )
    assert [found.groupdict() for found in choice.finditer("now or never")] == [{"now": "now"}]
    assert [found[0] for found in choice.finditer("1998 to now")] == ["1998", "now"]
    assert list(choice.finditer("then")) == []
