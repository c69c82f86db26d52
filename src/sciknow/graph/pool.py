"""Queries in processes that can be killed, and what is said of those that go too far."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from sciknow.errors import IntegrityError, InvalidInput, LimitExceeded, SciknowError
from sciknow.graph.answer import Answer
from sciknow.killable.pool import Ended, Late, Pool, Process

_WORKER = Path(__file__).with_name("worker.py")
_KEPT = 2
"""Warm processes per store; more run while more are asked at once."""


class QueryPool(Pool):
    """Warm processes over one store, for many threads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(lambda: _opened(folder), kept=_KEPT)

    def answer(self, request: dict[str, Any]) -> Answer:
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
        try:
            found, _ = self.ask(
                request | {"memory": request["max_memory"]}, seconds=request["timeout"]
            )
        except Late:
            raise LimitExceeded(
                f"the query took more than {request['timeout']:g} s and was stopped",
                hint="narrow it, or give it more time: timeout=…",
            ) from None
        except Ended as error:
            raise _died(error.code, request) from None
        if "error" in found:
            raise _refused(found, request)
        return Answer(found["kind"], tuple(found["columns"]), tuple(found["rows"]))


def _opened(folder: Path) -> Process:
    try:
        return Process(_WORKER, [str(folder)])
    except (Ended, Late):
        raise IntegrityError(
            f"the graph in {folder} cannot be opened", hint="build the hub anew"
        ) from None


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
