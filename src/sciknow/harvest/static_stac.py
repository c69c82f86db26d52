"""Static STAC catalogues: files that link to each other, walked by ``child`` and ``item``.

Each collection is a dataset, and so is an item that no collection holds; with ``sets`` the items of
these collections are. A catalogue names no total, so nobody can know whether all were linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sciknow.errors import SourceUnavailable
from sciknow.harvest.crawl import Found, Step, crawl, joined
from sciknow.harvest.objects import read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.stac_api import PROTOCOL as STAC_API
from sciknow.harvest.stac_api import links, record_of
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

_KINDS = ("Catalog", "Collection", "Feature")


class StaticStac:
    """A STAC catalogue without a server that searches."""

    name = "static_stac"
    title = "static STAC catalogue"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the catalogue, as a file in the folder too."""
        bare = address.partition("#")[0]
        file = f"{bare.rstrip('/')}/catalog.json"
        known = ".json" in bare.rpartition("/")[2]
        return (Request(bare),) if known else (Request(bare), Request(file))

    def sniff(self, answer: Answer) -> str:
        """Recognise a STAC catalogue that links to files, and to no server's collections."""
        told, _ = read_object(answer)
        relations = [link.get("rel") for link in links(told)]
        known = "stac_version" in told and told.get("type", "Catalog") in _KINDS[:2]
        linked = sum(relation in ("child", "item") for relation in relations)
        if not known or not linked or "data" in relations:
            return ""
        return f"STAC {told['stac_version']}, {linked:,} links to files"

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read file after file; a collection that is asked for and never came is missing."""
        met = set[str]()

        def read(answer: Answer, step: Step) -> Found:
            return _read(answer, step, asked.sets, met)

        yield from crawl(asked.address.partition("#")[0], ask, read)
        for name in asked.sets:
            if name not in met:
                yield Page(missing=f"the catalogue leads to no collection {name!r}")

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a collection or an item as a STAC API's."""
        return STAC_API.parse(record, asked)


def _read(answer: Answer, step: Step, sets: tuple[str, ...], met: set[str]) -> Found:
    told, mended = read_object(answer)
    kind = _kind(told)
    if not kind:
        raise SourceUnavailable(
            f"{redact(answer.url)}: no STAC catalogue, collection or item",
            hint="tell the source's operator",
        )
    here = _placed(told, answer.url)
    if kind == "Feature":
        return Found((record_of(here),), mended=mended)
    own = kind == "Collection"
    within = str(told.get("id") or "") if own else step.within
    if own:
        met.add(within)
    items = within in sets if sets else not within
    steps = tuple(
        step.to(answer.url, link["href"], within)
        for link in links(here)
        if link.get("rel") == "child" or (items and link.get("rel") == "item")
    )
    return Found((record_of(here),) if own and not sets else (), steps, mended)


def _kind(told: Mapping[str, Any]) -> str:
    """Return what a file is; before STAC 1.0 only items said so."""
    if told.get("type") in _KINDS:
        return str(told["type"])
    if "type" in told or "stac_version" not in told:
        return ""
    return "Collection" if "extent" in told else "Catalog"


def _placed(told: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return a file whose links lead where they lead from its own address."""
    found = [
        {**link, "href": joined(url, link["href"])}
        for link in links(told)
        if isinstance(link.get("href"), str) and link.get("rel") != "self"
    ]
    return {**told, "links": [*found, {"rel": "self", "href": url}]}


PROTOCOL = StaticStac()
