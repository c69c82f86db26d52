"""A server that sends exactly the bytes it is told to, and counts who connects."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class RawServer:
    """Answer each request on 127.0.0.1 with a function of the test; a context manager.

    Parameters
    ----------
    answer : callable
        Given `send`, which takes bytes, and `closing`, an event; returning True keeps the
        connection open for another request.
    """

    def __init__(self, answer: Callable[[Callable[[bytes], None], threading.Event], object]):
        self.answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for item in (self._door, *self._open):
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                found, _ = self._door.accept()
                self.connections += 1
                self._open.append(found)
                threading.Thread(target=self._serve, args=(found,), daemon=True).start()

    def _serve(self, found: socket.socket) -> None:
        with found, suppress(OSError):
            while head := self._head(found):
                self.requests.append(head)
                if self.answer(found.sendall, self.closing) is not True:
                    found.shutdown(socket.SHUT_RDWR)
                    return

    @staticmethod
    def _head(found: socket.socket) -> bytes:
        came = b""
        while b"\r\n\r\n" not in came:
            piece = found.recv(65_536)
            if not piece:
                return b""
            came += piece
        return came
