"""Sheets of Excel workbooks (Office Open XML, ``.xlsx``)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import dask.dataframe as dd
import pandas as pd

from sciknow.errors import SourceUnavailable
from sciknow.readers.formats.excel import FORMAT, PASSED
from sciknow.readers.formats.excel.bounds import check_workbook
from sciknow.readers.plans.whole_cost import WholeCosts
from sciknow.readers.protocol import Location
from sciknow.readers.table import from_parts, set_index
from sciknow.wire.budget import Limits
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

SAMPLE = 200
"""Rows from which columns and types are told."""


class ExcelReader:
    """Open a sheet of a workbook: the first, or the one that ``sheet`` names."""

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open: the workbook is had whole, its first rows are read, to tell columns and types."""
        if location.path is not None and not location.path.is_file():
            raise SourceUnavailable(f"there is no file {location.url}", hint="check the path")
        chosen = {key: value for key, value in options.items() if key in PASSED}
        chosen |= {"sheet_name": options.get("sheet", 0)}
        read = ReadSheet(location.transport, location.url, chosen, None, location.limits)
        with explain(location.url, "a workbook"):
            first = read.rows(SAMPLE + 1)
            meta = first.iloc[:0]
            if len(first) > SAMPLE:
                meta = meta.astype({name: "f8" for name in meta.select_dtypes("integer").columns})
            frame = from_parts(replace(read, meta=meta), [0], meta)
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
    meta : pandas.DataFrame, optional
        An empty table of the columns and types.
    limits : Limits
        How large it may be.
    """

    transport: Transport
    url: str
    options: dict[str, Any]
    meta: pd.DataFrame | None = None
    limits: Limits = Limits()

    def __call__(self, _: int) -> pd.DataFrame:
        """Read the whole sheet."""
        with explain(self.url, "a workbook"):
            found = self.rows(None)
            return found if self.meta is None else found.astype(self.meta.dtypes)

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
            io.BytesIO(data), engine="openpyxl", nrows=count, **self.options
        )
        return found
