"""How large a workbook is, told from its packed XML before openpyxl and pandas make its cells.

One value in the last cell of a sheet makes pandas fill the 17 billion before it; a megabyte of
packed XML may hold millions of texts or rows.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from sciknow.errors import IntegrityError, LimitExceeded
from sciknow.net import redact
from sciknow.wire.budget import MAX_UNPACKED, PIECE, Limits
from sciknow.wire.trouble import DAMAGED

MOST_BYTES = 512 * 2**20
"""The most bytes that a workbook may unpack to, unless somebody says how many."""

LONGEST_ROW = 16 * 2**20
"""Bytes that one row may have."""

_TAG = 32
"""No tag of a row begins so many bytes before its name ends."""

_SHEET = re.compile(r"(?:.*/)?worksheets/[^/]+\.xml", re.I)
_ROW = re.compile(rb"<(?:\w{1,20}:)?row(?=[\s/>])")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c(?=[\s>])[^<>]{0,400}+(?<!/)>(?!\s*+</)")
_NUMBER = re.compile(rb"^[^<>]{0,400}?\sr=[\"']([0-9]{1,9})[\"']")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]{1,4})[0-9]{1,9}[\"']")
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


def check_workbook(data: bytes, url: str, limits: Limits) -> None:
    """Refuse a workbook that is none, or is too large.

    Raises
    ------
    IntegrityError
        When it is no workbook, or in a form that workbooks do not have.
    LimitExceeded
        When it unpacks to more bytes, or a sheet takes more cells, than are taken.
    """
    what = redact(url)
    most = MOST_BYTES if limits.unpacked == MAX_UNPACKED else limits.unpacked
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            limits.check("names", len(members), what, "parts")
            size = sum(item.file_size for item in members)
            if size > most:
                raise LimitExceeded(
                    f"{what} unpacks to {size:,} bytes, at most {most:,} are taken",
                    hint=f"if you trust it, allow more: limits={{'unpacked': {size}}}",
                )
            for item in members:
                if item.filename.lower().endswith((".xml", ".rels")):
                    _check_part(archive, item, f"{what}: {item.filename!r}", limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise IntegrityError(f"{what} is not a workbook: {error}", hint=DAMAGED) from error


def _check_part(archive: zipfile.ZipFile, item: Any, what: str, limits: Limits) -> None:
    with archive.open(item) as file:
        head = file.read(1024)
        if b"\0" in head or _DECLARED.search(head):
            raise IntegrityError(
                f"{what} declares entities, or is not UTF-8, which no workbook does", hint=DAMAGED
            )
        pieces = _pieces(head, file)
        if _SHEET.fullmatch(item.filename):
            _check_sheet(pieces, what, limits)
        else:
            count = 0
            for piece in pieces:
                count += piece.count(b"<")
                limits.check("cells", count // 4, what, "texts or styles", least=True)


def _pieces(head: bytes, file: Any) -> Iterator[bytes]:
    yield head
    while piece := file.read(PIECE):
        yield piece


def _check_sheet(pieces: Iterator[bytes], what: str, limits: Limits) -> None:
    """Count the cells of the box around those that hold something, and the elements."""
    row = last = widest = count = 0
    for text in _rows(pieces, what):
        count += text.count(b"<")
        limits.check("cells", count // 4, what, "cells", least=True)
        number = _NUMBER.match(text)
        row = int(number[1]) if number else row + 1
        width = 0
        for cell in _CELL.finditer(text):
            place = _PLACE.search(cell[0])
            width = _column(place[1]) if place else width + 1
            widest = max(widest, width)
            last = row
        limits.check("cells", last * widest, what, "cells, empty ones between among them")


def _rows(pieces: Iterator[bytes], what: str) -> Iterator[bytes]:
    """Yield what stands in each row, its own attributes first."""
    held: list[bytes] = []
    tail, size, begun = b"", 0, False
    for piece in pieces:
        *parts, last = _ROW.split(tail + piece)
        if parts:
            first = b"".join(held) + parts[0]
            yield from (first, *parts[1:]) if begun else parts[1:]
            held, size, begun = [], 0, True
        held.append(last[:-_TAG])
        tail, size = last[-_TAG:], size + len(last)
        if size > LONGEST_ROW:
            raise LimitExceeded(
                f"{what} has a row of more than {LONGEST_ROW:,} bytes",
                hint="it is damaged, or hostile",
            )
    if begun:
        yield b"".join(held) + tail


def _column(letters: bytes) -> int:
    """Return the number of a column.

    Examples
    --------
    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
