"""`Dataset` → triples: DCAT 3, schema.org, PROV, and the hub's own terms."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

from pyoxigraph import NamedNode

from sciknow.graph.describe_distribution import as_json, describe_distribution
from sciknow.graph.fact import Facts, describe_provenance, fact, kind_of, ordered
from sciknow.model import (
    Dataset,
    Grant,
    PeriodOfTime,
    Relation,
    SpatialCoverage,
    Variable,
)
from sciknow.model.coverage import BBox
from sciknow.model.identifier import cstr_iri, doi_iri
from sciknow.model.licence import address_of
from sciknow.rdf.term import (
    boolean,
    date,
    decimal,
    double,
    first_day,
    iri,
    last_day,
    local,
    mint,
    string,
    tagged,
    texts,
    typed,
)
from sciknow.vocab import (
    DCAT,
    DCTERMS,
    GEO,
    ID_BASE,
    RDFS,
    SCHEMA,
    SK,
    SKOS,
    XSD,
)

STANDARD_NAMES = "http://vocab.nerc.ac.uk/standard_name/"


def describe_dataset(dataset: Dataset) -> Facts:
    """Yield every fact of a dataset and of the nodes that only it uses."""
    node = iri(dataset.iri)
    yield from kind_of(node, DCAT.Dataset)
    yield fact(node, DCTERMS.identifier, string(dataset.id))
    yield from _words(node, dataset)
    yield from _names(node, dataset)
    yield from _people(node, dataset)
    for relation in dataset.relations:
        yield from _relation(node, dataset, relation)
    yield from _terms(node, dataset)
    yield from _coverage(node, dataset)
    yield from _variables(node, dataset)
    for place, distribution in enumerate(dataset.distributions):
        yield from describe_distribution(node, distribution, place)
    yield fact(node, SK.openable, boolean(dataset.openable))
    yield fact(node, SK.opensOffline, boolean(dataset.offline))
    yield from describe_provenance(node, dataset.provenance)
    if dataset.extra:
        yield fact(node, SK.extra, as_json(dict(dataset.extra)))


def _words(node: NamedNode, dataset: Dataset) -> Facts:
    for value in texts(dataset.title):
        yield fact(node, DCTERMS.title, value)
    for value in texts(dataset.description):
        yield fact(node, DCTERMS.description, value)
    for tag, word in dataset.keywords:
        yield fact(node, DCAT.keyword, tagged(tag, word))
    for theme in dataset.theme:
        yield fact(node, DCAT.theme, local("concept", theme))
    if dataset.sector:
        yield fact(node, SK.homeSector, local("concept", f"sector-{dataset.sector}"))
    for sector in dataset.all_sectors:
        yield fact(node, SK.sector, local("concept", f"sector-{sector}"))


def _names(node: NamedNode, dataset: Dataset) -> Facts:
    if dataset.doi:
        yield fact(node, SK.doi, string(dataset.doi))
        yield fact(node, DCTERMS.identifier, string(doi_iri(dataset.doi)))
        yield fact(node, SCHEMA.sameAs, iri(doi_iri(dataset.doi)))
    if dataset.cstr:
        yield fact(node, SK.cstr, string(dataset.cstr))
        yield fact(node, DCTERMS.identifier, string(cstr_iri(dataset.cstr)))
        yield fact(node, SCHEMA.sameAs, iri(cstr_iri(dataset.cstr)))
    if dataset.version:
        yield fact(node, DCAT.version, string(dataset.version))
    if dataset.issued:
        yield fact(node, DCTERMS.issued, date(dataset.issued))
    if dataset.citation:
        yield fact(node, DCTERMS.bibliographicCitation, string(dataset.citation))
    if dataset.landing_page:
        yield fact(node, DCAT.landingPage, iri(dataset.landing_page))


def _people(node: NamedNode, dataset: Dataset) -> Facts:
    if dataset.publisher:
        yield fact(node, DCTERMS.publisher, local("agent", dataset.publisher))
    creators = [local("agent", name) for name in dataset.creators]
    for creator in creators:
        yield fact(node, DCTERMS.creator, creator)
    if creators:
        yield from ordered(node, SK.creatorList, creators)
    for grant in dataset.grants:
        yield from _grant(node, grant)


def _grant(node: NamedNode, grant: Grant) -> Facts:
    funder = local("agent", grant.funder)
    name = mint("grant", grant.funder, grant.number, grant.name.to_dict())
    yield fact(node, SCHEMA.funding, name)
    yield fact(node, SCHEMA.funder, funder)
    yield from kind_of(name, SCHEMA.Grant)
    yield fact(name, SCHEMA.funder, funder)
    if grant.number:
        yield fact(name, SCHEMA.identifier, string(grant.number))
    for value in texts(grant.name):
        yield fact(name, SCHEMA.name, value)


def _relation(node: NamedNode, dataset: Dataset, relation: Relation) -> Facts:
    other = local("dataset", relation.dataset)
    name = mint("relation", dataset.id, relation.kind, relation.dataset)
    yield fact(node, getattr(DCTERMS, relation.kind), other)
    yield fact(node, SK.relation, name)
    yield from kind_of(name, SK.Relation)
    yield fact(name, SK.relationKind, string(relation.kind))
    yield fact(name, DCTERMS.relation, other)
    for value in texts(relation.change):
        yield fact(name, RDFS.comment, value)


def _terms(node: NamedNode, dataset: Dataset) -> Facts:
    if dataset.license:
        yield fact(node, DCTERMS.license, iri(address_of(dataset.license)))
    if dataset.access_rights:
        yield fact(node, DCTERMS.accessRights, local("access", dataset.access_rights))
    if dataset.rights:
        rights = local("rights", dataset.id)
        yield fact(node, DCTERMS.rights, rights)
        yield from kind_of(rights, DCTERMS.RightsStatement)
        for value in texts(dataset.rights):
            yield fact(rights, RDFS.label, value)
    if dataset.accrual_periodicity:
        frequency = local("frequency", dataset.accrual_periodicity)
        yield fact(node, DCTERMS.accrualPeriodicity, frequency)


def _coverage(node: NamedNode, dataset: Dataset) -> Facts:
    if dataset.spatial:
        yield from _spatial(node, dataset.spatial)
    if dataset.temporal:
        yield from _temporal(node, dataset.temporal)
    resolution = dataset.resolution
    if resolution.degrees is not None:
        yield fact(node, SK.spatialResolutionInDegrees, double(resolution.degrees))
    if resolution.meters is not None:
        yield fact(node, DCAT.spatialResolutionInMeters, decimal(resolution.meters))
    if resolution.duration:
        yield fact(node, DCAT.temporalResolution, typed(resolution.duration, XSD.duration))


def wkt(box: BBox) -> str:
    """Write a box as well-known text, split in two where it crosses the antimeridian.

    Examples
    --------
    >>> wkt((0, -10, 20, 10))
    'POLYGON ((0 -10,20 -10,20 10,0 10,0 -10))'
    """
    west, south, east, north = box
    if west <= east:
        return f"POLYGON {_ring(west, south, east, north)}"
    halves = _ring(west, south, 180, north), _ring(-180, south, east, north)
    return f"MULTIPOLYGON ({','.join(halves)})"


def _ring(west: float, south: float, east: float, north: float) -> str:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return "((" + ",".join(f"{x:.10g} {y:.10g}" for x, y in corners) + "))"


def _spatial(node: NamedNode, spatial: SpatialCoverage) -> Facts:
    box = tuple(float(side) + 0.0 for side in spatial.bbox) if spatial.bbox else None
    place = mint("location", box, spatial.name.to_dict())
    yield fact(node, DCTERMS.spatial, place)
    yield from kind_of(place, DCTERMS.Location)
    for value in texts(spatial.name):
        yield fact(place, SKOS.prefLabel, value)
    if spatial.bbox:
        yield fact(place, DCAT.bbox, typed(wkt(spatial.bbox), GEO.wktLiteral))
        names = (SK.west, SK.south, SK.east, SK.north)
        for name, side in zip(names, spatial.bbox, strict=True):
            yield fact(place, name, double(side))


def _temporal(node: NamedNode, period: PeriodOfTime) -> Facts:
    name = mint("period", period.start, period.end)
    yield fact(node, DCTERMS.temporal, name)
    yield from kind_of(name, DCTERMS.PeriodOfTime)
    if period.start:
        yield fact(name, DCAT.startDate, date(period.start))
        yield fact(name, SK.firstDay, first_day(period.start))
    if period.end:
        yield fact(name, DCAT.endDate, date(period.end))
        yield fact(name, SK.lastDay, last_day(period.end))


def _variables(node: NamedNode, dataset: Dataset) -> Facts:
    seen: Counter[str] = Counter()
    for place, variable in enumerate(dataset.variables):
        seen[variable.name] += 1
        again = f"~{seen[variable.name]}" if seen[variable.name] > 1 else ""
        name = NamedNode(f"{ID_BASE}variable:{dataset.id}:{quote(variable.name, safe='')}{again}")
        yield fact(node, SCHEMA.variableMeasured, name)
        yield from _variable(name, variable, place)


def _variable(node: NamedNode, variable: Variable, place: int) -> Facts:
    yield from kind_of(node, SCHEMA.PropertyValue, SK.Variable)
    yield fact(node, SCHEMA.name, string(variable.name))
    yield fact(node, SCHEMA.position, typed(place, XSD.integer))
    if variable.standard_name:
        yield fact(node, SK.standardName, string(variable.standard_name))
        yield fact(node, SCHEMA.propertyID, iri(f"{STANDARD_NAMES}{variable.standard_name}/"))
    if variable.units:
        yield fact(node, SCHEMA.unitText, string(variable.units))
    for value in texts(variable.long_name):
        yield fact(node, SCHEMA.description, value)
