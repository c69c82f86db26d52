"""The graph on disk: written once by a build, then read by any number of processes.

Every fact stands in its named graph, and once more in the default graph, which so is the merge
of all graphs: the engine's own union of graphs repeats a triple that stands in two of them, and
counts go wrong.

`write_store` makes a folder; `GraphStore` opens it read-only. Opening writes nothing into the
folder (Oxigraph's read-only mode over RocksDB), so it may belong to another user.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store, Variable

from sciknow.errors import IntegrityError, InvalidInput, NotFound
from sciknow.files import sync_tree
from sciknow.graph.answer import Answer
from sciknow.graph.guard import bind_values, check_query
from sciknow.graph.limit import LONGEST, MAX_MEMORY, MAX_ROWS, TIMEOUT, check_limits
from sciknow.graph.pool import QueryPool
from sciknow.rdf.prefix import PREFIXES

_LEFT_OVERS = ("LOG", "LOG.old.*", "LOCK", "IDENTITY")
"""Files of the engine that a read-only store does not need; LOG names folders of the builder."""


def write_store(folder: Path, quads: Iterable[Quad]) -> None:
    """Write quads into a new store: loaded in bulk, compacted, durable.

    Parameters
    ----------
    folder : Path
        A folder that is not there yet (or empty).
    quads : iterable of Quad
        The content.

    Raises
    ------
    InvalidInput
        When the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(f"{folder} is not empty", hint="give a store a folder of its own")
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(str(folder))
    try:
        store.bulk_extend(_merged(quads))
        store.optimize()
        store.flush()
    except BaseException:
        del store
        shutil.rmtree(folder, ignore_errors=True)
        raise
    del store
    for pattern in _LEFT_OVERS:
        for path in folder.glob(pattern):
            path.unlink()
    sync_tree(folder)


def _merged(quads: Iterable[Quad]) -> Iterator[Quad]:
    for quad in quads:
        yield quad
        yield Quad(quad.subject, quad.predicate, quad.object)


class GraphStore:
    """A hub's graph, opened for reading.

    Use `GraphStore.open`; close it, or use it in a ``with`` block, to end its query processes
    at once (they end with the interpreter otherwise).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pool = QueryPool(folder)

    @classmethod
    def open(cls, folder: Path) -> GraphStore:
        """Open the store in a folder.

        Raises
        ------
        NotFound
            When there is no store.
        IntegrityError
            When the engine cannot read it.
        """
        if not (folder / "CURRENT").is_file():
            raise NotFound(f"{folder} holds no graph", hint="build the hub: sciknow build")
        return cls(folder)

    @cached_property
    def engine(self) -> Store:
        """The engine in this process, for the project's own fixed queries."""
        try:
            return Store.read_only(str(self.folder))
        except (OSError, RuntimeError) as error:
            raise IntegrityError(
                f"the graph in {self.folder} cannot be read: {error}", hint="build the hub anew"
            ) from None

    def __len__(self) -> int:
        return self._size

    @cached_property
    def _size(self) -> int:
        found = next(self.solutions("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
        return int(found["n"].value)

    def __enter__(self) -> GraphStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the query processes; the store can be asked again, which starts one anew."""
        self._pool.close()

    def sparql(
        self,
        query: str,
        *,
        timeout: float = TIMEOUT,
        max_rows: int = MAX_ROWS,
        max_memory: int = MAX_MEMORY,
        graph: str | None = None,
        bindings: Mapping[str, NamedNode | Literal] | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> Answer:
        """Answer a query from outside: checked, then run in a process that can be killed.

        Parameters
        ----------
        query : str
            SELECT, ASK, CONSTRUCT or DESCRIBE; the project's prefixes are known, and the default
            graph is the merge of all graphs.
        timeout : float
            Seconds until it is stopped.
        max_rows : int
            More rows than this are refused.
        max_memory : int
            Bytes it may take.
        graph : str, optional
            IRI of the graph to ask instead of the merge.
        bindings : mapping, optional
            Variable → term to put in its place.
        prefixes : mapping, optional
            Further prefixes.

        Raises
        ------
        UntrustedInput
            For SERVICE, LOAD, FROM and every update.
        LimitExceeded
            For too much time, memory, nesting or length, or too many rows.
        InvalidInput
            For a query that does not parse, with the place.
        """
        check_limits(timeout=timeout, max_rows=max_rows, max_memory=max_memory)
        values = {name: str(term) for name, term in (bindings or {}).items()}
        request: dict[str, Any] = {
            "query": bind_values(check_query(query), values),
            "prefixes": {**PREFIXES, **(prefixes or {})},
            "timeout": min(float(timeout), LONGEST),
            "max_rows": int(max_rows),
            "max_memory": int(max_memory),
        }
        return self._pool.answer(request if graph is None else {**request, "graph": graph})

    def solutions(self, query: str, **values: str) -> Iterator[dict[str, Any]]:
        """Run one of the project's own queries in this process; never one from outside.

        Parameters
        ----------
        query : str
            A SELECT query of ours.
        **values : str
            IRIs that stand in for variables.

        Yields
        ------
        dict
            Variable → term, unbound ones left out.
        """
        found = self.engine.query(
            query,
            prefixes=PREFIXES,
            substitutions={Variable(name): NamedNode(value) for name, value in values.items()},
        )
        if not isinstance(found, QuerySolutions):
            raise InvalidInput("that is no SELECT query", hint="use sparql() for others")
        names = [variable.value for variable in found.variables]
        for solution in found:
            yield {name: term for name in names if (term := solution[name]) is not None}
