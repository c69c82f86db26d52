"""The job of a process that answers queries over a read-only store; see `sciknow.killable.serve`.

It is loaded by path and imports nothing of sciknow.
"""

from __future__ import annotations

from typing import Any

from pyoxigraph import (
    BlankNode,
    NamedNode,
    QueryBoolean,
    QueryTriples,
    Store,
    Triple,
)

try:
    import resource
except ImportError:  # on Windows the guard of the query is the only wall
    resource = None  # type: ignore[assignment]

MAX_ANSWER = 64 * 2**20
"""Characters of an answer."""

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


def shut_doors() -> None:
    """Let this process open no further file and no connection, whatever a query says.

    The store's tables are open by now; the engine's own SERVICE fails for want of a socket.
    """
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def respond(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Answer one request; what goes wrong becomes an answer, too."""
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


def start(folder: str) -> tuple[dict[str, Any], Any]:
    """Open the store."""
    store = Store.read_only(folder)
    shut_doors()
    return {}, lambda head, data: (respond(store, head), b"")
