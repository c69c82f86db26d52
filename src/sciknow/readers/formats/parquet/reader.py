"""Parquet and GeoParquet tables, one file, a folder or a dataset of parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.model.fingerprint import Fingerprint
from sciknow.model.selection import Selection
from sciknow.net import redact
from sciknow.readers.column import Mapped, Whole
from sciknow.readers.copies.members import Member, Members, members_of, of_file_or_set
from sciknow.readers.fingerprints.files import file_fingerprint
from sciknow.readers.formats.parquet import FORMAT, PASSED, geo
from sciknow.readers.formats.parquet.cost import ParquetCosts
from sciknow.readers.formats.parquet.engine import Engine, counted_name
from sciknow.readers.formats.parquet.fingerprint import footer_contents
from sciknow.readers.formats.parquet.groups import (
    ReadGroup,
    bounds_of,
    files_of,
    gapped,
    is_bytes,
    open_file,
    places,
)
from sciknow.readers.protocol import Location
from sciknow.readers.rows import check_axes, columns_of, cut_rows
from sciknow.readers.table import by_part, from_parts, plain_strings, set_index
from sciknow.readers.table_axes import axes_of
from sciknow.wire.filesystem import PROTOCOL, TransportFileSystem
from sciknow.wire.trouble import explain


class ParquetReader:
    """Open a Parquet table; ``columns`` takes some of them, ``index`` makes one the index.

    Geometries of a GeoParquet table are decoded to shapely objects where shapely is installed,
    and stay well-known binary elsewhere; ``attrs`` tell the primary geometry column and its CRS.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open lazily: the footer of the (first) file is read."""
        if location.path is not None and not location.path.exists():
            raise SourceUnavailable(f"there is nothing at {location.url}", hint="check the path")
        with explain(location.url, "a Parquet table"):
            with open_file(location.transport, files_of(location)[0][1]) as first:
                check_footer(first.metadata, location)
                schema = first.schema_arrow
            told = (schema.metadata or {}).get(b"geo")
            known = None if told is None else geo.parse_geo(told)
            location.transport.kept[location.url] = known
            if known is None:
                return _plain(location, options, schema)
            geo.warn_without_shapely(known)
            return _by_groups(location, _meta(schema, known, options), known, Selection())

    def cut(
        self,
        location: Location,
        options: Mapping[str, object],
        opened: dd.DataFrame,
        wanted: Selection,
    ) -> dd.DataFrame:
        """Leave out the row groups that cannot hold the part, and read nothing of other columns."""
        known = location.transport.kept[location.url]
        rows = wanted.bbox or wanted.period
        if known is None and (options.get("filters") or not rows):
            return cut_rows(opened, wanted)
        with explain(location.url, "a Parquet table"):
            return _by_groups(location, opened._meta, known, wanted)

    def fingerprint(
        self, location: Location, options: Mapping[str, object], like: Fingerprint | None
    ) -> Fingerprint:
        """Digest the files, and tell columns and rows by the (first) footer."""
        places = files_of(location)
        return file_fingerprint(location, places, like, lambda: footer_contents(location))

    def payload(self, location: Location, options: Mapping[str, object]) -> Members:
        """Name the file, or the files of the folder."""
        parts = files_of(location)
        if not parts[0][0]:
            return of_file_or_set(location, options)
        return members_of(location, (Member(name, url) for name, url in parts))

    def costs(self, location: Location, options: Mapping[str, object]) -> ParquetCosts:
        """Return what reading costs."""
        return ParquetCosts(location, location.transport.kept[location.url])


def check_footer(footer: pq.FileMetaData, location: Location) -> None:
    """Refuse a file of too many columns or row groups.

    Raises
    ------
    LimitExceeded
        Says how many.
    """
    what = redact(location.url)
    location.limits.check("names", footer.num_columns, what, "columns")
    location.limits.check("chunks", footer.num_row_groups, what, "row groups")


def _plain(location: Location, options: Mapping[str, object], schema: pa.Schema) -> dd.DataFrame:
    chosen: dict[str, Any] = {
        key: value for key, value in options.items() if key in PASSED and value is not None
    }
    url = str(location.path)
    if location.path is None:
        url = f"{PROTOCOL}://{location.url}"
        chosen["filesystem"] = TransportFileSystem(location.transport)
    has_bytes = any(map(is_bytes, schema.types))
    whole = Whole(gapped(location, schema), texts=not has_bytes)
    chosen["arrow_to_pandas"] = Mapped(types_mapper=whole)
    with plain_strings(has_bytes):
        frame = cast(dd.DataFrame, dd.read_parquet(url, engine=Engine, **chosen))
    index = options.get("index")
    if index is None and (name := counted_name(schema)) is not None:
        frame = by_part(frame, pd.DataFrame.rename_axis, name)
    return frame if index is None else set_index(frame, str(index))


def _meta(schema: pa.Schema, known: geo.Geo, options: Mapping[str, object]) -> pd.DataFrame:
    """Return an empty table of the columns of a GeoParquet file, its boxes left out."""
    if options.get("filters"):
        raise InvalidInput(
            "a table of geometries takes no filters", hint="give bbox and period instead"
        )
    found: pd.DataFrame = schema.empty_table().to_pandas(
        ignore_metadata=True, types_mapper=Whole(schema.types)
    )
    own = [name for name in found.columns if name not in known.corners]
    chosen: Any = options.get("columns") or own
    found = found[columns_of(found, list(chosen))]
    index = options.get("index")
    return found if index is None else found.set_index(columns_of(found, [str(index)])[0])


def _by_groups(
    location: Location, whole: pd.DataFrame, known: geo.Geo | None, wanted: Selection
) -> dd.DataFrame:
    """Make a table of the row groups that may hold the part, one a partition."""
    axes = axes_of(whole)
    by_geometry = known is not None and bool(wanted.bbox)
    check_axes(axes, Selection(None if by_geometry else wanted.bbox, wanted.period))
    if known is not None and wanted.bbox:
        geo.check_lonlat(known)
        if not known.primary.covering:
            geo.need_shapely()
    meta = whole[columns_of(whole, wanted.variables)]
    limits = bounds_of(wanted, axes, known)
    read = ReadGroup(location.transport, tuple(limits), axes, wanted, known, meta)
    found = from_parts(read, list(places(location, limits, known, wanted)), meta)
    if known is not None:
        found.attrs = known.attrs
    return found
