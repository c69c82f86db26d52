"""From a question in Chinese or English to a lazily loaded, cited array of public data.

>>> import sciknow as sk
>>> hub = sk.open_hub()                                            # doctest: +SKIP
>>> hits = hub.search("monthly sea surface temperature")           # doctest: +SKIP
>>> ds = hits[0].open()                                            # doctest: +SKIP
>>> print(sk.cite())                                               # doctest: +SKIP

Names are imported when they are first used: ``import sciknow`` alone loads none of the engines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    "Agent": "sciknow.model",
    "Concept": "sciknow.model",
    "Dataset": "sciknow.model",
    "Distribution": "sciknow.model",
    "Hit": "sciknow.hub",
    "Hits": "sciknow.hub",
    "Hub": "sciknow.hub",
    "Publication": "sciknow.model",
    "align": "sciknow.alignment",
    "audit": "sciknow.hub",
    "build_from_texts": "sciknow.hub",
    "build_hub": "sciknow.hub",
    "cite": "sciknow.ledger",
    "compatible": "sciknow.hub",
    "crate": "sciknow.hub",
    "lock": "sciknow.hub",
    "open_hub": "sciknow.hub",
    "open_preserved": "sciknow.hub",
    "opened": "sciknow.ledger",
    "session": "sciknow.ledger",
    "verify": "sciknow.hub",
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


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sciknow' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
