"""The program of a process that can be killed: it loads a job and answers frames.

``python -P serve.py JOB ARGUMENTS``: JOB is a file with a function ``start(*arguments)`` that
returns what is said at the start and a function ``answer(head, data) -> (head, data)``. Nothing of
sciknow is imported, so that the interpreter of another environment may run it. It ends when its
input closes, when its parent is gone, or by an alarm soon after the time of a request is over; so
nothing of it outlives the process that asked.

On standard input and output go frames: lengths of two parts (``>IQ``), JSON, then bytes. The head
of a request may say ``seconds`` and ``memory``: bytes that may be taken beyond what is mapped when
it comes (on Linux; elsewhere the time has to do).
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

FRAME = struct.Struct(">IQ")
LATE = 1.0
"""Seconds after the time of a request until the alarm."""

_MAPPED = "/proc/self/statm"
_WATCH = 5.0
"""Seconds between looks at whether the parent is there."""
_LONGEST = 1e6

Answer = Callable[[dict[str, Any], bytes], tuple[dict[str, Any], bytes]]


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; None at the end."""
    head = stream.read(FRAME.size)
    if len(head) < FRAME.size:
        return None
    first, second = FRAME.unpack(head)
    text, data = stream.read(first), stream.read(second)
    return None if len(text) < first or len(data) < second else (json.loads(text), data)


def write_frame(stream: BinaryIO, head: dict[str, Any], data: bytes = b"") -> None:
    """Write one frame."""
    text = json.dumps(head).encode()
    stream.write(FRAME.pack(len(text), len(data)) + text)
    stream.write(data)
    stream.flush()


class Memory:
    """The memory this process may take, counted from what it has mapped when it is asked."""

    def __init__(self) -> None:
        self._handle: int | None = None
        if resource is not None and os.path.exists(_MAPPED):
            self._handle = os.open(_MAPPED, os.O_RDONLY)

    def allow(self, more: int) -> None:
        """Allow so many bytes beyond what is mapped now."""
        if self._handle is None:
            return
        mapped = int(os.pread(self._handle, 100, 0).split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = mapped + more
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _loaded(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("job", path)
    assert spec is not None
    assert spec.loader is not None
    job = importlib.util.module_from_spec(spec)
    sys.modules["job"] = job
    spec.loader.exec_module(job)
    return job


def _asked(parent: int) -> tuple[dict[str, Any], bytes] | None:
    """Wait for a request; None when the input is closed or the parent is gone."""
    if os.name == "posix":
        while not select.select([sys.stdin.buffer], [], [], _WATCH)[0]:
            if os.getppid() != parent:
                return None
    return read_frame(sys.stdin.buffer)


def main(path: str, *arguments: str) -> None:
    """Answer requests until the input ends or the parent is gone."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the frames
    memory = Memory()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hello, answer = _loaded(path).start(*arguments)
    write_frame(output, hello)
    while (frame := _asked(parent)) is not None:
        head, data = frame
        if "memory" in head:
            memory.allow(head["memory"])
        if head.get("seconds", _LONGEST) < _LONGEST:
            _alarm(head["seconds"] + LATE)
        found = answer(head, data)
        _alarm(0.0)
        write_frame(output, *found)


if __name__ == "__main__":
    main(*sys.argv[1:])
