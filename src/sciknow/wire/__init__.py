"""The wire: the one way to bytes elsewhere, with retries, deadlines, budgets and a cache.

Every room that touches a network stands on it. `net` has the rules; what acts on them is here.
Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.wire.cache import Cache, CacheInfo
    from sciknow.wire.download import current_state, fetch_file, file_digests, record_of
    from sciknow.wire.network import has_route
    from sciknow.wire.transport import Transport

__all__ = [
    "Cache",
    "CacheInfo",
    "Transport",
    "current_state",
    "fetch_file",
    "file_digests",
    "has_route",
    "record_of",
]

_HOMES = {
    "Cache": "cache",
    "CacheInfo": "cache",
    "Transport": "transport",
    "current_state": "download",
    "fetch_file": "download",
    "file_digests": "download",
    "has_route": "network",
    "record_of": "download",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
