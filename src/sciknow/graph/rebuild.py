"""Quads → `Dataset`: the way back from RDF, for DCAT that others send and for checks.

What a set cannot keep comes back in a normal order: keywords, themes, sectors and grants are
sorted, each once (`normal_form` does the same to any dataset).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Quad, Triple

from sciknow.errors import InvalidInput
from sciknow.graph.describe_dataset import FILE, MEDIA_TYPES, SPDX
from sciknow.graph.term import local_id
from sciknow.model import (
    AccessEvidence,
    Activity,
    Dataset,
    Distribution,
    Grant,
    LangString,
    PeriodOfTime,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.vocab import (
    DCAT,
    DCTERMS,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SK,
    SKOS,
    AccessRights,
    ActivityKind,
    Sector,
)

T = TypeVar("T")
Term = NamedNode | Literal


def from_graph(quads: Iterable[Quad | Triple]) -> tuple[Dataset, ...]:
    """Rebuild every dataset that the quads describe, sorted by id, in normal form.

    Parameters
    ----------
    quads : iterable of Quad or Triple
        What `to_quads` made; graphs are joined, unknown facts ignored.

    Raises
    ------
    InvalidInput
        When a dataset lacks its id or a value has no place in the model.
    """
    index = Index(quads)
    datasets = (
        _dataset(Node(index, subject)) for subject in index.subjects(RDF.type, DCAT.Dataset)
    )
    return tuple(sorted(datasets, key=lambda dataset: dataset.id))


def normal_form(dataset: Dataset) -> Dataset:
    """Sort what RDF keeps as a set: keywords, themes, sectors, grants, fields of activities."""
    activities = tuple(replace(item, fields=_unique(item.fields)) for item in dataset.provenance)
    grants = sorted(set(dataset.grants), key=_grant_key)
    others = (item for item in dataset.sectors if item != dataset.sector)
    return replace(
        dataset,
        keywords=_unique(dataset.keywords),
        theme=_unique(dataset.theme),
        sectors=_unique(others),
        grants=tuple(grants),
        provenance=activities,
    )


def _unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(set(values), key=str))


def _grant_key(grant: Grant) -> tuple[str, ...]:
    return grant.funder, grant.number, grant.name.en, grant.name.zh


class Index:
    """Facts by subject and property, in memory."""

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        self._facts: dict[str, dict[str, list[Term]]] = {}
        for quad in quads:
            subject, value = quad.subject, quad.object
            if isinstance(subject, NamedNode) and isinstance(value, Term):
                values = self._facts.setdefault(subject.value, {})
                values.setdefault(quad.predicate.value, []).append(value)

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Return the names of the subjects that have a property with an IRI as its value."""
        node = NamedNode(value)
        return [name for name, facts in self._facts.items() if node in facts.get(predicate, ())]

    def values(self, subject: str, predicate: str) -> list[Term]:
        """Return the values of a property, each once."""
        return list(dict.fromkeys(self._facts.get(subject, {}).get(predicate, ())))


class Node:
    """One subject of an `Index`."""

    def __init__(self, index: Index, name: str) -> None:
        self.index = index
        self.name = name

    def texts(self, predicate: str) -> list[str]:
        """Return the values of a property as texts, in a steady order."""
        return sorted(item.value for item in self.index.values(self.name, predicate))

    def text(self, predicate: str) -> str:
        """Return the only value of a property as text, or an empty one."""
        found = self.texts(predicate)
        if len(found) > 1:
            raise InvalidInput(
                f"{self.name}: {predicate} has {len(found)} values", hint="give it one"
            )
        return found[0] if found else ""

    def langstring(self, predicate: str) -> LangString:
        """Return a text in both languages."""
        found: dict[str, str] = {}
        for item in self.index.values(self.name, predicate):
            if isinstance(item, Literal) and item.language in ("en", "zh"):
                found.setdefault(item.language, item.value)
        return LangString(**found)

    def pairs(self, predicate: str) -> tuple[tuple[str, str], ...]:
        """Return (language, text) pairs."""
        values = self.index.values(self.name, predicate)
        return _unique(
            (item.language or "en", item.value) for item in values if isinstance(item, Literal)
        )

    def ids(self, predicate: str, kind: str) -> tuple[str, ...]:
        """Return the ids of the hub's own resources that a property names."""
        return _unique(_own(value, kind, self.name) for value in self.texts(predicate))

    def number(self, predicate: str) -> float | None:
        """Return a number, or None."""
        value = self.text(predicate)
        return float(value) if value else None

    def flag(self, predicate: str) -> bool:
        """Return a truth value; absent is false."""
        return self.text(predicate) in ("true", "1")

    def mapping(self, predicate: str) -> Mapping[str, object]:
        """Return an object kept as JSON text."""
        value = self.text(predicate)
        return dict(json.loads(value)) if value else {}

    def nodes(self, predicate: str) -> list[Node]:
        """Return the nodes that a property names, by their position."""
        found = [Node(self.index, value) for value in self.texts(predicate)]
        return sorted(found, key=lambda node: int(node.text(SCHEMA.position) or 0))

    def listed(self, predicate: str) -> Iterator[str]:
        """Yield the members of an RDF list."""
        cell = self.text(predicate)
        seen: set[str] = set()
        while cell and cell != RDF.nil and cell not in seen:
            seen.add(cell)
            node = Node(self.index, cell)
            yield node.text(RDF.first)
            cell = node.text(RDF.rest)


def _own(value: str, kind: str, where: str) -> str:
    found = local_id(value, kind)
    if found is None:
        raise InvalidInput(f"{where}: <{value}> is not of this hub", hint=f"name a {kind} of it")
    return unquote(found)


def _dataset(node: Node) -> Dataset:
    identifier = _own(node.name, "dataset", node.name)
    rights = node.nodes(DCTERMS.rights)
    access = node.ids(DCTERMS.accessRights, "access")
    periodicity = node.ids(DCTERMS.accrualPeriodicity, "frequency")
    return normal_form(
        Dataset(
            id=identifier,
            title=node.langstring(DCTERMS.title),
            description=node.langstring(DCTERMS.description),
            sector=next(iter(_sectors(node, SK.homeSector)), None),
            sectors=_sectors(node, SK.sector),
            publisher=next(iter(node.ids(DCTERMS.publisher, "agent")), ""),
            creators=_creators(node),
            grants=tuple(_grant(item) for item in node.nodes(SCHEMA.funding)),
            doi=node.text(SK.doi),
            cstr=node.text(SK.cstr),
            version=node.text(DCAT.version),
            issued=node.text(DCTERMS.issued),
            landing_page=node.text(DCAT.landingPage),
            license=node.text(DCTERMS.license).removeprefix(SPDX),
            rights=rights[0].langstring(RDFS.label) if rights else LangString(),
            access_rights=AccessRights(access[0]) if access else None,
            spatial=_spatial(node),
            temporal=_period(node),
            resolution=_resolution(node),
            accrual_periodicity=periodicity[0] if periodicity else "",
            variables=tuple(_variable(item) for item in node.nodes(SCHEMA.variableMeasured)),
            keywords=node.pairs(DCAT.keyword),
            theme=node.ids(DCAT.theme, "concept"),
            distributions=tuple(_distribution(item) for item in node.nodes(DCAT.distribution)),
            provenance=tuple(_activity(item) for item in node.nodes(PROV.wasGeneratedBy)),
            extra=node.mapping(SK.extra),
        )
    )


def _sectors(node: Node, predicate: str) -> tuple[Sector, ...]:
    names = node.ids(predicate, "concept")
    return tuple(Sector(name.removeprefix("sector-")) for name in names)


def _creators(node: Node) -> tuple[str, ...]:
    names = tuple(_own(value, "agent", node.name) for value in node.listed(SK.creatorList))
    return names or node.ids(DCTERMS.creator, "agent")


def _grant(node: Node) -> Grant:
    return Grant(
        funder=next(iter(node.ids(SCHEMA.funder, "agent")), ""),
        number=node.text(SCHEMA.identifier),
        name=node.langstring(SCHEMA.name),
    )


def _spatial(node: Node) -> SpatialCoverage:
    places = node.nodes(DCTERMS.spatial)
    if not places:
        return SpatialCoverage()
    place = places[0]
    west, south, east, north = (
        place.number(name) for name in (SK.west, SK.south, SK.east, SK.north)
    )
    known = west is not None and south is not None and east is not None and north is not None
    return SpatialCoverage(
        bbox=(west or 0.0, south or 0.0, east or 0.0, north or 0.0) if known else None,
        name=place.langstring(SKOS.prefLabel),
    )


def _period(node: Node) -> PeriodOfTime:
    periods = node.nodes(DCTERMS.temporal)
    if not periods:
        return PeriodOfTime()
    return PeriodOfTime(periods[0].text(DCAT.startDate), periods[0].text(DCAT.endDate))


def _resolution(node: Node) -> Resolution:
    return Resolution(
        node.number(SK.spatialResolutionInDegrees),
        node.number(DCAT.spatialResolutionInMeters),
        node.text(DCAT.temporalResolution),
    )


def _variable(node: Node) -> Variable:
    return Variable(
        name=node.text(SCHEMA.name),
        standard_name=node.text(SK.standardName),
        units=node.text(SCHEMA.unitText),
        long_name=node.langstring(SCHEMA.description),
    )


def _distribution(node: Node) -> Distribution:
    size, url = node.text(DCAT.byteSize), node.text(DCAT.accessURL)
    return Distribution(
        id=_own(node.name, "distribution", node.name),
        access_url=unquote(url.removeprefix(FILE)) if url.startswith(FILE) else url,
        reader=node.text(SK.reader),
        media_type=node.text(DCAT.mediaType).removeprefix(MEDIA_TYPES),
        title=node.langstring(DCTERMS.title),
        byte_size=int(size) if size else None,
        storage_options=node.mapping(SK.storageOptions),
        options=node.mapping(SK.options),
        offline=node.flag(SK.opensOffline),
        access_evidence=tuple(_evidence(item) for item in node.nodes(SK.accessEvidence)),
    )


def _evidence(node: Node) -> AccessEvidence:
    return AccessEvidence(
        source=node.text(DCTERMS.source),
        opened_with=node.text(SK.openedWith),
        accessed=node.text(SK.readOn),
    )


def _activity(node: Node) -> Activity:
    return Activity(
        source=node.text(PROV.used),
        accessed=node.text(SK.readOn),
        fields=tuple(node.texts(SK.fieldGroup)),
        activity=ActivityKind(node.text(SK.activity) or ActivityKind.READ),
        note=node.text(RDFS.comment),
    )
