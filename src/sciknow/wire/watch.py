"""Breaking off what takes too long, whatever the thread that waits for it is waiting for.

A time limit of a socket begins anew with every byte that comes: a server that sends one now and
then holds whoever reads its headers or a chunk's size for ever. One thread watches them all.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Watch:
    """Calls what breaks something off once its moment has passed; one thread for all of them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._changed = threading.Condition()
        self._held: dict[object, tuple[float, Callable[[], object]]] = {}
        self._wakes = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def until(self, moment: float, cut: Callable[[], object]) -> Iterator[None]:
        """Call *cut* when the block still runs at a moment of `time.monotonic`, never after it."""
        token = object()
        with self._changed:
            self._held[token] = (moment, cut)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sciknow-watch", daemon=True)
                self._thread.start()
            elif moment < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._held.pop(token, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for token, (moment, cut) in list(self._held.items()):
                    if moment <= now:
                        del self._held[token]
                        with suppress(Exception):  # it was over already
                            cut()
                self._wakes = min((moment for moment, _ in self._held.values()), default=math.inf)
                self._changed.wait(None if self._wakes == math.inf else self._wakes - now)


WATCH = Watch()
if hasattr(os, "register_at_fork"):  # the thread stays behind, and whatever it held with it
    os.register_at_fork(after_in_child=WATCH.reset)
