"""Web pages that describe datasets in schema.org: a sitemap is walked, and JSON-LD is read.

An index of sitemaps leads to sitemaps, these to pages, and in the pages each JSON-LD block of type
``Dataset`` is a record. Nothing in a page is executed. A sitemap names no total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.harvest import area, mapping
from sciknow.harvest.crawl import Found, Step, crawl, joined
from sciknow.harvest.json_ld import bare, datasets_in, objects, several, texts
from sciknow.harvest.markup import children, local, read_xml, text_of
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, LangString, Variable
from sciknow.model.content import is_page
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.packed import unpacked
from sciknow.wire.request import Answer, Request
from sciknow.wire.trouble import Trouble, failure

PAGE, SITEMAP = "page", "sitemap"
_KINDS = ("urlset", "sitemapindex")
MOST = 64 * 2**20
"""Bytes that a packed sitemap may unpack to."""

_USED = mapping.names(
    "@context @id @type name description identifier url sameAs publisher provider creator license "
    "version datePublished keywords temporalCoverage spatialCoverage variableMeasured distribution"
)


class SchemaOrg:
    """A web site whose pages describe datasets, by its sitemap."""

    name = "schemaorg"
    title = "schema.org in pages of a sitemap"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the sitemap, or a page."""
        return (Request(address.partition("#")[0]),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a sitemap, or a page that describes a dataset."""
        if is_page(answer.body[:1024]):
            rows = datasets_in(answer)
            return f"schema.org, {len(rows):,} datasets in a page" if rows else ""
        root = read_xml(_plain(answer)).root
        return f"a sitemap of {len(root):,} addresses" if local(root) in _KINDS else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read the sitemap, then page after page; one that cannot be had is missing."""

        def read(answer: Answer, step: Step) -> Found:
            if step.within == PAGE or (not step.within and is_page(answer.body[:1024])):
                return Found(tuple(datasets_in(answer)))
            return _sitemap(answer, step, asked.since)

        yield from crawl(asked.address.partition("#")[0], ask, read)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a dataset; what it leaves open, its page's address tells."""
        row, page = record.body
        return _parse(row, page, record.id, asked)


def _sitemap(answer: Answer, step: Step, since: str) -> Found:
    read = read_xml(_plain(answer))
    if local(read.root) not in _KINDS:
        raise SourceUnavailable(f"{redact(answer.url)}: no sitemap", hint="give its own address")
    steps = []
    for item in children(read.root, "url", "sitemap"):
        changed = mapping.day(text_of(item, "lastmod"))
        where = text_of(item, "loc")
        if where and not (since and changed and changed < since[: len(changed)]):
            steps.append(step.to(answer.url, where, PAGE if local(item) == "url" else SITEMAP))
    return Found((), tuple(steps), read.mended)


def _plain(answer: Answer) -> Answer:
    """Return an answer whose file is packed, as large sitemaps are, unpacked."""
    if not answer.body.startswith(b"\x1f\x8b"):
        return answer
    body = bytearray()
    try:
        for piece in unpacked([answer.body], "gzip"):
            body += piece
            if len(body) > MOST:
                where = redact(answer.url)
                raise SourceUnavailable(f"{where}: it unpacks to more than {MOST:,} bytes")
    except Trouble as trouble:
        raise failure(answer.url, trouble) from trouble
    return replace(answer, body=bytes(body))


def _parse(row: Mapping[str, Any], page: str, name: str, asked: Asked) -> Mapped:
    title = _words(row.get("name"))
    if not title:
        raise InvalidInput("name: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    agents = _agents(row)
    licence, rights = mapping.licence(
        *texts(row.get("license"), "url", "@id", "name"), *texts(row.get("license"), "name")
    )
    landing = mapping.url(next(iter(texts(row.get("url"), "@id")), "")) or mapping.url(page)
    named = row.get("identifier")
    known = (
        *texts(named, "value"),
        *texts(named, "url", "@id"),
        *texts(row.get("sameAs"), "@id"),
    )
    dataset = Dataset(
        id=identifier,
        title=title,
        description=_words(row.get("description")),
        publisher=agents[0].id if agents else "",
        doi=mapping.doi(*known, row.get("@id"), landing),
        version=mapping.plain(row.get("version")),
        issued=mapping.day(row.get("datePublished")),
        landing_page=landing,
        license=licence,
        rights=rights,
        spatial=area.spatial(_box(row), texts(row.get("spatialCoverage"), "name")),
        temporal=mapping.period(next(iter(texts(row.get("temporalCoverage"))), "")),
        variables=tuple(_variables(row)),
        keywords=mapping.keywords(_keywords(row)),
        distributions=distributions(identifier, _ways(row, page, landing)),
        extra=mapping.rest(row, _USED),
    )
    return Mapped(dataset=dataset, agents=agents)


def _words(value: object) -> LangString:
    """Return texts with the languages that JSON-LD gives them; HTML in entities is HTML, too."""
    found = []
    for item in several(value):
        told = item if isinstance(item, Mapping) else {"@value": item}
        text = mapping.plain(mapping.plain(told.get("@value")))
        found.append((str(told.get("@language") or ""), text))
    return mapping.words(found)


def _agents(row: Mapping[str, Any]) -> tuple[Agent, ...]:
    """Return who publishes a dataset, then who made it."""
    found = [
        mapping.agent(
            next(iter(texts(item.get("name"))), ""),
            item.get("@id"),
            item.get("url"),
            *texts(item.get("sameAs"), "@id"),
            *texts(item.get("identifier"), "value", "url", "@id"),
            person=bare(item.get("@type")) == "Person",
        )
        for key in ("publisher", "provider", "creator")
        for item in objects(row.get(key))
    ]
    return tuple(dict.fromkeys(agent for agent in found if agent is not None))


def _keywords(row: Mapping[str, Any]) -> Iterator[str]:
    for item in several(row.get("keywords")):
        if isinstance(item, str):
            yield from item.split(",")
        else:
            yield from texts(item, "name")


def _box(row: Mapping[str, Any]) -> BBox | None:
    """Return the box of the first place that has a shape; latitudes come first there."""
    shapes = [
        geo for place in objects(row.get("spatialCoverage")) for geo in objects(place.get("geo"))
    ]
    for shape in shapes:
        told = next((shape[key] for key in ("box", "polygon", "line") if shape.get(key)), None)
        point = (shape.get("latitude"), shape.get("longitude"))
        parts = mapping.plain(told).replace(",", " ").split() if told else [*point]
        pairs = list(zip(parts[1::2], parts[::2], strict=False))
        found = area.geometry({"type": "LineString", "coordinates": pairs})
        if shape.get("box") and len(parts) == 4:  # its corners, so that it may cross 180 degrees
            found = area.box(parts[1], parts[0], parts[3], parts[2])
        if found is not None:
            return found
    return None


def _variables(row: Mapping[str, Any]) -> Iterator[Variable]:
    seen = set[str]()
    for item in several(row.get("variableMeasured")):
        told = {
            bare(k): v for k, v in (item if isinstance(item, Mapping) else {"name": item}).items()
        }
        name = next(iter(texts(told.get("name"))), "")
        if name and name not in seen:
            seen.add(name)
            unit = next(iter(texts(told.get("unitText"))), "")
            yield Variable(name=name, units=unit, long_name=_words(told.get("description")))


def _ways(row: Mapping[str, Any], page: str, landing: str) -> Iterator[Way]:
    for item in objects(row.get("distribution")):
        file = next(iter(texts(item.get("contentUrl"), "@id")), "")
        where = file or next(iter(texts(item.get("url"), "@id")), "")
        yield Way(
            url=joined(page, where) if where else "",
            media_type=next(iter(texts(item.get("encodingFormat"), "@id")), "") if file else "",
            title=next(iter(texts(item.get("name"))), ""),
            size=item.get("contentSize"),
        )
    yield Way(url=landing, media_type="text/html")


PROTOCOL = SchemaOrg()
