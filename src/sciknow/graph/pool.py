"""Worker processes for queries: started when needed, kept warm, killed when they go too far."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import IO, Any

from sciknow.errors import IntegrityError, InvalidInput, LimitExceeded, SciknowError
from sciknow.graph.answer import Answer

_WORKER = Path(__file__).with_name("worker.py")
_START_SECONDS = 60.0
_KEPT = 2
"""Warm workers per store; more run while more are asked at once."""


class _Died(Exception):
    """The worker ended by itself."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Late(Exception):
    """The worker did not answer in time."""


class Worker:
    """One process over one store; used by one thread at a time.

    Parameters
    ----------
    folder : Path
        The store.

    Raises
    ------
    IntegrityError
        When the process cannot open the store.
    """

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", str(_WORKER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # one arena: reserved but unused address space would blunt the memory limit
            env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        )
        self.stop = weakref.finalize(self, _end, self.process)
        self._rest = b""
        try:
            self._read(_START_SECONDS)
        except (_Died, _Late):
            self.stop()
            raise IntegrityError(
                f"the graph in {folder} cannot be opened", hint="build the hub anew"
            ) from None
        except BaseException:
            self.stop()
            raise

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Send one request and wait for its answer; the process is killed when none comes."""
        try:
            stream = _open(self.process.stdin)
            stream.write(json.dumps(request).encode() + b"\n")
            stream.flush()
            answer: dict[str, Any] = json.loads(self._read(timeout))
        except BrokenPipeError:
            code = self.process.wait()
            self.stop()
            raise _Died(code) from None
        except BaseException:
            self.stop()
            raise
        return answer

    def _read(self, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        chunks = [self._rest]
        handle = _open(self.process.stdout).fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(handle, selectors.EVENT_READ)
            while b"\n" not in chunks[-1]:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _Late
                chunk = os.read(handle, 1 << 20)
                if not chunk:
                    raise _Died(self.process.wait())
                chunks.append(chunk)
        line, _, self._rest = b"".join(chunks).partition(b"\n")
        return line


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise SciknowError("the query process has no stream", hint="this is a fault of sciknow")
    return stream


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker, reap it and close its pipes (also at interpreter exit)."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                continue


class Pool:
    """Warm workers over one store, for many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def ask(self, request: dict[str, Any]) -> Answer:
        """Answer one request in a worker.

        Parameters
        ----------
        request : dict
            ``query``, ``prefixes``, ``max_rows``, ``max_memory`` (bytes), ``timeout`` (seconds)
            and, where wanted, ``graph``.

        Raises
        ------
        LimitExceeded
            For too much time, memory or depth, or too many rows.
        InvalidInput
            For a query that the engine refuses.
        """
        worker = self._take()
        try:
            found = worker.ask(request, request["timeout"])
        except _Late:
            raise LimitExceeded(
                f"the query took more than {request['timeout']:g} s and was stopped",
                hint="narrow it, or give it more time: timeout=…",
            ) from None
        except _Died as error:
            raise _died(error.code, request) from None
        self._give_back(worker)
        if "error" in found:
            raise _refused(found, request)
        return Answer(found["kind"], tuple(found["columns"]), tuple(found["rows"]))

    def close(self) -> None:
        """End every idle worker."""
        with self._lock:
            idle, self._idle = self._idle, []
        if self._owner == os.getpid():
            for worker in idle:
                worker.stop()

    def _take(self) -> Worker:
        with self._lock:
            if self._owner != os.getpid():
                # a forked child must not speak into its parent's pipes
                for worker in self._idle:
                    worker.stop.detach()
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.stop()
        return Worker(self.folder)

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append(worker)
                return
        worker.stop()


def _died(code: int, request: dict[str, Any]) -> SciknowError:
    if code == -signal.SIGABRT:
        return _memory(request)
    if code in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL):
        return LimitExceeded(
            "the query drove the engine too deep and its process ended", hint="nest less deeply"
        )
    return LimitExceeded(
        f"the process of the query ended ({code})", hint="ask again; narrow the query if it recurs"
    )


def _memory(request: dict[str, Any]) -> LimitExceeded:
    return LimitExceeded(
        f"the query needs more than {request['max_memory'] // 2**20} MiB of memory",
        hint="narrow it, or allow more: max_memory=…",
    )


def _refused(found: dict[str, Any], request: dict[str, Any]) -> SciknowError:
    kind, message = found["error"], str(found["message"])
    if kind == "memory":
        return _memory(request)
    if kind == "rows":
        return LimitExceeded(
            f"the query found {message}", hint="add LIMIT and OFFSET, or allow more: max_rows=…"
        )
    if kind == "syntax":
        where = " ".join(message.removeprefix("error at ").split())
        return InvalidInput(
            f"the query does not parse, at line:column {where[:300]}",
            hint="mend it; the known prefixes need no declaration",
        )
    return InvalidInput(f"the query failed: {message[:300]}", hint="mend the query")
