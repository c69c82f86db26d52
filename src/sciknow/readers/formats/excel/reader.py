"""Sheets of Excel workbooks (Office Open XML, ``.xlsx``)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd

from sciknow.errors import SourceUnavailable
from sciknow.readers.column import TEXT, WHOLE, empty, filled, is_text, kind_of, settled, typed
from sciknow.readers.formats.excel import FORMAT, PASSED
from sciknow.readers.formats.excel.bounds import check_workbook
from sciknow.readers.plans.whole_cost import WholeCosts
from sciknow.readers.protocol import Location
from sciknow.readers.table import from_parts, set_index
from sciknow.wire.budget import Limits
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

SAMPLE = 2_000
"""Rows from which columns and types are told."""


class ExcelReader:
    """Open a sheet of a workbook: the first, or the one that ``sheet`` names.

    Cells are what they are in the workbook: a number that is written as text stays text. What
    type a column has is told from its first rows (`sciknow.readers.column`), or by ``dtype``.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open: the workbook is had whole, its first rows are read, to tell columns and types."""
        if location.path is not None and not location.path.is_file():
            raise SourceUnavailable(f"there is no file {location.url}", hint="check the path")
        chosen = {key: value for key, value in options.items() if key in PASSED}
        chosen |= {"sheet_name": options.get("sheet", 0)}
        read = ReadSheet(location.transport, location.url, chosen, None, location.limits)
        with explain(location.url, "a workbook"):
            named = typed(options.get("dtype"))
            types = _types(read.rows(SAMPLE + 1)) | named
            numbers = tuple(name for name, kind in named.items() if not is_text(kind))
            read = replace(read, types=types, named=numbers)
            frame = from_parts(read, [0], empty(types))
        index = options.get("index")
        return frame if index is None else set_index(frame, str(index))

    def costs(self, location: Location, options: Mapping[str, object]) -> WholeCosts:
        """Return what reading costs."""
        return WholeCosts(location)


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """Reads a sheet; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the workbook.
    options : dict
        As of `pandas.read_excel`.
    types : dict, optional
        Column → type.
    limits : Limits
        How large it may be.
    named : tuple
        Columns that are said to hold numbers: there digits in a text cell are one.
    """

    transport: Transport
    url: str
    options: dict[str, Any]
    types: dict[Any, Any] | None = None
    limits: Limits = Limits()
    named: tuple[Any, ...] = ()

    def __call__(self, _: int) -> pd.DataFrame:
        """Read the whole sheet.

        Raises
        ------
        InvalidInput
            For a cell that does not fit the type of its column.
        """
        with explain(self.url, "a workbook"):
            found = self.rows(None)
            return pd.DataFrame(
                {
                    name: filled(_cells(found[name], name in self.named), kind, name)
                    for name, kind in self.types.items()
                }
                if self.types is not None
                else found
            )

    def rows(self, count: int | None) -> pd.DataFrame:
        """Read the first rows.

        Raises
        ------
        IntegrityError
            When it is no workbook.
        LimitExceeded
            When it would unpack to more than is allowed.
        """
        data = self.transport.run(self.transport.fetch(self.url))
        check_workbook(data, self.url, self.limits)
        found: pd.DataFrame = pd.read_excel(
            io.BytesIO(data), engine="openpyxl", nrows=count, dtype=object, **self.options
        )
        return found


def _types(first: pd.DataFrame) -> dict[Any, Any]:
    """Tell columns and types from the first rows; more than `SAMPLE` are not the whole sheet."""
    whole = len(first) <= SAMPLE
    found = {}
    for name in first:
        cells = _cells(first[name])
        there = [value for value in cells if value is not None]
        kind = kind_of(there) if there else np.dtype("f8") if whole else TEXT
        found[name] = settled(kind, whole=whole, gaps=len(there) < len(cells))
    return found


def _cells(column: pd.Series, named: bool = False) -> list[Any]:
    read = _number if named else lambda value: value
    return [None if pd.isna(value) else read(value) for value in column]


def _number(value: Any) -> Any:
    """Return the number that a text is, or the value as it is."""
    if not isinstance(value, str):
        return value
    try:
        return int(value) if WHOLE.fullmatch(value) else float(value)
    except ValueError:
        return value
