"""``data.json``: one document in which an office lists its datasets (DCAT-US 1.1 and 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sciknow.errors import InvalidInput
from sciknow.harvest import area, mapping
from sciknow.harvest.objects import at, listed, read_list, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Dataset
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.vocab import AccessRights
from sciknow.wire.request import Answer, Request

_ACCESS = {
    "public": AccessRights.OPEN,
    "restricted public": AccessRights.RESTRICTED,
    "non-public": AccessRights.RESTRICTED,
}
_USED = mapping.names(
    "@type @id identifier title description publisher keyword issued landingPage license rights "
    "accessLevel spatial temporal distribution modified version"
)


class DataJson:
    """A catalogue in one document."""

    name = "data_json"
    title = "data.json (DCAT-US)"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the document."""
        return (Request(_url(address)),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a list ``dataset`` of objects that have an ``accessLevel`` or a type."""
        rows = listed(read_object(answer)[0].get("dataset"))
        known = rows and all("identifier" in row or "@id" in row for row in rows[:10])
        return f"data.json, {len(rows):,} datasets" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read the document; it is whole or it is no JSON."""
        answer = ask(Request(_url(asked.address)))
        told, mended = read_object(answer)
        rows = [row for row in read_list(answer, told, "dataset") if _wanted(row, asked)]
        yield Page(records=tuple(map(_record, rows)), declared=len(rows), mended=mended)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a dataset."""
        return _parse(record.body, record.id, asked)


def _url(address: str) -> str:
    bare = address.partition("#")[0]
    return bare if ".json" in bare.rpartition("/")[2] else f"{bare.rstrip('/')}/data.json"


def _wanted(row: object, asked: Asked) -> bool:
    """Tell whether a record changed since then; one that does not say when is wanted."""
    changed = mapping.day(row.get("modified")) if isinstance(row, Mapping) else ""
    return not (asked.since and changed) or changed >= asked.since[: len(changed)]


def _record(row: object) -> Record:
    if not isinstance(row, Mapping):
        return Record("", row, problem="it is no object")
    name = row.get("identifier")
    if isinstance(name, Mapping):  # DCAT-US 3: an Identifier
        name = name.get("@value") or name.get("schemaAgency") or name.get("@id")
    return Record(str(name or row.get("@id") or ""), row)


def _parse(row: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    title = mapping.words(row.get("title"))
    if not title:
        raise InvalidInput("title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    publisher = mapping.agent(at(row, "publisher", "name"))
    licence, rights = mapping.licence(row.get("license"), row.get("rights"))
    page = mapping.url(row.get("landingPage"))
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(row.get("description")),
        publisher=publisher.id if publisher else "",
        doi=mapping.doi(name, row.get("landingPage")),
        version=mapping.plain(row.get("version")),
        issued=mapping.day(row.get("issued")),
        landing_page=page,
        license=licence,
        rights=rights,
        access_rights=_ACCESS.get(mapping.plain(row.get("accessLevel")).lower()),
        spatial=area.spatial(_box(row.get("spatial")), _place(row.get("spatial"))),
        temporal=_temporal(row.get("temporal")),
        keywords=mapping.keywords(row.get("keyword") or ()),
        distributions=distributions(identifier, _ways(row, page)),
        extra=mapping.rest(row, _USED),
    )
    return Mapped(dataset=dataset, agents=(publisher,) if publisher else ())


def _box(told: object) -> BBox | None:
    """Read a box from four numbers, GeoJSON as a text or an object, or DCAT-US 3's ``bbox``."""
    if isinstance(told, list):
        return next((found for item in told if (found := _box(item)) is not None), None)
    if isinstance(told, Mapping):
        return area.geometry(told) or _box(told.get("bbox") or told.get("geometry"))
    text = mapping.plain(told)
    if text.startswith("{"):
        try:
            return area.geometry(json.loads(text))
        except ValueError:
            return None
    return area.bbox(text.replace(",", " ").split())


def _place(told: object) -> str:
    if isinstance(told, Mapping):
        return mapping.plain(told.get("prefLabel"))
    text = mapping.plain(told)
    return "" if _box(told) is not None or text.startswith("{") else text


def _temporal(told: object) -> Any:
    for item in told if isinstance(told, list) else [told]:
        if isinstance(item, Mapping):
            return mapping.period(item.get("startDate") or "", item.get("endDate") or "")
    return mapping.period(told)


def _ways(row: Mapping[str, Any], page: str) -> Iterator[Way]:
    for item in listed(row.get("distribution")):
        file = item.get("downloadURL")
        yield Way(
            url=file or item.get("accessURL"),
            media_type=(item.get("mediaType") or item.get("format")) if file else "",
            title=item.get("title") or item.get("description"),
            size=item.get("byteSize"),
        )
    yield Way(url=page, media_type="text/html")


PROTOCOL = DataJson()
