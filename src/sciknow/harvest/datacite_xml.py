"""The DataCite metadata schema in XML, of kernel 2 to 4."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sciknow.errors import InvalidInput
from sciknow.harvest import area, mapping
from sciknow.harvest.markup import child, children, language_of, local, text_of
from sciknow.harvest.protocol import Mapped
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, PeriodOfTime, SpatialCoverage
from sciknow.model.coverage import BBox
from sciknow.model.identifier import doi_iri
from sciknow.model.receipt import Asked

_USED = mapping.names(
    "identifier creators titles publisher publicationYear subjects dates descriptions rightsList "
    "geoLocations version alternateIdentifiers"
)
_BOX = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")


def parse(resource: Element, name: str, asked: Asked) -> Mapped:
    """Map a ``resource``.

    Raises
    ------
    InvalidInput
        When it has no title.
    """
    titles = [item for item in children(child(resource, "titles"), "title")]
    title = mapping.words([(language_of(item), _text(item)) for item in titles])
    if not title:
        raise InvalidInput("titles: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    creators = tuple(_creators(resource))
    publisher = mapping.agent(text_of(resource, "publisher"), _attribute(resource, "publisher"))
    rights = [item for item in children(child(resource, "rightsList"), "rights")]
    licence, terms = mapping.licence(
        *(item.get("rightsIdentifier") for item in rights),
        *(item.get("rightsURI") for item in rights),
        *map(_text, rights),
        text_of(resource, "rights"),
    )
    named = text_of(resource, "identifier")
    doi = mapping.doi(named)
    links = [found for text in _alternates(resource) if (found := mapping.url(text))]
    links += [doi_iri(doi)] if doi else []
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(list(_descriptions(resource))),
        publisher=publisher.id if publisher else "",
        creators=tuple(dict.fromkeys(agent.id for agent in creators)),
        doi=doi,
        cstr=mapping.cstr(named, *_alternates(resource)),
        version=mapping.plain(text_of(resource, "version")),
        issued=_date(resource, "Issued") or mapping.day(text_of(resource, "publicationYear")),
        landing_page=links[0] if links else "",
        license=licence,
        rights=terms,
        spatial=_spatial(resource),
        temporal=_temporal(resource),
        keywords=mapping.keywords(map(_text, children(child(resource, "subjects"), "subject"))),
        distributions=distributions(identifier, (Way(url=link) for link in links)),
        extra=_rest(resource),
    )
    agents = (*creators, *((publisher,) if publisher else ()))
    return Mapped(dataset=dataset, agents=agents)


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _attribute(resource: Element, name: str) -> str:
    found = child(resource, name)
    return found.get("publisherIdentifier", "") if found is not None else ""


def _creators(resource: Element) -> Iterator[Agent]:
    for item in children(child(resource, "creators"), "creator"):
        known = [_text(found) for found in children(item, "nameIdentifier")]
        called = child(item, "creatorName")
        kind = called.get("nameType", "") if called is not None else ""
        agent = mapping.agent(text_of(item, "creatorName"), *known, person=kind != "Organizational")
        if agent is not None:
            yield agent


def _descriptions(resource: Element) -> Iterator[tuple[str, str]]:
    found = list(children(child(resource, "descriptions"), "description"))
    abstracts = [item for item in found if item.get("descriptionType") == "Abstract"]
    for item in abstracts or found:
        yield language_of(item), _text(item)


def _alternates(resource: Element) -> list[str]:
    found = children(child(resource, "alternateIdentifiers"), "alternateIdentifier")
    return [_text(item) for item in found]


def _dates(resource: Element, kind: str) -> list[str]:
    found = children(child(resource, "dates"), "date")
    return [_text(item) for item in found if item.get("dateType") == kind]


def _date(resource: Element, kind: str) -> str:
    return next((day for text in _dates(resource, kind) if (day := mapping.day(text))), "")


def _temporal(resource: Element) -> PeriodOfTime:
    """Return what the data cover (kernel 4.6), else when they were collected."""
    for kind in ("Coverage", "Collected"):
        for text in _dates(resource, kind):
            if "/" in text and (found := mapping.period(text)):
                return found
    return PeriodOfTime()


def _spatial(resource: Element) -> SpatialCoverage:
    places = list(children(child(resource, "geoLocations"), "geoLocation"))
    name = next((text for item in places if (text := text_of(item, "geoLocationPlace"))), "")
    found = next((one for item in places if (one := _box(item)) is not None), None)
    return area.spatial(found, name)


def _box(place: Element) -> BBox | None:
    told = child(place, "geoLocationBox")
    if told is not None:
        numbers = [text_of(told, key) for key in _BOX]
        if all(numbers):
            return area.box(*numbers)
        south, west, north, east = [*_text(told).split(), "", "", "", ""][:4]  # kernel 3
        return area.box(west, south, east, north)
    point = child(place, "geoLocationPoint")
    if point is None:
        return None
    x, y = text_of(point, "pointLongitude"), text_of(point, "pointLatitude")
    if not (x and y):
        y, x = [*_text(point).split(), "", ""][:2]
    return area.box(x, y, x, y)


def _rest(resource: Element) -> dict[str, object]:
    found: dict[str, object] = {}
    for element in resource:
        if local(element) not in _USED and (texts := [t.strip() for t in element.itertext()]):
            kept = [text for text in texts if text]
            kind = element.get("resourceTypeGeneral")
            found.setdefault(local(element), [kind, *kept] if kind else kept)
    return {key: value for key, value in found.items() if value}
