"""The knowledge base as the checks see it: records, the files they stand in, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sciknow.catalogs import catalog_files, check_folder, examine_file
from sciknow.graph.knowledge import Knowledge, examine
from sciknow.model import Agent, Concept, Dataset

SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    check : str
        The check's name.
    file, record : str
        Where it is.
    text : str
        What was found and what was expected.
    note : bool
        True for something to look at; False for something that is wrong.
    """

    check: str
    file: str
    record: str
    text: str
    note: bool = False

    def __str__(self) -> str:
        kind = "note " if self.note else ""
        return f"{self.file}: {self.record}: {kind}[{self.check}] {self.text}"


@dataclass
class Base:
    """Everything that was read, and the findings of reading it."""

    datasets: dict[str, tuple[Dataset, str]] = field(default_factory=dict)
    knowledge: Knowledge = field(default_factory=Knowledge)
    findings: list[Finding] = field(default_factory=list)
    standard_names: dict[str, str] = field(default_factory=dict)

    @property
    def agents(self) -> dict[str, Agent]:
        """Agents by id."""
        return {agent.id: agent for agent in self.knowledge.agents}

    @property
    def concepts(self) -> dict[str, Concept]:
        """Concepts by id."""
        return {concept.id: concept for concept in self.knowledge.concepts}

    def cards(self) -> Iterator[tuple[Dataset, str]]:
        """Yield each dataset and the name of its file."""
        yield from self.datasets.values()

    def file_of(self, iri: str) -> str:
        """Return the file of a record of the knowledge graph."""
        return self.knowledge.origins.get(iri, "knowledge_graph")


def read_standard_names(path: Path) -> dict[str, str]:
    """Return CF standard name → canonical units; an alias has those of its name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = dict(line.split("\t") for line in lines if not line.startswith("#"))
    return {
        name: pairs.get(units.removeprefix("= "), "") if units.startswith("= ") else units
        for name, units in pairs.items()
    }


def read_base(root: Path) -> Base:
    """Read ``catalogs/`` and ``knowledge_graph/`` below a folder."""
    graph = root / "knowledge_graph"
    base = Base(
        knowledge=examine(graph),
        standard_names=read_standard_names(graph / "vocabulary" / "cf-standard-names.txt"),
    )
    for file in catalog_files(root / "catalogs"):
        catalog, problems = examine_file(file)
        base.findings += [Finding(SCHEMA, file.name, "", str(problem)) for problem in problems]
        for dataset in catalog.datasets if catalog else ():
            base.datasets.setdefault(dataset.id, (dataset, file.name))
    whole = check_folder(root / "catalogs")[""]
    base.findings += [Finding(SCHEMA, "catalogs", "", str(problem)) for problem in whole]
    for error in base.knowledge.problems:
        name = error.message.split(":", 1)[0]
        base.findings.append(Finding(SCHEMA, name, "", str(error)))
    return base
