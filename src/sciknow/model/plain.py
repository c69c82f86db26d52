"""Model objects as plain JSON values, and the way back, without loss.

This is the form in which a generation keeps its records. Empty fields are left out; a reader of
an older form gets the defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


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


def from_plain(kind: type[T], value: Any) -> T:
    """Turn what `to_plain` made of a *kind* back into an equal object."""
    reader: Callable[[Any], T] = _reader(cast(Hashable, kind))
    return reader(value)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if origin is UnionType:
        return _optional_reader(arguments)
    if origin is tuple:
        return _tuple_reader(arguments)
    return _same


def _same(value: Any) -> Any:
    return value


def _optional_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    inner = _reader(next(kind for kind in arguments if kind is not type(None)))
    return lambda value: None if value is None else inner(value)


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if arguments[-1] is Ellipsis:
        item = _reader(arguments[0])
        return tuple if item is _same else lambda value: tuple(map(item, value))
    return tuple


def _dataclass_reader(kind: type[Any]) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers: dict[str, Callable[[Any], Any]] = {}

    def read(value: Mapping[str, Any]) -> Any:
        if not readers:
            readers.update({item.name: _reader(hints[item.name]) for item in fields(kind)})
        return kind(
            **{key: readers[key](content) for key, content in value.items() if key in readers}
        )

    return read
