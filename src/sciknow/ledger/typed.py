"""Plain values from outside, held against the types of a dataclass before they become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from sciknow.model.parse import Where, show


def check(kind: Any, value: object, where: Where) -> None:
    """Check a plain value, as `sciknow.model.plain.from_plain` takes it, against a type.

    Unknown keys of a mapping are passed over: a later version may have written them.

    Raises
    ------
    InvalidInput
        Naming the place, what was found and what is allowed.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        _check_fields(kind, value, where)
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in set(kind):
            raise where.refuse(show(value), "one of " + ", ".join(kind))
    elif origin is UnionType:
        kinds = [item for item in arguments if item is not type(None)]
        if value is not None and len(kinds) == 1:
            check(kinds[0], value, where)
    elif origin is tuple:
        _check_items(arguments, value, where)
    elif origin is Mapping:
        _check_mapping(arguments[1], value, where)
    elif isinstance(kind, type) and kind is not object:
        _check_scalar(kind, value, where)


def _check_fields(kind: type[Any], value: object, where: Where) -> None:
    if not isinstance(value, Mapping):
        raise where.refuse(show(value), "a table")
    hints = get_type_hints(kind)
    for item in fields(kind):
        if item.name in value:
            check(hints[item.name], value[item.name], where / item.name)
        elif item.default is item.default_factory:  # both are MISSING
            raise where.refuse(f"no {item.name}", f"a table with {item.name}")


def _check_items(arguments: tuple[Any, ...], value: object, where: Where) -> None:
    if not isinstance(value, (list, tuple)):
        raise where.refuse(show(value), "a list")
    many = arguments[-1] is Ellipsis
    if not many and len(value) != len(arguments):
        raise where.refuse(f"{len(value)} values", f"{len(arguments)}")
    for number, item in enumerate(value):
        check(arguments[0] if many else arguments[number], item, where / number)


def _check_mapping(kind: Any, value: object, where: Where) -> None:
    if not isinstance(value, Mapping):
        raise where.refuse(show(value), "a table")
    for key, item in value.items():
        check(kind, item, where / str(key))


_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _check_scalar(kind: type[Any], value: object, where: Where) -> None:
    fits = isinstance(value, kind) or (kind is float and isinstance(value, int))
    if kind in (int, float) and isinstance(value, bool):
        fits = False
    if kind is int and isinstance(value, int) and value < 0:
        fits = False
    if not fits:
        allowed = "a date and time" if kind is datetime else _NAMES.get(kind, kind.__name__)
        raise where.refuse(show(value), allowed)
