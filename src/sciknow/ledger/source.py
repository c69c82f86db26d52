"""A dataset with all that its citation needs."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.model import Agent, Dataset, Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A dataset, its publisher, its creators and its data papers.

    Parameters
    ----------
    dataset : Dataset
        The record.
    publisher : Agent or None
        Who publishes it; None where the hub does not know the agent.
    creators : tuple of Agent
        Who made it; empty where the card names nobody.
    data_papers : tuple of Publication
        The publications that describe it.
    """

    dataset: Dataset
    publisher: Agent | None = None
    creators: tuple[Agent, ...] = ()
    data_papers: tuple[Publication, ...] = ()
