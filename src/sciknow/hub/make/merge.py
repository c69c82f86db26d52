"""One dataset from several sources: found by identifiers and addresses, never by titles.

The hub's own cards come first, then the sources by name. Of records that are the same the first is
kept and takes over what it lacks; each record stands as it came in the graph of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sciknow.hub.make.harvested import Harvested
from sciknow.hub.make.source import Content
from sciknow.model import Agent, Dataset, Publication
from sciknow.model.same import keys_of

_TAKEN = (
    "description",
    "publisher",
    "creators",
    "doi",
    "cstr",
    "version",
    "issued",
    "landing_page",
    "license",
    "rights",
    "spatial",
    "temporal",
    "resolution",
    "variables",
    "keywords",
)
"""Fields that a kept record takes over where it has none itself."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A hub's content with what was harvested.

    Parameters
    ----------
    content : Content
        Every dataset once.
    described : tuple of Dataset
        What the graph describes: every record as it came.
    origins : mapping of str to str
        IRI of a harvested record → its source's graph.
    harvests : sequence of Harvested
        What it was joined from.
    into : mapping of str to str
        Id of a record → id of the dataset that it was merged into.
    """

    content: Content
    described: tuple[Dataset, ...]
    origins: Mapping[str, str] = field(default_factory=dict)
    harvests: Sequence[Harvested] = ()
    into: Mapping[str, str] = field(default_factory=dict)


def merge(content: Content, harvests: Sequence[Harvested]) -> Merged:
    """Join what was harvested with a hub's own content."""
    kept = {dataset.id: dataset for dataset in content.datasets}
    described, agents = list(content.datasets), _Agents(content.agents)
    origins = dict(content.origins)
    into: dict[str, str] = {}
    publications = list(content.publications)
    for harvest in harvests:
        known = _keys(kept.values())
        came = [item for item in map(agents.join, _datasets(harvest)) if item.id not in kept]
        for dataset in came:
            same = next((known[key] for key in keys_of(dataset) if key in known), "")
            if same:
                into[dataset.id] = same
                kept[same] = _filled(kept[same], dataset)
            else:
                kept[dataset.id] = dataset
            described.append(dataset)
            origins[dataset.iri] = harvest.graph
        publications += [paper for item in harvest.records for paper in item.publications]
    origins |= {agent.iri: place for agent, place in agents.places(harvests)}
    return Merged(
        content=replace(
            content,
            datasets=tuple(kept.values()),
            agents=agents.all,
            publications=_papers(publications, kept, into),
        ),
        described=tuple(described),
        origins=origins,
        harvests=harvests,
        into=into,
    )


def _keys(datasets: Iterable[Dataset]) -> dict[str, str]:
    found: dict[str, str] = {}
    for dataset in datasets:
        for key in keys_of(dataset):
            found.setdefault(key, dataset.id)
    return found


def _datasets(harvest: Harvested) -> Iterator[tuple[Dataset, tuple[Agent, ...]]]:
    for item in harvest.records:
        if item.dataset is None:
            continue
        dataset = item.dataset
        if dataset.id in harvest.unseen:
            last = dataset.provenance[0].accessed
            dataset = replace(dataset, extra={**dataset.extra, "last_seen": last})
        yield dataset, item.agents


def _filled(kept: Dataset, other: Dataset) -> Dataset:
    """Return a dataset with what it lacks taken from another record of it."""
    taken: dict[str, Any] = {
        name: getattr(other, name)
        for name in _TAKEN
        if not getattr(kept, name) and getattr(other, name)
    }
    known = {way.access_url for way in kept.distributions}
    ways = tuple(way for way in other.distributions if way.access_url not in known)
    from_other = (*taken, *(("distributions",) if ways else ()))
    notes = tuple(replace(item, fields=from_other) for item in other.provenance if from_other)
    also = [*_also(kept), other.id]
    return replace(
        kept,
        **taken,
        distributions=(*kept.distributions, *ways),
        provenance=(*kept.provenance, *notes),
        extra={**kept.extra, "merged": also},
    )


def _also(dataset: Dataset) -> list[str]:
    found = dataset.extra.get("merged")
    return [str(item) for item in found] if isinstance(found, (list, tuple)) else []


class _Agents:
    """People and organisations: those with one ORCID or ROR are one."""

    def __init__(self, agents: Iterable[Agent]) -> None:
        self._kept = {agent.id: agent for agent in agents}
        self._known = {name: agent.id for agent in agents for name in _names(agent)}
        self._own = frozenset(self._kept)

    @property
    def all(self) -> tuple[Agent, ...]:
        """Everybody."""
        return tuple(self._kept.values())

    def join(self, came: tuple[Dataset, tuple[Agent, ...]]) -> Dataset:
        """Take in the agents of a record; return the record with their ids in the hub."""
        dataset, agents = came
        ids: dict[str, str] = {}
        for agent in agents:
            found = next((self._known[n] for n in _names(agent) if n in self._known), agent.id)
            ids[agent.id] = found
            self._kept.setdefault(found, agent)
            for name in _names(agent):
                self._known.setdefault(name, found)
        return replace(
            dataset,
            publisher=ids.get(dataset.publisher, ""),
            creators=tuple(dict.fromkeys(ids[name] for name in dataset.creators if name in ids)),
        )

    def places(self, harvests: Sequence[Harvested]) -> Iterator[tuple[Agent, str]]:
        """Yield each agent that a source brought, with the source's graph."""
        for harvest in reversed(harvests):
            for item in harvest.records:
                for agent in item.agents:
                    if agent.id in self._kept and agent.id not in self._own:
                        yield agent, harvest.graph


def _names(agent: Agent) -> list[str]:
    return [name for name in (agent.orcid, agent.ror) if name]


def _papers(
    papers: Iterable[Publication], kept: Mapping[str, Dataset], into: Mapping[str, str]
) -> tuple[Publication, ...]:
    """Return each publication once, tied to datasets that are there."""

    def tied(names: Iterable[str]) -> tuple[str, ...]:
        found = (into.get(name, name) for name in names)
        return tuple(dict.fromkeys(name for name in found if name in kept))

    found: dict[str, Publication] = {}
    for paper in papers:
        first = found.setdefault(paper.id, paper)
        found[paper.id] = replace(
            first,
            describes=tied((*first.describes, *paper.describes)),
            uses=tied((*first.uses, *paper.uses)),
        )
    return tuple(found.values())
