"""The hub: the verbs that a user types, each with its signature; what they do is in the rooms.

Each verb is imported when it is called, so that a cold search pays for no array, and opening a
record for no index.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, Unpack, overload

from sciknow.graph.limit import MAX_ROWS, TIMEOUT
from sciknow.hub.find.hit import Hits, HitVerbs
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.manifest import Manifest
from sciknow.hub.store.records import What
from sciknow.hub.store.state import State, open_state
from sciknow.model import Agent, Concept, Dataset, Distribution, Publication
from sciknow.model.selection import selection_of
from sciknow.net import DEADLINE
from sciknow.progress import Progress

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from dask.dataframe import DataFrame

    from sciknow.alignment import Compatibility, Fit
    from sciknow.availability import Availability
    from sciknow.catalogs import IntakeCatalog
    from sciknow.graph import HubGraph, ReadyQuery
    from sciknow.hub.combine.combine import CombineOptions
    from sciknow.hub.combine.thing import Thing
    from sciknow.hub.find.facets import Facets
    from sciknow.hub.find.search import SearchFilters, SearchOptions
    from sciknow.hub.load.copies import Folders
    from sciknow.hub.load.open import OpenOptions
    from sciknow.hub.walk.overview import SectorOverview
    from sciknow.hub.walk.related import Related
    from sciknow.ledger import Opened as LedgerEntry
    from sciknow.ledger import Source
    from sciknow.model.receipt import Receipt
    from sciknow.preservation import Preserved
    from sciknow.readers import As, Opened, Options, Plan
    from sciknow.search import Embedder, Unstated


class Hub:
    """A knowledge base opened for reading; made by `open_hub`.

    Any number of processes read a hub at once, also while another builds a new generation: an open
    hub keeps the generation that it was opened on.

    Parameters
    ----------
    folder : HubFolder
        Where the hub lies.
    embedder : Embedder, path or str, optional
        The model for questions; the default model when left out.
    """

    _state: State

    def __init__(self, folder: HubFolder, *, embedder: Embedder | Path | str | None = None) -> None:
        self._state = open_state(folder, embedder)

    def __repr__(self) -> str:
        return f"<sciknow hub {self.manifest.id[:12]}: {self.manifest.holds}>"

    def __len__(self) -> int:
        return self._state.records.count(Dataset)

    def __iter__(self) -> Iterator[Dataset]:
        return self._state.records.all(Dataset)

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
        self._state.close()

    @property
    def path(self) -> Path:
        """The hub's folder."""
        return self._state.folder.root

    @property
    def manifest(self) -> Manifest:
        """What the open generation was made from and holds."""
        return self._state.manifest

    @property
    def base(self) -> Path:
        """The folder that the paths of local distributions start from."""
        return self._state.base

    def verify(self) -> list[str]:
        """Return a line for each file that is missing, changed or unknown; none when all is well.

        Every file is compared with its recorded digest, what was harvested too.
        """
        from sciknow.hub.check.damage import damages_of

        return damages_of(self._state)

    # what comes from elsewhere

    def harvest(
        self,
        what: str,
        *,
        since: str = "",
        sets: Sequence[str] = (),
        limit: int | None = None,
        protocol: str = "",
        name: str = "",
        saved: Path | None = None,
        build: bool = True,
        progress: Progress | None = None,
    ) -> Receipt:
        """Bring a source into the hub, and return what came.

        A harvest that was broken off is gone on with. This hub keeps the generation that it was
        opened on: open it again to search what came.

        Parameters
        ----------
        what : str
            The id of a registered source (``sciknow sources``), or the address of one.
        since : str
            Only what changed since an ISO date, or since the ``last`` harvest.
        sets : sequence of str
            Parts of the source, as its protocol names them.
        limit : int, optional
            The most records; the receipt then says that not everything came.
        protocol : str
            What is spoken at an address; found out when left out.
        name : str
            What a source that is given by its address shall be called.
        saved : path, optional
            Folder or ZIP with answers that were saved as files, in the network's place.
        build : bool
            Whether a new generation is built.
        progress : callable, optional
            Called with (stage, done, total); total is 0 where the source tells none.

        Raises
        ------
        NotFound
            When no such source is registered, or nothing known is spoken at the address.
        """
        from sciknow.hub.harvest.harvest import Wish
        from sciknow.hub.harvest.verb import harvest

        return harvest(
            self._state,
            what,
            Wish(since=since, sets=sets, limit=limit, protocol=protocol, name=name, saved=saved),
            build=build,
            progress=progress,
        )

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What every harvest into this hub says of itself, the newest first."""
        from sciknow.hub.harvest.verb import receipts

        return receipts(self._state)

    # records by their ids

    def dataset(self, identifier: str) -> Dataset:
        """Return the dataset with an id, a DOI, a CSTR or an IRI.

        Raises
        ------
        NotFound
            With the closest ids.
        """
        return self._state.records.find(Dataset, identifier)

    def concept(self, identifier: str) -> Concept:
        """Return the concept with an id or an IRI."""
        return self._state.records.find(Concept, identifier)

    def publication(self, identifier: str) -> Publication:
        """Return the publication with an id, a DOI or an IRI."""
        return self._state.records.find(Publication, identifier)

    def agent(self, identifier: str) -> Agent:
        """Return the person or organisation with an id, an ORCID, a ROR or an IRI."""
        return self._state.records.find(Agent, identifier)

    def card(self, what: What) -> Dataset:
        """Return a dataset given as itself, as a hit, or by its id, DOI, CSTR or IRI.

        Raises
        ------
        NotFound, InvalidInput
            When there is none, or it is something else.
        """
        return self._state.records.card(what)

    def name_of(self, agent: str, language: str = "en") -> str:
        """Return an agent's name, or the id as it is when the hub does not know the agent."""
        return self._state.records.name_of(agent, language)

    def label_of(self, concept: str, language: str = "en") -> str:
        """Return a concept's preferred label, or the id when the hub does not know it."""
        return self._state.records.label_of(concept, language)

    # find

    def search(
        self,
        question: str,
        *,
        kind: str = "dataset",
        bbox: Sequence[float] | None = None,
        period: tuple[str | None, str | None] | None = None,
        variables: Sequence[str] = (),
        sector: str | Sequence[str] | None = None,
        license: str | None = None,
        publisher: str | None = None,
        openable: bool = False,
        offline: bool = False,
        access: str | Sequence[str] | None = None,
        format: str | None = None,
        resolution: float | str | None = None,
        step: str | None = None,
        unstated: Unstated | None = None,
        prefer: str | Sequence[str] | None = ("opens", "current", "open"),
        constraints: bool = True,
        without: str | Sequence[str] = (),
        explain: bool = False,
        limit: int = 10,
        offset: int = 0,
    ) -> Hits:
        """Find datasets, or records of another kind, for a question in English or Chinese.

        Parameters
        ----------
        question : str
            Words, a sentence or an identifier, in either language or both mixed.
        kind : str
            ``dataset``; ``variable`` (a dataset's variable), ``publication`` or ``concept``.
        bbox : sequence of four floats, optional
            West, south, east, north in degrees; west > east crosses the antimeridian. Datasets
            that do not touch the box are left out.
        period : tuple of two ISO dates, optional
            First and last day of interest, either may be None; ``("1979", "2020")``. For
            publications, when they were issued.
        variables : sequence of str, optional
            CF standard names, or names as the data write them; any of them will do.
        sector : str or sequence of str, optional
            Sectors, for example ``ocean``.
        license : str, optional
            A licence by any of its names, with or without its version, or ``open`` for all that
            allow reuse.
        publisher : str, optional
            An agent's id or a part of its name.
        openable, offline : bool
            Only datasets that open lazily, or that open with no network.
        access, format : str, optional
            ``open``, ``registration`` or ``restricted``; ``netcdf``, ``zarr``, ``csv`` and so on.
        resolution : float or str, optional
            Grid spacing in metres, or in words (``"1 km"``, ``"0.25 degree"``); finer will do.
        step : str, optional
            Time step: ``"daily"``, ``"3-hourly"`` or an ISO 8601 duration; finer will do.
        unstated : {"keep", "mark", "drop"}, optional
            What becomes of records that do not say. By default filters for licence, access and what
            most records state leave them out, others mark them; ``hits.filters`` counts them.
        prefer : str or sequence of str, optional
            What comes first among records that are as good: what ``opens`` lazily, what is
            ``current`` (still grows, or reached into the last two years), what is ``open``; None
            for nothing. ``hit.why`` says so.
        constraints : bool
            Heed years, places, time steps, grid spacings and the like that the question itself
            names; ``hits.understood`` shows what was understood.
        without : str or sequence of str, optional
            Chips of it that are not to be heeded, nor their words: ``"place"``, ``"period"`` ….
        explain : bool
            Work out why each hit is there at once, not when it is asked.
        limit, offset : int
            The page of hits: at most *limit*, after the first *offset*.

        Returns
        -------
        Hits
            Best first; each says why it is there.

        Raises
        ------
        InvalidInput
            For an unknown kind, a filter that means nothing for it, or an impossible box,
            period, sector or page.
        NotFound
            When the hub holds no records of the kind.
        """
        return self.search_many(
            [question], kind=kind, bbox=bbox, period=period, variables=variables, sector=sector,
            license=license, publisher=publisher, openable=openable, offline=offline,
            access=access, format=format, resolution=resolution, step=step,
            unstated=unstated, prefer=prefer,
            constraints=constraints, without=without, explain=explain, limit=limit, offset=offset,
        )[0]  # fmt: skip

    def search_many(self, questions: Sequence[str], **options: Unpack[SearchOptions]) -> list[Hits]:
        """Answer several questions at once; the sentence model reads them together.

        Parameters
        ----------
        questions : sequence of str
            Each as in `search`.
        **options
            As in `search`, the same for all.

        Returns
        -------
        list of Hits
            One for each question, in their order.
        """
        from sciknow.hub.find.search import parse_question, search_many

        return search_many(self._state, HIT, questions, parse_question(**options))

    async def search_async(self, question: str, **options: Unpack[SearchOptions]) -> Hits:
        """Answer a question in a thread, for programs that must not wait.

        Parameters
        ----------
        question : str
            As in `search`.
        **options
            As in `search`.
        """
        return await asyncio.to_thread(self.search, question, **options)

    def similar(self, what: object, *, kind: str = "dataset", limit: int = 10) -> Hits:
        """Find what is like a dataset, an array object or a text.

        Parameters
        ----------
        what : str, Dataset, Publication, Concept, array object or path
            A record, the id or DOI of a dataset or a publication, or any text. Of an
            `xarray.Dataset`, a `DataArray` or a data frame that a hub opened, the dataset counts;
            of others their title, their summary and their variables' names are read, and what
            lies in the same box and years is raised. A `pathlib.Path` is opened first.
        kind : str
            What to find, as in `search`.
        limit : int
            How many at most.

        Raises
        ------
        InvalidInput
            For an empty text, or an object that says nothing of itself.
        NotFound
            For a DOI or an address that the hub does not know, or a file that is not there.
        """
        from sciknow.hub.find.similar import similar

        return similar(self._state, HIT, what, kind, limit)

    def suggest(self, prefix: str, *, limit: int = 8) -> list[str]:
        """Complete what someone is typing, in either language."""
        from sciknow.hub.find.search import suggest

        return suggest(self._state, prefix, limit)

    def facets(
        self,
        question: str = "",
        *,
        kind: str = "dataset",
        best: int = 100,
        **filters: Unpack[SearchFilters],
    ) -> Facets:
        """Count records by sector, publisher, licence, format, language, concept and variable.

        Parameters
        ----------
        question : str
            When given, only the best hits for it are counted, else all that the filters leave.
        kind : str
            What to count, as in `search`.
        best : int
            How many hits of a question are counted at most.
        **filters
            As in `search`.

        Returns
        -------
        Facets
            Facet → word → number of records, and a table of the most frequent.
        """
        from sciknow.hub.find.search import facets, parse_question

        return facets(self._state, parse_question(question, kind=kind, **filters), best)

    # load

    @overload
    def open(
        self,
        what: What,
        distribution: str | None = None,
        *,
        as_: Literal["dataset"],
        **options: Unpack[OpenOptions],
    ) -> xr.Dataset: ...
    @overload
    def open(
        self,
        what: What,
        distribution: str | None = None,
        *,
        as_: Literal["tree"],
        **options: Unpack[OpenOptions],
    ) -> xr.DataTree: ...
    @overload
    def open(
        self,
        what: What,
        distribution: str | None = None,
        *,
        as_: Literal["table"],
        **options: Unpack[OpenOptions],
    ) -> DataFrame: ...
    @overload
    def open(
        self,
        what: What,
        distribution: str | None = None,
        *,
        as_: As | None = None,
        **options: Unpack[OpenOptions],
    ) -> Opened: ...
    def open(
        self,
        what: What,
        distribution: str | None = None,
        *,
        as_: As | None = None,
        locked: Path | str | None = None,
        copies: Folders | None = None,
        **options: Unpack[Options],
    ) -> Opened:
        """Open a dataset lazily, write it into the ledger, and return the array object.

        Parameters
        ----------
        what : str, Dataset or Hit
            A dataset, its id or its DOI, or a hit.
        distribution : str, optional
            Which way to take. When left out, those that need no network are tried first, then
            the others in their order; with a part named, the cheapest (see `plan`).
        as_ : {"dataset", "tree", "table"}, optional
            What it has to be: exactly this comes out, or an error that says what it is. A table
            is turned into a dataset along its index.
        locked : path, optional
            A lockfile: exactly what it pins is opened, after it has been verified.
        copies : path, or sequence of paths, optional
            Folders of preserved copies; those that ``SCIKNOW_COPIES`` names when left out. When
            no source answers, the newest copy that is whole is opened, with a warning; offline
            it comes before every remote source.
        **options
            ``bbox``, ``period`` and ``variables`` (only that part), ``max_bytes`` (a budget),
            ``table_as="dataset"`` (a table as a dataset, anything else as it is), ``deadline`` in
            seconds, ``cache``: see `sciknow.readers.Options`.

        Returns
        -------
        xarray.Dataset, xarray.DataTree or dask.dataframe.DataFrame
            Nothing but metadata has been read; attrs say where it comes from.

        Raises
        ------
        NotFound
            When the dataset has no such distribution, or none that opens.
        SourceUnavailable
            When no source answers, and no copy will do; says what was tried.
        IntegrityError
            When it is no longer what the lockfile pins; the message says what is different.
        InvalidInput
            When it is not what *as_* says.
        """
        return _open(
            self._state, what, distribution, as_=as_, locked=locked, copies=copies, **options
        )

    def plan(self, what: What, distribution: str | None = None, **options: Unpack[Options]) -> Plan:
        """Say what opening a part of a dataset would cost, before a byte of data moves.

        Parameters
        ----------
        what : str, Dataset or Hit
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
        return _plan(self._state, what, distribution, **options)

    def intake(self, what: What) -> IntakeCatalog:
        """Return an Intake catalogue of one dataset's distributions, built from checked values."""
        from sciknow.catalogs import to_intake

        return to_intake(self.card(what), self.base)

    def source(self, what: What) -> Source:
        """Return a dataset with its agents and data papers: what a citation needs."""
        from sciknow.hub.load.open import source_of

        return source_of(self._state, what)

    def cite(self, *what: What, style: str = "bibtex", language: str = "en") -> str:
        """Cite datasets with their data papers, and this software.

        Parameters
        ----------
        *what : str, Dataset or Hit
            Datasets, their ids or DOIs.
        style : str
            ``bibtex``, ``csl``, ``apa`` or ``gb-t-7714``.
        language : str
            ``en`` or ``zh``.
        """
        return _cite(self._state, *what, style=style, language=language)

    def ledger_entry(
        self,
        dataset: Dataset,
        way: Distribution,
        options: Mapping[str, object],
        opened: Opened | None = None,
    ) -> LedgerEntry:
        """Return what the ledger writes of a dataset, or of an array opened from it.

        Parameters
        ----------
        dataset, way : Dataset, Distribution
            What is opened, and by which way.
        options : mapping
            The options of `open`; those that select a part are written down.
        opened : array object, optional
            What came of it; when left out, nothing has been opened.
        """
        from sciknow.hub.load.open import ledger_entry

        return ledger_entry(self._state, dataset, way, selection_of(options), opened)

    # keep, combine, check

    def preserve(
        self,
        what: What,
        folder: Path | str,
        distribution: str | None = None,
        *,
        bbox: Sequence[float] | None = None,
        period: Sequence[str] | None = None,
        variables: Sequence[str] | str | None = None,
        max_bytes: int | None = None,
        dry_run: bool = False,
        despite_terms: bool = False,
        deadline: float = DEADLINE,
        progress: Progress | None = None,
    ) -> Preserved:
        """Keep a dataset for good: its files as they came, in a BagIt bag with fixity.

        The bag appears whole or not at all, as ``<folder>/<dataset>/<day>-<digest>/``, beside the
        older ones, which are never touched. A run that was broken off, however, goes on when the
        same is asked for again; what came is not fetched twice, and no bag is made of two
        versions of the source.

        Parameters
        ----------
        what : str, Dataset or Hit
            A dataset, its id or its DOI.
        folder : path
            Where bags lie.
        distribution : str, optional
            Which way; the first that answers when left out, those on this machine first.
        bbox, period, variables : optional
            Only this part, as of `open`; it is written as one NetCDF file.
        max_bytes : int, optional
            Refuse more bytes than this, before one moves where the sizes are known.
        dry_run : bool
            Say what it would take, and fetch nothing.
        despite_terms : bool
            You have the permission that the card says is needed.
        deadline : float
            Seconds in which a source must answer, and go on sending.
        progress : callable, optional
            Called with the stage, what is done of it, and how much there is.

        Returns
        -------
        Preserved
            The bag, the plan, and what came from where; its notes say what the terms are.

        Raises
        ------
        NotFound
            When the dataset has no way that opens.
        InvalidInput
            When its card says that access is restricted.
        LimitExceeded
            When it is more than *max_bytes*, or than the disk has room for.
        SourceUnavailable
            When the source does not answer; run it again and it goes on.
        IntegrityError
            When the source keeps changing while it is copied.
        """
        from sciknow.hub.keep.bag import preserve
        from sciknow.readers import parse_request

        return preserve(
            self._state, what, folder, distribution,
            parse_request(
                bbox=bbox, period=period, variables=variables,
                max_bytes=max_bytes, deadline=deadline,
            ),
            dry_run=dry_run, despite_terms=despite_terms, progress=progress,
        )  # fmt: skip

    def compatible(
        self, a: Thing, b: Thing, *more: Thing, water_density: float | None = None
    ) -> Compatibility:
        """Say how datasets or arrays fit together; see `sciknow.compatible`."""
        from sciknow.hub.combine.compare import compare_all
        from sciknow.hub.store.hubs import Hubs

        return compare_all((a, b, *more), Hubs(self._state), water_density)

    @overload
    def combine(
        self, what: Sequence[Thing], *, open: Literal[False], **options: Unpack[CombineOptions]
    ) -> tuple[Plan, ...]: ...
    @overload
    def combine(
        self,
        what: Sequence[Thing],
        *,
        open: Literal[True] = True,
        **options: Unpack[CombineOptions],
    ) -> xr.Dataset: ...
    def combine(
        self,
        what: Sequence[Thing],
        *,
        on: str = "overlap",
        grid: str | xr.Dataset = "coarser",
        time: str = "coarser",
        method: str = "auto",
        bbox: Sequence[float] | None = None,
        period: Sequence[str] | None = None,
        variables: Sequence[str] | None = None,
        max_bytes: int | None = None,
        open: bool = True,
        **options: Unpack[Fit],
    ) -> xr.Dataset | tuple[Plan, ...]:
        """Open several datasets, align them and merge them into one, lazily.

        Parameters
        ----------
        what : sequence
            Datasets, their ids or DOIs, hits, or arrays that are open already.
        on : {"overlap", "union", "first"}
            Which area and time the result has. With ``overlap`` no more is opened than what the
            cards say to be common.
        grid, time, method, **options
            As of `sciknow.align`; also ``calendar``, ``units``, ``water_density``, ``share``.
        bbox, period, variables
            Only this part, as of `open`; a dataset whose card lists none of the variables is
            taken with all of its own.
        max_bytes : int, optional
            Refuse where reading all parts would move more than this, all together.
        open : bool
            False returns the plans instead of opening anything.

        Returns
        -------
        xarray.Dataset or tuple of Plan
            Names that occur in several datasets get the id of theirs in front; ``attrs["history"]``
            says what was interpolated, ``ds.sciknow.origins`` lists the datasets. Each stands in
            the ledger.

        Raises
        ------
        InvalidInput
            Where they have no area or time in common, or their grids cannot be brought together.
        LimitExceeded
            Where the parts cost more than *max_bytes*.
        """
        from sciknow.hub.combine.combine import combine
        from sciknow.readers import parse_request

        return combine(
            self._state, what,
            parse_request(bbox=bbox, period=period, variables=variables, max_bytes=max_bytes),
            {"grid": grid, "time": time, "method": method, **options}, on=on, open=open,
        )  # fmt: skip

    def check(
        self,
        *what: What,
        sector: str | Sequence[str] | None = None,
        deep: bool = False,
        deadline: float | None = None,
        workers: int = 16,
        per_host: int = 2,
        history: Path | str | bool | None = None,
        max_age: float | None = None,
        progress: Progress | None = None,
    ) -> Availability:
        """Ask every source whether it still answers with what the catalogue says.

        Each distribution gets one small request; a dataset without any is asked for its landing
        page. What was found is recorded at once: a check that is interrupted or killed loses
        only what was under way, and `max_age` goes on where it stopped.

        Parameters
        ----------
        *what : str, Dataset or Hit
            Datasets, by id or DOI; all when left out.
        sector : str or sequence of str, optional
            Only the catalogues of these sectors.
        deep : bool
            Open with the reader too, and read one chunk of one variable.
        deadline : float, optional
            Seconds for each distribution: 20, or 60 where deep, when left out.
        workers, per_host : int
            Requests at the same time, in all and at one host.
        history : path or bool, optional
            The file that remembers; the user's own when left out (``SCIKNOW_HISTORY`` names
            another), none with False.
        max_age : float, optional
            Seconds: what was looked at since is not asked again.
        progress : callable, optional
            Told how far it is.

        Returns
        -------
        Availability
            How each stands, failing ones first.

        Raises
        ------
        SourceUnavailable
            Without a network, or offline: nothing is recorded that is this machine's fault.
        NotFound, InvalidInput
            For an unknown dataset or sector.
        """
        from sciknow.hub.check.check import check

        return check(
            self._state, what, sector=sector, deep=deep, deadline=deadline, workers=workers,
            per_host=per_host, history=history, max_age=max_age, progress=progress,
        )  # fmt: skip

    def availability(
        self,
        *what: What,
        sector: str | Sequence[str] | None = None,
        history: Path | str | None = None,
    ) -> Availability:
        """Return how distributions stood when they were last checked; no source is asked.

        Takes what `check` takes, and raises `NotFound` and `InvalidInput` as it does.
        """
        from sciknow.hub.check.check import standing

        return standing(self._state, what, sector=sector, history=history)

    # walk

    @property
    def graph(self) -> HubGraph:
        """The knowledge graph as a read-only `rdflib.Dataset`; queries go through the guard."""
        from sciknow.hub.walk.query import graph_of

        return graph_of(self._state)

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
        from sciknow.hub.walk.query import sparql

        return sparql(self._state, query, timeout=timeout, max_rows=max_rows)

    def related(self, what: What) -> Related:
        """Return what the graph joins to a dataset: publications, concepts, agents, datasets."""
        from sciknow.hub.walk.related import related

        return related(self._state, what)

    def queries(self) -> tuple[ReadyQuery, ...]:
        """Return the ready queries, sorted by name."""
        from sciknow.hub.walk.query import queries

        return queries()

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
        from sciknow.hub.walk.query import filled

        return self.sparql(filled(name, values))

    def sector(self, name: str) -> SectorOverview:
        """Return a sector at a glance: its concepts, its datasets, what opens, what is missing."""
        from sciknow.hub.walk.overview import sector_overview

        return sector_overview(self._state.records, name)


# what a hit does too


def _open(
    state: State,
    what: What,
    distribution: str | None = None,
    *,
    as_: As | None = None,
    locked: Path | str | None = None,
    copies: Folders | None = None,
    **options: Unpack[Options],
) -> Opened:
    from sciknow.hub.load.open import open_dataset
    from sciknow.readers import parse_request

    request = parse_request(as_, **options)
    return open_dataset(state, what, distribution, request, locked=locked, copies=copies)


def _plan(
    state: State, what: What, distribution: str | None = None, **options: Unpack[Options]
) -> Plan:
    from sciknow.hub.load.open import plan_dataset
    from sciknow.readers import parse_request

    return plan_dataset(state, what, distribution, parse_request(**options))


def _cite(state: State, *what: What, style: str = "bibtex", language: str = "en") -> str:
    from sciknow.hub.load.cite import cite

    return cite(state, *what, style=style, language=language)


def _compare(state: State, one: Thing, other: Thing) -> Compatibility:
    from sciknow.hub.combine.compare import compare_all
    from sciknow.hub.store.hubs import Hubs

    return compare_all((one, other), Hubs(state), None)


HIT = HitVerbs(_open, _plan, _cite, _compare)
"""What a hit takes over from the hub."""
