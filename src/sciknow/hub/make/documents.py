"""What the index of a hub reads: its datasets, their variables, the publications, the concepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sciknow.hub.make.source import Content
from sciknow.model import Concept, Dataset, Publication
from sciknow.search import (
    Document,
    document_of,
    document_of_concept,
    document_of_publication,
    variables_of,
)
from sciknow.vocab import Sector


def documents_of(content: Content) -> list[Document]:
    """Return a document for every record of a hub that can be searched for."""
    concepts = {concept.id: concept for concept in content.concepts}
    agents = {agent.id: agent for agent in content.agents}
    about: dict[str, list[Publication]] = {}
    for paper in content.publications:
        for name in (*paper.describes, *paper.uses):
            about.setdefault(name, []).append(paper)
    datasets = {
        item.id: document_of(item, concepts, about.get(item.id, []), agents)
        for item in content.datasets
    }
    return [
        *datasets.values(),
        *(_publication(paper, datasets) for paper in content.publications),
        *(_concept(concept, concepts) for concept in content.concepts),
        *_variables(content.datasets, datasets),
    ]


def _publication(paper: Publication, datasets: Mapping[str, Document]) -> Document:
    """Return a publication's document, with the sectors and concepts of its datasets."""
    named = dict.fromkeys((*paper.describes, *paper.uses))
    about = [datasets[name] for name in named if name in datasets]
    return replace(
        document_of_publication(paper),
        sectors=tuple(dict.fromkeys(name for item in about for name in item.sectors)),
        concepts=tuple(dict.fromkeys(name for item in about for name in item.concepts)),
        languages=tuple(tag for tag, _ in paper.title.items()),
    )


def _concept(concept: Concept, concepts: Mapping[str, Concept]) -> Document:
    """Return a concept's document, with the sector whose scheme it stands in."""
    return replace(
        document_of_concept(concept, concepts),
        sectors=(concept.in_scheme,) if concept.in_scheme in set(Sector) else (),
        languages=tuple(tag for tag, _ in concept.pref_label.items()),
    )


def _variables(
    datasets: Sequence[Dataset], documents: Mapping[str, Document]
) -> Iterator[Document]:
    """Yield a document for each variable of each dataset; of two with one name, the first."""
    for dataset in datasets:
        seen: set[str] = set()
        for document in variables_of(dataset, documents[dataset.id]):
            if document.id not in seen:
                seen.add(document.id)
                yield document
