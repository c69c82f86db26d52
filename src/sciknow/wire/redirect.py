"""Where a request leads: the one rule by which redirects are followed, whoever the client is."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from sciknow.net import MAX_REDIRECTS, redirect_target
from sciknow.wire.trouble import Trouble, TroubleKind

REDIRECT = frozenset({301, 302, 303, 307, 308})
_LASTING = frozenset({301, 308})
_FOR_ONE_HOST = frozenset({"authorization", "cookie", "proxy-authorization"})


class Hops:
    """The way of one request from address to address.

    Parameters
    ----------
    url, method : str
        Where it starts, and how it asks.

    Attributes
    ----------
    at : str
        Where it is now.
    method : str
        How it asks now: a redirect may turn POST into GET.
    moved : str
        Where the servers said that the address has moved for good; empty where nowhere.
    """

    def __init__(self, url: str, method: str = "GET") -> None:
        self._from, self.at, self.method = url, url, method
        self.moved = ""
        self.count = 0
        self._lasting = True

    def follow(self, status: int, headers: Mapping[str, str]) -> bool:
        """Go where an answer leads; tell whether it led anywhere.

        Raises
        ------
        UntrustedInput
            When it leads where `net.redirect_target` lets nobody go.
        Trouble
            After too many.
        """
        target = headers.get("Location")
        if status not in REDIRECT or target is None:
            return False
        if self.count == MAX_REDIRECTS:
            raise Trouble(TroubleKind.FATAL, f"more than {MAX_REDIRECTS} redirects")
        self.count += 1
        self.at = redirect_target(self.at, target)
        if self.method == "POST" and status in {301, 302, 303}:
            self.method = "GET"  # as every client does; 307 and 308 keep the method
        self._lasting = self._lasting and status in _LASTING
        self.moved = self.at if self._lasting else self.moved
        return True

    def carried(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that are sent where the way is now: no secret goes to another host."""
        begun, now = urlsplit(self._from), urlsplit(self.at)
        if (begun.scheme, begun.netloc) == (now.scheme, now.netloc):
            return dict(headers)
        return {key: value for key, value in headers.items() if key.lower() not in _FOR_ONE_HOST}
