"""From a question in Chinese or English to a lazily loaded, cited array of public data.

>>> import sciknow as sk
>>> hub = sk.open_hub()                                            # doctest: +SKIP
>>> hits = hub.search("monthly sea surface temperature")           # doctest: +SKIP
>>> ds = hits[0].open()                                            # doctest: +SKIP
>>> print(sk.cite())                                               # doctest: +SKIP

Names are imported when they are first used: ``import sciknow`` alone loads none of the engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names
from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    LimitExceeded,
    MissingDependency,
    NotFound,
    SciknowError,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.version import __version__

if TYPE_CHECKING:
    from sciknow.alignment import align
    from sciknow.hub import (
        Hit,
        Hits,
        Hub,
        audit,
        build_from_texts,
        build_hub,
        compatible,
        crate,
        lock,
        open_hub,
        open_preserved,
        verify,
    )
    from sciknow.ledger import cite, opened, session
    from sciknow.model import Agent, Concept, Dataset, Distribution, Publication

_HOMES = {
    "Agent": "model",
    "Concept": "model",
    "Dataset": "model",
    "Distribution": "model",
    "Hit": "hub",
    "Hits": "hub",
    "Hub": "hub",
    "Publication": "model",
    "align": "alignment",
    "audit": "hub",
    "build_from_texts": "hub",
    "build_hub": "hub",
    "cite": "ledger",
    "compatible": "hub",
    "crate": "hub",
    "lock": "hub",
    "open_hub": "hub",
    "open_preserved": "hub",
    "opened": "ledger",
    "session": "ledger",
    "verify": "hub",
}

__all__ = [
    "Agent",
    "Concept",
    "Dataset",
    "Distribution",
    "Hit",
    "Hits",
    "Hub",
    "IntegrityError",
    "InvalidInput",
    "LimitExceeded",
    "MissingDependency",
    "NotFound",
    "Publication",
    "SciknowError",
    "SourceUnavailable",
    "UntrustedInput",
    "__version__",
    "align",
    "audit",
    "build_from_texts",
    "build_hub",
    "cite",
    "compatible",
    "crate",
    "lock",
    "open_hub",
    "open_preserved",
    "opened",
    "session",
    "verify",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
