"""Comma- and tab-separated tables, plain or packed."""

from __future__ import annotations

from sciknow.model.content import Content
from sciknow.model.format import TABLES, Form, Format, intake_table
from sciknow.model.option import Parser, one_of, parse_count, parse_flag, parse_name, parse_names
from sciknow.model.parse import Where, parse_mapping, show

_DTYPES = (
    "bool",
    "boolean",
    "category",
    "float32",
    "float64",
    "int16",
    "int32",
    "int64",
    "Int64",
    "int8",
    "object",
    "str",
    "string",
)


def parse_dtypes(value: object, where: Where) -> dict[str, str] | str:
    """Read one of the plain types for all columns, or a mapping from column to type."""
    if isinstance(value, str) and value in _DTYPES:
        return value
    types = {}
    for column, kind in parse_mapping(value, where).items():
        if not isinstance(kind, str) or kind not in _DTYPES:
            raise (where / column).refuse(show(kind), "one of " + ", ".join(_DTYPES))
        types[parse_name(column, where)] = kind
    return types


PANDAS: dict[str, Parser | None] = {
    "sep": one_of(",", ";", "\t", "|", r"\s+"),
    "delimiter": None,
    "header": one_of(0, 1, 2, 3, 4, 5, None),
    "names": parse_names,
    "usecols": parse_names,
    "dtype": parse_dtypes,
    "parse_dates": parse_names,
    "date_format": one_of("%Y", "%Y-%m", "%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "ISO8601"),
    "skiprows": parse_count,
    "comment": one_of("#", "%", "!"),
    "na_values": parse_names,
    "decimal": one_of(".", ","),
    "thousands": None,
    "encoding": one_of("utf-8", "utf-8-sig", "latin-1", "gb18030", "gbk"),
    "compression": one_of("gzip", "bz2", "xz", "zip", None),
    "blocksize": one_of(None, "8MB", "16MB", "32MB", "64MB"),
    "skipinitialspace": parse_flag,
    "assume_missing": parse_flag,
    "quotechar": None,
}
"""Options that go on to `dask.dataframe.read_csv`; none of them can run code."""

FORMAT = Format(
    name="csv",
    reader="sciknow.readers.formats.csv.reader:CsvReader",
    form=Form.FILE,
    table=True,
    route="a text table, read whole",
    content=Content("a text table", text=True),
    media_types=("text/csv", "text/tab-separated-values"),
    suffixes=(".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zip", ".tsv.zip"),
    options={**PANDAS, "member": parse_name, "index": None},
    requires=("pandas", "dask"),
    install="sciknow",
    libraries=TABLES,
    words=("csv",),
    intake=(intake_table("CSV", "DaskCSV"),),
)
