"""The wire: the one way to bytes elsewhere, with retries, deadlines, budgets and a cache.

Every room that touches a network stands on it. `net` has the rules; what acts on them is here,
and each rule acts in one place: `redirect` follows, `retry` tries again and sleeps, `budget`
says how much may come, `net.check_online` whether anything is asked for at all.

- `Client` asks web addresses from the calling thread: GET, HEAD, POST, conditional requests,
  page after page, streams, files. For registries, queries and documents.
- `Transport` brings ranges of files from web servers, object stores and one local folder,
  through the cache where there is one. For arrays and tables.
- `fetch_file` brings a whole file onto disk, and goes on where it broke off.

All of them raise the same errors: `Absent` and `Denied`, which are kinds of `SourceUnavailable`,
`IntegrityError`, `LimitExceeded`, `UntrustedInput`. Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.wire.budget import Budget
    from sciknow.wire.cache import Cache, CacheInfo
    from sciknow.wire.client import Client, Coming
    from sciknow.wire.download import current_state, fetch_file, record_of
    from sciknow.wire.network import has_route
    from sciknow.wire.request import Answer, Request
    from sciknow.wire.retry import Meter, Patience
    from sciknow.wire.transport import Transport
    from sciknow.wire.trouble import Absent, Denied

__all__ = [
    "Absent",
    "Answer",
    "Budget",
    "Cache",
    "CacheInfo",
    "Client",
    "Coming",
    "Denied",
    "Meter",
    "Patience",
    "Request",
    "Transport",
    "current_state",
    "fetch_file",
    "has_route",
    "record_of",
]

_HOMES = {
    "Absent": "trouble",
    "Answer": "request",
    "Budget": "budget",
    "Cache": "cache",
    "CacheInfo": "cache",
    "Client": "client",
    "Coming": "client",
    "Denied": "trouble",
    "Meter": "retry",
    "Patience": "retry",
    "Request": "request",
    "Transport": "transport",
    "current_state": "download",
    "fetch_file": "download",
    "has_route": "network",
    "record_of": "download",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
