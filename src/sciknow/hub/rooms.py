"""The heavy rooms, imported when a verb first needs them.

A search loads neither xarray nor rdflib nor intake: that is what keeps a cold `sciknow search`
under a second. This is the one place where the hub imports inside functions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sciknow.catalogs as catalogs
    import sciknow.graph as graph
    import sciknow.ledger as ledger
    import sciknow.readers as readers
else:

    class _Room:
        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> Any:
            return getattr(import_module(self._name), attribute)

    catalogs = _Room("sciknow.catalogs")
    graph = _Room("sciknow.graph")
    ledger = _Room("sciknow.ledger")
    readers = _Room("sciknow.readers")

__all__ = ["catalogs", "graph", "ledger", "readers"]
