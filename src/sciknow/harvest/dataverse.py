"""Dataverse: the search names the datasets; each is then asked for its fields and its files.

Files stand in the latest version that is published, with checksums; a dataset whose version cannot
be had keeps what the search says of it, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sciknow.errors import InvalidInput, SciknowError
from sciknow.harvest import area, mapping
from sciknow.harvest.objects import at, listed, number_at, read_list, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record, less_may_come
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.wire.request import Answer, Request

SIZE = 100
"""Datasets a page; the search shows 1,000 at most."""

_BLOCKS = ("citation", "geospatial", "socialscience", "astrophysics", "biomedical")
_BOX = (("westLongitude",), ("southLongitude", "southLatitude"), ("eastLongitude",),
        ("northLongitude", "northLatitude"))  # fmt: skip
"""Names of the edges; Dataverse calls latitudes longitudes."""
_USED = mapping.names(
    "title author dsDescription subject keyword timePeriodCovered datasetContact "
    "geographicBoundingBox"
)


class Dataverse:
    """An installation of Dataverse."""

    name = "dataverse"
    title = "Dataverse API"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the search for one dataset."""
        return (Request(f"{_base(address)}/api/search", _search(1, 0)),)

    def sniff(self, answer: Answer) -> str:
        """Recognise ``total_count`` beside ``items`` with ``global_id``."""
        told = read_object(answer)[0]
        total, rows = number_at(told, "data", "total_count"), at(told, "data", "items")
        known = total is not None and isinstance(rows, list)
        known = known and all("global_id" in row for row in listed(rows))
        return f"Dataverse, {total:,} datasets" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; ``sets`` are collections (aliases), ``files=no`` leaves files out."""
        base, start = _base(asked.address), 0
        size = min(asked.size or SIZE, 1000)
        while True:
            query = _search(size, start) | _filter(asked)
            answer = ask(Request(f"{base}/api/search", query))
            told, mended = read_object(answer)
            rows = read_list(answer, told, "data", "items")
            total = number_at(told, "data", "total_count")
            found = [_Seen(row, base, asked, ask) for row in rows]
            start += len(rows)
            more = bool(rows) and (total is None or start < total)
            failed = [item.failed for item in found if item.failed]
            yield Page(
                records=tuple(item.record for item in found),
                cursor=str(start) if more else "",
                declared=total,
                mended=mended,
                missing=failed[0] if failed else "",
            )
            if not more:
                return

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map what the search and the version say."""
        return _parse(record.body, record.id, asked)


class _Seen:
    """A dataset of a page, with its version where that could be had."""

    def __init__(self, row: object, base: str, asked: Asked, ask: Ask) -> None:
        self.failed = ""
        if not isinstance(row, Mapping):
            self.record = Record("", row, problem="it is no object")
            return
        name = str(row.get("global_id") or "")
        body: dict[str, object] = {"search": row}
        if name and asked.options.get("files") != "no":
            try:
                body["version"] = _version(f"{base}/api/datasets/:persistentId", name, ask)
            except SciknowError as error:
                if not less_may_come(error):
                    raise
                self.failed = f"files of {name}: {error.message}"
        self.record = Record(name, body)


def _version(url: str, name: str, ask: Ask) -> Mapping[str, Any]:
    asked = {"persistentId": name, "excludeFiles": "false"}
    told = read_object(ask(Request(f"{url}/versions/:latest-published", asked)))[0]
    found = told.get("data")
    return found if isinstance(found, Mapping) else {}


def _base(address: str) -> str:
    return address.partition("?")[0].partition("/api/")[0].rstrip("/").removesuffix("/api")


def _search(size: int, start: int) -> dict[str, object]:
    return {
        "q": "*",
        "type": "dataset",
        "sort": "date",
        "order": "asc",
        "per_page": size,
        "start": start,
    }


def _filter(asked: Asked) -> dict[str, object]:
    found: dict[str, object] = {"subtree": asked.sets} if asked.sets else {}
    return found | ({"fq": f"dateSort:[{asked.since[:10]}T00:00:00Z TO *]"} if asked.since else {})


def _parse(body: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    row, version = body["search"], body.get("version") or {}
    fields = _fields(version)
    title = mapping.words(fields.get("title")) or mapping.words(row.get("name"))
    if not title:
        raise InvalidInput("name: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    creators = tuple(agent for item in _people(row, fields) if (agent := item))
    publisher = mapping.agent(row.get("publisher") or row.get("name_of_dataverse"))
    licence, rights = mapping.licence(
        at(version, "license", "name"),
        at(version, "license", "uri"),
        version.get("license") if isinstance(version.get("license"), str) else None,
        version.get("termsOfUse"),
    )
    abstracts = [item.get("dsDescriptionValue") for item in listed(fields.get("dsDescription"))]
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(abstracts) or mapping.words(row.get("description")),
        publisher=publisher.id if publisher else "",
        creators=tuple(dict.fromkeys(agent.id for agent in creators)),
        doi=mapping.doi(name),
        version=_number(version),
        issued=mapping.day(version.get("publicationDate")) or mapping.day(row.get("published_at")),
        landing_page=mapping.url(row.get("url")),
        license=licence,
        rights=rights,
        spatial=area.spatial(_box(fields)),
        temporal=_temporal(fields),
        keywords=mapping.keywords(_keywords(row, fields)),
        distributions=distributions(identifier, _ways(row, version, _base(asked.address))),
        extra=mapping.rest(fields, _USED),
    )
    return Mapped(dataset=dataset, agents=(*creators, *((publisher,) if publisher else ())))


def _fields(version: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the metadata blocks by their names."""
    blocks = version.get("metadataBlocks")
    found: dict[str, Any] = {}
    for block in _BLOCKS:
        for item in listed(at(blocks, block, "fields")):
            found.setdefault(str(item.get("typeName")), _value(item.get("value")))
    return found


def _value(told: object) -> Any:
    if isinstance(told, list):
        return [_value(item) for item in told]
    if isinstance(told, Mapping):  # a compound: sub-fields by their names
        return {
            key: _value(sub["value"]) if isinstance(sub, Mapping) and "value" in sub else sub
            for key, sub in told.items()
        }
    return told


def _people(row: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[Agent | None]:
    told = listed(fields.get("author"))
    for item in told:
        yield mapping.agent(item.get("authorName"), item.get("authorIdentifier"), person=True)
    for name in (row.get("authors") or ()) if not told else ():
        yield mapping.agent(name, person=True)


def _number(version: Mapping[str, Any]) -> str:
    major, minor = version.get("versionNumber"), version.get("versionMinorNumber")
    return f"{major}.{minor}" if isinstance(major, int) and isinstance(minor, int) else ""


def _box(fields: Mapping[str, Any]) -> BBox | None:
    for item in listed(fields.get("geographicBoundingBox")):
        edges = [next((item[key] for key in names if key in item), None) for names in _BOX]
        if (found := area.box(*edges)) is not None:
            return found
    return None


def _temporal(fields: Mapping[str, Any]) -> Any:
    for item in listed(fields.get("timePeriodCovered")):
        found = mapping.period(
            item.get("timePeriodCoveredStart") or "", item.get("timePeriodCoveredEnd") or ""
        )
        if found:
            return found
    return mapping.period("")


def _keywords(row: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[object]:
    told = listed(fields.get("keyword"))
    yield from (item.get("keywordValue") for item in told)
    yield from (row.get("keywords") or ()) if not told else ()
    yield from fields.get("subject") or row.get("subjects") or ()


def _ways(row: Mapping[str, Any], version: Mapping[str, Any], base: str) -> Iterator[Way]:
    for item in listed(version.get("files")):
        file = item.get("dataFile")
        if isinstance(file, Mapping) and file.get("id") is not None and not item.get("restricted"):
            name = str(file.get("filename") or item.get("label") or "")
            yield Way(
                url=f"{base}/api/access/datafile/{file['id']}",
                media_type=file.get("contentType"),
                title=name,
                size=file.get("filesize"),
                options={"sep": "\t"} if "tab-sep" in str(file.get("contentType")) else None,
            )
    yield Way(url=row.get("url"), media_type="text/html")


PROTOCOL = Dataverse()
