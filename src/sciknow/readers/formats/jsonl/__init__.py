"""Tables of JSON lines (NDJSON)."""

from __future__ import annotations

from sciknow.model.content import PACKED, Content, Magic
from sciknow.model.format import TABLES, Form, Format, intake_table
from sciknow.model.option import parse_types

FORMAT = Format(
    name="jsonl",
    reader="sciknow.readers.formats.jsonl.reader:JsonLinesReader",
    form=Form.FILE,
    table=True,
    route="a text table, read whole",
    content=Content("lines of JSON", (Magic(b"{", words=True), Magic(b"[", words=True), *PACKED)),
    media_types=("application/jsonl", "application/x-ndjson", "application/x-jsonlines"),
    suffixes=(".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"),
    options={"columns": None, "dtype": parse_types, "index": None},
    requires=("pyarrow", "dask"),
    install="sciknow",
    libraries=TABLES,
    words=("json", "jsonl"),
    family="json",
    intake=(intake_table("JSONFile", "DaskJSON", plain={"lines": True}),),
)
