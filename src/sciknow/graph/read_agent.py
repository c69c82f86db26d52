"""Turtle record → `Agent`."""

from __future__ import annotations

import re
from dataclasses import replace

from pyoxigraph import NamedNode

from sciknow.graph.read_concept import named, parse_language, sources
from sciknow.model import Activity, Agent, AgentKind, LangString
from sciknow.model.identifier import parse_orcid, parse_ror
from sciknow.model.parse import Where, parse_date, parse_url, show
from sciknow.rdf.turtle import Record
from sciknow.vocab import DCTERMS, RDF, SCHEMA, SK, ActivityKind

AGENT_TYPES = {
    SCHEMA.Organization: AgentKind.ORGANIZATION,
    SCHEMA.Person: AgentKind.PERSON,
}

_PROPERTIES = (
    SCHEMA.name,
    SCHEMA.alternateName,
    SCHEMA.url,
    SK.ror,
    SK.orcid,
    SK.country,
    SK.translated,
    DCTERMS.source,
    DCTERMS.modified,
)
_COUNTRY = re.compile(r"[A-Z]{2}")


def read_agent(record: Record) -> Agent | None:
    """Read a person or an organisation."""
    record.allow(_PROPERTIES)
    identifier = named(record, "agent")
    kind = AGENT_TYPES[str(getattr(record.values[RDF.type][0], "value", ""))]
    name = record.langstring(SCHEMA.name)
    if not name:
        record.refuse(SCHEMA.name, "nothing", "the full name, @en or @zh")
    others = tuple(
        LangString(**{tag: text}) for tag, text in record.labels(SCHEMA.alternateName, symbols=True)
    )
    provenance = _provenance(record)
    url = record.one(SCHEMA.url, record.checked(SCHEMA.url, parse_url, NamedNode), "")
    orcid, ror = _identifiers(record, kind)
    country = record.one(SK.country, record.plain(SK.country, _country), "")
    if identifier is None:
        return None
    return Agent(
        id=identifier,
        name=name,
        kind=kind,
        alternate_names=others,
        orcid=orcid,
        ror=ror,
        homepage=url,
        country=country,
        provenance=provenance,
    )


def _identifiers(record: Record, kind: AgentKind) -> tuple[str, str]:
    orcid = record.one(SK.orcid, record.plain(SK.orcid, parse_orcid), "")
    ror = record.one(SK.ror, record.plain(SK.ror, parse_ror), "")
    if orcid and kind is AgentKind.ORGANIZATION:
        record.refuse(SK.orcid, orcid, "nothing: an organisation has a ROR id")
    if ror and kind is AgentKind.PERSON:
        record.refuse(SK.ror, ror, "nothing: a person has an ORCID iD")
    return orcid, ror


def _country(value: object, where: Where) -> str:
    if isinstance(value, str) and _COUNTRY.fullmatch(value):
        return value
    raise where.refuse(show(value), "a country code of two capital letters (ISO 3166-1)")


def _provenance(record: Record) -> tuple[Activity, ...]:
    found = sources(record)
    if not found:
        record.refuse(DCTERMS.source, "nothing", "where it was read: <https://...>")
    accessed = record.dated(DCTERMS.modified, parse_date)
    made = [
        Activity(source=item, accessed=accessed, fields=("name", "ror", "orcid", "homepage"))
        for item in found
    ]
    ours = record.plain(SK.translated, parse_language)
    if ours and found:
        fields = tuple(f"name.{tag}" for tag in ours)
        made.append(replace(made[0], fields=fields, activity=ActivityKind.TRANSLATED))
    return tuple(made)
