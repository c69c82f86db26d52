"""Turtle record → `Concept` and `ConceptScheme`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import NamedNode

from sciknow.errors import InvalidInput
from sciknow.model import Activity, Concept, ConceptScheme
from sciknow.model.parse import Where, parse_date, parse_slug, parse_url, show
from sciknow.rdf.turtle import Record
from sciknow.vocab import DCTERMS, ID_BASE, SK, SKOS, ActivityKind
from sciknow.words import LANGUAGES

CONCEPT_TYPES = {SKOS.Concept: "concept"}
SCHEME_TYPES = {SKOS.ConceptScheme: "scheme"}

_STANDARD_NAME = re.compile(r"[a-z][a-z0-9_]{1,254}")
_CONCEPT_PROPERTIES = (
    SKOS.prefLabel,
    SKOS.altLabel,
    SKOS.definition,
    SKOS.broader,
    SKOS.related,
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.inScheme,
    SKOS.topConceptOf,
    SK.standardName,
    SK.translated,
    DCTERMS.source,
    DCTERMS.modified,
)
_SCHEME_PROPERTIES = (DCTERMS.title, DCTERMS.description, DCTERMS.source, DCTERMS.modified)


def named(record: Record, kind: str) -> str | None:
    """Return the id of a record that must be named ``urn:sciknow:<kind>:<id>``."""
    prefix = f"{ID_BASE}{kind}:"
    if not record.iri.startswith(prefix):
        record.problems.append(record.where.refuse(f"<{record.iri}>", f"a name {kind}:<id>"))
        return None
    try:
        return parse_slug(record.iri[len(prefix) :], record.where)
    except InvalidInput as error:
        record.problems.append(error)
        return None


def sources(record: Record) -> tuple[str, ...]:
    """Return the addresses that a record names as its sources."""
    return record.checked(DCTERMS.source, parse_url, NamedNode)


def read_scheme(record: Record) -> ConceptScheme | None:
    """Read a concept scheme; its provenance says when its sources were read."""
    record.allow(_SCHEME_PROPERTIES)
    identifier = named(record, "scheme")
    title = record.langstring(DCTERMS.title, required=LANGUAGES)
    modified = record.dated(DCTERMS.modified, parse_date)
    if not modified:
        record.refuse(DCTERMS.modified, "nothing", '"YYYY-MM-DD"^^xsd:date: when it was read')
    activities = tuple(
        Activity(source=source, accessed=modified, fields=("title",)) for source in sources(record)
    )
    if identifier is None:
        return None
    # a scheme without a source still carries the date that its concepts' sources were read
    return ConceptScheme(
        id=identifier,
        title=title,
        description=record.langstring(DCTERMS.description),
        modified=modified,
        provenance=activities,
    )


def read_concept(record: Record, schemes: Mapping[str, ConceptScheme]) -> Concept | None:
    """Read a concept, its labels in both languages required."""
    record.allow(_CONCEPT_PROPERTIES)
    identifier = named(record, "concept")
    label = record.langstring(SKOS.prefLabel, required=LANGUAGES)
    alternatives = record.labels(SKOS.altLabel, symbols=True)
    for pair in alternatives:
        if pair in tuple(label.items()):
            record.refuse(SKOS.altLabel, f"the preferred label {show(pair[1])} again", "synonyms")
    scheme = _scheme(record, schemes)
    broader = record.ids(SKOS.broader, "concept")
    if not broader and not record.values.get(SKOS.topConceptOf):
        record.refuse(SKOS.broader, "nothing", "a broader concept, or skos:topConceptOf")
    if identifier is None:
        return None
    concept = Concept(
        id=identifier,
        pref_label=label,
        alt_labels=alternatives,
        definition=record.langstring(SKOS.definition),
        broader=broader,
        related=record.ids(SKOS.related, "concept"),
        exact_match=record.checked(SKOS.exactMatch, parse_url, NamedNode),
        close_match=record.checked(SKOS.closeMatch, parse_url, NamedNode),
        standard_names=record.plain(SK.standardName, _standard_name),
        in_scheme=scheme.id if scheme else "concepts",
        provenance=_provenance(record, label.to_dict(), scheme),
    )
    record.ids(SKOS.topConceptOf, "scheme")
    return concept


def _scheme(record: Record, schemes: Mapping[str, ConceptScheme]) -> ConceptScheme | None:
    names = record.ids(SKOS.inScheme, "scheme")
    if not names:
        record.refuse(SKOS.inScheme, "nothing", "the scheme at the head of its file")
        return None
    name = record.one(SKOS.inScheme, names, "")
    if name not in schemes:
        record.refuse(SKOS.inScheme, f"scheme:{name}", "a scheme that exists")
    return schemes.get(name)


def _standard_name(value: object, where: Where) -> str:
    if isinstance(value, str) and _STANDARD_NAME.fullmatch(value):
        return value
    raise where.refuse(show(value), "a CF standard name: a-z, 0-9 and _")


def parse_language(value: object, where: Where) -> str:
    """Read the language of a text that is ours."""
    if value in LANGUAGES:
        return str(value)
    raise where.refuse(show(value), '"en" or "zh"')


def _provenance(
    record: Record, labels: Mapping[str, str], scheme: ConceptScheme | None
) -> tuple[Activity, ...]:
    """Make an activity of each source; a label marked as ours counts as translated."""
    inherited = tuple(item.source for item in scheme.provenance) if scheme else ()
    found = sources(record) or inherited
    ours = record.plain(SK.translated, parse_language)
    accessed = record.dated(DCTERMS.modified, parse_date) or (scheme.modified if scheme else "")
    read = tuple(f"pref_label.{tag}" for tag in labels if tag not in ours)
    made = [Activity(source=item, accessed=accessed, fields=read) for item in found if read]
    if ours:
        # our own translation of a label may have no source at all
        translated = Activity(
            source=found[0] if found else "",
            accessed=accessed,
            fields=tuple(f"pref_label.{tag}" for tag in ours),
            activity=ActivityKind.TRANSLATED,
        )
        made.append(translated)
    return tuple(made)
