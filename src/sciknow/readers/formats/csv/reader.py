"""Comma- and tab-separated tables, plain, packed, or in a ZIP archive."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import dask.dataframe as dd
import pandas as pd

from sciknow.errors import SourceUnavailable
from sciknow.formats import path_of
from sciknow.readers.formats.csv import FORMAT, PANDAS
from sciknow.readers.formats.csv.zipped import pick, unpack
from sciknow.readers.plans.whole_cost import WholeCosts
from sciknow.readers.protocol import Location
from sciknow.readers.table import from_parts, set_index
from sciknow.wire.filesystem import PROTOCOL
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import explain

DASK_ONLY = frozenset({"blocksize", "assume_missing", "compression"})

SAMPLE = 64_000
"""Bytes of the start of the file from which columns and types are told."""


class CsvReader:
    """Open a CSV or TSV table; ``index`` makes a column the index.

    Of a ZIP archive the only file is read, or the one that ``member`` names.
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
    chosen |= {"sample": SAMPLE, "sample_rows": SAMPLE}
    if "sep" not in chosen and _ending(location.url).endswith((".tsv", ".tsv.gz")):
        chosen["sep"] = "\t"
    if _packed(location.url, chosen):
        chosen["blocksize"] = None
    # whole numbers beyond the sample may have gaps, which only floats can hold
    chosen.setdefault("assume_missing", _size(location) > SAMPLE)
    if location.path is None:
        url = f"{PROTOCOL}://{location.url}"
        options = {"transport": location.transport}
        return cast(dd.DataFrame, dd.read_csv(url, storage_options=options, **chosen))
    if location.path.exists():
        return cast(dd.DataFrame, dd.read_csv(str(location.path), **chosen))
    raise SourceUnavailable(f"there is nothing at {location.url}", hint="check the path")


def _open_zipped(
    location: Location, options: Mapping[str, object], chosen: dict[str, Any]
) -> dd.DataFrame:
    member = options.get("member")
    item = pick(location, None if member is None else str(member))
    location.transport.kept[location.url] = item
    plain = {key: value for key, value in chosen.items() if key not in DASK_ONLY}
    if "sep" not in plain and item.filename.lower().endswith(".tsv"):
        plain["sep"] = "\t"
    start = unpack(location.transport, location.url, item.filename, SAMPLE)
    whole = item.file_size <= SAMPLE
    if not whole:
        start = start[: start.rfind(b"\n") + 1]
    meta = pd.read_csv(io.BytesIO(start), **plain).iloc[:0]
    if chosen.get("assume_missing", not whole):
        meta = meta.astype({name: "f8" for name in meta.select_dtypes("integer").columns})
    read = ReadMember(location.transport, location.url, plain, meta)
    return from_parts(read, [item.filename], meta)


@dataclass(frozen=True, slots=True)
class ReadMember:
    """Reads a CSV file of an archive; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    url : str
        Address of the archive.
    options : dict
        As of `pandas.read_csv`.
    meta : pandas.DataFrame
        An empty table of the columns and types that were told from the start of the file.
    """

    transport: Transport
    url: str
    options: dict[str, Any]
    meta: pd.DataFrame

    def __call__(self, name: str) -> pd.DataFrame:
        """Read the whole file."""
        with explain(self.url, "a CSV table in a ZIP archive"):
            data = unpack(self.transport, self.url, name)
            return pd.read_csv(io.BytesIO(data), **self.options).astype(self.meta.dtypes)


def _size(location: Location) -> int:
    if location.path is not None:
        return location.path.stat().st_size if location.path.is_file() else 0
    return location.transport.run(location.transport.size(location.url))


def _packed(url: str, options: Mapping[str, Any]) -> bool:
    """Tell whether a file is compressed as a whole, so that it can't be read in blocks."""
    packing = options.get("compression", "infer")
    if packing == "infer":
        return _ending(url).endswith((".gz", ".bz2", ".xz", ".zst"))
    return packing is not None


def _ending(url: str) -> str:
    return path_of(url).lower()
