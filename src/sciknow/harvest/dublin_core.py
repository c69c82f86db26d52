"""Simple Dublin Core, the least that every OAI-PMH repository speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sciknow.errors import InvalidInput
from sciknow.harvest import mapping
from sciknow.harvest.markup import language_of, local
from sciknow.harvest.protocol import Mapped
from sciknow.harvest.way import Way, distributions, reader_of
from sciknow.model import Agent, Dataset
from sciknow.model.receipt import Asked

_ELEMENTS = mapping.names(
    "title creator subject description publisher contributor date type format identifier source "
    "language relation coverage rights"
)
_CITES = re.compile(r"\S\s+\S+\s+\S")
"""Three words and more: an identifier in there may be that of a paper."""

_LEFT = ("contributor", "type", "source", "language", "relation", "coverage", "format")
"""Elements that say nothing certain of a dataset: they are kept as they are."""


def parse(root: Element, name: str, asked: Asked) -> Mapped:
    """Map an ``oai_dc`` record.

    Raises
    ------
    InvalidInput
        When it has no title.
    """
    fields = _fields(root)
    title = mapping.words(fields.get("title"))
    if not title:
        raise InvalidInput("title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    creators = tuple(_agents(fields, "creator", person=True))
    publishers = tuple(_agents(fields, "publisher", person=False))
    named = [text for _, text in fields.get("identifier", [])]
    licence, rights = mapping.licence(*(text for _, text in fields.get("rights", [])))
    links = [found for text in named if (found := mapping.url(text))]
    pages = [link for link in links if not reader_of(link)]
    left = {key: [text for _, text in fields[key]] for key in _LEFT if key in fields}
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(fields.get("description")),
        publisher=publishers[0].id if publishers else "",
        creators=tuple(dict.fromkeys(agent.id for agent in creators)),
        doi=mapping.doi(*(text for text in named if not _CITES.search(text))),
        cstr=mapping.cstr(*named),
        issued=next((day for _, text in fields.get("date", []) if (day := mapping.day(text))), ""),
        landing_page=pages[0] if pages else "",
        license=licence,
        rights=rights,
        keywords=mapping.keywords(text for _, text in fields.get("subject", [])),
        distributions=distributions(identifier, (Way(url=link) for link in links)),
        extra=left,
    )
    return Mapped(dataset=dataset, agents=(*creators, *publishers[:1]))


def _fields(root: Element) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for element in root:
        text = "".join(element.itertext()).strip()
        if text and local(element) in _ELEMENTS:
            found.setdefault(local(element), []).append((language_of(element), text))
    return found


def _agents(fields: dict[str, list[tuple[str, str]]], key: str, *, person: bool) -> Iterator[Agent]:
    for _, text in fields.get(key, []):
        agent = mapping.agent(text, person=person)
        if agent is not None:
            yield agent
