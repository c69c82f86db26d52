"""The hand-written part of a knowledge base: concepts, schemes, publications, agents.

`examine` reads a whole folder and collects every problem; `read_concepts`, `read_publications`
and `read_agents` read one kind and raise on the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pyoxigraph import NamedNode

from sciknow.errors import InvalidInput
from sciknow.graph.read_agent import AGENT_TYPES, read_agent
from sciknow.graph.read_concept import CONCEPT_TYPES, SCHEME_TYPES, read_concept, read_scheme
from sciknow.graph.read_publication import PUBLICATION_TYPES, read_publication
from sciknow.graph.tree import check_tree
from sciknow.model import Agent, Concept, ConceptScheme, Publication
from sciknow.model.parse import Where
from sciknow.rdf.turtle import Record, compact, read_triples
from sciknow.vocab import ID_BASE, RDF

T = TypeVar("T", Concept, ConceptScheme, Publication, Agent)

VOCABULARY_CONCEPTS = "sectors.ttl"
"""The file in ``vocabulary/`` that holds concepts: the sectors."""


@dataclass
class Knowledge:
    """What the Turtle files of a knowledge base say, and what is wrong with them.

    Parameters
    ----------
    concepts, schemes, publications, agents : tuple
        The records that could be read, sorted by id.
    origins : mapping
        IRI of a record → path of its file, relative to the folder.
    problems : tuple of InvalidInput
        Every problem, in the order of the files.
    """

    concepts: tuple[Concept, ...] = ()
    schemes: tuple[ConceptScheme, ...] = ()
    publications: tuple[Publication, ...] = ()
    agents: tuple[Agent, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)
    problems: tuple[InvalidInput, ...] = ()


def examine(folder: Path) -> Knowledge:
    """Read every Turtle file of a knowledge base and collect all problems.

    Parameters
    ----------
    folder : Path
        The ``knowledge_graph`` folder.

    Returns
    -------
    Knowledge
        What could be read; look at its `problems` before building on it.
    """
    reading = _Reading(folder)
    concepts, schemes = _concepts(reading)
    publications = reading.read(_files(folder / "publications"), PUBLICATION_TYPES, _publication)
    agents = reading.read(_files(folder / "agents"), AGENT_TYPES, read_agent)
    _unique_identifiers(agents, reading)
    return Knowledge(
        concepts=_sorted(concepts),
        schemes=_sorted(schemes),
        publications=_sorted(publications),
        agents=_sorted(agents),
        origins=reading.origins,
        problems=tuple(reading.problems),
    )


def read_concepts(folder: Path) -> tuple[Concept, ...]:
    """Read the concepts of a knowledge base, the sectors included.

    Raises
    ------
    InvalidInput
        With file, record, property, found and allowed; says how many more problems there are.
    """
    reading = _Reading(folder)
    concepts, _ = _concepts(reading)
    return reading.sound(_sorted(concepts))


def read_schemes(folder: Path) -> tuple[ConceptScheme, ...]:
    """Read the concept schemes of a knowledge base; raises as `read_concepts`."""
    reading = _Reading(folder)
    _, schemes = _concepts(reading)
    return reading.sound(_sorted(schemes))


def read_publications(folder: Path) -> tuple[Publication, ...]:
    """Read the publications of a knowledge base; raises as `read_concepts`."""
    reading = _Reading(folder)
    files = _files(folder / "publications")
    return reading.sound(_sorted(reading.read(files, PUBLICATION_TYPES, _publication)))


def read_agents(folder: Path) -> tuple[Agent, ...]:
    """Read the people and organisations of a knowledge base; raises as `read_concepts`."""
    reading = _Reading(folder)
    agents = reading.read(_files(folder / "agents"), AGENT_TYPES, read_agent)
    _unique_identifiers(agents, reading)
    return reading.sound(_sorted(agents))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ttl"))


def _sorted(records: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(records, key=lambda record: record.id))


class _Reading:
    """One pass over a folder: parsed files, origins, problems."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origins: dict[str, str] = {}
        self.problems: list[InvalidInput] = []
        if not folder.is_dir():
            raise InvalidInput(
                f"{folder} is no folder", hint="name the folder that holds concepts/ and agents/"
            )

    def sound(self, records: tuple[T, ...]) -> tuple[T, ...]:
        """Return the records, or raise the first problem."""
        if self.problems:
            first, more = self.problems[0], len(self.problems) - 1
            hint = f"{more} more problem(s) there; sciknow validate lists all" if more else ""
            raise InvalidInput(first.message, hint=hint)
        return records

    def read(
        self,
        files: Iterable[Path],
        types: Mapping[str, object],
        build: Callable[[Record], T | None],
    ) -> list[T]:
        """Read every record of the files; all their types must be among *types*."""
        kept: list[T] = []
        for record in self.records(files, types):
            if record is not None and (made := self.add(record, build)) is not None:
                kept.append(made)
        return kept

    def add(self, record: Record, build: Callable[[Record], T | None]) -> T | None:
        """Build one record, keep its problems and its origin."""
        made = build(record)
        self.problems.extend(record.problems)
        if made is None:
            return None
        first = self.origins.setdefault(record.iri, record.where.file)
        if first != record.where.file:
            self.problems.append(
                record.where.refuse(f"a second record of that id (first in {first})", "one")
            )
            return None
        return made

    def records(self, files: Iterable[Path], types: Mapping[str, object]) -> Iterator[Record]:
        """Yield the named subjects of the files that have one of the types."""
        for path in files:
            where = Where(str(path.relative_to(self.folder)))
            try:
                triples = read_triples(path, where, self.folder)
            except InvalidInput as error:
                self.problems.append(error)
                continue
            for subject, values in triples.items():
                if not isinstance(subject, NamedNode):
                    continue
                record = Record(subject.value, values, where @ _short(subject.value), triples)
                found = [getattr(item, "value", "") for item in values.get(RDF.type, ())]
                if len(found) == 1 and found[0] in types:
                    yield record
                else:
                    allowed = "one of " + ", ".join(sorted(compact(item) for item in types))
                    seen = ", ".join(compact(item) for item in found) or "no type"
                    self.problems.append((record.where / "a").refuse(seen, allowed))


def _short(value: str) -> str:
    return value.removeprefix(ID_BASE).partition(":")[2] if value.startswith(ID_BASE) else value


def _concepts(reading: _Reading) -> tuple[list[Concept], list[ConceptScheme]]:
    vocabulary = reading.folder / "vocabulary" / VOCABULARY_CONCEPTS
    files = [vocabulary] if vocabulary.exists() else []
    records = list(
        reading.records(
            [*files, *_files(reading.folder / "concepts")], CONCEPT_TYPES | SCHEME_TYPES
        )
    )
    schemes = _build(
        (item for item in records if _type_of(item) in SCHEME_TYPES), read_scheme, reading
    )
    by_id = {item.id: item for item in schemes}
    concepts = _build(
        (item for item in records if _type_of(item) in CONCEPT_TYPES),
        lambda record: read_concept(record, by_id),
        reading,
    )
    reading.problems.extend(check_tree(concepts, reading.origins))
    return concepts, schemes


def _build(
    records: Iterable[Record], build: Callable[[Record], T | None], reading: _Reading
) -> list[T]:
    made = (reading.add(record, build) for record in records)
    return [item for item in made if item is not None]


def _type_of(record: Record) -> str:
    return str(getattr(record.values[RDF.type][0], "value", ""))


def _publication(record: Record) -> Publication | None:
    return read_publication(record)


def _unique_identifiers(agents: Iterable[Agent], reading: _Reading) -> None:
    first: dict[str, Agent] = {}
    for agent in agents:
        name = agent.same_as
        if name and (other := first.setdefault(name, agent)) is not agent:
            where = Where(reading.origins[agent.iri]) @ agent.id
            allowed = f"one agent per identifier: {other.id} has it already"
            reading.problems.append(where.refuse(name, allowed))
