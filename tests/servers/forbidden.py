"""A port at which nobody may come: it counts who does; and all ways to write its address."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SPELLINGS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0.0.0.0",
    "0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "１２７.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "inner.example.org",  # a name with a private address
    "both.example.org",  # a name with a public and a private one
    "turning.example.org",  # a name that has a public address at first
)
"""Ways to write this machine."""


@contextmanager
def counting_port() -> Iterator[tuple[int, list[object]]]:
    """Listen on a port where nobody may come; yield it and who came."""
    came: list[object] = []
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        door.settimeout(0.05)
        closing = threading.Event()

        def watch() -> None:
            while not closing.is_set():
                try:
                    found, who = door.accept()
                except TimeoutError:
                    continue
                came.append(who)
                found.close()

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield door.getsockname()[1], came
        finally:
            closing.set()
            thread.join()
