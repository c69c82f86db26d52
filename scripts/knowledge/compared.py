"""All cards against all records of one registry."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Protocol

from knowledge.base import Base, Finding
from knowledge.filled import remark
from knowledge.record import Record, compare
from sciknow.model import Activity, Dataset
from sciknow.vocab import ActivityKind

_READ = (ActivityKind.READ, ActivityKind.DERIVED)


class Registry(Protocol):
    """Where records are had from."""

    prefix: str
    missing: str

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


def compare_all(base: Base, registry: Registry) -> Compared:
    """Compare each card that names a record of the registry as a source."""
    found = Compared()
    for dataset, file in base.cards():
        sources: defaultdict[str, set[str]] = defaultdict(set)
        for activity in dataset.provenance:
            if activity.source.startswith(registry.prefix) and activity.activity in _READ:
                sources[activity.source].update(activity.fields)
        for activity in dataset.provenance:
            if activity.source in sources and activity.activity is ActivityKind.SUMMARISED:
                sources[activity.source].difference_update(activity.fields)
        for source, fields in sources.items():
            record = registry.record(source)
            if record is None:
                found.absent += 1
                continue
            found.fields += len(fields)
            for name, text in compare(dataset, record, fields, base):
                item = Finding("registry", file, dataset.id, text, _noted(dataset, name))
                (found.explained if item.note else found.differences).append(item)
        found.cards += bool(sources)
    return found


def _noted(dataset: Dataset, name: str) -> bool:
    """Tell whether a note stands beside a field; a title of ours is ``summarised``, not noted."""
    return name != "title.en" and any(
        remark(activity) and _stands_for(activity, name) for activity in dataset.provenance
    )


def _stands_for(activity: Activity, name: str) -> bool:
    head = name.split(".")[0]
    return any(item in (name, head) or item.split(".")[0] == head for item in activity.fields)
