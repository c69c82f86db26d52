"""The footer of a Parquet file, held against itself before Arrow is asked for a column.

Arrow ends the process where the columns of a row group are not those of the schema. What is
needed to see that (types, how many columns, lengths of bounds) is read here, and nothing else;
structures and fields have the numbers of ``parquet.thrift``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable
from sciknow.net import redact
from sciknow.readers.formats.parquet.compact import (
    BINARY,
    INT,
    LIST,
    LONG,
    STRUCT,
    Broken,
    Compact,
    Wanted,
)
from sciknow.wire.trouble import DAMAGED

MAGIC, END = b"PAR1", 8
"""What a file ends with, and the bytes of that and of the footer's length before it."""

LARGEST = 64 * 2**20
"""Bytes of a footer that is read."""

WIDTHS = {0: 1, 1: 4, 2: 8, 4: 4, 5: 8}
"""Bytes of a value of each physical type with a width of its own, but old moments: no bounds."""

TEXT, FIXED = 6, 7
"""The physical types of texts of any length, and of those whose length stands in the schema."""

OPTIONAL, REPEATED = 1, 2
"""How often a column may be there for a row."""


def end_of(file: Any, size: int) -> bytes | None:
    """Return the footer of a file, its length and mark included; None where there is no such.

    Parameters
    ----------
    file : object
        Has ``seek`` and ``read``.
    size : int
        Its bytes.

    Raises
    ------
    LimitExceeded
        When it is too large to be looked at.
    """
    if size < END:
        return None
    file.seek(size - END)
    last = file.read(END)
    length = struct.unpack("<I", last[:4])[0] + END if len(last) == END else 0
    if last[4:] != MAGIC or not END < length <= size:
        return None
    if length > LARGEST:
        raise LimitExceeded(
            f"the footer of a Parquet table has {length:,} bytes, more than {LARGEST:,}",
            hint="ask its publisher for it in several files",
        )
    file.seek(size - length)
    return bytes(file.read(length))


def check(end: bytes, url: str) -> None:
    """Hold the columns of each row group against those of the schema.

    Parameters
    ----------
    end : bytes
        What `end_of` returns.
    url : str
        The file, for the message.

    Raises
    ------
    IntegrityError
        When they differ, or the footer is no footer.
    SourceUnavailable
        When a column is encrypted.
    """
    try:
        _check(Compact(end[:-END]), redact(url))
    except (Broken, IndexError) as error:
        why = str(error) if isinstance(error, Broken) else "it ends in the middle"
        raise IntegrityError(
            f"{redact(url)}: the footer of the Parquet table is damaged: {why}", hint=DAMAGED
        ) from None


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A column of the schema: its physical type, the bytes of a value, the depths of its levels."""

    kind: int
    width: int
    repeated: int
    defined: int

    def refuse(self, told: dict[int, Any], name: str) -> None:
        """Refuse what is told of a column in a row group and cannot be of this one."""
        if told.get(1) != self.kind:
            raise Broken(f"{name} is of type {told.get(1)}, in the schema of type {self.kind}")
        bounds = told.get(12, {})
        newer = bounds.keys() & {5, 6}
        pair = [bounds[field] for field in newer or (1, 2) if field in bounds]
        if len(pair) == 2 and min(pair) < self.width:
            raise Broken(f"a bound of {name} has {min(pair)} bytes, not {self.width}")
        sizes = told.get(16, {})
        for field, depth in ((2, self.repeated), (3, self.defined)):
            if sizes.get(field, 0) not in (0, depth + 1):
                raise Broken(f"{name} has {sizes[field]} levels, in the schema {depth + 1}")
        if 1 in sizes and self.kind != TEXT:
            raise Broken(f"{name} has a size of texts and holds none")


def _check(reader: Compact, url: str) -> None:
    number = (INT, reader.signed)
    text = (BINARY, reader.binary)
    levels = (LIST, reader.count)

    def inner(fields: Wanted) -> tuple[int, Callable[[], Any]]:
        return STRUCT, lambda: reader.structure(fields)

    def many(fields: Wanted) -> tuple[int, Callable[[], Any]]:
        return LIST, lambda: reader.structures(fields)

    bounds = inner(dict.fromkeys((1, 2, 5, 6), text))
    sizes = inner({1: (LONG, reader.signed), 2: levels, 3: levels})
    column = {3: inner({1: number, 12: bounds, 16: sizes}), 8: inner({2: inner({})})}
    element = many(dict.fromkeys((1, 2, 3, 5), number))
    found = reader.structure({2: element, 4: many({1: many(column)})})
    leaves = _leaves(found.get(2, []))
    for at, group in enumerate(found.get(4, [])):
        columns = group.get(1, [])
        if len(columns) != len(leaves):
            raise Broken(f"row group {at} has {len(columns)} columns, not {len(leaves)}")
        for place, (one, leaf) in enumerate(zip(columns, leaves, strict=True)):
            name = f"column {place} of row group {at}"
            if 2 in one.get(8, ()):
                hint = "ask its publisher for a table that is not encrypted"
                raise SourceUnavailable(f"{url}: {name} is encrypted", hint=hint)
            leaf.refuse(one.get(3, {}), name)


def _leaves(elements: list[dict[int, Any]]) -> list[_Leaf]:
    """Return the columns of a schema, a tree written depth first, below a root that is none."""
    if not elements:
        raise Broken("there is no schema")
    found = []
    above = [(elements[0].get(5, 0), 0, 0)]
    for element in elements[1:]:
        while above and not above[-1][0]:
            above.pop()
        children, way = element.get(5, 0), element.get(3)
        if not above or children < 0:
            raise Broken("the schema is no tree")
        left, repeated, defined = above.pop()
        above.append((left - 1, repeated, defined))
        repeated, defined = repeated + (way == REPEATED), defined + (way in (OPTIONAL, REPEATED))
        above.append((children, repeated, defined))
        if not children and 1 in element:
            kind = element[1]
            width = element.get(2, 0) if kind == FIXED else WIDTHS.get(kind, 0)
            found.append(_Leaf(kind, width, repeated, defined))
    if any(left for left, *_ in above):
        raise Broken("the schema is no tree")
    return found
