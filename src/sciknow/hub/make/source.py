"""What a hub is made from: the catalogues and the knowledge graph of one folder, joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sciknow.catalogs as catalogs
import sciknow.graph as graph
from sciknow.errors import InvalidInput, NotFound
from sciknow.model import Agent, Concept, ConceptScheme, Dataset, Publication
from sciknow.vocab import Sector

if TYPE_CHECKING:
    from sciknow.graph import Knowledge

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything a node or hub knows, as model objects.

    Parameters
    ----------
    source : Path
        The folder with ``catalogs/`` and ``knowledge_graph/``.
    origins : mapping of str to str
        IRI of a record → the Turtle file that it was read from.
    """

    source: Path
    datasets: tuple[Dataset, ...]
    concepts: tuple[Concept, ...]
    schemes: tuple[ConceptScheme, ...]
    publications: tuple[Publication, ...]
    agents: tuple[Agent, ...]
    origins: Mapping[str, str] = field(default_factory=dict)

    def files(self) -> list[Path]:
        """Return the files it was read from: catalogues and Turtle."""
        found = (self.source / "catalogs").glob("*.yaml")
        return sorted([*found, *(self.source / "knowledge_graph").rglob("*.ttl")])

    def problems(self) -> Iterator[str]:
        """Yield a line for each reference to a record that is not there."""
        agents = {agent.id for agent in self.agents}
        concepts = {concept.id for concept in self.concepts}
        datasets = {dataset.id for dataset in self.datasets}
        for dataset in self.datasets:
            named = {dataset.publisher, *dataset.creators, *(g.funder for g in dataset.grants)}
            yield from _missing(f"dataset {dataset.id}", "agent", named - {""} - agents)
            yield from _missing(f"dataset {dataset.id}", "concept", {*dataset.theme} - concepts)
        for paper in self.publications:
            named = {*paper.describes, *paper.uses}
            yield from _missing(f"publication {paper.id}", "dataset", named - datasets)

    def of_sectors(self, sectors: Sequence[Sector]) -> Content:
        """Return the part that belongs to some sectors: a node's content.

        Datasets of these sectors, the publications about them, the agents and concepts that
        these name, with everything above those concepts.
        """
        wanted = frozenset(sectors)
        datasets = tuple(item for item in self.datasets if item.sector in wanted)
        kept = {item.id for item in datasets}
        named = {
            name
            for item in datasets
            for name in (item.publisher, *item.creators, *(grant.funder for grant in item.grants))
        }
        return replace(
            self,
            datasets=datasets,
            publications=tuple(
                replace(
                    item,
                    describes=tuple(name for name in item.describes if name in kept),
                    uses=tuple(name for name in item.uses if name in kept),
                )
                for item in self.publications
                if kept.intersection((*item.describes, *item.uses))
            ),
            agents=tuple(item for item in self.agents if item.id in named),
            concepts=self._concepts_of(datasets, wanted),
        )

    def _concepts_of(
        self, datasets: Sequence[Dataset], sectors: frozenset[Sector]
    ) -> tuple[Concept, ...]:
        by_id = {item.id: item for item in self.concepts}
        waiting = [name for item in datasets for name in item.theme]
        waiting += [item.id for item in self.concepts if item.in_scheme in sectors]
        waiting += [f"sector-{sector}" for sector in sectors]
        reached: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in by_id and name not in reached:
                reached.add(name)
                waiting += by_id[name].broader
        return tuple(
            replace(item, related=tuple(name for name in item.related if name in reached))
            for item in self.concepts
            if item.id in reached
        )


def _missing(record: str, kind: str, names: set[str]) -> Iterator[str]:
    return (f"{record} names the {kind} {name!r}, which is not there" for name in sorted(names))


def examine_knowledge(source: Path) -> Knowledge:
    """Read a node's ``knowledge_graph`` folder with its problems; nothing where there is none."""
    folder = source / "knowledge_graph"
    return graph.examine(folder) if folder.is_dir() else graph.Knowledge()


def join_content(source: Path, *, catalogues: bool = True) -> Content:
    """Read a node's folder, without looking at whether records name each other rightly.

    Parameters
    ----------
    source : Path
        The folder.
    catalogues : bool
        Whether it has ``catalogs/``.

    Raises
    ------
    InvalidInput
        When a file breaks a rule.
    """
    knowledge = examine_knowledge(source)
    if knowledge.problems:
        first, more = knowledge.problems[0], len(knowledge.problems) - 1
        hint = f"{more} more problems there; `sciknow validate` lists all" if more else ""
        raise InvalidInput(first.message, hint=first.hint or hint)
    return Content(
        source=source,
        datasets=tuple(
            dataset
            for catalog in (catalogs.read_folder(source / "catalogs") if catalogues else ())
            for dataset in catalog.datasets
        ),
        concepts=knowledge.concepts,
        schemes=knowledge.schemes,
        publications=knowledge.publications,
        agents=knowledge.agents,
        origins=knowledge.origins,
    )


def read_content(source: Path, *, may_lack: bool = False) -> Content:
    """Read a node's folder: ``catalogs/*.yaml`` and ``knowledge_graph/**/*.ttl``.

    Parameters
    ----------
    source : Path
        The folder.
    may_lack : bool
        Whether it may have no catalogues, since records come from elsewhere.

    Raises
    ------
    NotFound
        When the folder has no ``catalogs``.
    InvalidInput
        When a file breaks a rule, or a record names one that is not there.
    """
    has_catalogs = (source / "catalogs").is_dir()
    if not has_catalogs and not may_lack:
        raise NotFound(
            f"{source} has no folder catalogs/",
            hint="name a folder with catalogs/*.yaml and knowledge_graph/**/*.ttl",
        )
    content = join_content(source, catalogues=has_catalogs)
    problems = list(content.problems())
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise InvalidInput("\n".join(problems[:_SHOWN]) + more, hint="add them or mend the names")
    return content
