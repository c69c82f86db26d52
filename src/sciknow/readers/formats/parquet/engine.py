"""How dask reads parts of a Parquet table: pages that do not unpack are told as damaged."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd
from dask.dataframe.io.parquet.arrow import ArrowDatasetEngine

from sciknow.wire.trouble import reading


class Engine(ArrowDatasetEngine):
    """dask's own engine, with errors of the tree."""

    @classmethod
    def read_partition(  # type: ignore[override]  # dask's base does not say what it is called with
        cls, fs: Any, pieces: Any, *arguments: Any, **options: Any
    ) -> pd.DataFrame:
        """Read what makes one partition."""
        first = pieces[0] if isinstance(pieces, list) else pieces
        place = first if isinstance(first, str) else first[0]
        url = str(getattr(place, "path", place))
        with reading(url, "a page of the Parquet table"):
            read: Any = super().read_partition
            return cast(pd.DataFrame, read(fs, pieces, *arguments, **options))

    @classmethod
    def _arrow_table_to_pandas(cls, *arguments: Any, **options: Any) -> pd.DataFrame:
        """Take the name of an index that is only counted, which dask takes for a column."""
        make: Any = super()._arrow_table_to_pandas
        found = cast(pd.DataFrame, make(*arguments, **options))
        if isinstance(found.index, pd.RangeIndex):
            found.index.name = None
        return found


def counted_name(schema: Any) -> str | None:
    """Return the name of an index that pandas did not write but describe by start, stop and step.

    None where it has no name, or where there is another index.
    """
    told = (schema.pandas_metadata or {}).get("index_columns") or [None]
    only = told[0] if len(told) == 1 else None
    return only.get("name") if isinstance(only, dict) else None
