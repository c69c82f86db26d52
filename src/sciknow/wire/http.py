"""Byte ranges of web addresses, over one aiohttp session a process.

One request here is one attempt; retries and the total deadline are the transport's. Every
answer is checked: status, range, length, redirects.
"""

from __future__ import annotations

import asyncio
import atexit
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from html import unescape
from urllib.parse import urljoin, urlsplit

import aiohttp

from sciknow.net import USER_AGENT
from sciknow.wire.answer import Reply, Span, judge, range_header, words_of
from sciknow.wire.budget import PAGE_LIMIT, SAID, SAYING, Pieces
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import CONNECT
from sciknow.wire.trouble import PASSING, Trouble, TroubleKind

_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']([^\"'#?]+)[\"']", re.IGNORECASE)
_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


async def session() -> aiohttp.ClientSession:
    """Return the session of the running loop, made on first use and closed at exit."""
    loop = asyncio.get_running_loop()
    found = _sessions.get(loop)
    if found is None or found.closed:
        found = _sessions[loop] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, limit_per_host=32),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            trust_env=True,
        )
        found._retry_connection = False  # its second try of its own, which nobody would count
    return found


@atexit.register
def close_sessions() -> None:
    """Close every session; the next request opens a new one."""
    for loop, item in list(_sessions.items()):
        del _sessions[loop]
        if loop.is_running():
            asyncio.run_coroutine_threadsafe(item.close(), loop).result(5)


async def fetch(url: str, span: Span | None, limit: int) -> Reply:
    """Ask for some bytes of an address once; without a span for all of them.

    Raises
    ------
    Trouble
        For anything but the bytes that were asked for.
    """
    headers = {"Range": range_header(*span)} if span else {}
    return await _ask("GET", url, headers, span, limit)


async def head(url: str) -> Reply:
    """Ask what an address has; servers without HEAD are asked for one byte."""
    try:
        reply = await _ask("HEAD", url, {}, None, 0)
    except Trouble as trouble:
        if trouble.kind in PASSING or trouble.kind is TroubleKind.ABSENT:
            raise
        reply = Reply()
    if reply.total is not None:
        return reply
    return await _ask("GET", url, {"Range": "bytes=0-0"}, (0, 1), 0)


async def links(url: str) -> list[str]:
    """Return the names directly below a folder, from the server's listing page."""
    folder = url if url.endswith("/") else url + "/"
    page = (await _ask("GET", folder, {}, None, PAGE_LIMIT)).body.decode("utf-8", "replace")
    below = (urljoin(folder, unescape(href)) for href in _LINK.findall(page))
    names = (item[len(folder) :].rstrip("/") for item in below if item.startswith(folder))
    return sorted({name for name in names if name and "/" not in name})


@asynccontextmanager
async def answering(
    method: str, url: str, headers: Mapping[str, str]
) -> AsyncIterator[tuple[aiohttp.ClientResponse, Hops]]:
    """Ask once, follow redirects, and hand out the answer with its body still to be read.

    Raises
    ------
    Trouble
        For anything but an answer, also while the body is read in the block.
    """
    client, hops = await session(), Hops(url, method)
    try:
        while True:
            async with client.request(
                hops.method, hops.at, headers=hops.carried(headers), allow_redirects=False
            ) as answer:
                if not hops.follow(answer.status, answer.headers):
                    yield answer, hops
                    return
    except (asyncio.IncompleteReadError, aiohttp.ClientPayloadError) as error:
        raise Trouble(TroubleKind.TRUNCATED, "the answer was cut short") from error
    except aiohttp.ClientConnectorDNSError as error:
        host = urlsplit(hops.at).hostname
        raise Trouble(TroubleKind.NO_HOST, f"no such host: {host}") from error
    except (aiohttp.ClientConnectionError, ConnectionError) as error:
        raise Trouble(TroubleKind.UNREACHABLE, f"no connection: {_words(error)}") from error
    except aiohttp.ClientError as error:
        raise Trouble(TroubleKind.FATAL, f"not an HTTP answer: {_words(error)}") from error


async def _ask(
    method: str, url: str, headers: Mapping[str, str], span: Span | None, limit: int
) -> Reply:
    async with answering(method, url, headers) as (answer, _):
        return await _read(answer, method, span, limit)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


async def _said(answer: aiohttp.ClientResponse) -> str:
    """Return what a server says of a failure; it has a few seconds to say it."""
    said = b""
    with suppress(TimeoutError, aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError):
        async with asyncio.timeout(SAYING):
            while len(said) < SAID and (piece := await answer.content.read(SAID)):
                said += piece
    return words_of(said)


async def _read(
    answer: aiohttp.ClientResponse, method: str, span: Span | None, limit: int
) -> Reply:
    try:
        plan = judge(method, answer.status, answer.reason or "", answer.headers, span, limit)
    except Trouble as trouble:
        words = await _said(answer) if answer.status >= 400 and method != "HEAD" else ""
        reason = f"{trouble.reason}: {words}" if words else trouble.reason
        raise Trouble(trouble.kind, reason, wait=trouble.wait) from None
    if plan.done:
        answer.close()
        return plan.reply(b"")
    return plan.reply(await take(answer, plan.most))


async def take(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Read a body up to one byte beyond a limit; the connection is given up there."""
    came = Pieces(most)
    async for piece in answer.content.iter_any():
        if not came.take(piece):
            answer.close()
            break
    return came.body
