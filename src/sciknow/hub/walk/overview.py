"""A sector at a glance: its hierarchy, its datasets, what opens, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from sciknow._html import Markup, tag
from sciknow.errors import InvalidInput
from sciknow.hub.store.records import Records
from sciknow.model import Concept, Dataset, Publication
from sciknow.model.suggest import nearest
from sciknow.text import counted
from sciknow.vocab import Sector

_GAPS = {
    "no licence": lambda item: not (item.license or item.rights),
    "no DOI or CSTR": lambda item: not (item.doi or item.cstr),
    "no spatial coverage": lambda item: not item.spatial,
    "no temporal coverage": lambda item: not item.temporal,
    "no variables": lambda item: not item.variables,
    "no way to open lazily": lambda item: not item.openable,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorOverview:
    """What a hub knows of one sector.

    Parameters
    ----------
    sector : str
        The sector's id.
    label : str
        Its labels in both languages.
    datasets, openable, offline, publications, concepts : int
        How many there are.
    tree : tuple of (int, str, int)
        The concepts below the sector: depth, labels, number of datasets about it or below it.
    gaps : mapping of str to int
        What is missing → in how many datasets.
    unused : tuple of str
        Labels of concepts that no dataset is about, nor about one below.
    """

    sector: str
    label: str
    datasets: int
    openable: int
    offline: int
    publications: int
    concepts: int
    tree: tuple[tuple[int, str, int], ...]
    gaps: Mapping[str, int]
    unused: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.label
        yield (
            f"{counted(self.datasets, 'dataset')} ({self.openable} to be opened lazily, "
            f"{self.offline} of them offline), {counted(self.publications, 'publication')}, "
            f"{counted(self.concepts, 'concept')}"
        )
        yield from (f"{'  ' * depth}{label}  {count or ''}" for depth, label, count in self.tree)
        if self.datasets:
            yield "gaps: " + ", ".join(f"{name} {count}" for name, count in self.gaps.items())
        if self.unused:
            yield f"{len(self.unused)} concepts without a dataset: " + ", ".join(self.unused[:12])

    def _repr_html_(self) -> Markup:
        return tag("pre", str(self))


def sector_overview(records: Records, name: str) -> SectorOverview:
    """Gather the overview of a sector.

    Raises
    ------
    InvalidInput
        For an unknown sector.
    """
    if name not in set(Sector):
        close = ", ".join(nearest(name, Sector)) or ", ".join(Sector)
        raise InvalidInput(f"no sector {name!r}", hint=f"one of {close}")
    datasets = [item for item in records.all(Dataset) if name in item.all_sectors]
    ids = {item.id for item in datasets}
    papers = [
        item for item in records.all(Publication) if ids.intersection((*item.describes, *item.uses))
    ]
    concepts = {item.id: item for item in records.all(Concept)}
    tree = _tree(concepts, f"sector-{name}", datasets)
    top = concepts.get(f"sector-{name}")
    return SectorOverview(
        sector=name,
        label=_label(top) if top else name,
        datasets=len(datasets),
        openable=sum(item.openable for item in datasets),
        offline=sum(item.offline for item in datasets),
        publications=len(papers),
        concepts=len(tree),
        tree=tree,
        gaps={gap: sum(map(missing, datasets)) for gap, missing in _GAPS.items()},
        unused=tuple(label for _, label, count in tree if not count),
    )


def _label(concept: Concept) -> str:
    return " ".join(label for _, label in concept.pref_label.items())


def _tree(
    concepts: Mapping[str, Concept], top: str, datasets: Sequence[Dataset]
) -> tuple[tuple[int, str, int], ...]:
    below: dict[str, list[str]] = {}
    for concept in concepts.values():
        for parent in concept.broader:
            below.setdefault(parent, []).append(concept.id)
    about = _counts(concepts, datasets)

    def walk(name: str, depth: int) -> Iterator[tuple[int, str, int]]:
        for child in sorted(below.get(name, ())):
            yield depth, _label(concepts[child]), about[child]
            yield from walk(child, depth + 1)

    return tuple(walk(top, 1))


def _counts(concepts: Mapping[str, Concept], datasets: Sequence[Dataset]) -> Counter[str]:
    """Count the datasets of each concept, those of narrower concepts included."""
    counts: Counter[str] = Counter()
    for dataset in datasets:
        reached: set[str] = set()
        waiting = [name for name in dataset.theme if name in concepts]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += [parent for parent in concepts[name].broader if parent in concepts]
        counts.update(reached)
    return counts
