"""Byte ranges of web addresses, over one aiohttp session a process.

One request here is one attempt; retries and the total deadline are the transport's. Every
answer is checked: status, range, length, redirects.
"""

from __future__ import annotations

import asyncio
import atexit
import re
from contextlib import suppress
from html import unescape
from urllib.parse import urljoin, urlsplit

import aiohttp

from sciknow.net import MAX_REDIRECTS, USER_AGENT, redirect_target
from sciknow.wire.answer import REDIRECT, SAID, Reply, Span, judge, range_header, words_of
from sciknow.wire.trouble import Trouble, TroubleKind

_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']([^\"'#?]+)[\"']", re.IGNORECASE)
SAYING = 2.0
"""Seconds that a server has to say why it failed."""

_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


async def session() -> aiohttp.ClientSession:
    """Return the session of the running loop, made on first use and closed at exit."""
    loop = asyncio.get_running_loop()
    found = _sessions.get(loop)
    if found is None or found.closed:
        found = _sessions[loop] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, limit_per_host=32),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=20),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            trust_env=True,
        )
    return found


@atexit.register
def close_sessions() -> None:
    """Close every session; the next request opens a new one."""
    for loop, item in list(_sessions.items()):
        del _sessions[loop]
        if loop.is_running():
            asyncio.run_coroutine_threadsafe(item.close(), loop).result(5)


async def fetch(url: str, start: int | None, end: int | None, limit: int) -> Reply:
    """Ask for some bytes of an address once.

    Raises
    ------
    Trouble
        For anything but the bytes that were asked for.
    """
    ranged = start is not None or end is not None
    headers = {"Range": range_header(start, end)} if ranged else {}
    return await _request("GET", url, headers, (start, end) if ranged else None, limit)


async def head(url: str) -> Reply:
    """Ask for the size of an address; servers without HEAD are asked for one byte."""
    try:
        reply = await _request("HEAD", url, {}, None, 0)
    except Trouble as trouble:
        if trouble.kind in {TroubleKind.TRANSIENT, TroubleKind.ABSENT}:
            raise
        reply = Reply(b"")
    if reply.total is not None:
        return reply
    return await _request("GET", url, {"Range": "bytes=0-0"}, (0, 1), 0)


async def links(url: str) -> list[str]:
    """Return the names directly below a folder, from the server's listing page."""
    folder = url if url.endswith("/") else url + "/"
    page = (await _request("GET", folder, {}, None, 2**24)).body.decode("utf-8", "replace")
    below = (urljoin(folder, unescape(href)) for href in _LINK.findall(page))
    names = (item[len(folder) :].rstrip("/") for item in below if item.startswith(folder))
    return sorted({name for name in names if name and "/" not in name})


async def _request(
    method: str,
    url: str,
    headers: dict[str, str],
    span: Span | None,
    limit: int,
) -> Reply:
    client, at = await session(), url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            async with client.request(method, at, headers=headers, allow_redirects=False) as answer:
                if answer.status in REDIRECT and "Location" in answer.headers:
                    at = redirect_target(at, answer.headers["Location"])
                    continue
                return await _read(answer, method, span, limit)
    except asyncio.IncompleteReadError as error:
        raise Trouble(TroubleKind.TRUNCATED, "the answer was cut short") from error
    except aiohttp.ClientPayloadError as error:
        raise Trouble(TroubleKind.TRUNCATED, "the answer was cut short") from error
    except aiohttp.ClientConnectorDNSError as error:
        raise Trouble(TroubleKind.TRANSIENT, f"no such host: {urlsplit(at).hostname}") from error
    except (aiohttp.ClientConnectionError, ConnectionError) as error:
        raise Trouble(TroubleKind.TRANSIENT, f"no connection: {_words(error)}") from error
    except aiohttp.ClientError as error:
        raise Trouble(TroubleKind.FATAL, f"not an HTTP answer: {_words(error)}") from error
    raise Trouble(TroubleKind.FATAL, f"more than {MAX_REDIRECTS} redirects")


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
    if plan.done is not None:
        answer.close()
        return plan.done
    pieces, size = [], 0
    async for piece in answer.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > plan.most:
            answer.close()
            break
    return plan.reply(b"".join(pieces))
