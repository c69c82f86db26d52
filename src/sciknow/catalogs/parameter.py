"""Declared parameters of a catalogue, and the only templating there is.

A catalogue (for all its texts) or an entry (for its own) may declare a choice among listed
values, or a number between two bounds. ``{name}`` in an option or address stands for it. Nothing
else in braces has a meaning: no environment, no imports, no functions, no attribute of a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sciknow.model.option import CATALOG_DIR, untrusted
from sciknow.model.parse import Where, parse_list, parse_mapping, parse_number, parse_text, show

OPTIONS = "intake.readers.user_parameters:OptionsUserParameter"
BOUNDED = "intake.readers.user_parameters:BoundedNumberUserParameter"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,63}")
_BRACES = re.compile(r"\{([^{}]*)\}")
_CALL = re.compile(r"\s*(?:env|shell|import|func|pickle64|pipeline|client_env|data)\b|.*[().\[\]]")
_RESERVED = (
    "args",
    "cat",
    "catalog",
    "chunks",
    "data",
    "engine",
    "group",
    "kwargs",
    "metadata",
    "output_instance",
    "path",
    "reader",
    "root",
    "storage_options",
    "url",
    "user_parameters",
)
_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float}


def parse_parameters(
    value: object, where: Where, chosen: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Read ``user_parameters`` and return the value of each: the chosen one or the default.

    Raises
    ------
    InvalidInput
        For a kind of parameter that is not known, or a value outside its own declaration.
    UntrustedInput
        For another class.
    """
    chosen = chosen or {}
    return {
        name: _parse_parameter(name, content, where / name, chosen)
        for name, content in parse_mapping(value, where).items()
    }


def _parse_parameter(
    name: str, content: object, where: Where, chosen: Mapping[str, object]
) -> object:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise where.refuse(show(name), "a name of a-z, 0-9 and _ that Intake does not use itself")
    kind = content.get("cls") if isinstance(content, Mapping) else None
    if kind not in (OPTIONS, BOUNDED):
        raise untrusted(where / "cls", show(kind), f"one of {OPTIONS}, {BOUNDED}")
    own = ("options",) if kind == OPTIONS else ("min", "max")
    keys = ("cls", "description", "dtype", "default", *own)
    declared = parse_mapping(content, where, allowed=keys, required=keys)
    parse_text(declared["description"], where / "description", limit=500)
    check = _option if kind == OPTIONS else _bounded
    default = check(declared, declared["default"], where, "default")
    return check(declared, chosen[name], where, "chosen") if name in chosen else default


def _dtype(declared: Mapping[str, object], where: Where, *allowed: str) -> type:
    name = declared["dtype"]
    if not isinstance(name, str) or name not in allowed:
        raise (where / "dtype").refuse(show(name), "one of " + ", ".join(allowed))
    return _TYPES[name]


def _option(declared: Mapping[str, object], value: object, where: Where, key: str) -> object:
    kind = _dtype(declared, where, "str", "int")
    options = parse_list(
        declared["options"], where / "options", lambda item, at: _word(item, kind, at)
    )
    if type(value) is not kind or value not in options:
        raise (where / key).refuse(show(value), "one of " + ", ".join(map(str, options)))
    return value


def _word(value: object, kind: type, where: Where) -> object:
    if type(value) is not kind:
        raise where.refuse(show(value), f"a value of type {kind.__name__}")
    if isinstance(value, str) and not _WORD.fullmatch(value):
        raise where.refuse(show(value), "a word of A-Z, a-z, 0-9, '.', '_' and '-'")
    return value


def _bounded(declared: Mapping[str, object], value: object, where: Where, key: str) -> object:
    kind = _dtype(declared, where, "int", "float")
    low, high = (parse_number(declared[name], where / name, -1e15, 1e15) for name in ("min", "max"))
    number = parse_number(value, where / key, low, high)
    if number in (low, high):
        raise (where / key).refuse(show(value), f"a number between {low:g} and {high:g}")
    if kind is int and not number.is_integer():
        raise (where / key).refuse(show(value), "a whole number")
    return int(number) if kind is int else number


def fill(value: Any, parameters: Mapping[str, object], where: Where) -> Any:
    """Put the parameters' values into every text of a nested value.

    ``{CATALOG_DIR}/`` at the head of a text stays; anything else in braces is refused.
    """
    if isinstance(value, str):
        return _fill_text(value, parameters, where)
    if isinstance(value, Mapping):
        return {key: fill(item, parameters, where / str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, parameters, where / place) for place, item in enumerate(value)]
    return value


def _fill_text(text: str, parameters: Mapping[str, object], where: Where) -> object:
    if "{" not in text and "}" not in text:
        return text
    head = CATALOG_DIR if text.startswith(CATALOG_DIR) else ""
    rest = text.removeprefix(head)
    whole = _BRACES.fullmatch(rest)
    if whole and not head and whole[1] in parameters:
        return parameters[whole[1]]
    filled = _BRACES.sub(lambda found: str(_value(found[1], parameters, where)), rest)
    if "{" in filled or "}" in filled:
        raise where.refuse(show(text), "braces around a declared parameter only")
    return head + filled


def _value(name: str, parameters: Mapping[str, object], where: Where) -> object:
    if name in parameters:
        return parameters[name]
    known = ", ".join(f"{{{item}}}" for item in parameters) or "no parameter is declared"
    if _CALL.match(name):
        raise untrusted(where, f"the template {show('{' + name + '}')}", f"declared names: {known}")
    raise where.refuse(f"the template {show('{' + name + '}')}", f"declared names: {known}")
