"""Processes that do a job, seen from here: started when needed, kept warm, killed when late."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from sciknow.killable import serve

START = 60.0
"""Seconds until a process that has not said hello is given up."""


class Ended(Exception):
    """A process ended by itself.

    Parameters
    ----------
    code : int
        Its exit status; the negative number of a signal.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Late(Exception):
    """A process did not answer in time and was killed."""


class Process:
    """One process with one job; used by one thread at a time.

    Parameters
    ----------
    job : Path
        A file with a function ``start``; see `sciknow.killable.serve`.
    arguments : sequence of str
        What ``start`` takes.
    python : str
        The interpreter.

    Raises
    ------
    OSError
        When the interpreter does not start.
    Ended, Late
        When the job does not say hello.
    """

    def __init__(
        self, job: Path, arguments: Sequence[str] = (), *, python: str = sys.executable
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-P", "-X", "utf8", serve.__file__, str(job), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # one arena: reserved but unused address space would blunt the memory limit
            env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        )
        self.stop = weakref.finalize(self, _end, self.process)
        self.hello, _ = self._answered(START, lambda: None)

    def ask(
        self, head: dict[str, Any], data: bytes = b"", *, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Send a request and return its answer; the process is killed when none comes.

        Raises
        ------
        Ended, Late
            When it dies of it, or takes longer than allowed.
        """

        def send() -> None:
            with suppress(OSError):  # it has ended: what is read next says so
                serve.write_frame(self._stream("stdin"), {**head, "seconds": seconds}, data)

        return self._answered(seconds, send)

    def _answered(self, seconds: float, send: Callable[[], None]) -> tuple[dict[str, Any], bytes]:
        late = threading.Event()

        def kill() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(min(max(seconds, 0.01), threading.TIMEOUT_MAX), kill)
        timer.daemon = True
        timer.start()
        try:
            send()
            found = serve.read_frame(self._stream("stdout"))
        except BaseException:  # interrupted: what comes next would be the answer to this
            self.stop()
            raise
        finally:
            timer.cancel()
        if found is not None and not late.is_set():
            return found
        code = self.process.wait()  # its output is closed, so it is gone or about to go
        self.stop()
        if found is not None:  # it was killed just after its last word
            return found
        raise Late if late.is_set() else Ended(code)

    def _stream(self, name: str) -> Any:
        return getattr(self.process, name)

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self.stop.alive and self.process.poll() is None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, reap it and close its pipes (also at interpreter exit)."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()


class Pool:
    """Warm processes for many threads.

    Parameters
    ----------
    start : callable
        Makes a process.
    kept : int
        How many are kept when idle.
    at_once : int, optional
        How many run at the same time at most; without it as many as are asked.
    """

    def __init__(
        self, start: Callable[[], Process], *, kept: int, at_once: int | None = None
    ) -> None:
        self._start, self._kept = start, kept
        self._gate = nullcontext() if at_once is None else threading.Semaphore(at_once)
        self._idle: list[Process] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def ask(
        self, head: dict[str, Any], data: bytes = b"", *, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Let a free process answer; see `Process.ask`."""
        with self._gate:
            process = self._take()
            found = process.ask(head, data, seconds=seconds)
            self._give_back(process)
            return found

    def close(self) -> None:
        """End every idle process."""
        with self._lock:
            idle, self._idle = self._idle, []
        if self._owner == os.getpid():
            for process in idle:
                process.stop()

    def _take(self) -> Process:
        with self._lock:
            if self._owner != os.getpid():
                # a forked child must not speak into its parent's pipes
                for process in self._idle:
                    process.stop.detach()
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.stop()
        return self._start()

    def _give_back(self, process: Process) -> None:
        with self._lock:
            if process.alive and len(self._idle) < self._kept:
                self._idle.append(process)
                return
        process.stop()
