"""A whole ERDDAP server: its table of all datasets, in one answer.

Grids open as OPeNDAP, tables as tabledap. What that table does not say (variables and their units)
is asked for dataset by dataset with the option ``variables=yes``, at one request each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sciknow.errors import InvalidInput, SciknowError, SourceUnavailable
from sciknow.harvest import area, mapping
from sciknow.harvest.objects import at, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record, less_may_come
from sciknow.harvest.way import Way, distributions
from sciknow.model import Dataset, LangString, Variable
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

_EDGES = ("minLongitude", "minLatitude", "maxLongitude", "maxLatitude")
_USED = mapping.names(
    "datasetID title summary institution infoUrl griddap tabledap wms files metadata "
    "rss email iso19115 fgdc subset MakeAGraph minTime maxTime accessible dataStructure"
) | {*_EDGES}
_COLUMNS = frozenset({"datasetID", "griddap", "tabledap"})
_UNKNOWN = frozenset({"", "???", "null", "nan"})


class Erddap:
    """An ERDDAP server."""

    name = "erddap"
    title = "ERDDAP"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the table of all datasets, its first rows where the server limits them."""
        return (_all(address),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a table with the columns ``datasetID``, ``griddap`` and ``tabledap``."""
        told = read_object(answer)[0]
        names = at(told, "table", "columnNames")
        known = isinstance(names, list) and _COLUMNS.issubset(map(str, names))
        return f"ERDDAP, {len(at(told, 'table', 'rows') or ()):,} datasets" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read the table of all datasets; it is whole or it is no JSON."""
        answer = ask(_all(asked.address))
        told, mended = read_object(answer)
        names, rows = at(told, "table", "columnNames"), at(told, "table", "rows")
        if not isinstance(names, list) or not isinstance(rows, list):
            raise SourceUnavailable(
                f"{redact(answer.url)}: no table", hint="is it an ERDDAP server of version 1.2 on?"
            )
        records, missing = [], ""
        for row in rows:
            record = _record(row, names)
            if record.body is not None and record.body.get("datasetID") == "allDatasets":
                continue
            if asked.options.get("variables") == "yes" and record.id:
                try:
                    record.body["variables"] = _info(asked.address, record.id, ask)
                except SciknowError as error:
                    if not less_may_come(error):
                        raise
                    missing = missing or f"variables of {record.id}: {error.message}"
            records.append(record)
        yield Page(records=tuple(records), declared=len(records), mended=mended, missing=missing)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a row."""
        return _parse(record.body, record.id, asked)


def base_of(address: str) -> str:
    """Return the address of a server, up to ``/erddap``."""
    bare, found, _ = address.partition("?")[0].partition("/erddap")
    return f"{bare}{found}".rstrip("/")


def _all(address: str) -> Request:
    return Request(f"{base_of(address)}/tabledap/allDatasets.json")


def _info(address: str, name: str, ask: Ask) -> list[Any]:
    told = read_object(ask(Request(f"{base_of(address)}/info/{name}/index.json")))[0]
    rows = at(told, "table", "rows")
    return rows if isinstance(rows, list) else []


def _record(row: object, names: list[Any]) -> Record:
    if not isinstance(row, list) or len(row) != len(names):
        return Record("", None, problem=f"it is no row of {len(names)} columns")
    body = dict(zip(map(str, names), row, strict=True))
    return Record(str(body.get("datasetID") or ""), body)


def _parse(row: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    title = mapping.words(_known(row, "title"))
    if not title:
        raise InvalidInput("title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    publisher = mapping.agent(_known(row, "institution"))
    page = f"{base_of(asked.address)}/info/{name}/index.html"
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(_known(row, "summary")),
        publisher=publisher.id if publisher else "",
        landing_page=mapping.url(_known(row, "infoUrl")) or mapping.url(page),
        spatial=area.spatial(area.box(*(row.get(edge) for edge in _EDGES))),
        temporal=mapping.period(_known(row, "minTime") or "", _known(row, "maxTime") or ""),
        variables=tuple(_variables(row.get("variables") or [])),
        distributions=distributions(identifier, _ways(row, page)),
        extra=mapping.rest(row, _USED | {"variables"}),
    )
    return Mapped(dataset=dataset, agents=(publisher,) if publisher else ())


def _known(row: Mapping[str, Any], key: str) -> object:
    value = row.get(key)
    return None if str(value).strip().lower() in _UNKNOWN else value


def _variables(rows: list[Any]) -> Iterator[Variable]:
    """Read the rows of a dataset's description: type, variable, attribute, type, value."""
    told: dict[str, dict[str, str]] = {}
    for row in rows:
        if isinstance(row, list) and len(row) == 5 and row[0] in ("variable", "attribute"):
            facts = told.setdefault(str(row[1]), {})
            if row[0] == "attribute":
                facts[str(row[2])] = str(row[4])
    for name, facts in told.items():
        if name != "NC_GLOBAL":
            standard = facts.get("standard_name", "")
            yield Variable(
                name=name,
                standard_name=standard if mapping.is_standard_name(standard) else "",
                units=mapping.plain(facts.get("units")),
                long_name=LangString(en=mapping.plain(facts.get("long_name"))),
            )


def _ways(row: Mapping[str, Any], page: str) -> Iterator[Way]:
    """Yield the grid, the table and the page; a grid may be offered as a table too."""
    if _known(row, "griddap"):
        yield Way(url=row["griddap"], media_type="dods", title="griddap")
    if _known(row, "tabledap"):
        yield Way(url=f"{row['tabledap']}.csvp", title="tabledap")
    yield Way(url=page, media_type="text/html")


PROTOCOL = Erddap()
