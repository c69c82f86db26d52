"""The same requests from the calling thread, for libraries that hold a lock while they read.

h5py holds one lock for the whole process. Were its reads done by the transfer thread, a garbage
collection there that drops an HDF5 object would wait for that lock, and neither would go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from sciknow.net import USER_AGENT, Deadline
from sciknow.wire.answer import Plan, Reply, Span, judge, range_header, words_of
from sciknow.wire.budget import PIECE, SAID, Pieces
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import CONNECT, late
from sciknow.wire.trouble import Trouble, TroubleKind

_HEADERS = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}


@cache
def _pool(proxy: str | None) -> urllib3.PoolManager:
    made: urllib3.PoolManager = (
        urllib3.ProxyManager(proxy, maxsize=32) if proxy else urllib3.PoolManager(maxsize=32)
    )
    return made


def pool_for(url: str) -> urllib3.PoolManager:
    """Return the connections for an address, through the proxy that the environment names."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    return _pool(None if proxy and proxy_bypass(parts.hostname or "") else proxy)


@contextmanager
def answering(
    method: str,
    url: str,
    headers: Mapping[str, str],
    deadline: Deadline,
    body: bytes | None = None,
) -> Iterator[tuple[urllib3.BaseHTTPResponse, Hops]]:
    """Ask once, follow redirects, and hand out the answer with its body still to be read.

    Parameters
    ----------
    method, url, headers, body
        The request.
    deadline : Deadline
        Until when the answer must begin; each read afterwards may take as long as was left.

    Raises
    ------
    Trouble
        For anything but an answer, also while the body is read in the block.
    """
    hops = Hops(url, method)
    try:
        while True:
            answer = pool_for(hops.at).request(
                hops.method,
                hops.at,
                body=body if hops.method == method else None,
                headers=_HEADERS | hops.carried(headers),
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=_left(deadline, CONNECT), read=_left(deadline)),
            )
            try:
                if not hops.follow(answer.status, answer.headers):
                    yield answer, hops
                    return
                answer.drain_conn()
            except BaseException:
                answer.close()  # a body that was not read to its end spoils the connection
                raise
            finally:
                answer.release_conn()
    except NameResolutionError as error:  # a kind of the next, as that is of a late connection
        host = urlsplit(hops.at).hostname
        raise Trouble(TroubleKind.NO_HOST, f"no such host: {host}") from error
    except NewConnectionError as error:
        raise Trouble(TroubleKind.UNREACHABLE, f"no connection: {error}"[:200]) from error
    except (ReadTimeoutError, ConnectTimeoutError) as error:
        raise late(deadline.seconds) from error
    except (HTTPError, ConnectionError) as error:
        if "IncompleteRead" in str(error):
            raise Trouble(TroubleKind.TRUNCATED, "the answer was cut short") from error
        raise Trouble(TroubleKind.UNREACHABLE, f"no connection: {error}"[:200]) from error


def fetch(url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
    """Ask for a range of an address once, in this thread.

    Raises
    ------
    Trouble
        For anything but the bytes that were asked for.
    """
    headers = {"Range": range_header(*span)}
    with answering("GET", url, headers, deadline) as (answer, _):
        plan = judged(answer, "GET", span, limit)
        if plan.done:
            answer.close()
            return plan.reply(b"")
        return plan.reply(take(answer, plan.most, deadline))


def judged(answer: urllib3.BaseHTTPResponse, method: str, span: Span | None, limit: int) -> Plan:
    """Decide what an answer is worth; of a failure the server's own words are told.

    Raises
    ------
    Trouble
        When it is not what was asked for.
    """
    try:
        return judge(method, answer.status, answer.reason or "", answer.headers, span, limit)
    except Trouble as trouble:
        said = ""
        if answer.status >= 400 and method != "HEAD":
            with suppress(HTTPError, OSError):
                said = words_of(answer.read1(SAID))
        answer.close()
        reason = f"{trouble.reason}: {said}" if said else trouble.reason
        raise Trouble(trouble.kind, reason, wait=trouble.wait) from None


def take(
    answer: urllib3.BaseHTTPResponse,
    most: int,
    deadline: Deadline,
    spend: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Read a body up to one byte beyond a limit; the connection is given up there.

    Raises
    ------
    Trouble
        When the deadline passes meanwhile.
    """
    came = Pieces(most)
    while piece := answer.read1(PIECE, decode_content=True):
        spend(len(piece))
        if not came.take(piece):
            answer.close()
            break
        if deadline.left <= 0:
            answer.close()
            raise late(deadline.seconds)
    return came.body


def _left(deadline: Deadline, most: float = 1e6) -> float:
    return max(0.001, min(most, deadline.left))
