"""DCAT in RDF: a catalogue in Turtle, RDF/XML or JSON-LD, page by page where Hydra names pages.

A catalogue without pages declares what its ``dcat:dataset`` list. One with pages names a total on
each, or nobody can know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.harvest import area, mapping
from sciknow.harvest.crawl import joined
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.rdf_graph import ACCEPT, Statements, is_blank, is_literal, read_rdf, value_of
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, LangString, PeriodOfTime, SpatialCoverage
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.vocab import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, AccessRights, Namespace
from sciknow.wire.request import Answer, Request

HYDRA = Namespace(
    "hydra", "http://www.w3.org/ns/hydra/core#", "next nextPage totalItems PagedCollection"
)
_VALUE = RDF.base + "value"
_GEOMETRY = "http://www.w3.org/ns/locn#geometry"
_ACCESS = {
    "public": AccessRights.OPEN,
    "restricted": AccessRights.RESTRICTED,
    "non_public": AccessRights.RESTRICTED,
}
_USED = frozenset(
    {RDF.type, DCAT.distribution, DCAT.keyword, DCAT.landingPage, DCAT.version, FOAF.page}
    | {OWL.versionInfo, DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.publisher}
    | {DCTERMS.license, DCTERMS.rights, DCTERMS.accessRights, DCTERMS.spatial, DCTERMS.temporal}
    | {DCTERMS.issued, DCTERMS.modified}
)
_WKT = re.compile(r"\s*(?:<[^<>]*CRS84>\s*)?(?:POINT|POLYGON|MULTIPOLYGON|ENVELOPE)\b", re.I)
_PAIR = re.compile(
    r"(?<![\d.eE-])(-?\d++(?:\.\d++)?+(?:[eE]-?\d++)?+)\s++(-?\d++(?:\.\d++)?+(?:[eE]-?\d++)?+)"
)


class Dcat:
    """A catalogue that is written in DCAT."""

    name = "dcat"
    title = "DCAT (RDF)"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the catalogue."""
        return (_request(address),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a catalogue or a dataset of DCAT."""
        if DCAT.base.encode() not in answer.body:
            return ""
        told, _ = read_rdf(answer)
        found = sum(told.is_a(node, DCAT.Dataset) for node in told.subjects())
        listed = any(told.all(node, DCAT.dataset) for node in told.subjects())
        return f"DCAT, {found:,} datasets on the first page" if found or listed else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; one that has been there ends the walk."""
        url, seen = asked.address.partition("#")[0], set[str]()
        while url and url not in seen:
            seen.add(url)
            answer = ask(_request(url))
            told, mended = read_rdf(answer)
            rows, listed = _rows(told)
            url = _next(told, answer)
            total = _total(told)
            if not rows and total is None and len(seen) == 1:
                raise SourceUnavailable(
                    f"{redact(answer.url)}: RDF without a catalogue or dataset of DCAT",
                    hint="give the address of the catalogue itself",
                )
            whole = len(seen) == 1 and not url
            yield Page(
                records=tuple(_record(told, row) for row in rows if _wanted(told, row, asked)),
                cursor=url,
                declared=listed if total is None and whole and not asked.since else total,
                mended=mended,
            )

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a dataset with the nodes that it points to."""
        told, node = record.body
        return _parse(told, node, record.id, asked)


def _request(url: str) -> Request:
    return Request(url.partition("#")[0], headers={"Accept": ACCEPT})


def _rows(told: Statements) -> tuple[list[object], int | None]:
    """Return the datasets, those that a catalogue only lists too, and how many it lists."""
    listed = [row for node in told.subjects() for row in told.all(node, DCAT.dataset)]
    typed = [node for node in told.subjects() if told.is_a(node, DCAT.Dataset)]
    found = {str(row): row for row in (*listed, *typed)}
    return list(found.values()), len({str(row) for row in listed}) or None


def _next(told: Statements, answer: Answer) -> str:
    for node in told.subjects():
        if found := value_of(told.first(node, HYDRA.next, HYDRA.nextPage)):
            return joined(answer.url, found).partition("#")[0]
    return answer.link("next") or ""


def _total(told: Statements) -> int | None:
    for node in told.subjects():
        text = value_of(told.first(node, HYDRA.totalItems))
        if text.isascii() and text.isdigit():
            return int(text[:18])
    return None


def _wanted(told: Statements, row: object, asked: Asked) -> bool:
    """Tell whether a dataset changed since then; one that does not say when is wanted."""
    changed = mapping.day(value_of(told.first(row, DCTERMS.modified)))
    return not (asked.since and changed) or changed >= asked.since[: len(changed)]


def _record(told: Statements, row: object) -> Record:
    if is_literal(row):
        return Record("", row, problem=f"{value_of(row)[:100]!r} stands where a dataset should")
    bare = str(row)
    named = "" if is_blank(row) else bare.removeprefix("<").removesuffix(">")
    name = named or value_of(told.first(row, DCTERMS.identifier))
    problem = "" if told.about(row) else "it is listed, and nothing is said of it"
    return Record(name, (told, row), problem=problem)


def _parse(told: Statements, node: object, name: str, asked: Asked) -> Mapped:
    title = mapping.words(told.texts(node, DCTERMS.title))
    if not title:
        raise InvalidInput("dct:title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    publisher = _agent(told, told.first(node, DCTERMS.publisher))
    page = mapping.url(value_of(told.first(node, DCAT.landingPage, FOAF.page)))
    licence, rights = _licence(told, node)
    access = value_of(told.first(node, DCTERMS.accessRights)).rpartition("/")[2].lower()
    own = value_of(told.first(node, DCTERMS.identifier))
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(told.texts(node, DCTERMS.description)),
        publisher=publisher.id if publisher else "",
        doi=mapping.doi(own, name, page),
        version=mapping.plain(value_of(told.first(node, DCAT.version, OWL.versionInfo))),
        issued=mapping.day(value_of(told.first(node, DCTERMS.issued))),
        landing_page=page,
        license=licence,
        rights=rights,
        access_rights=_ACCESS.get(access),
        spatial=_spatial(told, node),
        temporal=_temporal(told, node),
        keywords=mapping.keywords(value_of(word) for word in told.all(node, DCAT.keyword)),
        distributions=distributions(identifier, _ways(told, node, page)),
        extra=_rest(told, node),
    )
    return Mapped(dataset=dataset, agents=(publisher,) if publisher else ())


def _rest(told: Statements, node: object) -> dict[str, object]:
    """Return what has no place in the model; nodes without a name say nothing by themselves."""
    found = {name: [value_of(item) for item in all_] for name, all_ in told.about(node).items()}
    return mapping.rest({name: [*filter(None, told)] for name, told in found.items()}, _USED)


def _label(told: Statements, term: object) -> str:
    """Return what a node is called, or a literal says; else the node's address."""
    names = (FOAF.name, SKOS.prefLabel, RDFS.label, DCTERMS.title, _VALUE)
    return (value_of(told.first(term, *names)) or value_of(term)) if term is not None else ""


def _agent(told: Statements, term: object) -> Agent | None:
    if term is None or is_literal(term):
        return mapping.agent(value_of(term))
    names = told.texts(term, FOAF.name, SKOS.prefLabel, RDFS.label)
    return mapping.agent(names, value_of(term), value_of(told.first(term, FOAF.homepage)))


def _licence(told: Statements, node: object) -> tuple[str, LangString]:
    """Return the licence of a dataset, else the one that all its distributions have."""
    named = told.first(node, DCTERMS.license)
    if named is None:
        parts = told.all(node, DCAT.distribution)
        found = [told.first(part, DCTERMS.license) for part in parts]
        same = len({str(item) for item in found}) == 1
        named = found[0] if same else None
    rights = _label(told, told.first(node, DCTERMS.rights))
    return mapping.licence(value_of(named), _label(told, named), rights)


def _spatial(told: Statements, node: object) -> SpatialCoverage:
    for place in told.all(node, DCTERMS.spatial):
        drawn = [told.all(place, name) for name in (DCAT.bbox, _GEOMETRY, DCAT.centroid)]
        boxes = (_box(value_of(item)) for items in drawn for item in items)
        box = next((found for found in boxes if found is not None), None)
        names = (SKOS.prefLabel, RDFS.label)
        name = [("", value_of(place))] if is_literal(place) else told.texts(place, *names)
        if box is not None or name:
            return area.spatial(box, name)
    return SpatialCoverage()


def _box(text: str) -> BBox | None:
    """Read GeoJSON, or WKT whose axes are longitude and latitude."""
    if text.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            return area.geometry(json.loads(text))
    if not _WKT.match(text):
        return None
    points = [[float(x), float(y)] for x, y in _PAIR.findall(text)]
    return area.geometry({"type": "LineString", "coordinates": points})


def _temporal(told: Statements, node: object) -> PeriodOfTime:
    for term in told.all(node, DCTERMS.temporal):
        if is_literal(term):
            return mapping.period(value_of(term))
        ends = {
            name.rpartition("#")[2].rpartition("/")[2]: v for name, v in told.about(term).items()
        }
        start, end = (value_of(next(iter(ends.get(k, ())), None)) for k in ("startDate", "endDate"))
        if start or end:
            return mapping.period(start, end)
    return PeriodOfTime()


def _ways(told: Statements, node: object, page: str) -> Iterator[Way]:
    for part in told.all(node, DCAT.distribution):
        file = value_of(told.first(part, DCAT.downloadURL))
        kind = told.first(part, DCAT.mediaType) or told.first(part, DCTERMS.format)
        label = _label(told, kind).partition("/media-types/")
        yield Way(
            url=file or value_of(told.first(part, DCAT.accessURL)),
            media_type=_short(label[2] or label[0]) if file else "",
            title=told.texts(part, DCTERMS.title) and value_of(told.first(part, DCTERMS.title)),
            size=value_of(told.first(part, DCAT.byteSize)),
        )
    yield Way(url=page, media_type="text/html")


def _short(kind: str) -> str:
    """Return the name that an authority's address ends with; anything else as it is."""
    return kind.rpartition("/")[2] if "://" in kind else kind


PROTOCOL = Dcat()
