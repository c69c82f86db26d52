"""Turtle record → `Publication`."""

from __future__ import annotations

from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from sciknow.errors import InvalidInput
from sciknow.graph.read_concept import named, sources
from sciknow.model import Activity, Publication, PublicationKind
from sciknow.model.identifier import doi_iri, parse_doi
from sciknow.model.parse import parse_date, parse_text, parse_url
from sciknow.rdf.turtle import Record
from sciknow.vocab import DCTERMS, ID_BASE, RDF, SCHEMA, SK, XSD

PUBLICATION_TYPES = {SCHEMA.base + str(kind): kind for kind in PublicationKind}

_PROPERTIES = (
    DCTERMS.title,
    DCTERMS.issued,
    DCTERMS.source,
    DCTERMS.modified,
    SCHEMA.author,
    SCHEMA.url,
    SCHEMA.publisher,
    SK.authorsComplete,
    SK.container,
    SK.volume,
    SK.issue,
    SK.pages,
    SK.describes,
    SK.uses,
)


def read_publication(record: Record) -> Publication | None:
    """Read a publication named by its DOI or, without one, ``publication:<id>``."""
    record.allow(_PROPERTIES)
    doi, identifier = _name(record)
    title = record.langstring(DCTERMS.title, lenient=True)
    if not title:
        record.refuse(DCTERMS.title, "nothing", "its title as published, @en or @zh")
    url = record.one(SCHEMA.url, record.checked(SCHEMA.url, parse_url, NamedNode), "")
    describes, uses = record.ids(SK.describes, "dataset"), record.ids(SK.uses, "dataset")
    _complete(record, doi, url, bool(describes or uses))
    if identifier is None:
        return None
    return Publication(
        id=identifier,
        title=title,
        kind=_kind(record),
        doi=doi,
        url=url,
        authors=record.members(SCHEMA.author),
        authors_complete=_authors_complete(record),
        issued=record.dated(DCTERMS.issued, parse_date),
        container=_text(record, SK.container),
        volume=_text(record, SK.volume),
        issue=_text(record, SK.issue),
        pages=_text(record, SK.pages),
        publisher=_text(record, SCHEMA.publisher),
        describes=describes,
        uses=uses,
        provenance=_provenance(record),
    )


def _kind(record: Record) -> PublicationKind:
    return PUBLICATION_TYPES[str(getattr(record.values[RDF.type][0], "value", ""))]


def _text(record: Record, name: str) -> str:
    return record.one(name, record.plain(name, parse_text), "")


def _name(record: Record) -> tuple[str, str | None]:
    """Return (DOI, id); the name must be the DOI's canonical address."""
    if record.iri.startswith(ID_BASE):
        return "", named(record, "publication")
    try:
        doi = parse_doi(unquote(record.iri), record.where)
    except InvalidInput as error:
        record.problems.append(error)
        return "", None
    if record.iri != doi_iri(doi):
        record.problems.append(record.where.refuse(f"<{record.iri}>", f"<{doi_iri(doi)}>"))
        return "", None
    return doi, doi


def _complete(record: Record, doi: str, url: str, tied: bool) -> None:
    if not doi and not url:
        record.refuse(SCHEMA.url, "nothing", "an address, since it has no DOI")
    if not tied:
        record.refuse(SK.describes, "no dataset", "dataset:<id> in sk:describes or sk:uses")
    if not sources(record):
        record.refuse(DCTERMS.source, "nothing", "where it was read: <https://...>")


def _authors_complete(record: Record) -> bool:
    flags = []
    for value in record.values.get(SK.authorsComplete, ()):
        if isinstance(value, Literal) and value.datatype.value == XSD.boolean:
            flags.append(value.value in ("true", "1"))
        else:
            record.refuse(SK.authorsComplete, value, "true or false")
    return record.one(SK.authorsComplete, tuple(flags), True)


def _provenance(record: Record) -> tuple[Activity, ...]:
    accessed = record.dated(DCTERMS.modified, parse_date)
    return tuple(
        Activity(source=item, accessed=accessed, fields=("title", "authors", "issued"))
        for item in sources(record)
    )
