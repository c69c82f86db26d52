"""Tables of JSON lines (NDJSON): one object a line, plain or packed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import dask.dataframe as dd
import pandas as pd

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.net import redact
from sciknow.readers.block import Place, block, blocks_of, packing_of, start_of
from sciknow.readers.column import empty, typed
from sciknow.readers.formats.jsonl import FORMAT
from sciknow.readers.formats.jsonl.lines import read_lines, types_of
from sciknow.readers.plans.whole_cost import WholeCosts
from sciknow.readers.protocol import Location
from sciknow.readers.table import from_parts, set_index
from sciknow.wire.budget import Limits
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

BLOCK = 32 * 2**20
"""Bytes of one partition."""

SAMPLE = 256_000
"""Bytes of the start of the file from which columns and types are told."""


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
            packing = packing_of(location.url)
            start, whole = start_of(location, packing, SAMPLE)
            lines = start if whole else start[: start.rfind(b"\n") + 1]
            check_keys(lines, location)
            types = _chosen(types_of(lines, whole=whole), options)
            location.limits.check("names", len(types), redact(location.url), "columns")
            some = "columns" in options
            read = ReadLines(
                location.transport, location.url, packing, types, some, location.limits
            )
            frame = from_parts(read, blocks_of(location, packing, BLOCK), empty(types))
        index = options.get("index")
        return frame if index is None else set_index(frame, str(index))

    def costs(self, location: Location, options: Mapping[str, object]) -> WholeCosts:
        """Return what reading costs."""
        return WholeCosts(location)


def check_keys(lines: bytes, location: Location) -> None:
    """Refuse lines of which each has other keys: every key is a column, with a place a line.

    Raises
    ------
    LimitExceeded
        For too many keys, or too many places.
    """
    keys: set[str] = set()
    rows = lines.split(b"\n")
    for row in rows:
        with suppress(ValueError, RecursionError):  # what is no JSON is told by who reads it
            json.loads(row, object_pairs_hook=lambda pairs: keys.update(name for name, _ in pairs))
        location.limits.check("names", len(keys), redact(location.url), "columns", least=True)
    location.limits.check("cells", len(keys) * len(rows), redact(location.url), "cells", least=True)


def _chosen(types: dict[str, Any], options: Mapping[str, object]) -> dict[str, Any]:
    """Return the columns and types that are wanted."""
    types |= typed(options.get("dtype"))
    wanted = options.get("columns")
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        missing = [str(name) for name in wanted if name not in types]
        if missing:
            raise InvalidInput(
                f"the table has no column {missing[0]!r}", hint="it has " + ", ".join(types)
            )
        types = {str(name): types[str(name)] for name in wanted}
    return types


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Reads the lines that start in one block; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the file.
    packing : str
        How it is packed; empty for not at all.
    types : dict
        Column → type.
    some : bool
        Whether other columns are left out; else they are an error.
    limits : Limits
        How large it may be.
    """

    transport: Transport
    url: str
    packing: str
    types: dict[str, Any]
    some: bool
    limits: Limits

    def __call__(self, place: Place) -> pd.DataFrame:
        """Read the lines of a block, given by offset and length; without length all.

        Raises
        ------
        InvalidInput
            When a line has a column or a type that the start of the file does not have.
        """
        with explain(self.url, "a table of JSON lines"):
            data = block(self.transport, self.url, self.packing, place, self.limits)
            return read_lines(data, self.types, some=self.some)
