"""A file of JSON lines that several processes append to."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sciknow.errors import DegradedWarning, NotFound
from sciknow.files import append_line
from sciknow.model.parse import Where
from sciknow.model.plain import from_plain

T = TypeVar("T")


def write_line(path: Path, plain: Mapping[str, object]) -> None:
    """Append one object as a line; a line torn by an earlier crash is left alone and ended.

    Parameters
    ----------
    path : Path
        The file; made with its folder when missing.
    plain : mapping
        Plain values; dates and times are written in ISO form.
    """
    line = json.dumps(plain, ensure_ascii=False, default=_iso).encode("utf-8", "replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    append_line(path, line)


def read_lines(path: Path | str, kind: type[T]) -> Iterator[T]:
    """Yield what the lines of a file hold.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        For a line that is JSON and no such object.

    Warns
    -----
    DegradedWarning
        For a line that is cut off, as a crash leaves one.
    """
    file = Path(path)
    if not file.is_file():
        raise NotFound(f"there is no file {file}", hint="name one with session(file=…)")
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            found = json.loads(line)
        except ValueError:
            warnings.warn(
                f"{file}: line {number} is cut off and was passed over",
                DegradedWarning,
                stacklevel=2,
            )
            continue
        where = Where(str(file), f"line {number}")
        yield from_plain(kind, found, where)


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
