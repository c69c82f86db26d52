"""A hub's generation, opened: what it is, and the records in it by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from sciknow.errors import InvalidInput, NotFound
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.generation import Generation
from sciknow.hub.store.manifest import Manifest, damages
from sciknow.model import Agent, Concept, Dataset, Publication
from sciknow.model.suggest import nearest

if TYPE_CHECKING:
    from sciknow.search import Embedder

T = TypeVar("T", Agent, Concept, Dataset, Publication)


class Lookup:
    """The records of a hub, by their ids.

    Parameters
    ----------
    folder : HubFolder
        Where the hub lies.
    embedder : Embedder, path or str, optional
        The model for questions; the default model when left out.
    """

    def __init__(self, folder: HubFolder, *, embedder: Embedder | Path | str | None = None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._generation = Generation(folder.current())

    @property
    def path(self) -> Path:
        """The hub's folder."""
        return self._folder.root

    @property
    def manifest(self) -> Manifest:
        """What the open generation was made from and holds."""
        return self._generation.manifest

    def verify(self) -> list[str]:
        """Compare every file with its recorded digest.

        Returns
        -------
        list of str
            A line for each file that is missing, changed or unknown; empty when all is well.
        """
        return list(damages(self._generation.folder, self.manifest))

    def __repr__(self) -> str:
        return f"<sciknow hub {self.manifest.id[:12]}: {self.manifest.holds}>"

    def __len__(self) -> int:
        return self._generation.records.count(Dataset)

    def __iter__(self) -> Iterator[Dataset]:
        return self._generation.records.all(Dataset)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files of the open generation."""
        self._generation.close()

    def dataset(self, identifier: str) -> Dataset:
        """Return the dataset with an id, a DOI, a CSTR or an IRI.

        Raises
        ------
        NotFound
            With the closest ids.
        """
        return self._get(Dataset, identifier)

    def concept(self, identifier: str) -> Concept:
        """Return the concept with an id or an IRI."""
        return self._get(Concept, identifier)

    def publication(self, identifier: str) -> Publication:
        """Return the publication with an id, a DOI or an IRI."""
        return self._get(Publication, identifier)

    def agent(self, identifier: str) -> Agent:
        """Return the person or organisation with an id, an ORCID, a ROR or an IRI."""
        return self._get(Agent, identifier)

    def _get(self, kind: type[T], identifier: str) -> T:
        if not isinstance(identifier, str) or not identifier.strip():
            raise InvalidInput(f"{identifier!r} is no id", hint="give an id, a DOI or an IRI")
        found = self._generation.records.get(kind, identifier)
        if found is None:
            close = nearest(identifier, self._generation.records.ids(kind))
            raise NotFound(
                f"no {kind.__name__.lower()} {identifier!r} in this hub",
                hint=f"did you mean {', '.join(close)}?" if close else "look for it with search()",
            )
        return found

    def name_of(self, agent: str, language: str = "en") -> str:
        """Return an agent's name, or the id as it is when the hub does not know the agent."""
        found = self._generation.records.get(Agent, agent) if agent else None
        return found.name.best(language) if found else agent

    def label_of(self, concept: str, language: str = "en") -> str:
        """Return a concept's preferred label, or the id when the hub does not know it."""
        found = self._generation.records.get(Concept, concept) if concept else None
        return found.pref_label.best(language) if found else concept

    @property
    def base(self) -> Path:
        """The folder that the paths of local distributions start from."""
        return self._generation.base

    def card(self, what: str | Dataset) -> Dataset:
        """Return a dataset given as itself, as a hit, or by its id, DOI, CSTR or IRI.

        Raises
        ------
        NotFound, InvalidInput
            When there is none, or it is something else.
        """
        found = self.dataset(what) if isinstance(what, str) else getattr(what, "dataset", what)
        if not isinstance(found, Dataset):
            raise InvalidInput(
                f"{type(what).__name__} is no dataset", hint="give an id, a DOI, or a hit"
            )
        return found
