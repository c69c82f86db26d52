"""The processes that decode GRIB, seen from here: started when needed, killed when they hang."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sciknow.errors import IntegrityError, MissingDependency, SourceUnavailable
from sciknow.net import redact
from sciknow.readers.formats.grib import worker as grib_worker
from sciknow.wire.trouble import DAMAGED

PYTHON = "SCIKNOW_GRIB_PYTHON"
"""Environment variable: the interpreter of another environment, where ecCodes is installed."""

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
BATCH = 200
"""Messages whose keys are asked for at once."""


class Decoder:
    """One process.

    Raises
    ------
    MissingDependency
        When ecCodes is not installed there.
    """

    def __init__(self) -> None:
        python = os.environ.get(PYTHON) or sys.executable
        try:
            self._process = subprocess.Popen(
                [python, "-P", str(Path(grib_worker.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise MissingDependency(
                f"{PYTHON} names {python}, which does not start: {error}",
                hint="name the interpreter of an environment that has eccodes",
            ) from error
        hello, _ = self._read() or ({"missing": "it ended at once"}, b"")
        if "missing" in hello:
            self.close()
            raise MissingDependency(
                f"GRIB is decoded by eccodes, which {python} does not have ({hello['missing']})",
                hint=f"pip install 'sciknow[grib]', or name another interpreter in {PYTHON}",
            )

    def ask(
        self, head: dict[str, Any], messages: Sequence[bytes], url: str, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Send messages and return the answer.

        Raises
        ------
        IntegrityError
            When ecCodes refuses them, or dies of them.
        SourceUnavailable
            When it takes longer than allowed.
        """
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(max(seconds, 0.01), kill)
        timer.start()
        try:
            found = self._exchange(head, messages)
        finally:
            timer.cancel()
        if found is not None and "error" not in found[0]:
            return found
        if late.is_set():
            raise SourceUnavailable(
                f"{redact(url)}: decoding took more than {seconds:.3g} s",
                hint="give a larger deadline",
            )
        reason = found[0]["error"] if found is not None else "ecCodes died of it"
        raise IntegrityError(
            f"{redact(url)}: a GRIB message is not readable: {reason}", hint=DAMAGED
        )

    def _exchange(
        self, head: dict[str, Any], messages: Sequence[bytes]
    ) -> tuple[dict[str, Any], bytes] | None:
        stream: Any = self._process.stdin
        try:
            whole = head | {"lengths": [len(item) for item in messages]}
            grib_worker.write_frame(stream, whole, b"".join(messages))
        except OSError:
            return None
        return self._read()

    def _read(self) -> tuple[dict[str, Any], bytes] | None:
        stream: Any = self._process.stdout
        return grib_worker.read_frame(stream)

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.kill()
        self._process.wait()


class Pool:
    """At most `AT_ONCE` decoders, used by one thread each at a time."""

    def __init__(self) -> None:
        self._gate = threading.Semaphore(AT_ONCE)
        self._idle: list[Decoder] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def ask(
        self, head: dict[str, Any], messages: Sequence[bytes], url: str, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Let a free decoder answer; see `Decoder.ask`."""
        with self._gate:
            decoder = self._take()
            try:
                return decoder.ask(head, messages, url, seconds)
            finally:
                self._give(decoder)

    def _take(self) -> Decoder:
        with self._lock:
            if self._owner != os.getpid():  # those of the process that this one was forked from
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                found = self._idle.pop()
                if found.alive:
                    return found
                found.close()
        return Decoder()

    def _give(self, decoder: Decoder) -> None:
        if not decoder.alive:
            decoder.close()
            return
        with self._lock:
            self._idle.append(decoder)

    def close(self) -> None:
        """End every idle decoder."""
        with self._lock:
            mine = self._idle if self._owner == os.getpid() else []
            self._idle = []
        for decoder in mine:
            decoder.close()


_pool = Pool()
atexit.register(_pool.close)
close_idle = _pool.close


def keys(messages: Sequence[bytes], url: str, seconds: float) -> list[dict[str, Any]]:
    """Return the keys of messages; their data may be left out."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(messages), BATCH):
        head, _ = _pool.ask({"do": "keys"}, messages[start : start + BATCH], url, seconds)
        found += head["keys"]
    return found


def arrays(
    message: bytes, names: Sequence[str], url: str, seconds: float
) -> list[npt.NDArray[np.float64]]:
    """Return arrays of one message: ``values``, ``latitudes``, ``longitudes``; missing is NaN."""
    head, data = _pool.ask({"do": "arrays", "names": [*names]}, [message], url, seconds)
    edges = np.cumsum([0, *head["sizes"]])
    flat = np.frombuffer(data, "<f8")
    return [flat[low:high] for low, high in pairwise(edges)]
