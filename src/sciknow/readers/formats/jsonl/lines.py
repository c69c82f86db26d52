"""JSON lines as a table: by Arrow where it can, line by line where it would lose something.

Arrow reads numbers of more than 64 bits as floats, and refuses a column of several kinds.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import json as arrow_json

from sciknow.errors import InvalidInput
from sciknow.readers.column import TEXT, Whole, filled, is_text, kind_of, refused, settled

_LARGE = re.compile(rb"[:\[,]\s*-?[0-9]{16}")
"""What stands in a file where a float may round a whole number."""


def types_of(sample: bytes, *, whole: bool) -> dict[str, Any]:
    """Tell columns and types from whole lines."""
    try:
        table = _arrow(sample, None)
        if not _LARGE.search(sample) or not any(map(pa.types.is_floating, table.schema.types)):
            return {name: _of_arrow(table[name], whole) for name in table.schema.names}
    except pa.ArrowInvalid:
        pass
    return {name: _of_values(values, whole) for name, values in _columns(sample).items()}


def _of_arrow(column: Any, whole: bool) -> Any:
    if pa.types.is_null(column.type) or pa.types.is_string(column.type):
        return TEXT
    found = pa.table({"a": column[:0]}).to_pandas(types_mapper=Whole([column.type]))["a"].dtype
    return settled(found, whole=whole, gaps=column.null_count > 0)


def _of_values(values: Sequence[Any], whole: bool) -> Any:
    there = [value for value in values if value is not None]
    found = kind_of(there) if there else TEXT
    if there and is_text(found) and (moments := _moments(there)) is not None:
        return moments.dtype
    return settled(found, whole=whole, gaps=len(there) < len(values))


def _moments(values: Sequence[Any]) -> pd.Series | None:
    """Return texts as moments where all are written in ISO 8601; else None."""
    if not all(value is None or (isinstance(value, str) and value[4:5] == "-") for value in values):
        return None
    try:
        return pd.to_datetime(pd.Series(values, dtype=object), format="ISO8601")
    except (ValueError, TypeError, OverflowError):
        return None


def _arrow(data: bytes, schema: pa.Schema | None) -> pa.Table:
    if not data.strip():
        return (schema or pa.schema([])).empty_table()
    return arrow_json.read_json(
        io.BytesIO(data),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=arrow_json.ParseOptions(explicit_schema=schema),
    )


def _columns(data: bytes) -> dict[str, list[Any]]:
    """Return the values of each column, line by line.

    Raises
    ------
    ValueError
        For a line that is no object.
    """
    rows = [json.loads(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a line is no object")
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [_missing(row.get(name)) for row in rows] for name in names}


def _missing(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value


def read_lines(data: bytes, types: Mapping[str, Any], *, some: bool) -> pd.DataFrame:
    """Read whole lines by types that are known.

    Parameters
    ----------
    data : bytes
        The lines.
    types : mapping
        Column → type.
    some : bool
        Whether other columns are left out; else they are an error.

    Raises
    ------
    InvalidInput
        When a line has a column or a type that the start of the file does not have.
    """
    floats = any(getattr(kind, "kind", "") == "f" for kind in types.values())
    try:
        if floats and _LARGE.search(data):
            return _by_line(data, types, some)
        table = _arrow(data, _schema(types))
    except pa.ArrowInvalid:
        return _by_line(data, types, some)
    _check_names(table.schema.names, types, some)
    found: pd.DataFrame = table.to_pandas(types_mapper=Whole(table.schema.types))
    return found[list(types)].astype(dict(types))


def _schema(types: Mapping[str, Any]) -> pa.Schema:
    """Return what Arrow calls the types; columns of lists and objects are left for it to tell."""
    plain = {name: kind for name, kind in types.items() if is_text(kind) or kind.kind != "O"}
    return pa.schema([(name, _in_arrow(kind)) for name, kind in plain.items()])


def _in_arrow(kind: Any) -> Any:
    if is_text(kind):
        return pa.string()
    if isinstance(kind, pd.DatetimeTZDtype):
        return pa.timestamp(kind.unit, str(kind.tz))
    return pa.from_numpy_dtype(getattr(kind, "numpy_dtype", kind))


def _by_line(data: bytes, types: Mapping[str, Any], some: bool) -> pd.DataFrame:
    columns = _columns(data)
    _check_names(columns, types, some)
    count = max(map(len, columns.values()), default=0)
    nothing = [None] * count
    return pd.DataFrame(
        {name: _filled(columns.get(name, nothing), kind, name) for name, kind in types.items()}
    )


def _filled(values: Sequence[Any], kind: Any, name: str) -> pd.Series:
    if getattr(kind, "kind", "") != "M":
        return filled(values, kind, name)
    found = _moments(values)
    if found is None:
        wrong = next(value for value in values if value is not None and _moments([value]) is None)
        raise refused(name, wrong, kind)
    return found.astype(kind)


def _check_names(found: Iterable[str], types: Mapping[str, Any], some: bool) -> None:
    other = [name for name in found if name not in types]
    if other and not some:
        raise InvalidInput(
            f"a line differs from the first ones: it has the column {other[0]!r}",
            hint="name the columns in columns, and their types in dtype",
        )
