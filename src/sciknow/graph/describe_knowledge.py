"""`Concept`, `ConceptScheme`, `Publication`, `Agent` → triples: SKOS, schema.org, PROV."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from sciknow.graph.fact import Facts, describe_provenance, fact, kind_of, ordered
from sciknow.model import Agent, AgentKind, Concept, ConceptScheme, Publication
from sciknow.model.provenance import Activity
from sciknow.rdf.term import boolean, date, iri, local, string, tagged, texts
from sciknow.vocab import (
    DCTERMS,
    FOAF,
    PROV,
    SCHEMA,
    SK,
    SKOS,
    ActivityKind,
)


def describe_scheme(scheme: ConceptScheme) -> Facts:
    """Yield the facts of a concept scheme."""
    node = iri(scheme.iri)
    yield from kind_of(node, SKOS.ConceptScheme)
    for value in texts(scheme.title):
        yield fact(node, DCTERMS.title, value)
    for value in texts(scheme.description):
        yield fact(node, DCTERMS.description, value)
    if scheme.modified:
        yield fact(node, DCTERMS.modified, date(scheme.modified))
    yield from describe_provenance(node, scheme.provenance)


def describe_concept(concept: Concept) -> Facts:
    """Yield the facts of a concept."""
    node = iri(concept.iri)
    scheme = local("scheme", concept.in_scheme)
    yield from kind_of(node, SKOS.Concept)
    for value in texts(concept.pref_label):
        yield fact(node, SKOS.prefLabel, value)
    for tag, label in concept.alt_labels:
        yield fact(node, SKOS.altLabel, tagged(tag, label))
    for value in texts(concept.definition):
        yield fact(node, SKOS.definition, value)
    yield fact(node, SKOS.inScheme, scheme)
    if not concept.broader:
        yield fact(node, SKOS.topConceptOf, scheme)
    yield from _links(node, concept)
    for name in concept.standard_names:
        yield fact(node, SK.standardName, string(name))
    yield from _translations(node, concept.provenance)
    yield from describe_provenance(node, concept.provenance)


def _links(node: NamedNode, concept: Concept) -> Facts:
    for other in concept.broader:
        yield fact(node, SKOS.broader, local("concept", other))
    for other in concept.related:
        yield fact(node, SKOS.related, local("concept", other))
    for match in concept.exact_match:
        yield fact(node, SKOS.exactMatch, iri(match))
    for match in concept.close_match:
        yield fact(node, SKOS.closeMatch, iri(match))


def _translations(node: NamedNode, activities: tuple[Activity, ...]) -> Facts:
    """Mark the languages whose label is ours, as the hand-written files do."""
    for item in activities:
        if item.activity is ActivityKind.TRANSLATED:
            for name in item.fields:
                yield fact(node, SK.translated, string(name.rpartition(".")[2]))


def describe_publication(publication: Publication) -> Facts:
    """Yield the facts of a publication and its ties to datasets, both ways."""
    node = iri(publication.iri)
    yield from kind_of(node, SCHEMA[str(publication.kind)])
    for value in texts(publication.title):
        yield fact(node, DCTERMS.title, value)
    yield from _authors(node, publication)
    yield from _place(node, publication)
    if publication.doi:
        yield fact(node, SK.doi, string(publication.doi))
    if publication.url:
        yield fact(node, SCHEMA.url, iri(publication.url))
    if publication.issued:
        yield fact(node, DCTERMS.issued, date(publication.issued))
    for relation, datasets in ((SK.describes, publication.describes), (SK.uses, publication.uses)):
        for name in datasets:
            yield fact(node, relation, local("dataset", name))
            yield fact(local("dataset", name), DCTERMS.isReferencedBy, node)
    yield from describe_provenance(node, publication.provenance)


def _authors(node: NamedNode, publication: Publication) -> Facts:
    names = [Literal(name) for name in publication.authors]
    for name in names:
        yield fact(node, SCHEMA.author, name)
    if names:
        yield from ordered(node, SK.authorList, names)
        yield fact(node, SK.authorsComplete, boolean(publication.authors_complete))


def _place(node: NamedNode, publication: Publication) -> Facts:
    pairs = (
        (SK.container, publication.container),
        (SK.volume, publication.volume),
        (SK.issue, publication.issue),
        (SK.pages, publication.pages),
        (SK.publisherName, publication.publisher),
    )
    for name, value in pairs:
        if value:
            yield fact(node, name, string(value))


def describe_agent(agent: Agent) -> Facts:
    """Yield the facts of a person or an organisation."""
    node = iri(agent.iri)
    person = agent.kind is AgentKind.PERSON
    yield from kind_of(
        node,
        SCHEMA.Person if person else SCHEMA.Organization,
        FOAF.Person if person else FOAF.Organization,
        PROV.Agent,
    )
    for value in texts(agent.name):
        yield fact(node, SCHEMA.name, value)
    for other in agent.alternate_names:
        for value in texts(other):
            yield fact(node, SCHEMA.alternateName, value)
    yield from _agent_names(node, agent)
    yield from describe_provenance(node, agent.provenance)


def _agent_names(node: NamedNode, agent: Agent) -> Facts:
    if agent.orcid:
        yield fact(node, SK.orcid, string(agent.orcid))
    if agent.ror:
        yield fact(node, SK.ror, string(agent.ror))
    if agent.same_as:
        yield fact(node, SCHEMA.sameAs, iri(agent.same_as))
    if agent.homepage:
        yield fact(node, SCHEMA.url, iri(agent.homepage))
    if agent.country:
        yield fact(node, SK.country, string(agent.country))
