"""What a verb is given: one opened generation of a hub, and the hub's settings."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.errors import DegradedWarning
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.manifest import Manifest, home_of, read_manifest
from sciknow.hub.store.paths import PACKAGE_SOURCE, hub_name, packaged_source
from sciknow.hub.store.records import Records
from sciknow.hub.store.whole import Whole

if TYPE_CHECKING:
    from sciknow.graph import GraphStore, HubGraph
    from sciknow.search import Embedder, Index

RECORDS = "records.sqlite"
SEARCH = "search"
GRAPH = "graph"
MERGED = "merged.json"
"""Id of a harvested record → id of the dataset that it was merged into."""


@dataclass(slots=True)
class Engines:
    """The engines of a generation, each opened by the verb that first needs it.

    Parameters
    ----------
    index : Index, optional
        The search.
    store : GraphStore, optional
        The graph.
    graph : HubGraph, optional
        The graph as an `rdflib.Dataset`.
    """

    index: Index | None = None
    store: GraphStore | None = None
    graph: HubGraph | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """One generation, opened for reading, and the settings of its hub.

    Parameters
    ----------
    folder : HubFolder
        Where the hub lies.
    generation : Path
        The generation's own folder.
    manifest : Manifest
        What it was made from and holds.
    whole : Whole
        Whether its files are as they were written.
    records : Records
        Its records.
    base : Path
        The folder that the paths of local distributions start from.
    name : str
        What a ledger and a lockfile call the hub.
    embedder : Embedder, path or str, optional
        The model for questions; the default model when None.
    engines : Engines
        What has been opened of it.
    """

    folder: HubFolder
    generation: Path
    manifest: Manifest
    whole: Whole
    records: Records
    base: Path
    name: str
    embedder: Embedder | Path | str | None = None
    engines: Engines = field(default_factory=Engines)

    def close(self) -> None:
        """Close what was opened."""
        self.records.close()
        if self.engines.store is not None:
            self.engines.store.close()


def open_state(folder: HubFolder, embedder: Embedder | Path | str | None = None) -> State:
    """Open the generation of a hub that is current now.

    Raises
    ------
    NotFound
        When the folder holds no hub.
    """
    return open_generation(folder, folder.current(), embedder)


def open_generation(
    folder: HubFolder, generation: Path, embedder: Embedder | Path | str | None = None
) -> State:
    """Open one generation of a hub, also one that does not serve yet."""
    manifest = read_manifest(generation)
    whole = Whole(generation, manifest)
    return State(
        folder=folder,
        generation=generation,
        manifest=manifest,
        whole=whole,
        records=Records(generation / RECORDS, lambda: whole.check(RECORDS)),
        base=_source(folder.root, generation, manifest) / "catalogs",
        name=hub_name(folder.root),
        embedder=embedder,
    )


def _source(hub: Path, generation: Path, manifest: Manifest) -> Path:
    """Return the folder that a hub was built from; a hub from elsewhere names none outside it."""
    if manifest.source == PACKAGE_SOURCE:
        return packaged_source().resolve()
    found, root = (generation / manifest.source).resolve(), hub.resolve()
    if found.is_relative_to(root) or manifest.home == home_of(hub):
        return found
    if (found / "catalogs").exists():
        warnings.warn(
            f"the hub {hub} was not built here, so files below {found} are not read for it; "
            "build it again if they are yours",
            DegradedWarning,
            stacklevel=4,
        )
    return root
