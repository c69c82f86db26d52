"""`Distribution` → triples: DCAT, and where its address was seen opened."""

from __future__ import annotations

import json
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from sciknow.graph.fact import Facts, fact, kind_of
from sciknow.model import AccessEvidence, Distribution
from sciknow.rdf.term import boolean, date, iri, local, mint, string, texts, typed
from sciknow.vocab import DCAT, DCTERMS, ID_BASE, SCHEMA, SK, XSD

MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
FILE = ID_BASE + "file:"
"""Names of files that ship with a catalogue: the path follows."""


def address(value: str) -> NamedNode:
    """Name where data are: an address as it is, a file of the catalogue below `FILE`."""
    return iri(value) if "://" in value else NamedNode(FILE + quote(value, safe="/:._-~"))


def describe_distribution(dataset: NamedNode, item: Distribution, place: int) -> Facts:
    """Yield the facts of one way to get a dataset."""
    node = local("distribution", item.id)
    yield fact(dataset, DCAT.distribution, node)
    yield from kind_of(node, DCAT.Distribution)
    yield fact(node, DCTERMS.identifier, string(item.id))
    yield fact(node, SCHEMA.position, typed(place, XSD.integer))
    yield fact(node, DCAT.accessURL, address(item.access_url))
    yield fact(node, SK.openable, boolean(item.openable))
    yield fact(node, SK.opensOffline, boolean(item.offline))
    if item.reader:
        yield fact(node, SK.reader, string(item.reader))
    if item.media_type:
        yield fact(node, DCAT.mediaType, iri(MEDIA_TYPES + item.media_type))
    if item.byte_size is not None:
        yield fact(node, DCAT.byteSize, typed(item.byte_size, XSD.nonNegativeInteger))
    for value in texts(item.title):
        yield fact(node, DCTERMS.title, value)
    if item.storage_options:
        yield fact(node, SK.storageOptions, as_json(dict(item.storage_options)))
    if item.options:
        yield fact(node, SK.options, as_json(dict(item.options)))
    for number, evidence in enumerate(item.access_evidence):
        yield from _evidence(node, evidence, number)


def as_json(value: dict[str, object]) -> Literal:
    """Make a text literal of an object as JSON, its keys sorted."""
    return Literal(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _evidence(distribution: NamedNode, item: AccessEvidence, place: int) -> Facts:
    node = mint("evidence", distribution.value, place)
    yield fact(distribution, SK.accessEvidence, node)
    yield from kind_of(node, SK.AccessEvidence)
    yield fact(node, SCHEMA.position, typed(place, XSD.integer))
    yield fact(node, DCTERMS.source, iri(item.source))
    yield fact(node, SK.openedWith, string(item.opened_with))
    if item.accessed:
        yield fact(node, SK.readOn, date(item.accessed))
