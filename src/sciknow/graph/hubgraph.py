"""The hub's graph under rdflib's API: read-only, every query through the guard.

`HubGraph` is an `rdflib.Dataset` whose default graph is the merge of all graphs. This module and
`rdfterm`, `shape` are the only ones that import rdflib.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, NoReturn

from pyoxigraph import DefaultGraph, Literal, Quad
from rdflib import Dataset, Graph, Namespace, URIRef, Variable
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.query import Result
from rdflib.store import Store

from sciknow.errors import InvalidInput
from sciknow.graph.answer import Answer
from sciknow.graph.store import GraphStore
from sciknow.rdf.prefix import PREFIXES
from sciknow.rdf.rdfterm import from_answer, from_engine, to_engine

_UNION = "__UNION__"
_LIMITS = ("timeout", "max_rows", "max_memory")


def _refuse() -> NoReturn:
    raise InvalidInput(
        "the hub's graph is read-only",
        hint="copy it (rdflib.Graph() + ...) to change the copy, or build the hub anew",
    )


def _bound(term: Any) -> Any:
    found = to_engine(term)
    if found is None:
        raise InvalidInput(f"{term!r} cannot be bound in a query", hint="bind an IRI or a literal")
    return found


class ReadOnlyStore(Store):
    """An rdflib store over a `GraphStore`; whatever would write is refused."""

    context_aware = True
    formula_aware = False
    graph_aware = True
    transaction_aware = False

    def __init__(self, store: GraphStore) -> None:
        super().__init__()
        self.graph_store = store
        self._prefixes: dict[str, URIRef] = {}

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        """Yield (triple, graphs) for a pattern, each triple once."""
        for quad in self._found(triple_pattern, context):
            triple = quad.subject, quad.predicate, quad.object
            yield tuple(map(from_engine, triple)), self._graphs_of(triple)

    def _found(self, pattern: Any, context: Any) -> Iterator[Quad]:
        """Find the quads of a graph, or of the merge of all where there is none."""
        name = getattr(context, "identifier", context)
        graph = DefaultGraph() if name is None else to_engine(name)
        wanted = [None if part is None else to_engine(part) for part in pattern]
        lost = (
            part is not None and term is None for part, term in zip(pattern, wanted, strict=True)
        )
        subject, predicate, value = wanted
        # rdflib's name for a graph of facts without a graph: a hub has none
        nothing = graph is None or name == DATASET_DEFAULT_GRAPH_ID or any(lost)
        # what no store can hold, such as a text as subject, matches nothing
        if nothing or isinstance(subject, Literal) or isinstance(predicate, Literal):
            return iter(())
        return self.graph_store.engine.quads_for_pattern(subject, predicate, value, graph)

    def _graphs_of(self, triple: tuple[Any, Any, Any]) -> Iterator[Graph]:
        for quad in self.graph_store.engine.quads_for_pattern(*triple, None):
            if not isinstance(quad.graph_name, DefaultGraph):
                yield GuardedGraph(self, from_engine(quad.graph_name))

    def __len__(self, context: Any = None) -> int:
        if context is None or getattr(context, "identifier", None) is None:
            return len(self.graph_store)
        return sum(1 for _ in self._found((None, None, None), context))

    def contexts(self, triple: Any = None) -> Generator[Graph, None, None]:
        """Yield the graphs, all or those that hold a triple."""
        if triple is None:
            for name in self.graph_store.engine.named_graphs():
                yield GuardedGraph(self, from_engine(name))
            return
        for quad in self._found(triple, None):
            yield from self._graphs_of((quad.subject, quad.predicate, quad.object))

    def query(
        self,
        query: Any,
        initNs: Mapping[str, Any],
        initBindings: Mapping[Any, Any],
        queryGraph: str,
        **kwargs: Any,
    ) -> Result:
        """Answer a query through the guard, see `GraphStore.sparql`."""
        unknown = set(kwargs) - set(_LIMITS)
        if unknown:
            raise InvalidInput(
                f"unknown option {', '.join(sorted(unknown))}", hint=f"known: {', '.join(_LIMITS)}"
            )
        if not isinstance(query, str):
            raise InvalidInput("a prepared query", hint="give the query as text")
        bindings = {str(name): _bound(term) for name, term in initBindings.items()}
        answer = self.graph_store.sparql(
            query,
            graph=None if str(queryGraph) == _UNION else str(queryGraph),
            bindings=bindings,
            prefixes={name: str(base) for name, base in initNs.items()},
            **kwargs,
        )
        return _result(answer)

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:
        """Keep a prefix in memory, for queries and for writing files."""
        if override or prefix not in self._prefixes:
            self._prefixes[prefix] = URIRef(namespace)

    def namespace(self, prefix: str) -> URIRef | None:
        """Return the IRI of a prefix."""
        return self._prefixes.get(prefix)

    def prefix(self, namespace: URIRef) -> str | None:
        """Return the prefix of an IRI."""
        found = (name for name, base in self._prefixes.items() if base == namespace)
        return next(found, None)

    def namespaces(self) -> Iterator[tuple[str, URIRef]]:
        """Yield (prefix, IRI)."""
        return iter(list(self._prefixes.items()))

    def add_graph(self, graph: Any) -> None:
        """Do nothing: rdflib announces each graph that it looks at."""

    def add(self, *args: Any, **kwargs: Any) -> None:
        """Refuse."""
        _refuse()

    def addN(self, quads: Any) -> None:
        """Refuse."""
        _refuse()

    def remove(self, *args: Any, **kwargs: Any) -> None:
        """Refuse."""
        _refuse()

    def remove_graph(self, graph: Any) -> None:
        """Refuse."""
        _refuse()

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Refuse."""
        _refuse()

    def destroy(self, configuration: str) -> None:
        """Refuse."""
        _refuse()


class _Guarded:
    """What `HubGraph` and the graphs in it refuse or send through the guard."""

    store: Any
    _query_graph: str

    def query(
        self,
        query_object: Any,
        processor: Any = "sparql",
        result: Any = "sparql",
        initNs: Mapping[str, Any] | None = None,
        initBindings: Mapping[Any, Any] | None = None,
        use_store_provided: bool = True,
        **kwargs: Any,
    ) -> Result:
        """Answer a SPARQL query; the guard stands before it whatever the options say.

        Parameters
        ----------
        query_object : str
            SELECT, ASK, CONSTRUCT or DESCRIBE.
        processor, result, use_store_provided
            Of rdflib; without effect.
        initNs, initBindings : mapping, optional
            Further prefixes, and terms for variables.
        **kwargs
            ``timeout``, ``max_rows``, ``max_memory``, as in `GraphStore.sparql`.
        """
        names = initNs or dict(self.store.namespaces())
        found: Result = self.store.query(
            query_object, names, initBindings or {}, self._query_graph, **kwargs
        )
        return found

    def update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: the graph is read-only."""
        _refuse()

    def parse(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse before anything is fetched: the graph is read-only."""
        _refuse()


class GuardedGraph(_Guarded, Graph):
    """One named graph of the hub."""

    def __init__(self, store: ReadOnlyStore, identifier: Any) -> None:
        Graph.__init__(self, store=store, identifier=identifier, bind_namespaces="none")
        self._query_graph = str(identifier)


class HubGraph(_Guarded, Dataset):
    """The hub's graph as an `rdflib.Dataset`.

    Parameters
    ----------
    store : GraphStore
        The opened store.

    Examples
    --------
    ``hub.graph.value(URIRef(dataset.iri), DCTERMS.title)`` and every other reading call of
    rdflib work; ``hub.graph.query(...)`` is answered by Oxigraph under limits.
    """

    def __init__(self, store: GraphStore) -> None:
        Dataset.__init__(self, store=ReadOnlyStore(store), default_union=True)
        self._query_graph = _UNION
        self._default_context = GuardedGraph(self.store, DATASET_DEFAULT_GRAPH_ID)
        for prefix, base in PREFIXES.items():
            self.bind(prefix, Namespace(base), override=True, replace=True)

    @property
    def default_context(self) -> Graph:
        """The default graph (rdflib's own property of this name warns about itself)."""
        return self._default_context

    @default_context.setter
    def default_context(self, value: Graph) -> None:
        self._default_context = value

    def contexts(self, triple: Any = None) -> Generator[Graph, None, None]:
        """Yield the graphs (rdflib's serialisers still call them by this name)."""
        yield from self.graphs(triple)

    def get_context(self, identifier: Any, quoted: bool = False, base: str | None = None) -> Graph:
        """Return one named graph."""
        return GuardedGraph(self.store, getattr(identifier, "identifier", identifier))

    def get_graph(self, identifier: Any) -> Graph | None:
        """Return a named graph that holds something, or None."""
        found = self.get_context(identifier)
        return found if any(True for _ in found.triples((None, None, None))) else None

    def _graph(self, c: Any) -> Any:
        if c is None or isinstance(c, GuardedGraph):
            return c
        return self.get_context(c)


def _result(answer: Answer) -> Result:
    if answer.kind == "ask":
        found = Result("ASK")
        found.askAnswer = bool(answer)
        return found
    if answer.kind == "graph":
        found = Result("CONSTRUCT")
        found.graph = Graph()
        for row in answer.terms:
            subject, predicate, value = map(from_answer, row)
            if subject is not None and predicate is not None and value is not None:
                found.graph.add((subject, predicate, value))
        return found
    found = Result("SELECT")
    names = [Variable(name) for name in answer.columns]
    found.vars = names
    found.bindings = [
        {
            name: term
            for name, part in zip(names, row, strict=True)
            if (term := from_answer(part)) is not None
        }
        for row in answer.terms
    ]
    return found
