"""Comma- and tab-separated tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dask.dataframe as dd

from sciknow.errors import SourceUnavailable
from sciknow.readers.filesystem import PROTOCOL
from sciknow.readers.protocol import Location
from sciknow.readers.table import set_index
from sciknow.readers.table_cost import TextCosts
from sciknow.readers.trouble import explain

PANDAS = frozenset(
    {
        "sep",
        "delimiter",
        "header",
        "names",
        "usecols",
        "dtype",
        "skiprows",
        "comment",
        "encoding",
        "na_values",
        "parse_dates",
        "date_format",
        "decimal",
        "thousands",
        "compression",
        "skipinitialspace",
        "quotechar",
        "blocksize",
        "assume_missing",
    }
)
"""Options that go on to `dask.dataframe.read_csv`; none of them can run code."""

SAMPLE = 64_000
"""Bytes of the start of the file from which columns and types are told."""


class CsvReader:
    """Open a CSV or TSV table; ``index`` makes a column the index."""

    name = "csv"
    media_types = ("text/csv", "text/tab-separated-values")
    suffixes = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
    options = PANDAS | {"index"}
    requires = ("pandas", "dask.dataframe")
    install = "sciknow"

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open lazily: the start of the file is read, to tell columns and types."""
        chosen: dict[str, Any] = {key: value for key, value in options.items() if key in PANDAS}
        chosen |= {"sample": SAMPLE, "sample_rows": SAMPLE}
        if "sep" not in chosen and location.url.partition("?")[0].lower().endswith(
            (".tsv", ".tsv.gz")
        ):
            chosen["sep"] = "\t"
        if _packed(location.url, chosen):
            chosen["blocksize"] = None
        with explain(location.url, "a CSV table"):
            # whole numbers beyond the sample may have gaps, which only floats can hold
            chosen.setdefault("assume_missing", _size(location) > SAMPLE)
            if location.path is None:
                frame = dd.read_csv(
                    f"{PROTOCOL}://{location.url}",
                    storage_options={"transport": location.transport},
                    **chosen,
                )
            elif location.path.exists():
                frame = dd.read_csv(str(location.path), **chosen)
            else:
                raise SourceUnavailable(
                    f"there is nothing at {location.url}", hint="check the path"
                )
        index = options.get("index")
        return frame if index is None else set_index(frame, str(index))

    def costs(self, location: Location, options: Mapping[str, object]) -> TextCosts:
        """Return what reading costs."""
        return TextCosts(location)


def _size(location: Location) -> int:
    if location.path is not None:
        return location.path.stat().st_size if location.path.is_file() else 0
    return location.transport.run(location.transport.size(location.url))


def _packed(url: str, options: Mapping[str, Any]) -> bool:
    """Tell whether a file is compressed as a whole, so that it can't be read in blocks."""
    packing = options.get("compression", "infer")
    if packing == "infer":
        return _ending(url).endswith((".gz", ".bz2", ".xz", ".zip", ".zst"))
    return packing is not None


def _ending(url: str) -> str:
    return url.partition("?")[0].lower()
