"""The server: keeps records, turns pages as a dialect writes them, and does one fault."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from sciknow.testing.hostile.dialect import Dialect, Listing, Query, Reply, Row, Shown
from sciknow.testing.hostile.fault import Fault

_LOGIN = b"<!DOCTYPE html><html><head><title>Please log in</title></head><body></body></html>"
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(97 + n)} "{f"&{chr(96 + n)};" * 10}">' for n in range(1, 10))
    + "]><a>&j;</a>"
).encode()
_REDIRECTS = {
    Fault.REDIRECT_SCHEME: "file:///etc/passwd",
    Fault.REDIRECT_PRIVATE: "http://169.254.169.254/latest/meta-data/",
}
_STATUS = {
    Fault.BUSY: 503,
    Fault.BUSY_ONCE: 503,
    Fault.WAIT_ONCE: 429,
    Fault.WAIT_LONG: 429,
    Fault.FORBIDDEN: 403,
    Fault.ABSENT: 404,
}
_ONCE = frozenset({Fault.CUT_ONCE, Fault.BUSY_ONCE, Fault.WAIT_ONCE})


def made_up(count: int) -> list[Row]:
    """Return records: one changed each day of 2020, titles in two languages."""
    return [Row(f"id-{n:04}", f"Record {n} 记录", f"2020-01-{n % 28 + 1:02}") for n in range(count)]


@cache
def bomb(size: int) -> bytes:
    """Return zeros that unpack to a size."""
    return gzip.compress(bytes(size), 1)


class HostileServer:
    """A registry on 127.0.0.1 that misbehaves in one way; use it in a ``with`` block.

    Parameters
    ----------
    dialect : Dialect
        The protocol that it speaks.
    fault : Fault
        What it does wrong.
    count, size : int
        How many records it has, and how many a page.
    huge : int
        Characters of a huge record, bytes of a bomb.
    rows : sequence of Row, optional
        The records themselves.
    data : callable, optional
        What lies behind the records: asked before the dialect is, None where it has nothing.

    Attributes
    ----------
    asked : list of str
        Every path and query that was asked for.
    """

    def __init__(
        self,
        dialect: Dialect,
        fault: Fault = Fault.NONE,
        *,
        count: int = 30,
        size: int = 10,
        huge: int = 70_000_000,
        rows: Sequence[Row] | None = None,
        data: Callable[[Query], Reply | None] | None = None,
    ) -> None:
        self.dialect, self.fault, self.size, self.huge = dialect, fault, size, huge
        self.rows = list(made_up(count) if rows is None else rows)
        self.data = data
        self.asked: list[str] = []
        self.closing = threading.Event()
        self._lock, self._befell, self._turn = threading.Lock(), 0, 0
        self._spoil()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.daemon = True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.hang_up()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """The address of the source."""
        return f"http://127.0.0.1:{self.port}{self.dialect.path}"

    def _spoil(self) -> None:
        """Do what befalls records, before anybody asks."""
        at, fault = self.size, self.fault
        if fault is Fault.EMPTY:
            self.rows = []
        elif len(self.rows) > at:
            changed = {
                Fault.NO_ID: {"id": None},
                Fault.NO_TITLE: {"title": None},
                Fault.NO_RECORD: {"broken": True},
                Fault.HUGE_RECORD: {"text": "x" * self.huge if fault is Fault.HUGE_RECORD else ""},
            }.get(fault)
            if changed is not None:
                self.rows[at] = replace(self.rows[at], **changed)  # type: ignore[arg-type]

    def befalls(self, listing: Listing) -> bool:
        """Tell whether the fault befalls a page: the second one, and with some faults once."""
        paged = getattr(self.dialect, "paged", True)
        if (not 0 < listing.start <= self.size) if paged else listing.start:
            return False
        with self._lock:
            self._befell += 1
            return self.fault not in _ONCE or self._befell == 1

    def page(self, query: Query, listing: Listing) -> Reply:
        """Write the page that is asked for, with what the fault does to its content."""
        rows = [
            row
            for row in self.rows
            if (listing.since or "0")[:10] <= row.changed <= (listing.until or "9")[:10]
        ]
        total = len(rows)
        if listing.start and self.fault is Fault.GROWS:
            rows, total = [replace(rows[0], id="new"), *rows], total + 1
        if listing.start and self.fault is Fault.SHRINKS:
            rows = rows[1:]
        size = self.size if listing.size is None else listing.size
        end = listing.start + size
        shown = Shown(
            rows=rows[listing.start : end],
            listing=listing,
            following=end if end < len(rows) else None,
            declared=total,
        )
        written = self.dialect.write(query, self._lied(shown, rows))
        return written if isinstance(written, Reply) else Reply(written, self.dialect.media_type)

    def _lied(self, shown: Shown, rows: Sequence[Row]) -> Shown:
        fault, total, start = self.fault, shown.declared or 0, shown.listing.start
        more = {Fault.TOTAL_HIGH: 5, Fault.TOTAL_LOW: -5}
        if fault in more:
            return replace(shown, declared=max(0, total + more[fault]))
        if fault is Fault.TOTAL_ABSENT:
            return replace(shown, declared=None)
        if start == 0:
            return shown
        with self._lock:
            self._turn += 1
        size = len(shown.rows)
        if fault is Fault.ENDS_EARLY:
            return replace(shown, following=None)
        if fault is Fault.REPEATED_TOKEN:
            return replace(shown, following=start)
        if fault is Fault.REPEATED_RECORDS:
            again = rows[self.size : self.size + size]
            return replace(shown, rows=again, following=start + 1, turn=self._turn)
        if fault is Fault.ENDLESS:
            return replace(shown, rows=(), following=start + 1, turn=self._turn)
        if fault is Fault.DUPLICATE and start <= self.size:
            return replace(shown, rows=(rows[start - 1], *shown.rows))
        return shown


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for item in list(self._open):
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: HostileServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer a question in a body."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_GET(self) -> None:
        """Answer a question in an address."""
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        owner, parts = self.owner, urlsplit(self.path)
        owner.asked.append(self.path)
        params = dict(reversed(parse_qsl(parts.query, keep_blank_values=True)))
        base = f"http://{self.headers.get('Host', '127.0.0.1')}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = Query(base, parts.path, params, body, headers)
        behind = owner.data(query) if owner.data is not None else None
        found = owner.dialect.read(query) if behind is None else behind
        if isinstance(found, Listing) and owner.befalls(found):
            self._misbehave(owner.fault, query, found)
            return
        reply = found if isinstance(found, Reply) else owner.page(query, found)
        self._send(reply.body, reply.media_type, reply.status, reply.more)

    def _misbehave(self, fault: Fault, query: Query, listing: Listing) -> None:
        owner, kind = self.owner, self.owner.dialect.media_type
        if fault is Fault.SLOW:
            owner.closing.wait(60)
        if fault in (Fault.SLOW, Fault.RESET):
            self.close_connection = True
        elif fault in _STATUS:
            wait = {Fault.WAIT_ONCE: "0", Fault.WAIT_LONG: "86400"}.get(fault)
            more = {"Retry-After": wait} if wait else {}
            self._send(b"no", "text/plain", _STATUS[fault], more)
        elif fault in _REDIRECTS or fault is Fault.REDIRECT_RING:
            self._send(b"", kind, 302, {"Location": _REDIRECTS.get(fault, self.path)})
        elif fault is Fault.LOGIN_PAGE:
            self._send(_LOGIN, "text/html")
        elif fault is Fault.GZIP_BOMB:
            self._send(bomb(owner.huge), kind, more={"Content-Encoding": "gzip"})
        elif fault is Fault.ENTITY_BOMB:
            self._send(_ENTITIES if "xml" in kind else b"[" * 200_000, kind)
        else:
            self._spoiled(fault, owner.page(query, listing), kind)

    def _spoiled(self, fault: Fault, reply: Reply, kind: str) -> None:
        body, more = reply.body, dict(reply.more)
        if fault in (Fault.CUT, Fault.CUT_ONCE):
            whole = {"Content-Length": str(len(body))}
            self._send(body[: len(body) // 2], kind, more=more | whole)
            self.close_connection = True
            return
        if fault is Fault.HALF_PAGE:
            body = body[: len(body) // 2]
        elif fault is Fault.INVALID_CHARACTERS:
            body = body.replace(b"made up", b"made \x0b up \xe6", 1)
        charset = "; charset=ISO-8859-1" if fault is Fault.WRONG_CHARSET else ""
        self._send(body, kind + charset, more=more)

    def _send(
        self, body: bytes, kind: str, status: int = 200, more: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body))} | dict(more or {})
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)
