"""Garbage collection, put off while one thread waits for another with a lock in its hands."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_open: list[bool] = []
"""One member for each block that is open; it says whether collection was on before the first."""


@contextmanager
def collection_paused() -> Iterator[None]:
    """Collect no garbage in the block, in any thread.

    A library that holds its lock while it reads would wait for ever, were an object of it
    collected by the thread that reads (`sciknow.wire.blocking`).
    """
    with _lock:
        _open.append(_open[0] if _open else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            if _open.pop() and not _open:
                gc.enable()
