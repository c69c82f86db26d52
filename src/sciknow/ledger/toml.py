"""TOML, written: one form for each content, so that two files can be compared line by line.

Reading is the standard library's, once the text is seen to cost no more than its length: a key of
100,000 parts takes it minutes, and a number of a million digits cannot be shown. Keys stand in the
order of the mapping; None is left out. Source: TOML 1.0.0 (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sciknow.errors import InvalidInput, LimitExceeded

MAX_NESTING = 32
"""Parts that a key may have, and brackets that may be open at once."""

MAX_DIGITS = 40
"""Digits that a whole number may have; TOML's own numbers have 19."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WORDS = re.compile(
    r"""\"\"\"(?:(?:[^"\\]++|\\.|"(?!""))*+\"\"\"|.*) | '''(?:(?:[^']++|'(?!''))*+'''|.*)
      | "(?:(?:[^"\\\n]++|\\.)*+"|[^\n]*+) | '(?:[^'\n]*+'|[^\n]*+) | \#[^\n]*+""",
    re.VERBOSE | re.DOTALL,
)
"""Texts, ended or not, and remarks: what they hold is neither key nor number."""
_PARTS = re.compile(rf"(?:\.[^.\n=,\[\]{{}}]*+){{{MAX_NESTING}}}")
_DIGITS = re.compile(rf"\d(?:_?\d){{{MAX_DIGITS}}}|0[xX][0-9A-Fa-f_]{{{MAX_DIGITS}}}")
_BRACKET = re.compile(r"[\[\]{}]")


def read_toml(text: str) -> dict[str, object]:
    """Read a document.

    Raises
    ------
    InvalidInput
        When it is no TOML.
    LimitExceeded
        For keys of too many parts, too many brackets in each other, or numbers too long.

    Examples
    --------
    >>> read_toml('a.b = "x.y"')
    {'a': {'b': 'x.y'}}
    """
    _check(_WORDS.sub("''", text))
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(str(error)) from None


def _check(bare: str) -> None:
    """Refuse what would cost the parser more than the text's length."""
    if found := _PARTS.search(bare):
        raise _over(bare, found, f"a key of more than {MAX_NESTING} parts")
    if found := _DIGITS.search(bare):
        raise _over(bare, found, f"a number of more than {MAX_DIGITS} digits")
    depth = 0
    for found in _BRACKET.finditer(bare):
        depth = max(0, depth + (1 if found[0] in "[{" else -1))
        if depth > MAX_NESTING:
            raise _over(bare, found, f"more than {MAX_NESTING} brackets in each other")


def _over(bare: str, found: re.Match[str], what: str) -> LimitExceeded:
    place = bare.count("\n", 0, found.start()) + 1
    return LimitExceeded(f"{what} at about line {place}", hint="such a file is no lockfile")


def to_toml(content: Mapping[str, object]) -> str:
    r"""Write a document.

    Raises
    ------
    InvalidInput
        For a value that TOML has no form for.

    Examples
    --------
    >>> print(to_toml({"format": 1, "dataset": [{"id": "sst", "attrs": {"units": "K"}}]}), end="")
    format = 1
    <BLANKLINE>
    [[dataset]]
    id = "sst"
    <BLANKLINE>
    [dataset.attrs]
    units = "K"
    """
    return "\n".join(_table(content, ())).strip("\n") + "\n"


def _table(content: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    later: list[tuple[str, object]] = []
    for key, value in content.items():
        if isinstance(value, Mapping) or _is_tables(value):
            later.append((key, value))
        elif value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in later:
        inner = (*path, key)
        name = ".".join(map(_key, inner))
        if isinstance(value, Mapping):
            yield from ("", f"[{name}]", *_table(value, inner))
            continue
        for item in value if isinstance(value, (list, tuple)) else ():
            yield from ("", f"[[{name}]]", *_table(item, inner))


def _is_tables(value: object) -> bool:
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(item, Mapping) for item in value)
    )


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value if item is not None) + "]"
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    raise InvalidInput(f"{type(value).__name__} has no form in TOML", hint="give plain values")


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    text = repr(value)
    return text if any(mark in text for mark in ".e") else text + ".0"


def _string(value: str) -> str:
    plain = value.encode("utf-8", "replace").decode()  # a lone surrogate is no character
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
