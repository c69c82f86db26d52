"""From the name of a format to what reads it, which is imported when it is asked for."""

from __future__ import annotations

import warnings
from functools import cache
from importlib import import_module

from sciknow.errors import DegradedWarning, NotFound
from sciknow.formats import format_for, format_named
from sciknow.model.format import Format
from sciknow.readers.protocol import Reader


@cache
def get(name: str) -> Reader:
    """Return the reader of a format by its name, with everything that it needs installed.

    Raises
    ------
    NotFound
        When no such format is installed; says which are.
    MissingDependency
        When a module that its reader imports is missing.
    """
    return reader_of(format_named(name))


def match(url: str, media_type: str = "") -> Reader:
    """Return the reader for a media type, or for the ending of an address.

    Raises
    ------
    NotFound, MissingDependency
        As `get`; says what is installed.
    """
    return reader_of(format_for(url, media_type))


def reader_of(item: Format) -> Reader:
    """Return the reader of a format."""
    item.check_requirements()
    found = import_reader(item)
    if found is None:
        raise NotFound(
            f"the reader {item.name!r} is installed, but broken",
            hint=f"pip install --force-reinstall {item.install}",
        )
    return found


@cache
def import_reader(item: Format) -> Reader | None:
    """Import what reads a format; a broken one warns and is skipped."""
    try:
        module, _, name = item.reader.partition(":")
        found = getattr(import_module(module), name)()
    except Exception as error:
        found, problem = None, f"{type(error).__name__}: {error}"
    else:
        problem = "it is no Reader of that format"
    if isinstance(found, Reader) and found.format == item:
        return found
    warnings.warn(
        f"the reader {item.name!r} ({item.reader}) is skipped: {problem}",
        DegradedWarning,
        stacklevel=4,
    )
    return None
