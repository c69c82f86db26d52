"""The same requests from the calling thread, for libraries that hold a lock while they read.

h5py holds one lock for the whole process. Were its reads done by the transfer thread, a garbage
collection there that drops an HDF5 object would wait for that lock, and neither would go on.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from sciknow.net import USER_AGENT, Deadline
from sciknow.wire.answer import Plan, Reply, Span, judge, range_header, words_of
from sciknow.wire.budget import PIECE, SAYING, Pieces
from sciknow.wire.packed import unpacked
from sciknow.wire.reach import NOBODY, Reach, proxy_for, public_addresses
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import CONNECT, late
from sciknow.wire.trouble import Trouble, TroubleKind
from sciknow.wire.watch import WATCH

_HEADERS = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}


class _Connection(HTTPConnection):
    """A connection whose headers are not waited for beyond the time limit."""

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        with WATCH.until(time.monotonic() + _seconds(self.timeout), partial(_cut, self.sock)):
            return super().getresponse()


class _SecureConnection(HTTPSConnection):
    """The same, encrypted."""

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        with WATCH.until(time.monotonic() + _seconds(self.timeout), partial(_cut, self.sock)):
            return super().getresponse()


class _PublicConnection(_Connection):
    """One that leads to public addresses only."""

    def _new_conn(self) -> socket.socket:
        return _to_public(self, super()._new_conn)


class _PublicSecureConnection(_SecureConnection):
    """The same, encrypted."""

    def _new_conn(self) -> socket.socket:
        return _to_public(self, super()._new_conn)


def _to_public(connection: HTTPConnection, connect: Callable[[], socket.socket]) -> socket.socket:
    """Connect to the first address of a host that answers, all of which are public.

    urllib3 is handed the address itself in the place of the name, which it looks nothing up for;
    certificates are still compared with the name.
    """
    name = connection._dns_host
    try:
        found = public_addresses(name.strip("[]"), connection.port)
    except socket.gaierror as error:
        raise NameResolutionError(name, connection, error) from error
    try:
        for number, (_, address) in enumerate(found, 1):
            connection._dns_host = address
            try:
                return connect()
            except HTTPError:
                if number == len(found):
                    raise
    finally:
        connection._dns_host = name
    raise NewConnectionError(connection, f"{name} has no address")


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicSecurePool(HTTPSConnectionPool):
    ConnectionCls = _PublicSecureConnection


def _cut(connected: Any) -> None:
    # not SSLSocket's own method: another thread reads with what that puts away
    socket.socket.shutdown(getattr(connected, "socket", connected), socket.SHUT_RDWR)


def _seconds(timeout: object) -> float:
    return float(timeout) if isinstance(timeout, (int, float)) else CONNECT


@cache
def _pool(proxy: str | None, public: bool) -> urllib3.PoolManager:
    made = _proxied(proxy) if proxy else urllib3.PoolManager(maxsize=32)
    made.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    if public:
        made.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicSecurePool}
    return made


def _proxied(proxy: str) -> urllib3.PoolManager:
    auth = urllib3.util.parse_url(proxy).auth
    told = urllib3.make_headers(proxy_basic_auth=unquote(auth)) if auth else None
    return urllib3.ProxyManager(proxy, maxsize=32, proxy_headers=told)


def pool_for(url: str, reach: Reach = NOBODY) -> urllib3.PoolManager:
    """Return the connections for an address, through the proxy that the environment names.

    Raises
    ------
    UntrustedInput
        When it leads to a host that is not reached.
    """
    proxy = proxy_for(url)
    if proxy is not None:
        reach.check_behind_proxy(url)
        return _pool(proxy, public=False)
    reach.check(url)
    return _pool(None, public=not reach.owns(url))


@contextmanager
def answering(
    way: Hops, headers: Mapping[str, str], deadline: Deadline, body: bytes = b""
) -> Iterator[urllib3.BaseHTTPResponse]:
    """Ask once, follow redirects, and hand out the answer with its body still to be read.

    A connection goes back to the pool only when the body was read to its end in the block.

    Parameters
    ----------
    way : Hops
        Where the request starts, and in the end where it has led.
    headers, body
        Of the request.
    deadline : Deadline
        Until when the answer must begin; each read afterwards may take as long as was left.

    Raises
    ------
    Trouble
        For anything but an answer, also while the body is read in the block.
    """
    begun = way.method
    try:
        while True:
            answer = _begin(way, headers, body if way.method == begun else b"", deadline)
            try:
                if not way.follow(answer.status, answer.headers):
                    yield answer
                    return
            finally:
                if not answer.closed:
                    answer.close()  # what is left of the body would spoil the connection
                answer.release_conn()
    except (HTTPError, ConnectionError) as error:
        raise _trouble(error, way.at, deadline) from error


def _begin(
    way: Hops, headers: Mapping[str, str], body: bytes, deadline: Deadline
) -> urllib3.BaseHTTPResponse:
    left = max(0.001, deadline.left)
    try:
        return pool_for(way.at, way.reach).request(
            way.method,
            way.at,
            body=body or None,
            headers=_HEADERS | way.carried(headers),
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=min(left, CONNECT), read=left),
        )
    except (HTTPError, ConnectionError) as error:
        if deadline.left <= 0:
            raise late(deadline.seconds) from error
        raise


def _trouble(error: Exception, url: str, deadline: Deadline) -> Trouble:
    if isinstance(error, NameResolutionError):  # a kind of the next, as that is of a late one
        return Trouble(TroubleKind.NO_HOST, f"no such host: {urlsplit(url).hostname}")
    if isinstance(error, NewConnectionError):
        return Trouble(TroubleKind.UNREACHABLE, f"no connection: {error}"[:200])
    if isinstance(error, (ReadTimeoutError, ConnectTimeoutError)):
        return late(deadline.seconds)
    if "IncompleteRead" in str(error):
        return Trouble(TroubleKind.TRUNCATED, "the answer was cut short")
    return Trouble(TroubleKind.UNREACHABLE, f"no connection: {error}"[:200])


def fetch(url: str, span: Span, limit: int, deadline: Deadline, reach: Reach = NOBODY) -> Reply:
    """Ask for a range of an address once, in this thread.

    Raises
    ------
    Trouble
        For anything but the bytes that were asked for.
    """
    with answering(Hops(url, reach=reach), {"Range": range_header(*span)}, deadline) as answer:
        plan = judged(answer, "GET", span, limit)
        return plan.reply(b"" if plan.done else take(answer, plan.most, deadline))


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
            with suppress(HTTPError, OSError, Trouble):
                said = words_of(next(pieces(answer, Deadline.after(SAYING)), b""))
        reason = f"{trouble.reason}: {said}" if said else trouble.reason
        raise Trouble(trouble.kind, reason, wait=trouble.wait) from None


def take(
    answer: urllib3.BaseHTTPResponse,
    most: int,
    deadline: Deadline,
    spend: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Read a body up to one byte beyond a limit.

    Raises
    ------
    Trouble
        When the deadline passes meanwhile.
    """
    came = Pieces(most)
    for some in pieces(answer, deadline, spend):
        if not came.take(some):
            break
    return came.body


def pieces(
    answer: urllib3.BaseHTTPResponse,
    deadline: Deadline,
    spend: Callable[[int], None] = lambda _: None,
) -> Iterator[bytes]:
    """Yield a body piece by piece, unpacked, each once it has been paid for.

    Raises
    ------
    Trouble
        When the deadline passes meanwhile, or what comes is damaged.
    """
    raw = iter(lambda: piece(answer, deadline), b"")
    for some in unpacked(raw, answer.headers.get("Content-Encoding")):
        spend(len(some))
        yield some
        if deadline.left <= 0:
            raise late(deadline.seconds)


def piece(answer: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    """Return the next piece of a body as it is sent, empty at its end.

    Raises
    ------
    Trouble
        When it does not come before the deadline.
    """
    try:
        with WATCH.until(deadline.at, answer.shutdown):
            came = answer.read1(PIECE, decode_content=False)
    except (HTTPError, OSError) as error:
        if deadline.left <= 0:
            raise late(deadline.seconds) from error
        raise
    if not came and deadline.left <= 0:
        raise late(deadline.seconds)  # broken off, which looks like an end
    return came
