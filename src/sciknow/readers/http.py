"""Byte ranges of web addresses, over one aiohttp session a process.

One request here is one attempt; retries and the total deadline are the transport's. Every
answer is checked: status, range, length, redirects.
"""

from __future__ import annotations

import asyncio
import atexit
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import aiohttp

from sciknow.net import MAX_REDIRECTS, USER_AGENT, redirect_target
from sciknow.readers.trouble import Trouble, TroubleKind

_REDIRECT = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']([^\"'#?]+)[\"']", re.IGNORECASE)
_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request brought.

    Parameters
    ----------
    body : bytes
        The bytes asked for, or the whole file where `whole` is true.
    total : int or None
        Size of the whole file in bytes, where the server says.
    tag : str
        The server's validator (ETag or modification time); empty where there is none.
    whole : bool
        Whether the server sent everything although a range was asked for.
    """

    body: bytes
    total: int | None = None
    tag: str = ""
    whole: bool = False


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


def range_header(start: int | None, end: int | None) -> str:
    """Write a ``Range`` header; a negative start counts from the end of the file.

    Examples
    --------
    >>> range_header(0, 10), range_header(5, None), range_header(-8, None)
    ('bytes=0-9', 'bytes=5-', 'bytes=-8')
    """
    if start is not None and start < 0:
        return f"bytes={start}"
    return f"bytes={start or 0}-{'' if end is None else end - 1}"


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
    span: tuple[int | None, int | None] | None,
    limit: int,
) -> Reply:
    client, at = await session(), url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            async with client.request(method, at, headers=headers, allow_redirects=False) as answer:
                if answer.status in _REDIRECT and "Location" in answer.headers:
                    at = redirect_target(at, answer.headers["Location"])
                    continue
                _check_status(answer)
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


def _check_status(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if status in {200, 206, 416}:
        return
    reason = f"HTTP {status} {answer.reason or ''}".strip()
    if status in {404, 410}:
        raise Trouble(TroubleKind.ABSENT, reason)
    if status in {401, 403, 407}:
        raise Trouble(TroubleKind.DENIED, reason)
    if status in _TRANSIENT:
        raise Trouble(
            TroubleKind.TRANSIENT, reason, wait=_seconds(answer.headers.get("Retry-After"))
        )
    raise Trouble(TroubleKind.FATAL, reason)


def _seconds(value: str | None) -> float:
    return float(value) if value and value.isdigit() else 0.0


async def _read(
    answer: aiohttp.ClientResponse,
    method: str,
    span: tuple[int | None, int | None] | None,
    limit: int,
) -> Reply:
    tag = str(answer.headers.get("ETag") or answer.headers.get("Last-Modified") or "")
    length = answer.content_length
    if method == "HEAD":
        return Reply(b"", length if answer.status == 200 else None, tag)
    if answer.status == 416:
        return Reply(b"", None, tag)
    if answer.status == 206 and span is not None:
        return await _read_part(answer, span, tag)
    if span == (0, 1) and limit == 0:
        answer.close()
        return Reply(b"", length, tag)
    if length is not None and length > limit:
        answer.close()
        raise Trouble(
            TroubleKind.FATAL,
            f"the server would send {length:,} bytes at once (at most {limit:,} are taken)"
            + (", since it knows no byte ranges" if span else ""),
        )
    body = await _body(answer, limit)
    return Reply(body, len(body), tag, whole=span is not None)


async def _read_part(
    answer: aiohttp.ClientResponse, span: tuple[int | None, int | None], tag: str
) -> Reply:
    start, end = span
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    if found is None:
        raise Trouble(TroubleKind.FATAL, "a partial answer that does not say which part it is")
    first, last = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    if (start is None or start >= 0) and first != (start or 0):
        raise Trouble(TroubleKind.FATAL, f"bytes from {first} instead of {start or 0}")
    wanted = last - first + 1
    if end is not None and total is not None and wanted != min(end, total) - first:
        raise Trouble(TroubleKind.TRUNCATED, f"{wanted} bytes instead of {end - first}")
    body = await _body(answer, wanted)
    if len(body) != wanted:
        raise Trouble(TroubleKind.TRUNCATED, f"{len(body)} bytes instead of {wanted}")
    return Reply(body, total, tag)


async def _body(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    pieces, size = [], 0
    async for piece in answer.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            answer.close()
            raise Trouble(TroubleKind.FATAL, f"more than the {limit:,} bytes expected")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
