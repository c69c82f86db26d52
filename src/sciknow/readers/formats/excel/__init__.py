"""Sheets of Excel workbooks (Office Open XML)."""

from __future__ import annotations

from sciknow.model.content import Content, Magic
from sciknow.model.format import TABLES, Form, Format
from sciknow.model.option import parse_types

PASSED = ("header", "names", "skiprows", "usecols", "na_values")
"""Options that go on to `pandas.read_excel`."""

FORMAT = Format(
    name="excel",
    reader="sciknow.readers.formats.excel.reader:ExcelReader",
    form=Form.FILE,
    table=True,
    route="a workbook, read whole",
    content=Content("a spreadsheet", (Magic(b"PK\x03\x04"), Magic(b"\xd0\xcf\x11\xe0"))),
    media_types=("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    suffixes=(".xlsx",),
    options={**dict.fromkeys((*PASSED, "sheet", "index")), "dtype": parse_types},
    requires=("openpyxl", "dask"),
    install="sciknow[excel]",
    libraries=(*TABLES, "openpyxl"),
    words=("xls", "xlsx", "excel"),
)
