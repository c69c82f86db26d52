"""Parquet and GeoParquet tables."""

from __future__ import annotations

from sciknow.model.format import TABLES, Form, Format, intake_table
from sciknow.model.option import parse_name, parse_names
from sciknow.readers.formats.parquet.probe import CONTENT, SUFFIXES, asks

PASSED = ("columns", "filters", "calculate_divisions", "split_row_groups")
"""Options that go on to `dask.dataframe.read_parquet`."""

FORMAT = Format(
    name="parquet",
    reader="sciknow.readers.formats.parquet.reader:ParquetReader",
    form=Form.FILE,
    table=True,
    route="columns and row groups of a Parquet table",
    content=CONTENT,
    media_types=("application/vnd.apache.parquet", "application/x-parquet"),
    suffixes=SUFFIXES,
    options={**dict.fromkeys(PASSED), "columns": parse_names, "index": parse_name},
    requires=("pyarrow", "dask"),
    install="sciknow",
    libraries=TABLES,
    words=("parquet", "geoparquet"),
    intake=(intake_table("Parquet", "DaskParquet"),),
    asks=asks,
)
