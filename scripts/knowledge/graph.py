"""Checks of concepts, publications and agents, beyond what reading them checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from knowledge.base import Base, Finding
from knowledge.cards import address_fault, is_simplified, language_faults
from sciknow.model import Concept, Publication
from sciknow.text import has_han, squeeze
from sciknow.vocab import Sector

_TOP = "sector-"


def check_graph(base: Base) -> Iterator[Finding]:
    """Run every check of the knowledge graph's own records."""
    yield from _concepts(base)
    yield from _publications(base)
    yield from _agents(base)


def _concepts(base: Base) -> Iterator[Finding]:
    for concept in base.knowledge.concepts:
        file = base.file_of(concept.iri)
        for text in _concept_faults(concept, base):
            yield Finding("concepts", file, concept.id, text)
    for sector in Sector:
        if _TOP + sector not in base.concepts:
            yield Finding("concepts", "vocabulary/sectors.ttl", sector, "no concept of the sector")
    yield from _twice(base, "label", lambda item: [squeeze(item.pref_label.en).lower()])
    yield from _twice(base, "label", lambda item: [item.pref_label.zh])
    yield from _twice(base, "exactMatch", lambda item: item.exact_match)


def _concept_faults(concept: Concept, base: Base) -> Iterator[str]:
    yield from language_faults(concept.pref_label, "prefLabel")
    yield from language_faults(concept.definition, "definition", both=False)
    for tag, label in concept.alt_labels:
        if tag == "en" and has_han(label):
            yield f"altLabel {label}@en is Chinese"
        if tag == "zh" and not is_simplified(label):
            yield f"altLabel {label}@zh has traditional characters"
    for name in concept.standard_names:
        if name not in base.standard_names:
            yield f"{name} is no CF standard name"
    if not _reaches_top(concept, base):
        yield "no way up leads to a sector"
    if not concept.provenance and not concept.id.startswith(_TOP):
        yield "no source"


def _reaches_top(concept: Concept, base: Base) -> bool:
    seen: set[str] = set()
    ahead = [concept.id]
    while ahead:
        name = ahead.pop()
        if name.startswith(_TOP):
            return True
        if name not in seen and name in base.concepts:
            seen.add(name)
            ahead.extend(base.concepts[name].broader)
    return False


def _twice(base: Base, what: str, values: Callable[[Concept], Iterable[str]]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for concept in base.knowledge.concepts:
        if concept.id.startswith(_TOP):
            continue
        for value in filter(None, values(concept)):
            if value in first:
                text = f"{what} {value} is that of {first[value]} too"
                yield Finding("concepts", base.file_of(concept.iri), concept.id, text)
            first.setdefault(value, concept.id)


def _publications(base: Base) -> Iterator[Finding]:
    titles: defaultdict[str, list[str]] = defaultdict(list)
    for item in base.knowledge.publications:
        file = base.file_of(item.iri)
        for text in _publication_faults(item, base):
            yield Finding("publications", file, item.id, text)
        title = squeeze(str(item.title)).lower()
        if title in titles:
            text = f"the title is that of {titles[title][0]} too"
            yield Finding("publications", file, item.id, text, note=True)
        titles[title].append(item.id)


def _publication_faults(item: Publication, base: Base) -> Iterator[str]:
    yield from language_faults(item.title, "title", both=False)
    for name in (*item.describes, *item.uses):
        if name not in base.datasets:
            yield f"dataset {name} stands in no catalogue"
    if not item.describes and not item.uses:
        yield "tied to no dataset"
    if set(item.describes) & set(item.uses):
        yield "describes and uses the same dataset"
    if item.issued and not 1600 <= int(item.issued[:4]) <= date.today().year:
        yield f"issued {item.issued}"
    if not item.doi and not item.url:
        yield "neither a DOI nor an address"
    for activity in item.provenance:
        if fault := address_fault(activity.source):
            yield f"{activity.source}: {fault}"


def _agents(base: Base) -> Iterator[Finding]:
    used = {
        name
        for dataset, _ in base.cards()
        for name in (
            dataset.publisher,
            *dataset.creators,
            *(grant.funder for grant in dataset.grants),
        )
    }
    for agent in base.knowledge.agents:
        file = base.file_of(agent.iri)
        for fault in language_faults(agent.name, "name", both=False):
            yield Finding("agents", file, agent.id, fault)
        if agent.country and not (len(agent.country) == 2 and agent.country.isupper()):
            yield Finding("agents", file, agent.id, f"country {agent.country} is no ISO 3166 code")
        if agent.id not in used:
            yield Finding("agents", file, agent.id, "no dataset names it", note=True)
