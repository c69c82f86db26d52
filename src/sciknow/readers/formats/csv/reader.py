"""Comma- and tab-separated tables, plain, packed, or in a ZIP archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dask.dataframe as dd
import pandas as pd
from dask.utils import parse_bytes

from sciknow.errors import InvalidInput, LimitExceeded, SourceUnavailable
from sciknow.formats import path_of
from sciknow.net import redact
from sciknow.readers.block import Place, block, blocks_of, packing_of, start_of
from sciknow.readers.formats.csv import FORMAT, PANDAS
from sciknow.readers.formats.csv.shape import Shape, shape_of
from sciknow.readers.formats.csv.zipped import pick, unpack
from sciknow.readers.plans.whole_cost import WholeCosts
from sciknow.readers.protocol import Location
from sciknow.readers.table import from_parts, set_index
from sciknow.wire.budget import Limits
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

BLOCK = 64_000_000
"""Bytes of one partition, where no other size is named."""

SAMPLE = 64_000
"""Bytes of the start of the file from which columns and types are told."""

LONGEST = 4 * 2**20
"""Bytes that the first line may have."""


class CsvReader:
    """Open a CSV or TSV table; ``index`` makes a column the index.

    Of a ZIP archive the only file is read, or the one that ``member`` names. What type a column
    has is told from the start of the file (`sciknow.readers.column`), or named in ``dtype``.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open lazily: the start of the file is read, to tell columns and types."""
        chosen: dict[str, Any] = {key: value for key, value in options.items() if key in PANDAS}
        with explain(location.url, "a CSV table"):
            if is_zipped(location.url, options):
                frame = _open_zipped(location, options, chosen)
            else:
                frame = _open_text(location, chosen)
        index = options.get("index")
        return frame if index is None else set_index(frame, str(index))

    def costs(self, location: Location, options: Mapping[str, object]) -> WholeCosts:
        """Return what reading costs."""
        if is_zipped(location.url, options):
            item = location.transport.kept[location.url]
            return WholeCosts(location, item.compress_size, item.file_size)
        return WholeCosts(location)


def is_zipped(url: str, options: Mapping[str, object]) -> bool:
    """Tell whether a table lies in a ZIP archive."""
    packing = options.get("compression", "infer")
    named = packing == "infer" and _ending(url).endswith(".zip")
    return named or packing == "zip" or "member" in options


def _open_text(location: Location, chosen: dict[str, Any]) -> dd.DataFrame:
    if location.path is not None and not location.path.exists():
        raise SourceUnavailable(f"there is nothing at {location.url}", hint="check the path")
    if "sep" not in chosen and _ending(location.url).endswith((".tsv", ".tsv.gz")):
        chosen["sep"] = "\t"
    named = chosen.get("compression", "infer")
    packing = packing_of(location.url) if named == "infer" else str(named or "")
    start, whole = start_of(location, packing, SAMPLE)
    if not whole and b"\n" not in start:
        start, whole = start_of(location, packing, LONGEST)
    if not whole and b"\n" not in start:
        raise LimitExceeded(
            f"the first line of {redact(location.url)} has more than {LONGEST:,} bytes",
            hint="it is no table of text, or a way names the wrong reader for it",
        )
    shape = _shape(location, start, chosen, whole=whole)
    size = chosen.get("blocksize", BLOCK)
    size = parse_bytes(size) if isinstance(size, str) else size
    if not shape.by_bytes or _broken(start, shape.quote):
        size = None
    places = blocks_of(location, packing, size)
    several = len(places) > 1
    read = ReadText(location.transport, location.url, packing, shape, several, location.limits)
    return from_parts(read, places, shape.meta)


def _shape(location: Location, start: bytes, options: dict[str, Any], *, whole: bool) -> Shape:
    """Tell columns and types from the whole lines of the start of a file."""
    encoding = str(options.get("encoding", ""))
    if not whole and re.search("16|32", encoding):
        text = start.decode(encoding, "ignore")
        start = text[: text.rfind("\n") + 1].encode(encoding)
    elif not whole:
        quote = str(options.get("quotechar", '"')).encode()
        lines = start[: start.rfind(b"\n") + 1] or start
        start = lines
        while start.count(quote) % 2 and start:
            start = start[: start.rfind(b"\n", 0, -1) + 1]
        start = start or lines
    separators = start.partition(b"\n")[0].count(str(options.get("sep", ",")).encode())
    location.limits.check("names", separators + 1, redact(location.url), "columns")
    return shape_of(start, options, whole=whole)


def _broken(start: bytes, quote: bytes) -> bool:
    """Tell whether a quoted text runs over the end of a line."""
    return any(line.count(quote) % 2 for line in start.split(b"\n")[:-1])


@dataclass(frozen=True, slots=True)
class ReadText:
    """Reads the lines that start in one block; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the file.
    packing : str
        How it is packed; empty for not at all.
    shape : Shape
        Columns and types.
    several : bool
        Whether the file is divided into blocks.
    limits : Limits
        How large it may be.
    """

    transport: Transport
    url: str
    packing: str
    shape: Shape
    several: bool
    limits: Limits

    def __call__(self, place: Place) -> pd.DataFrame:
        """Read a block, given by offset and length; without length all that follows.

        Raises
        ------
        InvalidInput
            Where a value does not fit its column, or a quoted text is cut in two.
        """
        with explain(self.url, "a CSV table"):
            data = block(self.transport, self.url, self.packing, place, self.limits)
            if self.several and data.count(self.shape.quote) % 2:
                raise InvalidInput(
                    f"{redact(self.url)}: a quoted text runs over the end of a block of lines",
                    hint="name blocksize: null in the options of the way, to read it in one",
                )
            return self.shape.read(data, first=place[0] == 0)


def _open_zipped(
    location: Location, options: Mapping[str, object], chosen: dict[str, Any]
) -> dd.DataFrame:
    member = options.get("member")
    item = pick(location, None if member is None else str(member))
    location.transport.kept[location.url] = item
    if "sep" not in chosen and item.filename.lower().endswith(".tsv"):
        chosen["sep"] = "\t"
    start = unpack(location.transport, location.url, item.filename, location.limits, SAMPLE)
    shape = _shape(location, start, chosen, whole=item.file_size <= SAMPLE)
    read = ReadMember(location.transport, location.url, shape, location.limits)
    return from_parts(read, [item.filename], shape.meta)


@dataclass(frozen=True, slots=True)
class ReadMember:
    """Reads a CSV file of an archive; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the archive.
    shape : Shape
        Columns and types.
    limits : Limits
        How large it may be.
    """

    transport: Transport
    url: str
    shape: Shape
    limits: Limits

    def __call__(self, name: str) -> pd.DataFrame:
        """Read the whole file."""
        with explain(self.url, "a CSV table in a ZIP archive"):
            data = unpack(self.transport, self.url, name, self.limits)
            return self.shape.read(data, first=True)


def _ending(url: str) -> str:
    return path_of(url).lower()
