"""The hub's own verbs of harvesting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.hub.harvest.harvest import Wish, harvest_into, merged_in, receipts_of
from sciknow.hub.make.generation import build_generation
from sciknow.hub.store.paths import PACKAGE_SOURCE
from sciknow.hub.store.state import State
from sciknow.model.receipt import Receipt
from sciknow.progress import Progress, silent

if TYPE_CHECKING:
    from sciknow.search import Embedder


def harvest(
    state: State, what: str, wish: Wish, *, build: bool = True, progress: Progress | None = None
) -> Receipt:
    """Bring a source into the hub of a state, and build its next generation."""
    report = progress or silent
    receipt, _ = harvest_into(state.folder, what, wish, progress=report, base=state.base)
    if build and receipt.distinct:
        own = state.manifest.source
        source = None if own == PACKAGE_SOURCE else (state.generation / own).resolve()
        build_generation(source, state.folder.root, model=model_of(state), progress=report)
    return receipt


def model_of(state: State) -> str | Embedder | None:
    """Return the model that a hub was opened with; None for the default one."""
    chosen = state.embedder
    return str(chosen) if isinstance(chosen, Path) else chosen


def receipts(state: State) -> tuple[Receipt, ...]:
    """Return the receipts of a hub, the newest first, with what its generation merged."""
    return receipts_of(state.folder, merged=merged_in(state.generation))
