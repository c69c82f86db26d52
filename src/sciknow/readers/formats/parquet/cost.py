"""Costs of Parquet tables: of columns and row groups, by the footers of the files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dask.dataframe as dd

from sciknow.model.selection import Selection
from sciknow.readers.formats.parquet.geo import Geo
from sciknow.readers.formats.parquet.groups import (
    MAX_FILES,
    bounds_of,
    files_of,
    joined,
    surviving,
    together,
)
from sciknow.readers.plans.cost import Cost
from sciknow.readers.plans.pages import Pages
from sciknow.readers.protocol import Location
from sciknow.readers.table_axes import axes_of
from sciknow.wire.rangefile import RangeFile


class ParquetCosts:
    """Costs of a part of a Parquet table, from the footers of its files."""

    def __init__(self, location: Location, geo: Geo | None) -> None:
        self.location, self.geo = location, geo

    def table(self, opened: dd.DataFrame, wanted: Selection) -> Cost | None:
        """Return the cost of the row groups and columns that a part touches."""
        files = len(files_of(self.location))
        if files > MAX_FILES:
            return None
        axes = axes_of(opened)
        limits = bounds_of(wanted, axes, self.geo)
        columns = {str(name) for name in wanted.variables or opened.columns}
        columns |= {path.partition(".")[0] for item in limits for path in (item.low, item.high)}
        columns |= {str(opened.index.name)}
        if self.geo and wanted.bbox and not self.geo.primary.covering:
            columns.add(self.geo.primary.name)
        found = Cost()
        for url, footer, groups in surviving(self.location, limits, self.geo, wanted):
            meter = self._meter(url)
            for some in together(footer, groups):
                found += _groups([footer.row_group(number) for number in some], columns, meter)
            if meter is not None:
                found += Cost(meter.requests, meter.bytes)
        return found

    def _meter(self, url: str) -> Pages | None:
        if "://" not in url:
            return None
        transport = self.location.transport
        return Pages(RangeFile(transport, url, transport.run(transport.size(url))), True)


def _groups(groups: Sequence[Any], columns: set[str], meter: Pages | None) -> Cost:
    """Return the cost of row groups read together; what goes over the wire is the meter's."""
    found, spans = Cost(), []
    for column in (group.column(at) for group in groups for at in range(group.num_columns)):
        if column.path_in_schema.partition(".")[0] in columns:
            packed, plain = column.total_compressed_size, column.total_uncompressed_size
            start = column.dictionary_page_offset or column.data_page_offset
            spans.append((start, start + packed))
            found += Cost(0, 0, 1, plain) if meter else Cost(1, packed, 1, plain)
    if meter is not None:
        for span in joined(spans):
            meter.add([span])
    return found
