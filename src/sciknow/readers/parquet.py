"""Parquet and GeoParquet tables, one file, a folder or a dataset of parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dask.dataframe as dd

from sciknow.errors import SourceUnavailable
from sciknow.readers.filesystem import PROTOCOL, TransportFileSystem
from sciknow.readers.protocol import Location
from sciknow.readers.table import set_index
from sciknow.readers.table_cost import ParquetCosts
from sciknow.readers.trouble import explain

PASSED = frozenset({"columns", "filters", "calculate_divisions", "split_row_groups"})
"""Options that go on to `dask.dataframe.read_parquet`."""


class ParquetReader:
    """Open a Parquet table; ``columns`` takes some of them, ``index`` makes one the index."""

    name = "parquet"
    media_types = ("application/vnd.apache.parquet", "application/x-parquet")
    suffixes = (".parquet", ".pq", ".geoparquet")
    options = PASSED | {"index"}
    requires = ("pyarrow", "dask.dataframe")
    install = "sciknow"

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open lazily: the footer of the (first) file is read."""
        chosen: dict[str, Any] = {
            key: value for key, value in options.items() if key in PASSED and value is not None
        }
        with explain(location.url, "a Parquet table"):
            if location.path is None:
                filesystem = TransportFileSystem(location.transport)
                frame = dd.read_parquet(
                    f"{PROTOCOL}://{location.url}", filesystem=filesystem, **chosen
                )
            elif location.path.exists():
                frame = dd.read_parquet(str(location.path), **chosen)
            else:
                raise SourceUnavailable(
                    f"there is nothing at {location.url}", hint="check the path"
                )
        index = options.get("index")
        return frame if index is None else set_index(frame, str(index))

    def costs(self, location: Location, options: Mapping[str, object]) -> ParquetCosts:
        """Return what reading costs."""
        return ParquetCosts(location)
