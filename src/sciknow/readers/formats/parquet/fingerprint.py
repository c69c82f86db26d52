"""What the footer of a Parquet table says of it, for a fingerprint."""

from __future__ import annotations

import pyarrow.parquet as pq

from sciknow.model.fingerprint import VariableState
from sciknow.readers.fingerprints.files import Contents
from sciknow.readers.fingerprints.structure import plain_attrs
from sciknow.readers.formats.parquet.groups import files_of
from sciknow.readers.protocol import Location
from sciknow.wire.filesystem import TransportFileSystem
from sciknow.wire.trouble import explain


def footer_contents(location: Location) -> Contents:
    """Read names and types of the columns, and the number of rows, from the (first) footer."""
    _, url = files_of(location)[0]
    with explain(location.url, "a Parquet table"):
        file = TransportFileSystem(location.transport)._open(url)
        with pq.ParquetFile(file) as opened:
            schema, rows = opened.schema_arrow, opened.metadata.num_rows
            types = {name: str(schema.field(name).type) for name in schema.names}
    columns = tuple(
        VariableState(name=name, dtype=kind, dims=("row",), shape=(rows,))
        for name, kind in sorted(types.items())
    )
    return plain_attrs({"rows": rows}), columns
