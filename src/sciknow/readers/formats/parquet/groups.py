"""Row groups of Parquet files: which of them may hold what is wanted, and reading just those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sciknow.errors import SourceUnavailable
from sciknow.model.selection import Selection
from sciknow.readers.column import Whole
from sciknow.readers.formats.parquet.footer import check, end_of
from sciknow.readers.formats.parquet.geo import Geo, bounds, decode, has_shapely
from sciknow.readers.protocol import Location
from sciknow.readers.rows import Interval, keep, longitudes, times
from sciknow.readers.table_axes import Axes
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Absent, reading

HOLE, MOST = 8 * 1024, 32 * 2**20
"""Bytes between two ranges up to which Arrow reads them as one, and the most that it joins."""

FOOTER = 64 * 1024
"""Bytes of the end of a file that Arrow reads at first."""

WHOLE: tuple[int, ...] = ()
"""Stands for every row group of a file."""

TOGETHER = 32 * 2**20
"""Unpacked bytes up to which row groups are read together, as one partition."""

MAX_FILES = 256
"""Files of a folder whose footers are read to find the row groups of a part."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a row must fulfil: its span, from one column to another, meets one of some intervals.

    Parameters
    ----------
    low, high : str
        Paths of the columns that hold start and end of the span; often the same.
    intervals : tuple of pairs
        Both ends included.
    circular : bool
        Whether a span that ends before it starts goes round the globe.
    """

    low: str
    high: str
    intervals: tuple[tuple[Any, Any], ...]
    circular: bool = False

    def may_hold(self, group: Any) -> bool:
        """Tell from the statistics of a row group whether a row of it may fulfil this.

        Arrow's own filter keeps every group that misses a value (``docs/decisions/0014``).
        """
        low, high = _statistics(group, self.low), _statistics(group, self.high)
        if low is None or high is None:
            return True
        if self.circular and (high[0] < low[0] or low[1] > high[1]):
            return True
        return any(low[0] <= last and high[1] >= first for first, last in self.intervals)

    def mask(self, table: pa.Table) -> pa.Array:
        """Tell for each row whether it fulfils this."""
        low, high = _column(table, self.low), _column(table, self.high)
        if self.circular:
            high = pc.if_else(pc.less(high, low), pc.add(high, 360.0), high)
        masks = [
            pc.and_(pc.less_equal(low, last), pc.greater_equal(high, first))
            for first, last in self.intervals
        ]
        return reduce(pc.or_, masks)


def _statistics(group: Any, path: str) -> tuple[Any, Any] | None:
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == path:
            found = column.statistics
            if found is None or not found.has_min_max:
                return None
            return _plain(found.min), _plain(found.max)
    return None


def _plain(value: Any) -> Any:
    if hasattr(value, "year"):
        moment = pd.Timestamp(value)
        return moment.tz_convert(None) if moment.tz is not None else moment
    return value


def _column(table: pa.Table, path: str) -> Any:
    head, *rest = path.split(".")
    found = table[head]
    for name in rest:
        found = pc.struct_field(found, name)
    return found


def bounds_of(wanted: Selection, axes: Axes, geo: Geo | None) -> list[Bound]:
    """Return what the statistics of row groups are compared with."""
    found = []
    if wanted.bbox:
        west, south, east, north = wanted.bbox
        around = tuple(longitudes(west, east))
        if geo is not None:
            if geo.primary.covering:
                xmin, ymin, xmax, ymax = geo.primary.covering
                found.append(Bound(ymin, ymax, ((south, north),)))
                found.append(Bound(xmin, xmax, around, circular=True))
        elif axes.latitude and axes.longitude:
            found.append(Bound(axes.latitude, axes.latitude, ((south, north),)))
            found.append(Bound(axes.longitude, axes.longitude, around))
    if wanted.period and axes.time:
        first, after = times(wanted.period)
        interval = (first or pd.Timestamp.min, after or pd.Timestamp.max)
        found.append(Bound(axes.time, axes.time, (interval,)))
    return found


def files_of(location: Location) -> list[tuple[str, str]]:
    """Return (name, address) of the files of a table, sorted; of a single one the name is empty.

    Raises
    ------
    SourceUnavailable
        When there is none.
    """
    if location.path is not None:
        if not location.path.is_dir():
            return [("", location.url)]
        parts = sorted(location.path.rglob("*.parq*"))
        found = [(part.relative_to(location.path).as_posix(), str(part)) for part in parts]
    else:
        found = location.transport.run(_remote_files(location.transport, location.url))
    if not found:
        raise SourceUnavailable(f"there are no Parquet files in {location.url}", hint="check it")
    return found


async def _remote_files(transport: Transport, url: str) -> list[tuple[str, str]]:
    try:
        await transport.size(url)
    except Absent:
        folder = url.rstrip("/")
        names = sorted(name for name in await transport.names(folder) if ".parq" in name)
        return [(name, f"{folder}/{name}") for name in names]
    return [("", url)]


def open_file(transport: Transport, url: str) -> pq.ParquetFile:
    """Open one file; its footer is read once as long as the transport is not sent elsewhere.

    Raises
    ------
    IntegrityError
        When the footer is damaged; Arrow would end the process where it is asked for a column.
    """
    kept = f"footer of {url}"
    if "://" not in url:
        local = pa.OSFile(url)
        return pq.ParquetFile(local, metadata=_footer(transport, kept, url, local, local.size()))
    file: Any = RangeFile(transport, url, transport.run(transport.size(url)))
    file.hold(file.size - FOOTER, file.size)
    found = transport.kept.get(kept)
    if found is None:
        found = _footer(transport, kept, url, file, file.size)
    opened = pq.ParquetFile(file, metadata=found, pre_buffer=True)
    transport.kept[kept] = opened.metadata
    return opened


def _footer(transport: Transport, kept: str, url: str, file: Any, size: int) -> Any:
    """Check the footer of a file, but not twice the same; None where Arrow shall say what it is."""
    end = end_of(file, size)
    file.seek(0)
    if end is None:
        return None
    seen = f"checked {kept}"
    if transport.kept.get(seen) != (mark := hash(end)):
        check(end, url)
        transport.kept[seen] = mark
    return pq.read_metadata(pa.BufferReader(end))


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges of bytes as Arrow does before it asks for them.

    Examples
    --------
    >>> joined([(0, 10), (20, 30), (90_000, 90_010)])
    [(0, 30), (90000, 90010)]
    """
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if found and low - found[-1][1] <= HOLE and high - found[-1][0] <= MOST:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def gapped(location: Location, schema: pa.Schema) -> set[Any]:
    """Return the types of columns that may have gaps, of what the footer of a file tells.

    Of a folder only the first footer has been read: there any column may.
    """
    files = files_of(location)
    if len(files) > 1:
        return set(schema.types)
    with open_file(location.transport, files[0][1]) as opened:
        footer = opened.metadata
    return {
        kind
        for kind, name in zip(schema.types, schema.names, strict=True)
        if not _is_full(footer, name)
    }


def _is_full(footer: Any, name: str) -> bool:
    """Tell whether statistics say of a column that it has no gaps."""
    for number in range(footer.num_row_groups):
        group = footer.row_group(number)
        columns = [group.column(at) for at in range(group.num_columns)]
        told = [one.statistics for one in columns if one.path_in_schema == name]
        if not told or any(one is None or not one.has_null_count or one.null_count for one in told):
            return False
    return True


def is_bytes(kind: Any) -> bool:
    """Tell whether a type of Arrow holds bytes, which dask would take for texts."""
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def surviving(
    location: Location, limits: Sequence[Bound], geo: Geo | None, wanted: Selection
) -> Iterator[tuple[str, Any, list[int]]]:
    """Yield for each file its address, its footer, and the row groups that may hold the part."""
    for _, url in files_of(location):
        with open_file(location.transport, url) as opened:
            footer = opened.metadata
        if wanted.bbox and geo is not None and not _meets(geo.primary.bbox, wanted.bbox):
            continue
        groups = [
            number
            for number in range(footer.num_row_groups)
            if all(limit.may_hold(footer.row_group(number)) for limit in limits)
        ]
        yield url, footer, groups


def places(
    location: Location, limits: Sequence[Bound], geo: Geo | None, wanted: Selection
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield what `ReadGroup` reads one by one: some row groups, or a file of a folder whole."""
    files = files_of(location)
    if not (wanted.bbox or wanted.period) and len(files) > 1:
        yield from ((url, WHOLE) for _, url in files)
        return
    for url, footer, groups in surviving(location, limits, geo, wanted):
        yield from ((url, some) for some in together(footer, groups))


def together(footer: Any, groups: Sequence[int]) -> list[tuple[int, ...]]:
    """Put row groups together that are small; each list is one partition."""
    found: list[list[int]] = []
    room = 0
    for number in groups:
        size = footer.row_group(number).total_byte_size
        if not found or size > room:
            found.append([])
            room = TOGETHER
        found[-1].append(number)
        room -= size
    return [tuple(some) for some in found]


def _meets(own: Sequence[float], box: Sequence[float]) -> bool:
    """Tell whether the box of a file meets another; a file that does not say may."""
    if not own or own[0] > own[2]:
        return True
    around = longitudes(box[0], box[2])
    beside: list[Interval] = [(own[0], own[2])]
    return (
        own[1] <= box[3]
        and own[3] >= box[1]
        and any(low <= last and high >= first for first, last in beside for low, high in around)
    )


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """Reads the wanted rows and columns of some row groups; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How bytes are had.
    limits : tuple of Bound
        Rows that fail one are left out.
    axes, wanted, geo
        What rows are compared with beyond that.
    meta : pandas.DataFrame
        An empty table of the columns wanted.
    """

    transport: Transport
    limits: tuple[Bound, ...]
    axes: Axes
    wanted: Selection
    geo: Geo | None
    meta: pd.DataFrame

    def __call__(self, place: tuple[str, tuple[int, ...]]) -> pd.DataFrame:
        """Read row groups, given by the file's address and their numbers, or a whole file."""
        url, numbers = place
        with (
            reading(url, "a page of the Parquet table"),
            open_file(self.transport, url) as opened,
        ):
            groups = list(numbers or range(opened.num_row_groups))
            table = opened.read_row_groups(groups, columns=self.needed)
        for limit in self.limits:
            if limit.low != limit.high:
                table = table.filter(limit.mask(table))
        part = table.select(self.plain).to_pandas(
            ignore_metadata=True, types_mapper=Whole(table.schema.types)
        )
        if self.by_geometry:
            part = part[self._in_box(part)]
        if self.meta.index.name is not None:
            part = part.set_index(self.meta.index.name)
        columns = [str(name) for name in self.meta.columns]
        found = _typed(keep(part, self.axes, self.rest, columns), self.meta)
        return decode(found, self.geo.binary) if self.geo and has_shapely() else found

    @property
    def by_geometry(self) -> bool:
        """Whether rows are compared by their geometries themselves."""
        return bool(self.wanted.bbox and self.geo and not self.geo.primary.covering)

    @property
    def rest(self) -> Selection:
        """What is left to compare once the table is there."""
        return Selection(None if self.geo else self.wanted.bbox, self.wanted.period)

    @property
    def plain(self) -> list[str]:
        """The columns that are turned into pandas' own."""
        names = [str(name) for name in self.meta.columns]
        names += [str(self.meta.index.name)] if self.meta.index.name is not None else []
        if self.rest.bbox:
            names += [str(self.axes.latitude), str(self.axes.longitude)]
        if self.rest.period:
            names.append(str(self.axes.time))
        if self.geo and self.by_geometry:
            names.append(self.geo.primary.name)
        return list(dict.fromkeys(names))

    @property
    def needed(self) -> list[str]:
        """Every column that is read, those of the limits included."""
        paths = [path for limit in self.limits for path in (limit.low, limit.high)]
        return list(dict.fromkeys([*self.plain, *paths]))

    def _in_box(self, part: pd.DataFrame) -> Any:
        if self.geo is None or self.wanted.bbox is None:
            return [True] * len(part)
        west, south, east, north = self.wanted.bbox
        xmin, ymin, xmax, ymax = bounds(part[self.geo.primary.name])
        beside = sum((xmin <= high) & (xmax >= low) for low, high in longitudes(west, east)) > 0
        return beside & (ymin <= north) & (ymax >= south)


def _typed(part: pd.DataFrame, meta: pd.DataFrame) -> pd.DataFrame:
    wanted = {
        name: dtype
        for name, dtype in meta.dtypes.items()
        if part[name].dtype != dtype and not isinstance(dtype, pd.CategoricalDtype)
    }
    return part.astype(wanted)
