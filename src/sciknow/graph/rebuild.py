"""Quads → `Dataset`: the way back from RDF, for DCAT that others send and for checks.

What a set cannot keep comes back in a normal order: keywords, themes, sectors and grants are
sorted, each once, and addresses are IRIs (`normal_form` does the same to any dataset).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from pyoxigraph import Quad, Triple

from sciknow.graph.describe_distribution import FILE, MEDIA_TYPES
from sciknow.graph.index import Index, Node, own_id, unique
from sciknow.model import (
    AccessEvidence,
    Activity,
    Dataset,
    Distribution,
    Grant,
    LangString,
    PeriodOfTime,
    Relation,
    RelationKind,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.model.licence import SPDX
from sciknow.rdf.term import iri
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
    """Sort what RDF keeps as a set (keywords, themes, sectors, grants, fields of activities).

    The address of the page is written as an IRI: brackets and blanks in it are percent-encoded.
    """
    activities = tuple(replace(item, fields=unique(item.fields)) for item in dataset.provenance)
    grants = sorted(set(dataset.grants), key=_grant_key)
    others = (item for item in dataset.sectors if item != dataset.sector)
    return replace(
        dataset,
        landing_page=iri(dataset.landing_page).value if dataset.landing_page else "",
        keywords=unique(dataset.keywords),
        theme=unique(dataset.theme),
        sectors=unique(others),
        grants=tuple(grants),
        relations=tuple(sorted(set(dataset.relations), key=_relation_key)),
        provenance=activities,
    )


def _relation_key(relation: Relation) -> tuple[str, ...]:
    return relation.kind, relation.dataset, relation.change.en, relation.change.zh


def _grant_key(grant: Grant) -> tuple[str, ...]:
    return grant.funder, grant.number, grant.name.en, grant.name.zh


def _dataset(node: Node) -> Dataset:
    identifier = own_id(node.name, "dataset", node.name)
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
            citation=node.text(DCTERMS.bibliographicCitation),
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
            relations=tuple(_relation(item) for item in node.nodes(SK.relation)),
            distributions=tuple(_distribution(item) for item in node.nodes(DCAT.distribution)),
            provenance=tuple(_activity(item) for item in node.nodes(PROV.wasGeneratedBy)),
            extra=node.mapping(SK.extra),
        )
    )


def _sectors(node: Node, predicate: str) -> tuple[Sector, ...]:
    names = node.ids(predicate, "concept")
    return tuple(Sector(name.removeprefix("sector-")) for name in names)


def _creators(node: Node) -> tuple[str, ...]:
    names = tuple(own_id(value, "agent", node.name) for value in node.listed(SK.creatorList))
    return names or node.ids(DCTERMS.creator, "agent")


def _relation(node: Node) -> Relation:
    return Relation(
        kind=RelationKind(node.text(SK.relationKind)),
        dataset=next(iter(node.ids(DCTERMS.relation, "dataset")), ""),
        change=node.langstring(RDFS.comment),
    )


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
        id=own_id(node.name, "distribution", node.name),
        access_url=unquote(url.removeprefix(FILE)) if url.startswith(FILE) else url,
        reader=node.text(SK.reader),
        media_type=unquote(node.text(DCAT.mediaType).removeprefix(MEDIA_TYPES)),
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
