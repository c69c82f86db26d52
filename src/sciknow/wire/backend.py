"""What answers for an address: a web server, or an object store.

One request here is one attempt; retries and the deadline are the transport's (`retry`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sciknow.model.preserved import FileVersion
from sciknow.net import WEB_SCHEMES, Deadline
from sciknow.wire import blocking, http
from sciknow.wire.answer import Reply, Span
from sciknow.wire.bucket import Bucket
from sciknow.wire.objectstore import with_endpoint
from sciknow.wire.plain_s3 import PlainS3
from sciknow.wire.reach import NOBODY, Reach
from sciknow.wire.trouble import Trouble, TroubleKind


class Backend(Protocol):
    """A way to ask for bytes, once; whatever goes wrong is a `Trouble`."""

    async def fetch(self, url: str, span: Span | None, limit: int) -> Reply:
        """Return a range, the end of a file (a negative start), or all of it."""
        ...

    def read(self, url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
        """Return a range, fetched by the calling thread (see `sciknow.wire.blocking`)."""
        ...

    async def head(self, url: str) -> Reply:
        """Return what the source says of a file, without its bytes."""
        ...

    async def names(self, url: str) -> dict[str, int | None]:
        """Return the names directly below a folder, with sizes where the source tells them."""
        ...

    async def files(self, url: str) -> dict[str, FileVersion]:
        """Return everything below a folder, at any depth: address → what the source says."""
        ...

    async def anything(self, url: str) -> bool:
        """Tell whether there is anything of which the address is the beginning."""
        ...


class Web:
    """A web server.

    Parameters
    ----------
    reach : Reach
        Which private hosts the user named.
    """

    def __init__(self, reach: Reach = NOBODY) -> None:
        self.reach = reach

    async def fetch(self, url: str, span: Span | None, limit: int) -> Reply:
        """Return a range, the end of a file (a negative start), or all of it."""
        return await http.fetch(url, span, limit, self.reach)

    def read(self, url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
        """Return a range, fetched by the calling thread."""
        return blocking.fetch(url, span, limit, deadline, self.reach)

    async def head(self, url: str) -> Reply:
        """Return what the server says of a file."""
        return await http.head(url, self.reach)

    async def names(self, url: str) -> dict[str, int | None]:
        """Return the names on the server's page of a folder."""
        return dict.fromkeys(await http.links(url, self.reach))

    async def files(self, url: str) -> dict[str, FileVersion]:
        """Refuse: pages of folders are not walked."""
        raise Trouble(TroubleKind.DENIED, "a web server lists no folders whole")

    async def anything(self, url: str) -> bool:
        """Tell whether the server has a page of the folder."""
        return bool(await http.links(url, self.reach))


def backend_for(
    url: str,
    options: Mapping[str, object],
    seconds: float,
    *,
    trusted: bool,
    reach: Reach = NOBODY,
) -> Backend:
    """Return what answers for an address.

    Parameters
    ----------
    options : mapping
        Of an object store.
    seconds : float
        The longest that one request may take.
    trusted : bool
        Whether the options were written by the user, or ship with the package; see
        `sciknow.wire.objectstore`.
    reach : Reach
        Which private hosts the user named.

    Raises
    ------
    InvalidInput
        For an option that the store lacks or does not have.
    UntrustedInput
        For an endpoint out of data that is not read.
    """
    scheme = url.partition("://")[0]
    if scheme in WEB_SCHEMES:
        return Web(reach)
    chosen = with_endpoint(scheme, options, trusted=trusted)
    if chosen.pop("plain"):
        return PlainS3(str(chosen["endpoint_url"]), reach)
    return Bucket(scheme, chosen, seconds)
