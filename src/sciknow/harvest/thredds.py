"""THREDDS catalogues: a server is walked, catalogue by catalogue, in the order of their links.

Each dataset with a ``urlPath`` is a record. What a catalogue says for all that is in it (service,
place, period, creator) is inherited. A catalogue links to others and names no total, so nobody can
know whether all of them were linked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.harvest import area, mapping
from sciknow.harvest.crawl import Found, Step, crawl, joined
from sciknow.harvest.markup import child, children, local, read_xml, text_of
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Dataset, LangString, PeriodOfTime, Variable
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

DEEP = 40
"""Datasets in datasets that are followed."""

_HREF = "{http://www.w3.org/1999/xlink}href"
_WAYS = {"opendap": "dods", "dods": "dods", "httpserver": "", "fileserver": ""}
"""Kinds of services that hand out data, and what their addresses answer with, as an ending."""


class Thredds:
    """A THREDDS data server, or a catalogue of one."""

    name = "thredds"
    title = "THREDDS"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the catalogue."""
        return (Request(_url(address)),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a ``catalog`` in the namespace of THREDDS."""
        root = read_xml(answer).root
        known = local(root) == "catalog" and "thredds/InvCatalog" in root.tag
        return f"THREDDS, {root.get('name') or 'a catalogue'}" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read catalogue after catalogue; one that cannot be had is named as missing."""
        yield from crawl(_url(asked.address), ask, _read)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a dataset with what it inherits."""
        return _parse(record.body, record.id, asked)


def _url(address: str) -> str:
    bare = address.partition("#")[0]
    if bare.partition("?")[0].endswith("/catalog.html"):
        return bare.replace("/catalog.html", "/catalog.xml")
    known = bare.partition("?")[0].endswith((".xml", ".html"))
    return bare if known else f"{bare.rstrip('/')}/catalog.xml"


def _read(answer: Answer, step: Step) -> Found:
    read = read_xml(answer)
    if local(read.root) != "catalog":
        raise SourceUnavailable(f"{redact(answer.url)}: no THREDDS catalogue")
    found = _Catalogue(read.root, answer.url)
    steps = tuple(step.to(answer.url, link) for link in found.links)
    return Found(tuple(found.records), steps, read.mended)


class _Catalogue:
    """The datasets of one catalogue and its links to others."""

    def __init__(self, root: Element, url: str) -> None:
        self.records: list[Record] = []
        self.links: list[str] = []
        self._url = url
        self._services = dict(_services(root))
        self._walk(root, [], 0)

    def _walk(self, element: Element, inherited: list[Element], depth: int) -> None:
        for item in element:
            kind = local(item)
            if kind == "catalogRef" and (href := item.get(_HREF)):
                self.links.append(joined(self._url, href).partition("#")[0])
            elif kind == "dataset" and depth < DEEP:
                self._dataset(item, inherited, depth)

    def _dataset(self, item: Element, inherited: list[Element], depth: int) -> None:
        told = list(children(item, "metadata"))
        own = [*(found for found in told if found.get("inherited") != "true"), item]
        passed = [found for found in told if found.get("inherited") == "true"]
        path, access = item.get("urlPath"), list(children(item, "access"))
        if path is not None or access:
            facts = [*own, *passed, *inherited]
            ways = self._ways(path, self._service(facts)) if path is not None else []
            for way in access:  # a way of its own, beside or in place of the path
                ways += self._ways(way.get("urlPath", ""), way.get("serviceName", ""))
            name = item.get("ID") or path or (access[0].get("urlPath", "") if access else "") or ""
            body = {"facts": facts, "item": item, "ways": ways, "url": self._url}
            self.records.append(Record(name, body))
        self._walk(item, [*passed, *inherited], depth + 1)

    def _service(self, facts: list[Element]) -> str:
        named = _first(facts, "serviceName")
        return named or next((name for e in facts if (name := e.get("serviceName"))), "")

    def _ways(self, path: str, service: str) -> list[tuple[str, str]]:
        return [
            (urljoin(self._url, f"{base}{path}"), _WAYS[kind])
            for kind, base in self._services.get(service, [])
            if kind in _WAYS
        ]


def _services(root: Element) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each service by its name, compounds with all that they hold."""
    for item in children(root, "service"):
        inner = dict(_services(item))
        kind = item.get("serviceType", "").lower()
        if kind == "compound":
            everything = [way for ways in inner.values() for way in ways]
            yield item.get("name", ""), everything
        else:
            yield item.get("name", ""), [(kind, item.get("base", ""))]
        yield from inner.items()


def _first(facts: list[Element], *path: str) -> str:
    return next((text for element in facts if (text := text_of(element, *path))), "")


def _parse(body: dict[str, Any], name: str, asked: Asked) -> Mapped:
    facts, item = body["facts"], body["item"]
    title = mapping.words(item.get("name"))
    if not title:
        raise InvalidInput("name: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    publisher = mapping.agent(
        _first(facts, "publisher", "name") or _first(facts, "creator", "name")
    )
    licence, rights = mapping.licence(*_documents(facts, "rights"))
    ways = [Way(url=url, media_type=kind) for url, kind in body["ways"]]
    page = str(body["url"]).replace("/catalog.xml", "/catalog.html").partition("?")[0]
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words([*_documents(facts, "summary"), *_documents(facts, "")]),
        publisher=publisher.id if publisher else "",
        landing_page=mapping.url(page),
        license=licence,
        rights=rights,
        spatial=area.spatial(_box(facts)),
        temporal=_temporal(facts),
        variables=tuple(_variables(facts)),
        keywords=mapping.keywords(
            "".join(word.itertext()) for element in facts for word in children(element, "keyword")
        ),
        distributions=distributions(identifier, [*ways, Way(url=page, media_type="text/html")]),
        extra={"urlPath": item.get("urlPath", "")},
    )
    return Mapped(dataset=dataset, agents=(publisher,) if publisher else ())


def _documents(facts: list[Element], kind: str) -> list[str]:
    found = [item for element in facts for item in children(element, "documentation")]
    texts = ["".join(item.itertext()).strip() for item in found if item.get("type", "") == kind]
    return [text for text in texts if text]


def _box(facts: list[Element]) -> BBox | None:
    for element in facts:
        told = child(element, "geospatialCoverage")
        if told is None:
            continue
        south, height = text_of(told, "northsouth", "start"), text_of(told, "northsouth", "size")
        west, width = text_of(told, "eastwest", "start"), text_of(told, "eastwest", "size")
        try:
            left, low = area.number(west), area.number(south)
            return area.box(left, low, left + area.number(width), low + area.number(height))
        except (TypeError, ValueError):
            return None
    return None


def _temporal(facts: list[Element]) -> PeriodOfTime:
    for element in facts:
        told = child(element, "timeCoverage")
        if told is not None and (start := text_of(told, "start")):
            return mapping.period(start, text_of(told, "end"))
    return PeriodOfTime()


def _variables(facts: list[Element]) -> Iterator[Variable]:
    """Yield the variables, with standard names where the vocabulary is CF's."""
    seen = set[str]()
    for group in (found for element in facts for found in children(element, "variables")):
        cf = "cf" in group.get("vocabulary", "").lower()
        for item in children(group, "variable"):
            name, known = item.get("name", ""), item.get("vocabulary_name", "")
            if name and name not in seen:
                seen.add(name)
                yield Variable(
                    name=name,
                    standard_name=known if cf and mapping.is_standard_name(known) else "",
                    units=mapping.plain(item.get("units")),
                    long_name=LangString(en=mapping.plain("".join(item.itertext()))),
                )


PROTOCOL = Thredds()
