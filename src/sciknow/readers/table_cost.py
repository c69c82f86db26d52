"""Costs of tables: the columns of a Parquet file by its footer, a text file as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sciknow.readers.cost import Cost
from sciknow.readers.protocol import Location
from sciknow.readers.rangefile import RangeFile


class ParquetCosts:
    """Costs of the columns of one Parquet file."""

    def __init__(self, location: Location) -> None:
        self.location = location

    def columns(self, wanted: Sequence[str]) -> Cost:
        """Return the cost of some columns; a folder of files is counted by its first level."""
        path = self.location.path
        if path is not None and path.is_dir():
            return _folder(path)
        file: Any = RangeFile(self.location.transport, self.location.url) if path is None else path
        footer = pq.ParquetFile(file).metadata
        found = Cost()
        for group in (footer.row_group(number) for number in range(footer.num_row_groups)):
            for column in (group.column(number) for number in range(group.num_columns)):
                if column.path_in_schema.partition(".")[0] in wanted:
                    packed, plain = column.total_compressed_size, column.total_uncompressed_size
                    found += Cost(1, packed, 1, plain)
        return found


def _folder(path: Path) -> Cost:
    files = [item for item in path.rglob("*") if item.is_file()]
    total = sum(item.stat().st_size for item in files)
    return Cost(len(files), total, len(files), total, exact=False)


class TextCosts:
    """Costs of a text table, which is read whole whatever is wanted of it."""

    def __init__(self, location: Location) -> None:
        self.location = location

    def columns(self, wanted: Sequence[str]) -> Cost:
        """Return the cost of the file."""
        if self.location.path is not None:
            size = self.location.path.stat().st_size
        else:
            size = self.location.transport.run(self.location.transport.size(self.location.url))
        return Cost(1, size, 1, size)
