"""One opened generation: its manifest, its records, its index and its graph."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.errors import InvalidInput
from sciknow.hub.rooms import graph
from sciknow.hub.store.manifest import read_manifest
from sciknow.hub.store.paths import PACKAGE_SOURCE, packaged_source
from sciknow.hub.store.records import Records

if TYPE_CHECKING:
    from sciknow.graph import GraphStore

RECORDS = "records.sqlite"
SEARCH = "search"
GRAPH = "graph"


class Generation:
    """Read access to a generation; its parts are opened when they are first used.

    Parameters
    ----------
    folder : Path
        The generation's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.records = Records(folder / RECORDS)

    @property
    def base(self) -> Path:
        """The folder that the paths of offline distributions start from."""
        source = self.manifest.source
        root = packaged_source() if source == PACKAGE_SOURCE else self.folder / source
        return root.resolve() / "catalogs"

    @cached_property
    def store(self) -> GraphStore:
        """The graph.

        Raises
        ------
        InvalidInput
            For a hub of plain texts, which has none.
        """
        if not (self.folder / GRAPH).is_dir():
            raise InvalidInput(
                "this hub was built from plain texts and has no graph",
                hint="search() and dataset() work; build from catalogs/ to have a graph",
            )
        return graph.GraphStore.open(self.folder / GRAPH)

    def close(self) -> None:
        """Close what was opened."""
        self.records.close()
        if "store" in self.__dict__:
            self.store.close()
