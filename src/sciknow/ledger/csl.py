"""Datasets, publications and software as CSL-JSON items.

Source: Citation Style Language data schema 1.0.2 (https://citeproc-js.readthedocs.io/,
"CSL-JSON"); item types ``dataset``, ``article-journal``, ``software``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sciknow.ledger.source import Source
from sciknow.model import Agent, AgentKind, Publication

CslItem = dict[str, Any]


def dataset_item(source: Source, accessed: date | None, language: str) -> CslItem:
    """Return the CSL item of a dataset.

    Parameters
    ----------
    source : Source
        The dataset with its agents.
    accessed : date or None
        When it was opened; None when it was not.
    language : str
        ``en`` or ``zh``: the language of title and names where both are known.
    """
    dataset, publisher = source.dataset, source.publisher
    makers = source.creators or ((publisher,) if publisher else ())
    return _filled(
        id=dataset.id,
        type="dataset",
        title=dataset.title.best(language),
        author=[_agent_name(agent, language) for agent in makers],
        publisher=publisher.name.best(language) if publisher else "",
        issued=_date(dataset.issued),
        version=dataset.version,
        DOI=dataset.doi,
        URL="" if dataset.doi else dataset.identifier if "://" in dataset.identifier else "",
        accessed=_date(accessed.isoformat()) if accessed else None,
        note=dataset.citation,
        language=language,
    )


def publication_item(publication: Publication, language: str) -> CslItem:
    """Return the CSL item of a publication."""
    return _filled(
        id=publication.doi or publication.id,
        type="article-journal" if publication.container else "document",
        title=publication.title.best(language),
        author=_author_names(publication),
        issued=_date(publication.issued),
        **{"container-title": publication.container},
        volume=publication.volume,
        issue=publication.issue,
        page=publication.pages,
        publisher=publication.publisher,
        DOI=publication.doi,
        URL="" if publication.doi else publication.url,
        language="zh" if publication.title.zh and not publication.title.en else "en",
    )


def software_item(version: str) -> CslItem:
    """Return the CSL item of this package."""
    return _filled(
        id="sciknow",
        type="software",
        title="sciknow",
        version=version,
        author=[{"literal": "The sciknow developers"}],
        language="en",
    )


def _filled(**fields: Any) -> CslItem:
    return {key: value for key, value in fields.items() if value}


def _agent_name(agent: Agent, language: str) -> dict[str, str]:
    name = agent.name.best(language)
    if agent.kind is AgentKind.PERSON:
        return _person(name)
    return {"literal": name}


def _author_names(publication: Publication) -> list[dict[str, str]]:
    names = [_person(author) for author in publication.authors]
    return names if publication.authors_complete or not names else [*names, {"literal": "others"}]


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": name}


def _date(value: str) -> dict[str, list[list[int]]] | None:
    if not value or value.startswith("-"):
        return None
    return {"date-parts": [[int(part) for part in value.split("-")]]}
