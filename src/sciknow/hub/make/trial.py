"""Trying a generation before it serves: opened in every part, and asked."""

from __future__ import annotations

from pathlib import Path

from sciknow.errors import IntegrityError
from sciknow.hub.find.search import index_of
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.state import GRAPH, State, open_generation
from sciknow.hub.walk.query import store_of
from sciknow.model import Agent, Concept, Dataset, Publication
from sciknow.search import Embedder

_QUESTION = "data"
_COUNTED = {
    "datasets": Dataset,
    "texts": Dataset,
    "publications": Publication,
    "concepts": Concept,
    "agents": Agent,
}


def try_generation(folder: HubFolder, generation: Path, embedder: Embedder) -> None:
    """Open a generation in every part, compare it with its manifest, and ask it a question.

    Parameters
    ----------
    folder : HubFolder
        The hub that it shall serve in.
    generation : Path
        Its folder, with its manifest.
    embedder : Embedder
        The model that it was built with.

    Raises
    ------
    IntegrityError
        When it does not hold what was written, or a part does not answer.
    """
    state = open_generation(folder, generation, embedder)
    try:
        wrong = _unlike(state)
        if wrong:
            raise IntegrityError(
                f"the new generation is not what was written: {wrong[0]}",
                hint="the old one goes on serving; see that the disk is sound, then build again",
            )
        index = index_of(state)
        for kind, number in index.counts.items():
            index.collection(kind).load()
            if number:
                index.search(_QUESTION, kind=kind, limit=1)
        if (generation / GRAPH).is_dir() and not len(store_of(state)):
            raise IntegrityError(f"{generation / GRAPH} is empty", hint="build again")
    finally:
        state.close()


def _unlike(state: State) -> list[str]:
    """Return a line for each kind of record of which there are not as many as were written."""
    found = {
        name: state.records.count(kind)
        for name, kind in _COUNTED.items()
        if name in state.manifest.counts
    }
    return [
        f"{number} {name}, {state.manifest.counts[name]} expected"
        for name, number in found.items()
        if number != state.manifest.counts[name]
    ]
