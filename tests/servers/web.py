"""A range-capable HTTP server over a folder, which counts what it sends and fails on demand."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass
class Hit:
    """One answered request: what was asked for, and the bytes of the body that was sent."""

    method: str
    path: str
    range: str
    status: int
    sent: int


@dataclass
class Fault:
    """How the server misbehaves for paths that match.

    Parameters
    ----------
    kind : str
        ``status``, ``stall`` (accept, never answer), ``drip`` (a byte now and then), ``cut``
        (close in the middle of the body), ``hold`` (send ``status`` bytes, then wait), ``page``
        (HTML instead of data), ``redirect``, ``reset`` (close without an answer),
        ``garbage`` (no HTTP at all).
    times : int
        How many requests it befalls; -1 is all.
    """

    kind: str
    match: str = ""
    status: int = 503
    location: str = ""
    times: int = -1
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind == "redirect" and self.status == 503:
            self.status = 302

    def takes(self, path: str) -> bool:
        if self.times == 0 or not re.search(self.match, path):
            return False
        self.times -= self.times > 0
        return True


class DataServer:
    """Serve a folder on 127.0.0.1; a context manager.

    Parameters
    ----------
    folder : Path
        What is served.
    ranges : bool
        Whether byte ranges are understood.
    listing : bool
        Whether folders answer with a page of links.
    delay : float
        Seconds before each answer.
    etag : bool
        Whether files have a validator.
    missing : int
        Status for what is not there (S3 without listing rights says 403).
    """

    def __init__(
        self,
        folder: Path,
        *,
        ranges: bool = True,
        listing: bool = False,
        delay: float = 0.0,
        missing: int = 404,
        head: bool = True,
        etag: bool = True,
    ) -> None:
        self.folder, self.ranges, self.listing = Path(folder), ranges, listing
        self.delay, self.missing, self.head, self.etag = delay, missing, head, etag
        self.faults: list[Fault] = []
        self.hits: list[Hit] = []
        self.answers: dict[str, Callable[[str], tuple[str, bytes]]] = {}
        self.closing = threading.Event()
        server = self

        class Handler(_Handler):
            owner = server

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.daemon = True

    def __enter__(self) -> DataServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.hang_up()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def sent(self) -> int:
        """Bytes of bodies sent so far."""
        return sum(hit.sent for hit in self.hits)

    def reset(self) -> None:
        self.hits.clear()

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.open: set[socket.socket] = set()

    def process_request(self, request, client_address) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for item in list(self.open):
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request, client_address) -> None:  # clients may hang up
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: DataServer
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        if not self.owner.head:
            return self._plain(405, b"")
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer()

    def _answer(self) -> None:
        path = unquote(self.path.partition("?")[0])
        for fault in self.owner.faults:
            if fault.takes(path):
                return self._misbehave(fault, path)
        time.sleep(self.owner.delay)
        if path == "/echo" and self.command == "POST":
            return self._plain(200, f"{self.headers['Content-Type']}: ".encode() + self._asked)
        if path == "/headers":
            return self._plain(200, str(self.headers).encode())
        if path == "/endless":
            return self._endless(path)
        if path in self.owner.answers:
            kind, body = self.owner.answers[path](self.path)
            return self._plain(200, body, {"Content-Type": kind})
        target = (self.owner.folder / path.lstrip("/")).resolve()
        if not target.is_relative_to(self.owner.folder.resolve()):
            return self._plain(self.owner.missing, b"no")
        if target.is_dir():
            return self._folder(target)
        if not target.is_file():
            return self._plain(self.owner.missing, b"no such file")
        self._file(target)

    def _folder(self, target: Path) -> None:
        if not self.owner.listing:
            return self._plain(self.owner.missing, b"no listing")
        rows = (
            f'<a href="{item.name}{"/" if item.is_dir() else ""}">x</a>'
            for item in sorted(target.iterdir())
        )
        body = f"<html><body>{''.join(rows)}</body></html>".encode()
        self._plain(200, body, {"Content-Type": "text/html"})

    def _file(self, target: Path, cut: bool = False) -> None:
        data, status, headers = target.read_bytes(), 200, {}
        stat = target.stat()
        tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        if self.owner.etag:
            headers["ETag"] = tag
        if self.owner.ranges:
            headers["Accept-Ranges"] = "bytes"
        if self.owner.etag and self.headers.get("If-None-Match") == tag:
            return self._plain(304, b"", headers)
        asked = self.headers.get("Range", "")
        if self.headers.get("If-Range", tag) != tag:
            asked = ""  # the client has bytes of another version
        if asked and self.owner.ranges and self.command == "GET":
            low, high = self._span(asked, len(data))
            if low >= len(data):
                return self._plain(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            headers["Content-Range"] = f"bytes {low}-{high}/{len(data)}"
            status, data = 206, data[low : high + 1]
        self._plain(status, data, headers, cut=cut)

    @staticmethod
    def _span(asked: str, size: int) -> tuple[int, int]:
        first, last = _RANGE.fullmatch(asked).groups()
        if not first:
            return max(0, size - int(last)), size - 1
        return int(first), min(int(last), size - 1) if last else size - 1

    def _plain(self, status: int, body: bytes, headers=None, cut: bool = False) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        part = b"" if self.command == "HEAD" else body[: len(body) // 2] if cut else body
        # noted before it is sent: a test looks as soon as it has the last byte
        asked = self.headers.get("Range", "")
        self.owner.hits.append(Hit(self.command, self.path, asked, status, len(part)))
        self.end_headers()
        self.wfile.write(part)
        if cut:
            self.wfile.flush()
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _misbehave(self, fault: Fault, path: str) -> None:
        if fault.kind == "stall":
            self.owner.hits.append(Hit(self.command, path, "", 0, 0))
            self.owner.closing.wait(60)
            self._hang_up()
        elif fault.kind == "drip":
            self._drip(path)
        elif fault.kind == "cut":
            self._file((self.owner.folder / path.lstrip("/")), cut=True)
        elif fault.kind == "hold":
            self._hold(self.owner.folder / path.lstrip("/"), fault.status)
        elif fault.kind == "page":
            body = b"<!DOCTYPE html><html><body>Please log in</body></html>"
            self._plain(200, body, {"Content-Type": "text/html"})
        elif fault.kind == "redirect":
            self._plain(fault.status, b"", {"Location": fault.location})
        elif fault.kind == "reset":
            self.owner.hits.append(Hit(self.command, path, "", 0, 0))
            self._hang_up()
        elif fault.kind == "garbage":
            self.wfile.write(b"\x00\x01 not http\r\n\r\n")
            self._hang_up()
        else:
            self._plain(fault.status, b"sorry", fault.headers)

    def _hold(self, target: Path, count: int) -> None:
        data, stat = target.read_bytes(), target.stat()
        self.send_response(200)
        self.send_header("ETag", f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"')
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.owner.hits.append(Hit(self.command, self.path, "", 200, count))
        self.wfile.write(data[:count])
        self.wfile.flush()
        self.owner.closing.wait(60)
        self._hang_up()

    def _endless(self, path: str) -> None:
        """Send bytes without end or length, until the client hangs up."""
        self.send_response(200)
        self.end_headers()
        hit = Hit(self.command, path, "", 200, 0)
        self.owner.hits.append(hit)
        self.close_connection = True
        with suppress(OSError):
            while not self.owner.closing.is_set() and hit.sent < 50_000_000:
                hit.sent += self.wfile.write(bytes(65_536))

    def _drip(self, path: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.owner.hits.append(Hit(self.command, path, "", 200, 0))
        for _ in range(600):
            if self.owner.closing.wait(0.1):
                break
            self.wfile.write(b"x")
            self.wfile.flush()
        self._hang_up()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
