"""The hub: the verbs a user types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sciknow.errors import InvalidInput, NotFound
from sciknow.hub.folder import HubFolder
from sciknow.hub.generation import SEARCH, Generation
from sciknow.hub.hit import Hit, Hits
from sciknow.hub.manifest import Manifest, damages
from sciknow.hub.overview import SectorOverview, sector_overview
from sciknow.hub.paths import packaged_queries
from sciknow.hub.pinned import folder_name, verify_one
from sciknow.hub.related import Related
from sciknow.hub.rooms import catalogs, graph, ledger, readers, search
from sciknow.hub.way import ways_of
from sciknow.model import Agent, Concept, Dataset, Distribution, Publication
from sciknow.model.suggest import nearest
from sciknow.net import DEADLINE
from sciknow.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from sciknow.graph import HubGraph, ReadyQuery
    from sciknow.ledger import Opened, Source
    from sciknow.readers import Plan
    from sciknow.search import Embedder, Index, Results


T = TypeVar("T", Agent, Concept, Dataset, Publication)


class Hub:
    """A knowledge base opened for reading; made by `open_hub`.

    Any number of processes read a hub at once, also while another builds a new generation: an
    open hub keeps the generation that it was opened on.

    Parameters
    ----------
    folder : HubFolder
        Where the hub lies.
    embedder : Embedder, optional
        The model for questions; the default model when left out.
    """

    def __init__(self, folder: HubFolder, *, embedder: Embedder | None = None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._generation = Generation(folder.current())

    # what it is

    @property
    def path(self) -> Path:
        """The hub's folder."""
        return self._folder.root

    @property
    def manifest(self) -> Manifest:
        """What the open generation was made from and holds."""
        return self._generation.manifest

    def verify(self) -> list[str]:
        """Compare every file with its recorded digest.

        Returns
        -------
        list of str
            A line for each file that is missing, changed or unknown; empty when all is well.
        """
        return list(damages(self._generation.folder, self.manifest))

    def __repr__(self) -> str:
        counts = ", ".join(f"{count:,} {name}" for name, count in self.manifest.counts.items())
        return f"<sciknow hub {self.manifest.id[:12]}: {counts}>"

    def __len__(self) -> int:
        return self._generation.records.count(Dataset)

    def __iter__(self) -> Iterator[Dataset]:
        return self._generation.records.all(Dataset)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files of the open generation."""
        self._generation.close()

    # find

    @cached_property
    def _index(self) -> Index:
        return search.Index.open(self._generation.folder / SEARCH, embedder=self._embedder)

    def search(
        self,
        question: str,
        *,
        bbox: Sequence[float] | None = None,
        period: tuple[str | None, str | None] | None = None,
        variables: Sequence[str] = (),
        sector: str | Sequence[str] | None = None,
        license: str | None = None,
        publisher: str | None = None,
        openable: bool = False,
        offline: bool = False,
        constraints: bool = True,
        limit: int = 10,
        offset: int = 0,
    ) -> Hits:
        """Find datasets for a question in English or Chinese.

        Parameters
        ----------
        question : str
            Words, a sentence or an identifier, in either language or both mixed.
        bbox : sequence of four floats, optional
            West, south, east, north in degrees; west > east crosses the antimeridian. Datasets
            that are known not to touch the box are left out.
        period : tuple of two ISO dates, optional
            First and last day of interest, either may be None; ``("1979", "2020")``.
        variables : sequence of str, optional
            CF standard names, or names as the data write them; any of them will do.
        sector : str or sequence of str, optional
            Sectors, for example ``ocean``.
        license : str, optional
            An SPDX identifier, or ``open`` for every licence that allows reuse.
        publisher : str, optional
            An agent's id or a part of its name.
        openable, offline : bool
            Only datasets that open lazily, or that open with no network.
        constraints : bool
            Heed years, places, time steps, grid spacings and the like that the question itself
            names; the result says what was understood.
        limit, offset : int
            The page of hits: at most *limit*, after the first *offset*.

        Returns
        -------
        Hits
            Best first; each says why it is there.

        Raises
        ------
        InvalidInput
            For an impossible box, period, sector or page.
        """
        filters = search.Filters.of(
            bbox=bbox,
            period=period,
            variables=variables,
            sector=sector,
            license=license,
            publisher=publisher,
            openable=openable,
            offline=offline,
        )
        results = self._index.search(
            question, filters=filters, limit=limit, offset=offset, constraints=constraints
        )
        return self._hits(question, results)

    def similar(self, what: str | Dataset, *, limit: int = 10) -> Hits:
        """Find datasets like a dataset (itself, its id) or like a text."""
        name = what if isinstance(what, str) else what.id
        return self._hits(f"like {name}", self._index.similar(name, limit=limit))

    def suggest(self, prefix: str, *, limit: int = 8) -> list[str]:
        """Complete what someone is typing, in either language."""
        found: list[str] = self._index.suggest(prefix, limit)
        return found

    def _hits(self, question: str, results: Results) -> Hits:
        return Hits(
            question,
            [Hit(self.dataset(item.id), item.score, item.why, self) for item in results.hits],
            total=results.total,
            filtered=results.filtered,
            understood=results.understood,
        )

    # look up

    def dataset(self, identifier: str) -> Dataset:
        """Return the dataset with an id, a DOI, a CSTR or an IRI.

        Raises
        ------
        NotFound
            With the closest ids.
        """
        return self._get(Dataset, identifier)

    def concept(self, identifier: str) -> Concept:
        """Return the concept with an id or an IRI."""
        return self._get(Concept, identifier)

    def publication(self, identifier: str) -> Publication:
        """Return the publication with an id, a DOI or an IRI."""
        return self._get(Publication, identifier)

    def agent(self, identifier: str) -> Agent:
        """Return the person or organisation with an id, an ORCID, a ROR or an IRI."""
        return self._get(Agent, identifier)

    def _get(self, kind: type[T], identifier: str) -> T:
        if not isinstance(identifier, str) or not identifier.strip():
            raise InvalidInput(f"{identifier!r} is no id", hint="give an id, a DOI or an IRI")
        found = self._generation.records.get(kind, identifier)
        if found is None:
            close = nearest(identifier, self._generation.records.ids(kind))
            raise NotFound(
                f"no {kind.__name__.lower()} {identifier!r} in this hub",
                hint=f"did you mean {', '.join(close)}?" if close else "look for it with search()",
            )
        return found

    def name_of(self, agent: str, language: str = "en") -> str:
        """Return an agent's name, or the id as it is when the hub does not know the agent."""
        found = self._generation.records.get(Agent, agent) if agent else None
        return found.name.best(language) if found else agent

    # open

    def open(
        self,
        what: str | Dataset,
        distribution: str | None = None,
        *,
        locked: Path | str | None = None,
        **options: Any,
    ) -> Any:
        """Open a dataset lazily, write it into the ledger, and return the array object.

        Parameters
        ----------
        what : str or Dataset
            A dataset, its id or its DOI.
        distribution : str, optional
            Which way to take. When left out, those that need no network are tried first, then
            the others in their order; with a part named, the cheapest (see `plan`).
        locked : path, optional
            A lockfile: exactly what it pins is opened, after it has been verified.
        **options
            ``bbox``, ``period`` and ``variables`` (only that part), ``max_bytes`` (a budget),
            ``table_as="dataset"``, ``deadline`` in seconds: see
            `sciknow.readers.open_distribution`.

        Returns
        -------
        xarray.Dataset or dask.dataframe.DataFrame
            Nothing but metadata has been read; attrs say where it comes from.

        Raises
        ------
        NotFound
            When the dataset has no such distribution, or none that opens.
        SourceUnavailable
            When the source does not answer.
        IntegrityError
            When it is no longer what the lockfile pins; the message says what is different.
        """
        dataset = self._dataset(what)
        if locked is not None:
            return self._open_locked(dataset, locked, distribution, options)
        ways = ways_of(dataset, distribution)
        if len(ways) > 1 and any(options.get(key) for key in ledger.SELECTION):
            ways = (self.plan(dataset, **options).distribution,)
        return self._open_ways(dataset, ways, options)

    def plan(self, what: str | Dataset, distribution: str | None = None, **options: Any) -> Plan:
        """Say what opening a part of a dataset would cost, before a byte of data moves.

        Parameters
        ----------
        what : str or Dataset
            A dataset, its id or its DOI.
        distribution : str, optional
            Which way; the cheapest when left out. `open` with the same arguments takes it.
        **options
            ``bbox``, ``period``, ``variables`` (the part) and ``max_bytes`` (a budget).

        Returns
        -------
        Plan
            Route, requests, bytes on the wire, memory, chunks, warnings, and why the other ways
            were not taken.

        Raises
        ------
        LimitExceeded
            When the part costs more than *max_bytes*.
        """
        dataset = self._dataset(what)
        ways = ways_of(dataset, distribution)
        return readers.plan_dataset(ways, base=self.base, attrs=self._attrs(dataset), **options)

    def _open_locked(
        self, dataset: Dataset, path: Path | str, distribution: str | None, options: dict[str, Any]
    ) -> Any:
        part = {key: options.pop(key) for key in ledger.SELECTION if key in options}
        item = ledger.read_lock(path).find(dataset.id, distribution, part)
        verdict = verify_one(item, self, self.base, float(options.get("deadline", DEADLINE)))
        problem = verdict.error()
        if problem is not None:
            raise problem
        return self._open_ways(
            dataset, (verdict.way or item.way(),), options | dict(item.selection)
        )

    def _open_ways(
        self, dataset: Dataset, ways: tuple[Distribution, ...], options: dict[str, Any]
    ) -> Any:
        way, opened = readers.open_any(ways, base=self.base, attrs=self._attrs(dataset), **options)
        readers.remember(opened)
        ledger.current().record(self._entry(dataset, way, options, opened))
        return opened

    def _entry(
        self, dataset: Dataset, way: Distribution, options: dict[str, Any], opened: Any = None
    ) -> Opened:
        told = {} if opened is None else readers.origin(opened.attrs)
        return ledger.Opened(
            source=self.source(dataset),
            distribution=way,
            location=told.get("access_url", way.access_url),
            opened_at=ledger.now(),
            generation=self.manifest.id,
            hub=folder_name(self.path),
            selection=ledger.selection_of(options),
            nbytes=None if opened is None else readers.memory_of(opened),
            libraries=ledger.library_versions(),
        )

    @property
    def base(self) -> Path:
        """The folder that the paths of local distributions start from."""
        return self._generation.base

    def _dataset(self, what: str | Dataset) -> Dataset:
        return self.dataset(what) if isinstance(what, str) else what

    def _attrs(self, dataset: Dataset) -> dict[str, str]:
        publisher = self._generation.records.get(Agent, dataset.publisher)
        attrs = readers.dataset_attrs(
            dataset,
            publisher=publisher.name.best() if publisher else "",
            publisher_url=publisher.homepage if publisher else "",
        )
        return {**attrs, "sciknow_generation": self.manifest.id}

    def intake(self, what: str | Dataset) -> Any:
        """Return an Intake catalogue of one dataset's distributions, built from checked values."""
        dataset = self._dataset(what)
        return catalogs.to_intake(dataset, self._generation.base)

    # cite

    def source(self, what: str | Dataset) -> Source:
        """Return a dataset with its agents and data papers: what a citation needs."""
        dataset = self.dataset(what) if isinstance(what, str) else what
        records = self._generation.records
        creators = (records.get(Agent, name) for name in dataset.creators)
        return ledger.Source(
            dataset=dataset,
            publisher=records.get(Agent, dataset.publisher) if dataset.publisher else None,
            creators=tuple(agent for agent in creators if agent),
            data_papers=records.publications(dataset.id, "describes"),
        )

    def cite(self, *what: str | Dataset, style: str = "bibtex", language: str = "en") -> str:
        """Cite datasets with their data papers, and this software.

        Parameters
        ----------
        *what : str or Dataset
            Datasets, their ids or DOIs.
        style : str
            ``bibtex``, ``csl``, ``apa`` or ``gb-t-7714``.
        language : str
            ``en`` or ``zh``.
        """
        sources = [self.source(item) for item in what]
        return ledger.cite(sources, style=style, language=language, software_version=__version__)

    # walk

    @property
    def graph(self) -> HubGraph:
        """The knowledge graph as a read-only `rdflib.Dataset`; queries go through the guard."""
        return self._graph

    @cached_property
    def _graph(self) -> HubGraph:
        return graph.HubGraph(self._generation.store)

    def sparql(self, query: str, *, timeout: float = 30.0, max_rows: int = 100_000) -> pd.DataFrame:
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
        dataset = self.dataset(what) if isinstance(what, str) else what
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
