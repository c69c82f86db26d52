"""Where a request leads: the one rule by which redirects are followed, whoever the client is."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from sciknow.errors import InvalidInput
from sciknow.net import MAX_REDIRECTS, redirect_target
from sciknow.wire.credentials import login_for
from sciknow.wire.reach import Reach, place_of
from sciknow.wire.trouble import Trouble, TroubleKind

REDIRECT = frozenset({301, 302, 303, 307, 308})
_LASTING = frozenset({301, 308})
_FOR_ANY_HOST = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-type",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "range",
    }
)
"""Headers that say what is wanted; any other may hold a secret."""


class Hops:
    """The way of one request from address to address.

    Parameters
    ----------
    url, method : str
        Where it starts, and how it asks.
    home : str, optional
        The address whose host may hear secrets; by default where it starts.
    reach : Reach, optional
        Which private hosts the user named; by default the one of `home`.

    Attributes
    ----------
    at : str
        Where it is now.
    method : str
        How it asks now: a redirect may turn POST into GET.
    moved : str
        Where the servers said that the address has moved for good; empty where nowhere.
    """

    def __init__(
        self, url: str, method: str = "GET", *, home: str = "", reach: Reach | None = None
    ) -> None:
        self._home, self.at, self.method = home or url, url, method
        self.reach = reach if reach is not None else Reach.of(self._home)
        self.moved = ""
        self.count = 0
        self._lasting, self._left = True, False

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
        self.lead(target)
        if self.method == "POST" and status in {301, 302, 303}:
            self.method = "GET"  # as every client does; 307 and 308 keep the method
        self._lasting = self._lasting and status in _LASTING
        self.moved = self.at if self._lasting else self.moved
        return True

    def lead(self, target: str) -> None:
        """Go to an address that a server named; it may be relative.

        Raises
        ------
        UntrustedInput
            When it is where `net.redirect_target`, or the reach, lets nobody go.
        Trouble
            When it is none.
        """
        with suppress(UnicodeError):
            # servers write addresses in UTF-8, where headers are read as Latin-1
            target = target.encode("latin-1").decode("utf-8")
        try:
            found = redirect_target(self.at, target)
        except InvalidInput as error:
            raise Trouble(TroubleKind.FATAL, f"leads to no address: {error.message}") from error
        self.reach.check(found, self.at)
        self._left = self._left or place_of(found) != place_of(self._home)
        self.at = found

    def carried(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that are sent where the way is now.

        No secret goes to another host, nor to the first one when another has led back to it. What
        the user keeps for a host that they named goes with a request that holds no other.
        """
        home, now = urlsplit(self._home), urlsplit(self.at)
        if not self._left and (home.scheme, home.netloc.lower()) == (
            now.scheme,
            now.netloc.lower(),
        ):
            told = {key.lower() for key in headers}
            login = login_for(self.at) if self.reach.names(self.at) else ""
            kept = {"Authorization": login} if login and "authorization" not in told else {}
            return dict(headers) | kept
        return {key: value for key, value in headers.items() if key.lower() in _FOR_ANY_HOST}
