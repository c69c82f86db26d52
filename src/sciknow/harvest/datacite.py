"""DataCite's REST API: DOIs page by page, by a cursor; what is asked is written anew each time.

The server's own ``next`` link loses parameters, so only its cursor is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sciknow.errors import InvalidInput
from sciknow.harvest import area, mapping
from sciknow.harvest.objects import at, listed, number_at, read_list, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, PeriodOfTime
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.wire.request import Answer, Request

SIZE = 500
"""Records a page; the API hands out 1,000 at most."""

_USED = mapping.names(
    "doi titles creators publisher publicationYear subjects dates descriptions rightsList "
    "geoLocations version url contentUrl identifiers alternateIdentifiers"
)
_COUNTED = mapping.names(
    "xml viewCount viewsOverTime downloadCount downloadsOverTime referenceCount citationCount "
    "citationsOverTime partCount partOfCount versionCount versionOfCount isActive state reason "
    "source created registered updated metadataVersion schemaVersion prefix suffix"
)
"""What DataCite says of its own record."""
_BOX = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")


class DataCite:
    """The REST API of DataCite."""

    name = "datacite"
    title = "DataCite REST API"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the search for one record."""
        return (Request(_base(address), {"page[size]": 1, "page[cursor]": 1}),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a list of ``dois`` with a total."""
        told = read_object(answer)[0]
        total, rows = number_at(told, "meta", "total"), listed(told.get("data"))
        known = total is not None and all(row.get("type") == "dois" for row in rows)
        return f"DataCite, {total:,} DOIs" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; ``sets`` are repositories (``client-id``)."""
        url, cursor = _base(asked.address), "1"
        fixed: dict[str, object] = {"page[size]": min(asked.size or SIZE, 1000)}
        fixed["resource-type-id"] = asked.options.get("resource-type-id", "dataset")
        if asked.sets:
            fixed["client-id"] = ",".join(asked.sets)
        if asked.since:
            fixed["query"] = f"updated:[{asked.since} TO *]"
        while cursor:
            answer = ask(Request(url, fixed | {"page[cursor]": cursor}))
            told, mended = read_object(answer)
            rows = read_list(answer, told, "data")
            cursor = _cursor(told)
            yield Page(
                records=tuple(map(_record, rows)),
                cursor=cursor,
                declared=number_at(told, "meta", "total"),
                mended=mended,
            )

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map the attributes of a DOI."""
        return parse_attributes(record.body["attributes"], record.id, asked)


def _base(address: str) -> str:
    bare = address.partition("?")[0].rstrip("/")
    return bare if bare.endswith("/dois") else f"{bare}/dois"


def _cursor(told: Mapping[str, Any]) -> str:
    following = at(told, "links", "next")
    if not isinstance(following, str):
        return ""
    return parse_qs(urlsplit(following).query).get("page[cursor]", [""])[0]


def _record(row: object) -> Record:
    if not isinstance(row, Mapping) or not isinstance(row.get("attributes"), Mapping):
        return Record("", row, problem="it is no DOI with attributes")
    state = row["attributes"].get("state")
    return Record(str(row.get("id") or ""), row, deleted=state in ("draft", "registered"))


def parse_attributes(told: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    """Map a record of the DataCite schema, kernel 4, as JSON.

    Raises
    ------
    InvalidInput
        When it has no title.
    """
    title = mapping.words(
        [(item.get("lang") or "", item.get("title")) for item in _all(told, "titles")]
    )
    if not title:
        raise InvalidInput("titles: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    creators = tuple(agent for item in _all(told, "creators") if (agent := _creator(item)))
    publisher = _publisher(told.get("publisher"))
    rights = _all(told, "rightsList")
    licence, terms = mapping.licence(
        *(item.get("rightsIdentifier") for item in rights),
        *(item.get("rightsUri") for item in rights),
        *(item.get("rights") for item in rights),
    )
    doi = mapping.doi(told.get("doi"), name)
    page = mapping.url(told.get("url"))
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(list(_descriptions(told))),
        publisher=publisher.id if publisher else "",
        creators=tuple(dict.fromkeys(agent.id for agent in creators)),
        doi=doi,
        cstr=mapping.cstr(*(item.get("alternateIdentifier") for item in _alternates(told))),
        version=mapping.plain(told.get("version")),
        issued=_issued(told),
        landing_page=page,
        license=licence,
        rights=terms,
        spatial=area.spatial(*_place(told)),
        temporal=_temporal(told),
        keywords=mapping.keywords(item.get("subject") for item in _all(told, "subjects")),
        distributions=distributions(identifier, _ways(told, page)),
        extra=mapping.rest(told, _USED | _COUNTED),
    )
    return Mapped(dataset=dataset, agents=(*creators, *((publisher,) if publisher else ())))


def _all(told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return listed(told.get(key))


def _alternates(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _all(told, "alternateIdentifiers")


def _creator(item: Mapping[str, Any]) -> Agent | None:
    known = [found.get("nameIdentifier") for found in _all(item, "nameIdentifiers")]
    return mapping.agent(item.get("name"), *known, person=item.get("nameType") != "Organizational")


def _publisher(told: object) -> Agent | None:
    if isinstance(told, Mapping):
        return mapping.agent(told.get("name"), told.get("publisherIdentifier"))
    return mapping.agent(told)


def _descriptions(told: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    found = _all(told, "descriptions")
    abstracts = [item for item in found if item.get("descriptionType") == "Abstract"]
    for item in abstracts or found:
        yield str(item.get("lang") or ""), item.get("description")


def _dates(told: Mapping[str, Any], kind: str) -> Iterator[str]:
    for item in _all(told, "dates"):
        if item.get("dateType") == kind:
            yield str(item.get("date") or "")


def _issued(told: Mapping[str, Any]) -> str:
    found = next((day for text in _dates(told, "Issued") if (day := mapping.day(text))), "")
    return found or mapping.day(told.get("publicationYear"))


def _temporal(told: Mapping[str, Any]) -> PeriodOfTime:
    """Return what the data cover (kernel 4.6), else when they were collected."""
    for kind in ("Coverage", "Collected"):
        for text in _dates(told, kind):
            if "/" in text and (found := mapping.period(text)):
                return found
    return PeriodOfTime()


def _place(told: Mapping[str, Any]) -> tuple[BBox | None, object]:
    places = _all(told, "geoLocations")
    name = next((item["geoLocationPlace"] for item in places if item.get("geoLocationPlace")), None)
    return next((one for item in places if (one := _box(item)) is not None), None), name


def _box(place: Mapping[str, Any]) -> BBox | None:
    told, point = place.get("geoLocationBox"), place.get("geoLocationPoint")
    if isinstance(told, Mapping):
        return area.box(*(told.get(key) for key in _BOX))
    if isinstance(point, Mapping):
        x, y = point.get("pointLongitude"), point.get("pointLatitude")
        return area.box(x, y, x, y)
    return None


def _ways(told: Mapping[str, Any], page: str) -> Iterator[Way]:
    files = told.get("contentUrl")
    for url in files if isinstance(files, list) else [files]:
        yield Way(url=url)
    yield Way(url=page, media_type="text/html")


PROTOCOL = DataCite()
