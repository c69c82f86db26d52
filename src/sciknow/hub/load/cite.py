"""From datasets to their citations, and to an Intake catalogue."""

from __future__ import annotations

import sciknow.ledger as ledger
from sciknow.hub.store.records import What
from sciknow.hub.store.state import State
from sciknow.ledger import Source
from sciknow.model import Agent
from sciknow.version import __version__


def source_of(state: State, what: What) -> Source:
    """Return a dataset with its agents and data papers: what a citation needs."""
    records = state.records
    dataset = records.card(what)
    creators = (records.get(Agent, name) for name in dataset.creators)
    return Source(
        dataset=dataset,
        publisher=records.get(Agent, dataset.publisher) if dataset.publisher else None,
        creators=tuple(agent for agent in creators if agent),
        data_papers=records.publications(dataset.id, "describes"),
    )


def cite(state: State, *what: What, style: str = "bibtex", language: str = "en") -> str:
    """Cite datasets with their data papers, and this software; see `Hub.cite`."""
    sources = [source_of(state, item) for item in what]
    return ledger.cite(sources, style=style, language=language, software_version=__version__)
