"""Tables of JSON lines (NDJSON)."""

from __future__ import annotations

from sciknow.model.content import PACKED, Content, Magic
from sciknow.model.format import TABLES, Form, Format, intake_table
from sciknow.model.option import parse_name
from sciknow.model.parse import Where, parse_mapping, show

TYPES = ("bool", "float32", "float64", "int32", "int64", "str", "string")


def parse_line_dtypes(value: object, where: Where) -> dict[str, str]:
    """Read a mapping from column to one of the types of JSON lines."""
    types = {}
    for column, kind in parse_mapping(value, where).items():
        if not isinstance(kind, str) or kind not in TYPES:
            raise (where / column).refuse(show(kind), "one of " + ", ".join(TYPES))
        types[parse_name(column, where)] = kind
    return types


FORMAT = Format(
    name="jsonl",
    reader="sciknow.readers.formats.jsonl.reader:JsonLinesReader",
    form=Form.FILE,
    table=True,
    route="a text table, read whole",
    content=Content("lines of JSON", (Magic(b"{", words=True), Magic(b"[", words=True), *PACKED)),
    media_types=("application/jsonl", "application/x-ndjson", "application/x-jsonlines"),
    suffixes=(".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"),
    options={"columns": None, "dtype": parse_line_dtypes, "index": None},
    requires=("pyarrow", "dask"),
    install="sciknow",
    libraries=TABLES,
    words=("json", "jsonl"),
    family="json",
    intake=(intake_table("JSONFile", "DaskJSON", plain={"lines": True}),),
)
