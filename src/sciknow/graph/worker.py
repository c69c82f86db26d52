"""The process that answers one query at a time over a read-only store, and can be killed.

It is started by path, imports nothing of sciknow, speaks JSON lines on its standard streams,
and ends when its input closes, when its parent is gone, or by an alarm soon after a query's time
is over; so nothing of it outlives the process that asked.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
from typing import Any

from pyoxigraph import (
    BlankNode,
    NamedNode,
    QueryBoolean,
    QueryTriples,
    Store,
    Triple,
)

MAX_ANSWER = 64 * 2**20
"""Characters of an answer."""

_MAPPED = "/proc/self/statm"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


class TooMuch(Exception):
    """More rows or characters than the request allows."""


def encode(term: Any) -> list[Any] | None:
    """Turn a term into a list for JSON: kind, value, language, datatype."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return ["i", term.value]
    if isinstance(term, BlankNode):
        return ["b", term.value]
    if isinstance(term, Triple):
        return ["t", *map(encode, (term.subject, term.predicate, term.object))]
    datatype = term.datatype.value
    if term.language or datatype == _STRING:
        return ["l", term.value, term.language]
    return ["l", term.value, None, datatype]


def answer(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Run one request and return what goes back."""
    graph = request.get("graph")
    found = store.query(
        request["query"],
        prefixes=request["prefixes"],
        default_graph=None if graph is None else NamedNode(graph),
    )
    if isinstance(found, QueryBoolean):
        return {"kind": "ask", "columns": ["answer"], "rows": [[bool(found)]]}
    if isinstance(found, QueryTriples):
        rows = ([encode(item) for item in (t.subject, t.predicate, t.object)] for t in found)
        columns = ["subject", "predicate", "object"]
        return {"kind": "graph", "columns": columns, "rows": limited(rows, request["max_rows"])}
    variables = found.variables
    rows = ([encode(solution[name]) for name in variables] for solution in found)
    return {
        "kind": "select",
        "columns": [name.value for name in variables],
        "rows": limited(rows, request["max_rows"]),
    }


def limited(rows: Any, most: int) -> list[Any]:
    """Collect rows up to the limits of number and size."""
    kept: list[Any] = []
    size = 0
    for row in rows:
        if len(kept) == most:
            raise TooMuch(f"more than {most:,} rows")
        size += sum(len(term[1]) + 8 for term in row if term and isinstance(term[1], str))
        if size > MAX_ANSWER:
            raise TooMuch(f"an answer of more than {MAX_ANSWER // 2**20} MiB")
        kept.append(row)
    return kept


class Memory:
    """The memory this process may take, counted from what it has mapped when a query starts."""

    def __init__(self) -> None:
        self._handle: int | None = None
        if os.path.exists(_MAPPED):  # on Linux; elsewhere the time limit has to do
            self._handle = os.open(_MAPPED, os.O_RDONLY)

    def allow(self, more: int) -> None:
        """Allow so many bytes beyond what is mapped now."""
        if self._handle is None:
            return
        mapped = int(os.pread(self._handle, 100, 0).split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (mapped + more, hard))


def shut_doors() -> None:
    """Let this process open no further file and no connection, whatever a query says.

    The store's tables are open by now; the engine's own SERVICE fails for want of a socket.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def respond(store: Store, memory: Memory, line: str) -> dict[str, Any]:
    """Answer one request line under its limits; what goes wrong becomes an answer, too."""
    request = json.loads(line)
    memory.allow(request["max_memory"])
    signal.setitimer(signal.ITIMER_REAL, request["timeout"] + 1.0)
    try:
        return answer(store, request)
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error)}
    except TooMuch as error:
        return {"error": "rows", "message": str(error)}
    except MemoryError:
        return {"error": "memory", "message": "out of memory"}
    except (OSError, ValueError, RuntimeError) as error:
        return {"error": "engine", "message": str(error)}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def main(folder: str) -> None:
    """Answer requests until the input ends or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    parent = os.getppid()
    store, memory = Store.read_only(folder), Memory()
    shut_doors()
    print(json.dumps({"ready": True}), flush=True)
    while os.getppid() == parent:
        if not select.select([sys.stdin], [], [], 5.0)[0]:
            continue
        line = sys.stdin.readline()
        if not line:
            return
        print(json.dumps(respond(store, memory, line), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
