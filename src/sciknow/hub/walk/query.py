"""The knowledge graph of a hub, asked in SPARQL."""

from __future__ import annotations

import pandas as pd

from sciknow.errors import InvalidInput, NotFound
from sciknow.graph import GraphStore, HubGraph, ReadyQuery, ready_queries
from sciknow.hub.store.paths import packaged_queries
from sciknow.hub.store.state import GRAPH, State
from sciknow.model.suggest import nearest


def store_of(state: State) -> GraphStore:
    """Return the graph of a hub, opened when it is first needed.

    Raises
    ------
    InvalidInput
        For a hub of plain texts, which has none.
    """
    state.whole.check(GRAPH)
    if state.engines.store is None:
        folder = state.generation / GRAPH
        if not folder.is_dir():
            raise InvalidInput(
                "this hub was built from plain texts and has no graph",
                hint="search() and dataset() work; build from catalogs/ to have a graph",
            )
        state.engines.store = GraphStore.open(folder)
    return state.engines.store


def graph_of(state: State) -> HubGraph:
    """Return the graph as a read-only `rdflib.Dataset`, always the same one."""
    if state.engines.graph is None:
        state.engines.graph = HubGraph(store_of(state))
    return state.engines.graph


def sparql(state: State, query: str, *, timeout: float, max_rows: int) -> pd.DataFrame:
    """Ask the graph; see `Hub.sparql`."""
    answer = store_of(state).sparql(query, timeout=timeout, max_rows=max_rows)
    return pd.DataFrame(answer.rows, columns=list(answer.columns))


def queries() -> tuple[ReadyQuery, ...]:
    """Return the ready queries, sorted by name."""
    return ready_queries(packaged_queries())


def filled(name: str, values: dict[str, object]) -> str:
    """Return a ready query with its parameters filled in; see `Hub.query`."""
    known = {query.name: query for query in queries()}
    if name not in known:
        close = ", ".join(nearest(name, known) or sorted(known))
        raise NotFound(f"no ready query {name!r}", hint=f"there is {close}")
    return known[name].fill(**values)
