"""Byte ranges of web addresses, over one aiohttp session a process.

One request here is one attempt; retries and the total deadline are the transport's. Every
answer is checked: status, range, length, redirects.
"""

from __future__ import annotations

import asyncio
import atexit
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from html import unescape
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from sciknow.net import USER_AGENT
from sciknow.wire.answer import Reply, Span, judge, range_header, words_of
from sciknow.wire.budget import PAGE_LIMIT, SAID, SAYING, Pieces
from sciknow.wire.reach import NOBODY, Reach, proxy_for, public_addresses
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import CONNECT
from sciknow.wire.trouble import PASSING, Trouble, TroubleKind

_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']([^\"'#?]+)[\"']", re.IGNORECASE)
_sessions: dict[tuple[asyncio.AbstractEventLoop, bool], aiohttp.ClientSession] = {}


class _PublicResolver(AbstractResolver):
    """Looks hosts up for connections that only lead to public addresses."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host; the connection goes to one of these."""
        found = await asyncio.to_thread(public_addresses, host, port, family)
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=flags)
            for kind, address in found
        ]

    async def close(self) -> None:
        """Do nothing: nothing is held."""


async def session(*, public: bool = False) -> aiohttp.ClientSession:
    """Return a session of the running loop, made on first use and closed at exit.

    Parameters
    ----------
    public : bool
        Whether its connections lead to public addresses only. The two kinds share none.
    """
    key = asyncio.get_running_loop(), public
    found = _sessions.get(key)
    if found is None or found.closed:
        resolver = _PublicResolver() if public else None
        found = _sessions[key] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, limit_per_host=32, resolver=resolver),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            trust_env=False,  # it would send what ~/.netrc says to any host, unencrypted too
        )
        found._retry_connection = False  # its second try of its own, which nobody would count
    return found


@atexit.register
def close_sessions() -> None:
    """Close every session; the next request opens a new one."""
    for (loop, public), item in list(_sessions.items()):
        del _sessions[loop, public]
        if loop.is_running():
            asyncio.run_coroutine_threadsafe(item.close(), loop).result(5)


async def fetch(url: str, span: Span | None, limit: int, reach: Reach = NOBODY) -> Reply:
    """Ask for some bytes of an address once; without a span for all of them.

    Raises
    ------
    Trouble
        For anything but the bytes that were asked for.
    """
    headers = {"Range": range_header(*span)} if span else {}
    return await _ask(Hops(url, reach=reach), headers, span, limit)


async def head(url: str, reach: Reach = NOBODY) -> Reply:
    """Ask what an address has; servers without HEAD are asked for one byte."""
    try:
        reply = await _ask(Hops(url, "HEAD", reach=reach), {}, None, 0)
    except Trouble as trouble:
        if trouble.kind in PASSING or trouble.kind is TroubleKind.ABSENT:
            raise
        reply = Reply()
    if reply.total is not None:
        return reply
    return await _ask(Hops(url, reach=reach), {"Range": "bytes=0-0"}, (0, 1), 0)


async def links(url: str, reach: Reach = NOBODY) -> list[str]:
    """Return the names directly below a folder, from the server's listing page."""
    folder = url if url.endswith("/") else url + "/"
    reply = await _ask(Hops(folder, reach=reach), {}, None, PAGE_LIMIT)
    page = reply.body.decode("utf-8", "replace")
    below = (urljoin(folder, unescape(href)) for href in _LINK.findall(page))
    names = (item[len(folder) :].rstrip("/") for item in below if item.startswith(folder))
    return sorted({name for name in names if name and "/" not in name})


@asynccontextmanager
async def answering(
    hops: Hops, headers: Mapping[str, str]
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask once, follow redirects, and hand out the answer with its body still to be read.

    Raises
    ------
    Trouble
        For anything but an answer, also while the body is read in the block.
    UntrustedInput
        When the way leads to a host that is not reached.
    """
    try:
        while True:
            client, proxy = await _way_out(hops)
            async with client.request(
                hops.method,
                hops.at,
                headers=hops.carried(headers),
                allow_redirects=False,
                proxy=proxy,
            ) as answer:
                if not hops.follow(answer.status, answer.headers):
                    yield answer
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


async def _way_out(hops: Hops) -> tuple[aiohttp.ClientSession, str | None]:
    """Return the session and the proxy by which the next request goes out."""
    proxy = proxy_for(hops.at)
    if proxy is not None:
        await asyncio.to_thread(hops.reach.check_behind_proxy, hops.at)
        return await session(), proxy
    hops.reach.check(hops.at)
    return await session(public=not hops.reach.owns(hops.at)), None


async def _ask(hops: Hops, headers: Mapping[str, str], span: Span | None, limit: int) -> Reply:
    method = hops.method
    async with answering(hops, headers) as answer:
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
