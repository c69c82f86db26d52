"""The heavy rooms, imported when a verb first needs them.

Looking up a record loads no engine at all, and a search neither xarray nor rdflib nor intake:
that is what keeps a cold `sciknow search` under a second. This is the one place where the hub
imports inside functions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sciknow.alignment as alignment
    import sciknow.availability as availability
    import sciknow.catalogs as catalogs
    import sciknow.graph as graph
    import sciknow.ledger as ledger
    import sciknow.preservation as preservation
    import sciknow.readers as readers
    import sciknow.search as search
    import sciknow.wire as wire
else:

    class _Room:
        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> Any:
            return getattr(import_module(self._name), attribute)

    alignment = _Room("sciknow.alignment")
    availability = _Room("sciknow.availability")
    catalogs = _Room("sciknow.catalogs")
    graph = _Room("sciknow.graph")
    ledger = _Room("sciknow.ledger")
    preservation = _Room("sciknow.preservation")
    readers = _Room("sciknow.readers")
    search = _Room("sciknow.search")
    wire = _Room("sciknow.wire")

__all__ = [
    "alignment",
    "availability",
    "catalogs",
    "graph",
    "ledger",
    "preservation",
    "readers",
    "search",
    "wire",
]
