"""Model objects as plain JSON values, and the way back, without loss.

This is the form in which a generation keeps its records, and lockfiles, ledgers and bags theirs.
Empty fields are left out; a reader of an older form gets the defaults. msgspec holds plain values
against the types of a dataclass; what it refuses is told in our words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from sciknow.errors import InvalidInput
from sciknow.model.parse import Where, show

T = TypeVar("T")

Count = Annotated[int, msgspec.Meta(ge=0)]
"""A whole number that is not negative."""

_INPUT = Where()
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[")
_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "datetime": "a date and time",
}


def to_plain(value: Any) -> Any:
    """Turn a model object into dictionaries, lists, strings and numbers.

    Examples
    --------
    >>> from sciknow.model import PeriodOfTime
    >>> to_plain(PeriodOfTime(start="1979"))
    {'start': '1979'}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: to_plain(content)
            for item in fields(value)
            if (content := getattr(value, item.name)) != _default(item)
        }
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    return str(value) if isinstance(value, StrEnum) else value


def _default(item: Any) -> Any:
    if item.default is not MISSING:
        return item.default
    return item.default_factory() if item.default_factory is not MISSING else MISSING


def from_plain(kind: type[T], value: object, where: Where = _INPUT) -> T:
    """Turn what `to_plain` made of a *kind* back into an equal object.

    Keys that the kind does not know are passed over: a later version may have written them. Dates
    and times may be texts in ISO form.

    Raises
    ------
    InvalidInput
        Naming the place, what was found and what is allowed.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `$")
        raise _refused(kind, value, said, place, where) from None


def _refused(kind: Any, value: Any, said: str, place: str, where: Where) -> InvalidInput:
    """Follow a place in msgspec's words (``.dataset[0].id``) to what stands there."""
    for name, number in _STEP.findall(place):
        if not name and not number:  # a key of a mapping, which msgspec does not name
            return where.refuse(said, "what its other values are")
        step = name or int(number)
        kind = _certain(_hints(kind)[name] if name else get_args(kind)[0])
        value, where = value[step], where / step
    word = (re.findall("`(.+?)`", said) or [""])[0].removesuffix(" | null")
    if "missing required" in said:
        return where.refuse(f"no {word}", f"a table with {word}")
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return where.refuse(show(value), "one of " + ", ".join(kind))
    allowed = "a date and time" if "datetime" in said else _KINDS.get(word, said)
    return where.refuse(show(value), allowed)


def _certain(kind: Any) -> Any:
    """Return a type without its None."""
    if get_origin(kind) is not UnionType:
        return kind
    return next(item for item in get_args(kind) if item is not type(None))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
