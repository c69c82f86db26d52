"""Every pattern of the package against texts made to cost it its time: work grows with the text.

From each pattern the texts are made: what stands before one of its repetitions, what the repetition
takes, many times, and an end that nothing takes. What is measured is the time of the processor, of
which a pattern whose work is the square of the text takes a hundred times what is allowed.
"""

import ast
import importlib
import pkgutil
import re
import re._constants as code
import re._parser as parser
import signal
import warnings
from pathlib import Path

import pytest

import sciknow
from sciknow.pattern import Choice, Pattern
from sciknow.search.rank.question import MAX_QUESTION

SECONDS = 0.5
CHARACTERS = 16_000
QUESTIONS = ("sciknow.search.", "sciknow.place.")  # see no more than a question has
PLAIN = [
    *"a 0\\\"'<(-\t\n的A_:/年{[%.,~",
    "a ",
    "1,",
    "0.",
    "a-",
    "a:",
    "  \n",
    "0-",
    '"a',
    '\\"',
    "' ",
]
SCANS = {"search", "finditer", "findall", "sub", "subn", "split"}
WHOLE = {"match", "fullmatch"}
IN_TABLES = {"_CUSTOMARY": WHOLE, "_OWN": WHOLE}
"""How the patterns of a table are used; those of other tables are searched with."""
KINDS = {
    code.CATEGORY_DIGIT: "0",
    code.CATEGORY_SPACE: " ",
    code.CATEGORY_WORD: "a",
    code.CATEGORY_NOT_DIGIT: "a",
    code.CATEGORY_NOT_SPACE: "a",
    code.CATEGORY_NOT_WORD: "-",
}
REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


def found_in(value, depth=0):
    """Yield the source and flags of each pattern in a value."""
    if isinstance(value, re.Pattern):
        yield value.pattern, value.flags
    elif isinstance(value, Pattern):
        yield value.source, value.flags
    elif isinstance(value, Choice):
        yield from found_in(value.patterns, depth + 1)
    elif isinstance(value, (tuple, list, set, frozenset, dict)) and len(value) < 500 and depth < 4:
        for item in [*value, *(value.values() if isinstance(value, dict) else ())]:
            yield from found_in(item, depth + 1)


def uses():
    """Return which methods each module calls on each of its names."""
    found = {}
    for path in Path(sciknow.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.setdefault((path.stem, node.value.id), set()).add(node.attr)
    return found


def patterns():
    """Yield name, source, flags and methods of every pattern that a module holds."""
    called, seen = uses(), set()
    for module in pkgutil.walk_packages(sciknow.__path__, "sciknow."):
        if module.name == "sciknow.__main__":
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                held = vars(importlib.import_module(module.name))
        except ImportError:  # an optional package
            continue
        for name, value in list(held.items()):
            for key in found_in(value):
                if key not in seen:
                    seen.add(key)
                    methods = called.get((module.name.rpartition(".")[2], name), set())
                    methods = IN_TABLES.get(name, methods & (SCANS | WHOLE)) or SCANS
                    yield f"{module.name}.{name}", *key, methods


def least(items):
    """Return a short text that a part of a pattern takes."""
    return "".join(one(*item) for item in items)


def one(kind, value):
    if kind in (code.LITERAL, code.NOT_LITERAL):
        return chr(value) if kind is code.LITERAL else "~"
    if kind is code.ANY:
        return "a"
    if kind is code.IN:
        if value[0][0] is code.NEGATE:
            refused = {chr(item) for name, item in value if name is code.LITERAL}
            return next(char for char in "a0 -~\"'<(," if char not in refused)
        return next(char for item in value for char in char_of(*item))
    if kind is code.BRANCH:
        return least(value[1][0])
    if kind in REPEATS:
        return least(value[2]) * value[0]
    if kind is code.SUBPATTERN:
        return least(value[-1])
    return least(value) if kind is code.ATOMIC_GROUP else ""


def char_of(kind, value):
    if kind is code.CATEGORY:
        return KINDS[value]
    return chr(value) if kind is code.LITERAL else chr(value[0]) if kind is code.RANGE else ""


def variants(body):
    """Yield what a repeated part may take, in each of its ways."""
    yield least(body)
    if len(body) != 1:
        return
    kind, value = body[0]
    if kind is code.BRANCH:
        yield from map(least, value[1])
    elif kind is code.SUBPATTERN:
        yield from variants(value[-1])
    elif kind is code.IN:
        yield from (char_of(*item) for item in value)


def repeated(items, before=""):
    """Yield what stands before each long repetition of a pattern, and what it repeats."""
    for kind, value in items:
        inner = []
        if kind in REPEATS:
            inner = [value[2]]
            if value[1] > 100:
                yield from ((before, unit) for unit in variants(value[2]) if unit)
        elif kind is code.BRANCH:
            inner = value[1]
        elif kind is code.SUBPATTERN:
            inner = [value[-1]]
        elif kind is code.ATOMIC_GROUP:
            inner = [value]
        for part in inner:
            yield from repeated(part, before)
        before += one(kind, value)


class Late(Exception):
    pass


@pytest.fixture
def limited():
    """Return a function that calls another for so long as it may take of the processor."""

    def late(*_):
        raise Late

    old = signal.signal(signal.SIGVTALRM, late)

    def call(work, *given):
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            work(*given)
        except Late:
            return False
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return True

    yield call
    signal.signal(signal.SIGVTALRM, old)


def tried(pattern, text, methods):
    """Use a pattern on a text as its module does."""
    if methods & SCANS:
        for _ in pattern.finditer(text):
            pass
    if methods & WHOLE:
        pattern.match(text)
        pattern.fullmatch(text)


def test_no_text_costs_a_pattern_more_than_its_length(limited):
    late, count = [], 0
    for name, source, flags, methods in patterns():
        count += 1
        compiled = re.compile(source, flags)
        most = MAX_QUESTION if name.startswith(QUESTIONS) else CHARACTERS
        texts = {("", unit) for unit in PLAIN} | set(repeated(list(parser.parse(source, flags))))
        for before, unit in sorted(texts):
            text = before + unit * (most // len(unit)) + "\0"
            given = text.encode() if isinstance(source, bytes) else text
            if not limited(tried, compiled, given, methods):
                late.append((name, before[:40], unit[:20]))
                break
    assert count > 150
    assert not late


@pytest.mark.parametrize("source", [r"(a+)+b", r"(?:a|a)*b", r"\s*-?\s*x", r"<!--(?:.*?-->)*<b"])
def test_the_texts_find_the_patterns_that_cost_the_square(limited, source):
    texts = {("", unit) for unit in PLAIN} | set(repeated(list(parser.parse(source))))
    compiled = re.compile(source)
    assert not all(
        limited(tried, compiled, before + unit * CHARACTERS + "\0", SCANS)
        for before, unit in sorted(texts)
    )
