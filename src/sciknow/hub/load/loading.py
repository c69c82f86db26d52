"""Loading: from a dataset to a lazy array that the ledger knows, and to its citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sciknow.errors import IntegrityError, NotFound, SourceUnavailable
from sciknow.hub.keep.preserved import read_copy
from sciknow.hub.load.copies import Attempt, Copies, Folders, folders_of, open_first
from sciknow.hub.load.way import check_options, ways_of
from sciknow.hub.pin.pinned import folder_name, verify_one
from sciknow.hub.rooms import availability, catalogs, ledger, readers
from sciknow.hub.store.lookup import Lookup
from sciknow.hub.store.paths import user_history
from sciknow.model import Agent, Dataset, Distribution
from sciknow.net import DEADLINE, is_offline
from sciknow.version import __version__

if TYPE_CHECKING:
    from sciknow.ledger import Opened, Source
    from sciknow.readers import Plan


class Loading(Lookup):
    """Opening, planning and citing the datasets of a hub."""

    def open(
        self,
        what: str | Dataset,
        distribution: str | None = None,
        *,
        locked: Path | str | None = None,
        copies: Folders | None = None,
        **options: Any,
    ) -> Any:
        """Open a dataset lazily, write it into the ledger, and return the array object.

        Parameters
        ----------
        what : str, Dataset or Hit
            A dataset, its id or its DOI, or a hit.
        distribution : str, optional
            Which way to take. When left out, those that need no network are tried first, then
            the others in their order; with a part named, the cheapest (see `plan`).
        locked : path, optional
            A lockfile: exactly what it pins is opened, after it has been verified.
        copies : path, or sequence of paths, optional
            Folders of preserved copies; those that ``SCIKNOW_COPIES`` names when left out. When
            no source answers, the newest copy that is whole is opened, with a warning; offline
            it comes before every remote source.
        **options
            ``bbox``, ``period`` and ``variables`` (only that part), ``max_bytes`` (a budget),
            ``table_as="dataset"``, ``deadline`` in seconds, ``cache``: see
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
            When no source answers, and no copy will do; says what was tried.
        IntegrityError
            When it is no longer what the lockfile pins; the message says what is different.
        """
        check_options(options)
        options = {k: list(v) if isinstance(v, Iterator) else v for k, v in options.items()}
        wanted = readers.parse_selection(*(options.get(key) for key in ledger.SELECTION))
        dataset, folders = self.card(what), folders_of(copies)
        kept = Copies(dataset.id, folders, distribution) if folders else None
        if locked is not None:
            return self._open_locked(dataset, locked, distribution, options, kept)
        try:
            ways = ways_of(dataset, distribution)
        except NotFound as error:
            if kept is None:
                raise
            return self._instead(error, kept, options)
        return open_first([*self._attempts(dataset, ways, options, kept, bool(wanted))])

    def _attempts(
        self,
        dataset: Dataset,
        ways: tuple[Distribution, ...],
        options: dict[str, Any],
        kept: Copies | None,
        planned: bool,
    ) -> Iterator[Attempt]:
        """Yield what to try: sources (the cheapest first where *planned*), then preserved copies.

        Offline the copies come before remote sources, of which only what is cached can be had.
        """
        if kept is not None and is_offline():
            local = tuple(way for way in ways if way.offline)
            if local:
                yield partial(self._try_ways, dataset, local, options)
            yield lambda _: self._open_copy(kept, options)
            ways = tuple(way for way in ways if not way.offline)
        if planned and len(ways) > 1:
            yield partial(self._try_planned, dataset, ways, options)
        elif ways:
            yield partial(self._try_ways, dataset, ways, options)
        if kept is not None and not is_offline():
            yield lambda failed: self._open_copy(kept, options, since=failed)

    def _try_ways(
        self,
        dataset: Dataset,
        ways: tuple[Distribution, ...],
        options: dict[str, Any],
        _failed: str,
    ) -> Any:
        return self._open_ways(dataset, ways, options)

    def _try_planned(
        self,
        dataset: Dataset,
        ways: tuple[Distribution, ...],
        options: dict[str, Any],
        _failed: str,
    ) -> Any:
        """Open the cheapest way, and should it fail meanwhile, another one."""
        plan = readers.plan_dataset(ways, base=self.base, attrs=self._attrs(dataset), **options)
        try:
            return self._open_ways(dataset, (plan.distribution,), options)
        except (SourceUnavailable, IntegrityError):
            others = tuple(way for way in ways if way.id != plan.distribution.id)
            return self._open_ways(dataset, others, options)

    def _instead(self, error: NotFound, kept: Copies, options: dict[str, Any]) -> Any:
        """Open a copy of what the hub knows no way to."""
        try:
            return self._open_copy(kept, options, since=error.message)
        except SourceUnavailable as none:
            told = f"{error.message}; {none.message}"
            raise NotFound(told, hint=error.hint or none.hint) from error

    def _open_copy(self, kept: Copies, options: dict[str, Any], *, since: str = "") -> Any:
        return kept.open(options, hub=folder_name(self.path), since=since)

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
        check_options(options)
        dataset = self.card(what)
        ways = ways_of(dataset, distribution)
        return readers.plan_dataset(ways, base=self.base, attrs=self._attrs(dataset), **options)

    def _open_locked(
        self,
        dataset: Dataset,
        path: Path | str,
        distribution: str | None,
        options: dict[str, Any],
        kept: Copies | None,
    ) -> Any:
        part = ledger.selection_of({key: options.pop(key, None) for key in ledger.SELECTION})
        item = ledger.read_lock(path).find(dataset.id, distribution, part).pinned()
        deadline = float(options.get("deadline", DEADLINE))
        verdict = verify_one(item, self, self.base, deadline, kept)
        problem = verdict.error()
        if problem is not None:
            raise problem
        wanted = options | dict(item.selection)
        if verdict.bag:
            return read_copy(verdict.bag).open(wanted, hub=folder_name(self.path))
        return self._open_ways(dataset, (verdict.way or item.way(),), wanted)

    def _open_ways(
        self, dataset: Dataset, ways: tuple[Distribution, ...], options: dict[str, Any]
    ) -> Any:
        way, opened = readers.open_any(ways, base=self.base, attrs=self._attrs(dataset), **options)
        readers.remember(opened)
        ledger.current().record(self.ledger_entry(dataset, way, options, opened))
        availability.note_opened(availability.notes_of(user_history()), dataset.id, way.id)
        return opened

    def ledger_entry(
        self, dataset: Dataset, way: Distribution, options: Mapping[str, Any], opened: Any = None
    ) -> Opened:
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
        dataset = self.card(what)
        return catalogs.to_intake(dataset, self._generation.base)

    def source(self, what: str | Dataset) -> Source:
        """Return a dataset with its agents and data papers: what a citation needs."""
        dataset = self.card(what)
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
