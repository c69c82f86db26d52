"""Closed RDF namespaces and enumerations: the only names the project gives to things.

A term that a namespace does not declare raises at once. Terms are plain strings here, so that
this module imports nothing heavy; `sciknow.graph` turns them into RDF nodes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn


class Namespace:
    """A closed set of terms under one IRI prefix.

    Examples
    --------
    >>> SKOS.prefLabel
    'http://www.w3.org/2004/02/skos/core#prefLabel'
    >>> SKOS.preflabel
    Traceback (most recent call last):
    AttributeError: http://www.w3.org/2004/02/skos/core# declares no term 'preflabel'
    """

    def __init__(self, prefix: str, base: str, terms: str) -> None:
        self.prefix = prefix
        self.base = base
        self.terms = frozenset(terms.split())
        for term in self.terms:
            setattr(self, term, base + term)

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._refuse(name)

    def __getitem__(self, name: str) -> str:
        """Return the IRI of a declared term."""
        return self.base + name if name in self.terms else self._refuse(name)

    def _refuse(self, name: str) -> NoReturn:
        raise AttributeError(f"{self.base} declares no term {name!r}")


RDF = Namespace(
    "rdf",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "type first rest nil langString",
)
RDFS = Namespace(
    "rdfs",
    "http://www.w3.org/2000/01/rdf-schema#",
    "label comment subClassOf subPropertyOf domain range seeAlso isDefinedBy Class",
)
OWL = Namespace(
    "owl",
    "http://www.w3.org/2002/07/owl#",
    "Ontology Class ObjectProperty DatatypeProperty sameAs versionInfo imports",
)
XSD = Namespace(
    "xsd",
    "http://www.w3.org/2001/XMLSchema#",
    "string boolean integer decimal double date dateTime gYear gYearMonth duration anyURI "
    "nonNegativeInteger",
)
DCAT = Namespace(
    "dcat",
    "http://www.w3.org/ns/dcat#",
    "Catalog Dataset Distribution DataService Resource dataset distribution theme keyword "
    "landingPage accessURL downloadURL mediaType byteSize bbox centroid startDate endDate "
    "temporalResolution spatialResolutionInMeters contactPoint accessService endpointURL "
    "version catalog inSeries themeTaxonomy packageFormat compressFormat",
)
DCTERMS = Namespace(
    "dcterms",
    "http://purl.org/dc/terms/",
    "title description identifier publisher creator license rights accessRights spatial "
    "temporal issued modified language source subject isReferencedBy references format "
    "accrualPeriodicity provenance conformsTo isPartOf hasPart bibliographicCitation "
    "isReplacedBy isVersionOf relation "
    "Location PeriodOfTime LicenseDocument RightsStatement ProvenanceStatement Frequency "
    "MediaType type created "
    "abstract",
)
SCHEMA = Namespace(
    "schema",
    "https://schema.org/",
    "ScholarlyArticle Article Book Report Person Organization Grant PropertyValue name "
    "alternateName author citation datePublished isPartOf variableMeasured propertyID "
    "unitText unitCode funder funding about mentions description identifier url sameAs "
    "givenName familyName affiliation memberOf parentOrganization inLanguage "
    "measurementTechnique position publisher",
)
SKOS = Namespace(
    "skos",
    "http://www.w3.org/2004/02/skos/core#",
    "Concept ConceptScheme prefLabel altLabel hiddenLabel definition scopeNote note notation "
    "broader narrower related broaderTransitive narrowerTransitive exactMatch closeMatch "
    "broadMatch narrowMatch relatedMatch inScheme hasTopConcept topConceptOf example",
)
PROV = Namespace(
    "prov",
    "http://www.w3.org/ns/prov#",
    "Entity Activity Agent wasDerivedFrom wasGeneratedBy wasAttributedTo hadPrimarySource "
    "used startedAtTime endedAtTime generatedAtTime wasAssociatedWith value qualifiedDerivation "
    "Derivation entity atTime",
)
FOAF = Namespace(
    "foaf",
    "http://xmlns.com/foaf/0.1/",
    "Agent Person Organization name homepage page primaryTopic isPrimaryTopicOf",
)
GEO = Namespace("geo", "http://www.opengis.net/ont/geosparql#", "wktLiteral asWKT Geometry")
ADMS = Namespace("adms", "http://www.w3.org/ns/adms#", "Identifier identifier status")
SK = Namespace(
    "sk",
    "urn:sciknow:vocabulary:",
    "Sector sector Variable standardName units describes uses doi cstr orcid ror country "
    "authorsComplete container volume issue pages spatialResolutionInDegrees AccessEvidence "
    "accessEvidence openedWith reader opensOffline openable fieldGroup activity readOn "
    "translated west south east north homeSector creatorList authorList firstDay lastDay "
    "storageOptions options extra mend recordCount sourceFile publisherName "
    "Relation relation relationKind",
)
SHACL = Namespace(
    "sh",
    "http://www.w3.org/ns/shacl#",
    "NodeShape PropertyShape ValidationReport result resultMessage focusNode resultPath value "
    "resultSeverity sourceShape sourceConstraintComponent conforms",
)

NAMESPACES = (RDF, RDFS, OWL, XSD, DCAT, DCTERMS, SCHEMA, SKOS, PROV, FOAF, GEO, ADMS, SK, SHACL)
"""Every namespace, with the prefix it is written with."""

ID_BASE = "urn:sciknow:"
"""Every resource of a hub that has no identifier of its own is named below this."""


class Sector(StrEnum):
    """The twenty sectors of the national outline for scientific data and knowledge services."""

    CREDIT = "credit"
    TRANSPORT = "transport"
    MEDICINE = "medicine"
    HEALTH = "health"
    EMPLOYMENT = "employment"
    SOCIAL_SECURITY = "social-security"
    GEOGRAPHY = "geography"
    CULTURE = "culture"
    EDUCATION = "education"
    SCIENCE_TECHNOLOGY = "science-technology"
    RESOURCES = "resources"
    AGRICULTURE = "agriculture"
    ENVIRONMENT = "environment"
    WORK_SAFETY = "work-safety"
    FINANCE = "finance"
    QUALITY = "quality"
    STATISTICS = "statistics"
    METEOROLOGY = "meteorology"
    OCEAN = "ocean"
    BUSINESS_REGISTRATION = "business-registration"


class AccessRights(StrEnum):
    """Who may get at the data."""

    OPEN = "open"
    REGISTRATION = "registration"
    RESTRICTED = "restricted"


class ActivityKind(StrEnum):
    """How a group of facts came into a card."""

    READ = "read"
    """Carried over from the named source."""
    SUMMARISED = "summarised"
    """Written in our own words from the named source."""
    TRANSLATED = "translated"
    """Put into the other language by us; the named source has it in one language."""
    DERIVED = "derived"
    """Computed from the data themselves, which the source names."""
    ESTIMATED = "estimated"
    """An estimate, not a statement of the source."""


class PublicationRelation(StrEnum):
    """How a publication relates to a dataset."""

    DESCRIBES = "describes"
    USES = "uses"
