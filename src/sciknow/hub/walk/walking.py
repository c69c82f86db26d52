"""Walking: the knowledge graph of a hub, its queries and its sectors."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sciknow.errors import NotFound
from sciknow.graph.limit import MAX_ROWS, TIMEOUT
from sciknow.hub.rooms import graph
from sciknow.hub.store.lookup import Lookup
from sciknow.hub.store.paths import packaged_queries
from sciknow.hub.walk.overview import SectorOverview, sector_overview
from sciknow.hub.walk.related import Related
from sciknow.model import Dataset
from sciknow.model.suggest import nearest

if TYPE_CHECKING:
    import pandas as pd

    from sciknow.graph import HubGraph, ReadyQuery


class Walking(Lookup):
    """The knowledge graph of a hub."""

    @property
    def graph(self) -> HubGraph:
        """The knowledge graph as a read-only `rdflib.Dataset`; queries go through the guard."""
        return self._graph

    @cached_property
    def _graph(self) -> HubGraph:
        return graph.HubGraph(self._generation.store)

    def sparql(
        self, query: str, *, timeout: float = TIMEOUT, max_rows: int = MAX_ROWS
    ) -> pd.DataFrame:
        """Ask the graph in SPARQL 1.1; reading only, nothing but this hub.

        Parameters
        ----------
        query : str
            A SELECT, ASK, CONSTRUCT or DESCRIBE query; the project's prefixes are known.
        timeout : float
            Seconds until the query is stopped.
        max_rows : int
            More rows than this are refused.

        Returns
        -------
        pandas.DataFrame
            One column a variable; for CONSTRUCT and DESCRIBE subject, predicate, object; for ASK
            one cell.

        Raises
        ------
        UntrustedInput
            For SERVICE, LOAD, FROM and every update.
        LimitExceeded
            For too much time, memory, nesting or too many rows.
        InvalidInput
            For a query that does not parse.
        """
        import pandas as pd

        answer = self._generation.store.sparql(query, timeout=timeout, max_rows=max_rows)
        return pd.DataFrame(answer.rows, columns=list(answer.columns))

    def related(self, what: str | Dataset) -> Related:
        """Return what the graph joins to a dataset: publications, concepts, agents, datasets."""
        dataset = self.card(what)
        return Related(dataset.id, graph.related(self._generation.store, dataset.iri))

    def queries(self) -> tuple[ReadyQuery, ...]:
        """Return the ready queries, sorted by name."""
        queries: tuple[ReadyQuery, ...] = graph.ready_queries(packaged_queries())
        return queries

    def query(self, name: str, **values: object) -> pd.DataFrame:
        """Run a ready query.

        Parameters
        ----------
        name : str
            Its name; `queries` lists them.
        **values : object
            Its parameters; those left out have their defaults.

        Returns
        -------
        pandas.DataFrame
            One column a variable.

        Raises
        ------
        NotFound
            For an unknown query or parameter.
        """
        return self.sparql(self._ready(name).fill(**values))

    def _ready(self, name: str) -> ReadyQuery:
        known = {query.name: query for query in self.queries()}
        if name not in known:
            close = ", ".join(nearest(name, known) or sorted(known))
            raise NotFound(f"no ready query {name!r}", hint=f"there is {close}")
        return known[name]

    def sector(self, name: str) -> SectorOverview:
        """Return a sector at a glance: its concepts, its datasets, what opens, what is missing."""
        return sector_overview(self._generation.records, name)
