"""Tables of JSON lines (NDJSON): one object a line, plain or packed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
from fsspec.utils import read_block
from pyarrow import json as arrow_json

from sciknow.errors import InvalidInput, LimitExceeded, SourceUnavailable
from sciknow.files import open_regular
from sciknow.formats import path_of
from sciknow.net import redact
from sciknow.readers.formats.jsonl import FORMAT, TYPES
from sciknow.readers.plans.whole_cost import WholeCosts
from sciknow.readers.protocol import Location
from sciknow.readers.table import from_parts, set_index
from sciknow.wire.budget import MAX_UNPACKED
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

BLOCK = 32 * 2**20
"""Bytes of one partition."""

SAMPLE = 256_000
"""Bytes of the start of the file from which columns and types are told."""

_PACKED = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


class JsonLinesReader:
    """Open a table of JSON lines.

    ``columns`` takes some of the columns, ``dtype`` says what a column holds where the start of
    the file does not tell, ``index`` makes one the index. Texts that are ISO 8601 moments in the
    start of the file are moments; lists and objects stay what they are.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open lazily: the start of the file is read, to tell columns and types."""
        if location.path is not None and not location.path.is_file():
            raise SourceUnavailable(f"there is no file {location.url}", hint="check the path")
        with explain(location.url, "a table of JSON lines"):
            sample = _sample(location)
            schema = _schema(sample, len(sample) < SAMPLE, options)
            read = ReadLines(location.transport, location.url, schema, "columns" in options)
            frame = from_parts(read, _blocks(location), read.meta)
        index = options.get("index")
        return frame if index is None else set_index(frame, str(index))

    def costs(self, location: Location, options: Mapping[str, object]) -> WholeCosts:
        """Return what reading costs."""
        return WholeCosts(location)


def _packing(url: str) -> Any:
    ending = path_of(url).lower()
    return next((opener for end, opener in _PACKED.items() if ending.endswith(end)), None)


def _file(transport: Transport, url: str) -> Any:
    return RangeFile(transport, url) if "://" in url else open_regular(Path(url))


def _sample(location: Location) -> bytes:
    """Return the first whole lines."""
    unpack = _packing(location.url)
    with _file(location.transport, location.url) as file:
        start: bytes = (unpack(file) if unpack else file).read(SAMPLE)
    return start if len(start) < SAMPLE else start[: start.rfind(b"\n") + 1].ljust(SAMPLE)


def _blocks(location: Location) -> list[tuple[int, int | None]]:
    """Return offset and length of each partition; a packed file is one."""
    if _packing(location.url):
        return [(0, None)]
    size = location.transport.run(location.transport.size(location.url))
    return [(start, BLOCK) for start in range(0, size, BLOCK)]


def _schema(sample: bytes, whole: bool, options: Mapping[str, object]) -> pa.Schema:
    """Tell columns and types; of numbers beyond the sample some may be missing or broken."""
    found = _read(sample, None)
    types = {name: found[name].type for name in found.schema.names}
    for name, kind in types.items():
        if pa.types.is_null(kind):
            types[name] = pa.string()
        elif pa.types.is_integer(kind) and (found[name].null_count or not whole):
            types[name] = pa.float64()
    types |= _named(options.get("dtype"))
    wanted = options.get("columns")
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        missing = [str(name) for name in wanted if name not in types]
        if missing:
            raise InvalidInput(
                f"the table has no column {missing[0]!r}", hint="it has " + ", ".join(types)
            )
        types = {str(name): types[str(name)] for name in wanted}
    return pa.schema(list(types.items()))


def _named(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not set(map(str, value.values())) <= set(TYPES):
        raise InvalidInput(
            f"dtype={value!r}", hint="give {column: one of " + ", ".join(TYPES) + "}"
        )
    return {str(name): pa.type_for_alias(str(kind)) for name, kind in value.items()}


def _read(data: bytes, schema: pa.Schema | None, behaviour: str = "infer") -> pa.Table:
    if not data.strip():
        return (schema or pa.schema([])).empty_table()
    return arrow_json.read_json(
        io.BytesIO(data),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=arrow_json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior=behaviour
        ),
    )


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Reads the lines that start in one block; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the file.
    schema : pyarrow.Schema
        The columns and types.
    some : bool
        Whether other columns are left out; else they are an error.
    """

    transport: Transport
    url: str
    schema: pa.Schema
    some: bool

    @property
    def meta(self) -> pd.DataFrame:
        """An empty table of the same columns and types."""
        return _pandas(self.schema.empty_table())

    def __call__(self, place: tuple[int, int | None]) -> pd.DataFrame:
        """Read the lines of a block, given by offset and length; without length all.

        Raises
        ------
        InvalidInput
            When a line has a column or a type that the start of the file does not have.
        """
        with explain(self.url, "JSON lines"):
            data = self._bytes(*place)
        try:
            table = _read(data, self.schema, "ignore" if self.some else "error")
        except pa.ArrowInvalid as error:
            raise InvalidInput(
                f"a line differs from the first ones: {' '.join(str(error).split())[:200]}",
                hint="name the columns in columns, and their types in dtype",
            ) from error
        return _pandas(table.select(self.schema.names)).astype(self.meta.dtypes)

    def _bytes(self, offset: int, length: int | None) -> bytes:
        unpack = _packing(self.url)
        if unpack is None:
            with _file(self.transport, self.url) as file:
                return bytes(read_block(file, offset, length, delimiter=b"\n"))
        packed = self.transport.run(self.transport.fetch(self.url))
        data: bytes = unpack(io.BytesIO(packed)).read(MAX_UNPACKED + 1)
        if len(data) > MAX_UNPACKED:
            raise LimitExceeded(
                f"{redact(self.url)} unpacks to more than {MAX_UNPACKED:,} bytes",
                hint="get it and read it in pieces",
            )
        return data


def _pandas(table: pa.Table) -> pd.DataFrame:
    found: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return found
