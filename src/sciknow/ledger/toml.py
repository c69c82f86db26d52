"""TOML, written: one form for each content, so that two files can be compared line by line.

Reading is the standard library's. Keys stand in the order of the mapping; None is left out.
Source: TOML 1.0.0 (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sciknow.errors import InvalidInput

_BARE = re.compile(r"[A-Za-z0-9_-]+")


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
