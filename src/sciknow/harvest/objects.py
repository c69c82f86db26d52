"""Objects and lists in answers that are JSON: what is not there is said, with the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sciknow.errors import SourceUnavailable
from sciknow.harvest.markup import read_json
from sciknow.net import redact
from sciknow.wire.request import Answer


def read_object(answer: Answer) -> tuple[Mapping[str, Any], str]:
    """Return an answer that is an object, and what had to be mended to read it.

    Raises
    ------
    SourceUnavailable
        When it is something else.
    IntegrityError
        When it is no JSON.
    """
    told, mended = read_json(answer)
    if not isinstance(told, Mapping):
        raise SourceUnavailable(
            f"{redact(answer.url)}: {type(told).__name__} instead of an object",
            hint="tell the source's operator",
        )
    return told, mended


def read_list(answer: Answer, told: Mapping[str, Any], *path: str) -> list[Any]:
    """Return the list at a path of keys in an answer's object.

    Raises
    ------
    SourceUnavailable
        When there is none.
    """
    found: object = told
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, list):
        raise SourceUnavailable(
            f"{redact(answer.url)}: no list {'.'.join(path)!r}", hint="tell the source's operator"
        )
    return found


def listed(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list, or one that stands alone; nothing else.

    Examples
    --------
    >>> listed([{"a": 1}, 2]), listed({"a": 1}), listed("a")
    ([{'a': 1}], [{'a': 1}], [])
    """
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, Mapping)]


def at(value: object, *path: str) -> Any:
    """Return what stands at a path of keys; None where the path ends before.

    Examples
    --------
    >>> at({"a": {"b": 1}}, "a", "b"), at({"a": 2}, "a", "b")
    (1, None)
    """
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def number_at(value: object, *path: str) -> int | None:
    """Return the whole number at a path of keys; None where there is none."""
    found = at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
