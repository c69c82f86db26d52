"""All cards against all records of one registry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from knowledge.base import Base, Finding
from knowledge.closing import unsaid_uses
from knowledge.filled import remark
from knowledge.record import Record, compare
from sciknow.model import Activity, Dataset
from sciknow.vocab import ActivityKind

_READ = (ActivityKind.READ, ActivityKind.DERIVED)


class Registry(Protocol):
    """Where records are had from."""

    missing: str

    def covers(self, source: str) -> bool:
        """Tell whether a source is a record of this registry."""

    def record(self, source: str) -> Record | None:
        """Return the record behind a source."""


@dataclass
class Compared:
    """What a comparison found."""

    cards: int = 0
    fields: int = 0
    absent: int = 0
    differences: list[Finding] = field(default_factory=list)
    explained: list[Finding] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)

    def compare(
        self, card: Dataset, file: str, record: Record, fields: set[str], base: Base
    ) -> None:
        """Compare some fields of a card with a record."""
        self.fields += len(fields)
        for name, text in compare(card, record, fields, base):
            item = Finding("registry", file, card.id, text, _noted(card, name))
            (self.explained if item.note else self.differences).append(item)


def compare_all(base: Base, registry: Registry) -> Compared:
    """Compare each card that names a record of the registry as a source."""
    found = Compared()
    for dataset, file in base.cards():
        sources: defaultdict[str, set[str]] = defaultdict(set)
        for activity in dataset.provenance:
            if registry.covers(activity.source) and activity.activity in _READ:
                sources[activity.source].update(activity.fields)
        for activity in dataset.provenance:
            if activity.source in sources and activity.activity is ActivityKind.SUMMARISED:
                sources[activity.source].difference_update(activity.fields)
        for source, fields in sources.items():
            record = registry.record(source)
            if record is None:
                found.absent += 1
                continue
            found.compare(dataset, file, record, fields, base)
        found.cards += bool(sources)
        found.differences += _uses(dataset, file, registry)
    return found


def _uses(dataset: Dataset, file: str, registry: Registry) -> Iterator[Finding]:
    """Find uses that the record does not state, where the whole description rests on it."""
    sources = {item.source for item in dataset.provenance if "description" in item.fields}
    sources |= {item.source for item in dataset.provenance if "description.en" in item.fields}
    if not sources or not all(map(registry.covers, sources)):
        return
    records = [record for record in map(registry.record, sources) if record]
    for sentence in unsaid_uses(dataset.description.en, [item.text for item in records]):
        if records:
            yield Finding("registry", file, dataset.id, f"no source says: {sentence}")


def _noted(dataset: Dataset, name: str) -> bool:
    """Tell whether a note stands beside a field; beside a title it has to be about that alone."""
    return any(
        remark(activity) and _stands_for(activity, name)
        for activity in dataset.provenance
        if name != "title.en" or activity.fields == (name,)
    )


def _stands_for(activity: Activity, name: str) -> bool:
    head = name.split(".")[0]
    return any(item in (name, head) or item.split(".")[0] == head for item in activity.fields)
