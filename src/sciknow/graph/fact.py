"""Triples in general: one fact, an ordered list, the provenance of a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode, Triple

from sciknow.model import Activity
from sciknow.rdf.term import Term, date, iri, mint, string, typed
from sciknow.vocab import DCTERMS, PROV, RDF, RDFS, SCHEMA, SK, XSD

Facts = Iterator[Triple]


def fact(subject: NamedNode, predicate: str, value: Term) -> Triple:
    """Make a triple from a node, a property's IRI and a value."""
    return Triple(subject, NamedNode(predicate), value)


def kind_of(subject: NamedNode, *classes: str) -> Facts:
    """Say what a node is."""
    return (fact(subject, RDF.type, NamedNode(item)) for item in classes)


def ordered(node: NamedNode, predicate: str, values: Sequence[Term]) -> Facts:
    """Yield an RDF list, its cells named by digest, so that the order is kept."""
    cells = [mint("list", node.value, predicate, place) for place in range(len(values))]
    yield fact(node, predicate, cells[0])
    for cell, value, rest in zip(cells, values, [*cells[1:], NamedNode(RDF.nil)], strict=True):
        yield fact(cell, RDF.first, value)
        yield fact(cell, RDF.rest, rest)


def describe_provenance(record: NamedNode, activities: tuple[Activity, ...]) -> Facts:
    """Yield one PROV activity for each source that a record's facts rest on."""
    for place, item in enumerate(activities):
        if not item.source:
            continue
        node = mint("activity", record.value, place)
        source = iri(item.source)
        yield fact(record, PROV.wasGeneratedBy, node)
        yield fact(record, DCTERMS.source, source)
        yield from kind_of(node, PROV.Activity)
        yield fact(node, SCHEMA.position, typed(place, XSD.integer))
        yield fact(node, PROV.used, source)
        yield fact(node, SK.activity, string(item.activity))
        if item.accessed:
            yield fact(node, SK.readOn, date(item.accessed))
        for name in item.fields:
            yield fact(node, SK.fieldGroup, string(name))
        if item.note:
            yield fact(node, RDFS.comment, string(item.note))
