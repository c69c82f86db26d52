"""Public S3 with nothing but GET, HEAD and ``list-type=2``, through our own http client.

For endpoints that came from data: here the rules of `net` hold for every name and redirect.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from urllib.parse import quote, unquote_plus, urlencode
from xml.etree import ElementTree

from sciknow.clock import stamp
from sciknow.model.preserved import FileVersion
from sciknow.net import Deadline
from sciknow.wire import blocking, http
from sciknow.wire.answer import Reply, Span, number
from sciknow.wire.budget import PAGE_LIMIT
from sciknow.wire.reach import NOBODY, Reach
from sciknow.wire.trouble import Trouble, TroubleKind

MAX_PAGES = 1_000
"""Pages of 1,000 keys that a listing may have."""


class PlainS3:
    """Public buckets behind one endpoint.

    Parameters
    ----------
    endpoint : str
        Its address, checked.
    reach : Reach
        Which private hosts the user named.
    """

    def __init__(self, endpoint: str, reach: Reach = NOBODY) -> None:
        self.endpoint, self.reach = endpoint.rstrip("/"), reach

    def at(self, url: str) -> str:
        """Return the web address of an object."""
        return f"{self.endpoint}/{quote(url.partition('://')[2])}"

    async def fetch(self, url: str, span: Span | None, limit: int) -> Reply:
        """Return a range, the end of an object (a negative start), or all of it."""
        return await http.fetch(self.at(url), span, limit, self.reach)

    def read(self, url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
        """Return a range, fetched by the calling thread."""
        return blocking.fetch(self.at(url), span, limit, deadline, self.reach)

    async def head(self, url: str) -> Reply:
        """Return what the store says of an object."""
        return await http.head(self.at(url), self.reach)

    async def names(self, url: str) -> dict[str, int | None]:
        """Return the names directly below a prefix, with their sizes where they are objects."""
        bucket, prefix = _place(url)
        below: dict[str, int | None] = {}
        async for page in self._pages(bucket, prefix=prefix, delimiter="/"):
            for item in page.iter("CommonPrefixes"):
                below[_key(item, "Prefix").rstrip("/").rpartition("/")[2]] = None
            for key, says in _objects(page):
                below[key.rpartition("/")[2]] = says.size
        if not below:
            raise Trouble(TroubleKind.ABSENT, "nothing under this prefix")
        return below

    async def files(self, url: str) -> dict[str, FileVersion]:
        """Return every object below a prefix: address → what the store says of it."""
        bucket, prefix = _place(url)
        found: dict[str, FileVersion] = {}
        async for page in self._pages(bucket, prefix=prefix):
            found |= {f"s3://{bucket}/{key}": says for key, says in _objects(page)}
        if not found:
            raise Trouble(TroubleKind.ABSENT, "nothing under this prefix")
        return found

    async def anything(self, url: str) -> bool:
        """Tell whether there is anything of which the address is the beginning."""
        bucket, prefix = _place(url)
        asked = {"prefix": prefix.rstrip("/"), "max-keys": "1"}
        return (await self._page(bucket, asked)).find("Contents") is not None

    async def _pages(self, bucket: str, **asked: str) -> AsyncIterator[ElementTree.Element]:
        seen: set[str] = set()
        for _ in range(MAX_PAGES):
            page = await self._page(bucket, asked)
            yield page
            token = _text(page, "NextContinuationToken")
            if _text(page, "IsTruncated") != "true" or not token:
                return
            if token in seen:
                raise Trouble(TroubleKind.FATAL, "the listing of the bucket goes round in a ring")
            seen.add(token)
            asked["continuation-token"] = token
        raise Trouble(TroubleKind.FATAL, f"a listing of more than {MAX_PAGES:,} pages")

    async def _page(self, bucket: str, asked: dict[str, str]) -> ElementTree.Element:
        query = urlencode({"list-type": "2", "encoding-type": "url", **asked})
        url = f"{self.endpoint}/{quote(bucket)}?{query}"
        reply = await http.fetch(url, None, PAGE_LIMIT, self.reach)
        if b"<!DOCTYPE" in reply.body or b"<!ENTITY" in reply.body:
            raise Trouble(TroubleKind.FATAL, "the listing of the bucket defines entities")
        try:
            page = ElementTree.fromstring(reply.body)
        except ElementTree.ParseError as error:
            raise Trouble(TroubleKind.FATAL, f"the listing of the bucket: {error}") from error
        for item in page.iter():
            item.tag = item.tag.rpartition("}")[2]
        return page


def _place(url: str) -> tuple[str, str]:
    bucket, _, key = url.partition("://")[2].partition("/")
    key = key.strip("/")
    return bucket, f"{key}/" if key else ""


def _text(item: ElementTree.Element, name: str) -> str:
    return item.findtext(name) or ""


def _key(item: ElementTree.Element, name: str) -> str:
    return unquote_plus(_text(item, name))


def _objects(page: ElementTree.Element) -> Iterator[tuple[str, FileVersion]]:
    for item in page.iter("Contents"):
        key, size = _key(item, "Key"), _text(item, "Size")
        if not key.endswith("/"):
            yield key, FileVersion(number(size), _text(item, "ETag"), _moment(item))


def _moment(item: ElementTree.Element) -> str:
    try:
        found = datetime.fromisoformat(_text(item, "LastModified"))
    except ValueError:
        return ""
    return stamp(found)
