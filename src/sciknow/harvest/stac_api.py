"""STAC APIs: the collections, page by page; the items of a collection where one is asked for.

Next pages are what the ``next`` link says, POST bodies included, as long as it leads where a
redirect might. Each collection is a dataset; with ``sets`` the items of these collections are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from sciknow.errors import SourceUnavailable
from sciknow.formats import format_named
from sciknow.harvest import area, mapping
from sciknow.harvest.objects import read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, PeriodOfTime, Variable
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

_USED = mapping.names(
    "id type title description license providers extent links assets keywords stac_version "
    "stac_extensions geometry bbox properties collection item_assets sci:doi version cube:variables"
)
_NO_DATA = frozenset({"thumbnail", "overview", "tiles", "metadata", "stac-items"})
"""Roles of assets that are pictures, descriptions or lists of the data."""


class StacApi:
    """A server that speaks the STAC API."""

    name = "stac_api"
    title = "STAC API"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the landing page."""
        return (Request(address, headers={"Accept": "application/json"}),)

    def sniff(self, answer: Answer) -> str:
        """Recognise a STAC catalogue that links to its collections."""
        told = answer.json()
        if not isinstance(told, Mapping) or "stac_version" not in told:
            return ""
        api = _href(told, "data", answer.url)
        return f"STAC {told['stac_version']}, collections at {redact(api)}" if api else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages of the collections, or of the items of those that are asked for."""
        landing = ask(Request(asked.address, headers={"Accept": "application/json"}))
        told, _ = read_object(landing)
        collections = _href(told, "data", landing.url)
        if not collections:
            raise SourceUnavailable(
                f"{redact(landing.url)} links to no collections (rel=data)",
                hint="give the landing page of a STAC API; a static catalogue has none",
            )
        if not asked.sets:
            yield from _turn(Request(collections, _limit(asked)), "collections", "", ask)
            return
        for name in asked.sets:
            url = f"{collections.partition('?')[0].rstrip('/')}/{name}/items"
            since = {"updated": f"{asked.since}/.."} if asked.since else {}
            yield from _turn(Request(url, _limit(asked) | since), "features", name, ask)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a collection or an item."""
        body = record.body
        return _item(body, asked) if body.get("type") == "Feature" else _collection(body, asked)


def _limit(asked: Asked) -> dict[str, object]:
    return {"limit": asked.size} if asked.size else {}


def _turn(first: Request, key: str, part: str, ask: Ask) -> Iterator[Page]:
    request: Request | None = first
    while request is not None:
        answer = ask(request)
        told, mended = read_object(answer)
        rows = told.get(key)
        if not isinstance(rows, list):
            raise SourceUnavailable(
                f"{redact(answer.url)}: no list of {key}", hint="tell the source's operator"
            )
        following = _next(told, answer, request)
        declared = told.get("numberMatched")
        if declared is None and isinstance(told.get("context"), Mapping):
            declared = told["context"].get("matched")
        yield Page(
            records=tuple(map(record_of, rows)),
            cursor=_cursor(following) if following else "",
            declared=declared if isinstance(declared, int) else None,
            part=part,
            until=answer.date,
            mended=mended,
        )
        request = following


def _next(told: Mapping[str, Any], answer: Answer, before: Request) -> Request | None:
    link = next((link for link in links(told) if link.get("rel") == "next"), None)
    if link is None:
        header = answer.link("next")
        return Request(header) if header else None
    url = urljoin(answer.url, str(link.get("href", "")))
    if str(link.get("method", "GET")).upper() != "POST":
        return Request(url)
    body = link.get("body")
    asked = dict(body) if isinstance(body, Mapping) else {}
    if link.get("merge") is True and before.body:
        asked = json.loads(before.body) | asked
    data = json.dumps(asked, sort_keys=True).encode()
    return Request(url, method="POST", headers={"Content-Type": "application/json"}, body=data)


def _cursor(request: Request) -> str:
    return f"{request.address} {request.body.decode()}".strip()


def links(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the links of an object of STAC."""
    found = told.get("links")
    return [link for link in found if isinstance(link, Mapping)] if isinstance(found, list) else []


def _href(told: Mapping[str, Any], relation: str, base: str) -> str:
    found = next((link.get("href") for link in links(told) if link.get("rel") == relation), None)
    return urljoin(base, found) if isinstance(found, str) else ""


def record_of(row: object) -> Record:
    """Return a collection or an item as a record; an item is named after its collection too."""
    if not isinstance(row, Mapping):
        return Record("", row, problem="it is no object")
    name = str(row.get("id") or "")
    collection = row.get("collection")
    return Record(f"{collection}/{name}" if collection and name else name, row)


def _collection(body: Mapping[str, Any], asked: Asked) -> Mapped:
    name = str(body["id"])
    identifier = mapping.dataset_id(asked.source, name)
    extent = body.get("extent") or {}
    boxes = (extent.get("spatial") or {}).get("bbox") or [None]
    times = (extent.get("temporal") or {}).get("interval") or [[None, None]]
    start, end = [*times[0], None, None][:2]
    licence, rights = _licence(body, asked.address)
    agents = _providers(body)
    dataset = Dataset(
        id=identifier,
        title=mapping.words(body.get("title")) or mapping.words(name),
        description=mapping.words(body.get("description")),
        publisher=agents[0].id if agents else "",
        doi=mapping.doi(body.get("sci:doi")),
        version=mapping.plain(body.get("version")),
        landing_page=_page(body, asked.address),
        license=licence,
        rights=rights,
        spatial=area.spatial(area.bbox(boxes[0])),
        temporal=mapping.period(start or "", end or ""),
        variables=_variables(body),
        keywords=mapping.keywords(body.get("keywords") or ()),
        distributions=distributions(identifier, _assets(body, asked.address)),
        extra=mapping.rest(body, _USED),
    )
    return Mapped(dataset=dataset, agents=agents)


def _item(body: Mapping[str, Any], asked: Asked) -> Mapped:
    name = f"{body.get('collection') or ''}/{body['id']}".lstrip("/")
    identifier = mapping.dataset_id(asked.source, name)
    facts = body.get("properties") or {}
    item = format_named("stac")
    itself = Way(
        url=_href(body, "self", asked.address), media_type=item.media_type, reader=item.name
    )
    agents = _providers(facts)
    licence, rights = _licence(facts, asked.address)
    dataset = Dataset(
        id=identifier,
        title=mapping.words(facts.get("title")) or mapping.words(str(body["id"])),
        description=mapping.words(facts.get("description")),
        publisher=agents[0].id if agents else "",
        doi=mapping.doi(facts.get("sci:doi")),
        issued=mapping.day(facts.get("created")),
        license=licence,
        rights=rights,
        spatial=area.spatial(area.bbox(body.get("bbox")) or area.geometry(body)),
        temporal=_moment(facts),
        distributions=distributions(identifier, (itself, *_assets(body, asked.address))),
        extra=mapping.rest(facts, _FACTS) | mapping.rest(body, _USED),
    )
    return Mapped(dataset=dataset, agents=agents)


_FACTS = mapping.names(
    "title description license providers created updated datetime start_datetime end_datetime "
    "sci:doi"
)


def _moment(facts: Mapping[str, Any]) -> PeriodOfTime:
    if facts.get("start_datetime") or facts.get("end_datetime"):
        return mapping.period(facts.get("start_datetime") or "", facts.get("end_datetime") or "")
    return mapping.period(facts.get("datetime") or "", facts.get("datetime") or "")


def _licence(body: Mapping[str, Any], base: str) -> tuple[str, Any]:
    told = body.get("license")
    link = _href(body, "license", base)
    named = told if told not in ("proprietary", "various", "other") else None
    licence, rights = mapping.licence(named, link)
    return licence, rights or (mapping.words(told) if not licence else rights)


def _providers(body: Mapping[str, Any]) -> tuple[Agent, ...]:
    """Return the providers, producers before those that only host."""
    told = body.get("providers")
    found = [item for item in told if isinstance(item, Mapping)] if isinstance(told, list) else []
    found.sort(key=lambda item: "producer" not in (item.get("roles") or ()))
    agents = (mapping.agent(item.get("name"), item.get("url")) for item in found)
    return tuple(dict.fromkeys(agent for agent in agents if agent is not None))


def _variables(body: Mapping[str, Any]) -> tuple[Variable, ...]:
    """Return the variables of the data cube extension."""
    told = body.get("cube:variables")
    found = told.items() if isinstance(told, Mapping) else ()
    return tuple(
        Variable(
            name=mapping.plain(name),
            standard_name=_standard_name(item),
            units=mapping.plain(item.get("unit")),
            long_name=mapping.words(item.get("description")),
        )
        for name, item in found
        if isinstance(item, Mapping) and mapping.plain(name)
    )


def _standard_name(item: Mapping[str, Any]) -> str:
    attributes = item.get("attrs")
    told = attributes.get("standard_name") if isinstance(attributes, Mapping) else ""
    return mapping.standard_name(told)


def _page(body: Mapping[str, Any], base: str) -> str:
    for relation in ("about", "describedby", "cite-as", "via"):
        if found := mapping.url(_href(body, relation, base)):
            return found
    return ""


def _assets(body: Mapping[str, Any], base: str) -> Iterator[Way]:
    """Yield the assets that are data."""
    assets = body.get("assets")
    for name, asset in assets.items() if isinstance(assets, Mapping) else ():
        if isinstance(asset, Mapping) and not _NO_DATA & {*(asset.get("roles") or ()), name}:
            yield Way(
                url=urljoin(_href(body, "self", base) or base, str(asset.get("href") or "")),
                media_type=asset.get("type"),
                title=asset.get("title") or name,
                size=asset.get("file:size"),
            )


PROTOCOL = StacApi()
