"""The same requests from the calling thread, for libraries that hold a lock while they read.

h5py holds one lock for the whole process. Were its reads done by the transfer thread, a garbage
collection there that drops an HDF5 object would wait for that lock, and neither would go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
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

from sciknow.net import MAX_REDIRECTS, USER_AGENT, Deadline, redirect_target
from sciknow.wire.answer import REDIRECT, Reply, Span, judge, range_header
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
    method: str, url: str, headers: Mapping[str, str], deadline: Deadline
) -> Iterator[urllib3.BaseHTTPResponse]:
    """Ask once, follow redirects, and hand out the answer with its body still to be read.

    Parameters
    ----------
    method, url, headers
        The request.
    deadline : Deadline
        Until when the answer must begin; each read afterwards may take as long as was left.

    Raises
    ------
    Trouble
        For anything but an answer, also while the body is read in the block.
    """
    at = url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            answer = pool_for(at).request(
                method,
                at,
                headers=_HEADERS | dict(headers),
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=_left(deadline, 20), read=_left(deadline)),
            )
            try:
                target = answer.headers.get("Location")
                if answer.status not in REDIRECT or target is None:
                    yield answer
                    return
                at = redirect_target(at, target)
                answer.drain_conn()
            except BaseException:
                answer.close()  # a body that was not read to its end spoils the connection
                raise
            finally:
                answer.release_conn()
    except (ReadTimeoutError, ConnectTimeoutError) as error:
        raise _late(deadline) from error
    except NameResolutionError as error:
        raise Trouble(TroubleKind.TRANSIENT, f"no such host: {urlsplit(at).hostname}") from error
    except NewConnectionError as error:
        raise Trouble(TroubleKind.TRANSIENT, f"no connection: {error}"[:200]) from error
    except (HTTPError, ConnectionError) as error:
        if "IncompleteRead" in str(error):
            raise Trouble(TroubleKind.TRUNCATED, "the answer was cut short") from error
        raise Trouble(TroubleKind.TRANSIENT, f"no connection: {error}"[:200]) from error
    raise Trouble(TroubleKind.FATAL, f"more than {MAX_REDIRECTS} redirects")


def fetch(url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
    """Ask for a range of an address once, in this thread.

    Raises
    ------
    Trouble
        For anything but the bytes that were asked for.
    """
    with answering("GET", url, {"Range": range_header(*span)}, deadline) as answer:
        return _read(answer, span, limit, deadline)


def _left(deadline: Deadline, most: float = 1e6) -> float:
    return max(0.001, min(most, deadline.left))


def _late(deadline: Deadline) -> Trouble:
    return Trouble(TroubleKind.TRANSIENT, f"no answer within {deadline.seconds:g} s")


def _read(answer: Any, span: Span, limit: int, deadline: Deadline) -> Reply:
    plan = judge("GET", answer.status, answer.reason or "", answer.headers, span, limit)
    if plan.done is not None:
        answer.close()
        return plan.done
    pieces, size = [], 0
    while piece := answer.read1(2**18, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > plan.most:
            answer.close()
            break
        if deadline.left <= 0:
            answer.close()
            raise _late(deadline)
    return plan.reply(b"".join(pieces))
