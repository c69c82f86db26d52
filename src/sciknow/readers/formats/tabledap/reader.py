"""Tables of an ERDDAP server (tabledap): rows and columns are chosen by the server.

Grids of such a server (griddap) are OPeNDAP; see `sciknow.readers.formats.opendap.reader`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import dask.dataframe as dd
import pandas as pd

from sciknow.errors import IntegrityError, InvalidInput, SourceUnavailable
from sciknow.model.selection import Selection
from sciknow.readers.formats.tabledap import FORMAT
from sciknow.readers.formats.tabledap.probe import PATH, address
from sciknow.readers.formats.tabledap.server import (
    Column,
    Place,
    Table,
    around,
    parse_header,
    parse_info,
    query,
    read_rows,
    spans,
    unique,
)
from sciknow.readers.plans.cost import Cost
from sciknow.readers.protocol import Location
from sciknow.readers.rows import check_axes
from sciknow.readers.table import from_parts, set_index
from sciknow.readers.table_axes import Axes
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Absent, explain

NOTHING = "no matching results"
"""What a server says, with status 404, when no row fulfils a query."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks a server for the rows of one place; can be sent to another process.

    Parameters
    ----------
    transport : Transport
        How answers are had.
    url : str
        Address of the table, without an ending.
    columns : tuple of Column
        What is asked for.
    wanted : Selection
        The box.
    """

    transport: Transport
    url: str
    columns: tuple[Column, ...]
    wanted: Selection

    @property
    def empty(self) -> pd.DataFrame:
        """A table of the same columns and types without rows."""
        return pd.DataFrame({item.name: pd.Series([], dtype=item.dtype) for item in self.columns})

    def __call__(self, place: Place) -> pd.DataFrame:
        """Return the rows of one place; none is no error."""
        try:
            with explain(self.url, "an answer of ERDDAP"):
                data = self.transport.run(self.transport.fetch(self.address(".nc", place)))
                return read_rows(data, self.columns)
        except Absent as error:
            if NOTHING in str(error):
                return self.empty
            raise

    def address(self, ending: str, place: Place) -> str:
        """Return the address that asks for one place."""
        return f"{self.url}{ending}?{query(self.columns, self.wanted, place)}"


class TabledapReader:
    """Open a table of an ERDDAP server, ``https://host/erddap/tabledap/<dataset>``.

    A box, a period and variables go to the server as constraints. ``partition`` says for how
    long a stretch of time one request asks (``year``, ``month``, ``day`` or ``none``),
    ``columns`` takes some of the columns, ``index`` makes one the index.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> dd.DataFrame:
        """Open lazily; what the server says of the table is read, no row of it."""
        if location.path is not None or PATH not in location.url:
            raise InvalidInput(
                f"{location.url} is no table of an ERDDAP server",
                hint="give an address such as https://host/erddap/tabledap/dataset",
            )
        url = address(location.url)
        root, _, name = url.rpartition(PATH)
        with explain(url, "a table of ERDDAP"):
            info = location.transport.fetch(f"{root}/info/{name}/index.json", document=True)
            table = parse_info(location.transport.run(info), location.limits)
            location.transport.kept[location.url] = table
            return _frame(location, options, table, Selection())

    def cut(
        self,
        location: Location,
        options: Mapping[str, object],
        opened: dd.DataFrame,
        wanted: Selection,
    ) -> dd.DataFrame:
        """Leave a box, a period and the choice of columns to the server."""
        table: Table = location.transport.kept[location.url]
        check_axes(_axes(table), wanted)
        return _frame(location, options, table, wanted)

    def costs(self, location: Location, options: Mapping[str, object]) -> TabledapCosts:
        """Return what reading costs, as far as the server tells."""
        return TabledapCosts(location, options)


class TabledapCosts:
    """Costs of a part of a table: the server is asked for the header of the whole answer.

    For that it runs the query; a server that refuses leaves the cost unknown.
    """

    def __init__(self, location: Location, options: Mapping[str, object]) -> None:
        self.location, self.options = location, options

    def table(self, opened: dd.DataFrame, wanted: Selection) -> Cost | None:
        """Return the cost of a part; None where the server does not tell."""
        table: Table = self.location.transport.kept[self.location.url]
        ask = _ask(self.location, self.options, table, wanted)
        found = Cost(exact=False)
        for first, after, interval in _whole(table, wanted):
            try:
                rows, width, head = self._header(ask.address(".ncHeader", (first, after, interval)))
            except (SourceUnavailable, IntegrityError):
                return None
            count = len(spans(table, wanted, _step(self.options)))
            size = rows * width
            found += Cost(count, size + count * head, count, size, exact=False)
        return found

    def _header(self, url: str) -> tuple[int, int, int]:
        transport = self.location.transport
        try:
            text = transport.run(transport.fetch(url)).decode("utf-8", "replace")
        except Absent as error:
            if NOTHING in str(error):
                return 0, 0, 0
            raise
        return *parse_header(text), len(text)


def _frame(
    location: Location, options: Mapping[str, object], table: Table, wanted: Selection
) -> dd.DataFrame:
    ask = _ask(location, options, table, wanted)
    places = [
        (first, after, interval)
        for first, after in spans(table, wanted, _step(options))
        for interval in around(table, wanted)
    ]
    frame = from_parts(ask, places, ask.empty)
    index = options.get("index")
    if index is not None:
        frame = set_index(frame, str(index))
    frame.attrs = table.shown(ask.columns)
    return frame


def _ask(location: Location, options: Mapping[str, object], table: Table, wanted: Selection) -> Ask:
    columns = _columns(table, options, wanted)
    return Ask(location.transport, address(location.url), columns, replace(wanted, period=None))


def _columns(table: Table, options: Mapping[str, object], wanted: Selection) -> tuple[Column, ...]:
    named = options.get("columns")
    own = table.chosen([str(item) for item in named] if isinstance(named, Sequence) else [])
    chosen = Table(own, {}).chosen(wanted.variables)
    index = options.get("index")
    extra = table.chosen([str(index)]) if index is not None else ()
    return unique((*chosen, *extra))


def _whole(table: Table, wanted: Selection) -> list[Place]:
    return [
        (first, after, interval)
        for first, after in spans(table, wanted, "none")
        for interval in around(table, wanted)
    ]


def _step(options: Mapping[str, object]) -> str:
    return str(options.get("partition") or "year")


def _axes(table: Table) -> Axes:
    found = {name: name if table.column(name) else None for name in ("latitude", "longitude")}
    column = table.column("time")
    return Axes(**found, time="time" if column is not None and column.is_time else None)
