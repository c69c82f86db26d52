"""Whether the files of a hub are what they were."""

from __future__ import annotations

from sciknow.hub.make.harvested import harvests_of
from sciknow.hub.store.manifest import damages
from sciknow.hub.store.state import State


def damages_of(state: State) -> list[str]:
    """Return a line for each file of a generation or of the harvests that is not whole."""
    harvests = harvests_of(state.folder.archive)
    return [*damages(state.generation, state.manifest), *harvests.damages()]
