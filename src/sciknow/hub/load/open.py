"""From a dataset to a lazy array that the ledger knows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import sciknow.availability as availability
import sciknow.ledger as ledger
import sciknow.readers as readers
from sciknow.clock import now
from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    MissingDependency,
    NotFound,
    SciknowError,
    SourceUnavailable,
)
from sciknow.hub.keep.copy import read_copy
from sciknow.hub.load.copies import Copies, Folders
from sciknow.hub.pin.verdict import is_named, verify_one
from sciknow.hub.store.records import What
from sciknow.hub.store.state import State
from sciknow.ledger import Source
from sciknow.model import Agent, Dataset, Distribution
from sciknow.model.selection import read_selection
from sciknow.net import is_offline
from sciknow.readers import Opened, Options, Plan, Request

SETTING = "SCIKNOW_COPIES"


class OpenOptions(Options, total=False):
    """All that `Hub.open` takes by keyword, but for *as_*.

    Parameters
    ----------
    locked : path
        A lockfile: exactly what it pins is opened, after it has been verified.
    copies : path, or sequence of paths
        Folders of preserved copies; those that ``SCIKNOW_COPIES`` names when left out.
    """

    locked: Path | str | None
    copies: Folders | None


def open_dataset(
    state: State,
    what: What,
    distribution: str | None,
    request: Request,
    *,
    locked: Path | str | None = None,
    copies: Folders | None = None,
) -> Opened:
    """Open a dataset lazily, and write it into the ledger; see `Hub.open`.

    Its sources are tried, then preserved copies; offline the copies come before remote sources,
    of which only what is cached can be had.
    """
    dataset, folders = state.records.card(what), folders_of(copies)
    kept = Copies(dataset.id, folders, distribution) if folders else None
    if locked is not None:
        return _open_locked(state, dataset, locked, distribution, request, kept)
    try:
        ways = ways_of(dataset, distribution)
    except NotFound as error:
        if kept is None:
            raise
        try:
            return kept.open(request, hub=state.name, since=error.message)
        except SourceUnavailable as none:
            told = f"{error.message}; {none.message}"
            raise NotFound(told, hint=error.hint or none.hint) from error
    failed: list[SciknowError] = []
    for place in _places(ways, kept):
        try:
            if isinstance(place, Copies):
                since = "" if is_offline() else _told(failed)
                return place.open(request, hub=state.name, since=since)
            return _open_source(state, dataset, place, request)
        except (SourceUnavailable, IntegrityError, MissingDependency) as error:
            failed.append(error)
    if len(failed) == 1:
        raise failed[0]
    raise SourceUnavailable(_told(failed), hint=failed[0].hint) from failed[0]


def _told(failed: list[SciknowError]) -> str:
    return "; ".join(dict.fromkeys(error.message for error in failed))


def _places(
    ways: tuple[Distribution, ...], kept: Copies | None
) -> Iterator[tuple[Distribution, ...] | Copies]:
    """Yield where to look, one after the other: several ways, or the preserved copies."""
    if kept is None:
        yield ways
    elif is_offline():
        local = tuple(way for way in ways if way.offline)
        remote = tuple(way for way in ways if not way.offline)
        yield from (place for place in (local, kept, remote) if place)
    else:
        yield from (ways, kept)


def _open_source(
    state: State, dataset: Dataset, ways: tuple[Distribution, ...], request: Request
) -> Opened:
    """Open the way that answers first; of a part the cheapest, should it fail another one."""
    attrs = attrs_of(state, dataset)
    if request.selection and len(ways) > 1:
        best = readers.plan_cheapest(ways, state.base, attrs, request).distribution
        try:
            return _open_ways(state, dataset, (best,), request)
        except (SourceUnavailable, IntegrityError):
            ways = tuple(way for way in ways if way.id != best.id)
    return _open_ways(state, dataset, ways, request)


def _open_ways(
    state: State, dataset: Dataset, ways: tuple[Distribution, ...], request: Request
) -> Opened:
    way, opened = readers.open_first(ways, state.base, attrs_of(state, dataset), request)
    readers.remember(opened)
    selection = request.selection.to_dict()
    ledger.current().record(ledger_entry(state, dataset, way, selection, opened))
    availability.note_opened(availability.notes_of(availability.user_history()), dataset.id, way.id)
    return opened


def _open_locked(
    state: State,
    dataset: Dataset,
    path: Path | str,
    distribution: str | None,
    request: Request,
    kept: Copies | None,
) -> Opened:
    part = request.selection.to_dict()
    item = ledger.read_lock(path).find(dataset.id, distribution, part).pinned()
    verdict = verify_one(item, state, request.deadline, kept)
    problem = verdict.error()
    if problem is not None:
        raise problem
    wanted = replace(request, selection=read_selection(item.selection))
    if verdict.bag:
        return read_copy(verdict.bag).open(wanted, hub=state.name)
    way = verdict.way or item.way()
    named = is_named(item, way, state)
    return _open_ways(state, dataset, (way,), replace(wanted, trusted=named))


def folders_of(copies: Folders | None) -> tuple[Path, ...]:
    """Return where preserved copies lie: what is given, else what ``SCIKNOW_COPIES`` names.

    Raises
    ------
    InvalidInput
        For something other than folders.
    """
    if copies is None:
        named = os.environ.get(SETTING, "").split(os.pathsep)
        return tuple(Path(name).expanduser() for name in named if name)
    given: Sequence[object] = copies if isinstance(copies, (list, tuple)) else [copies]
    for item in given:
        if not isinstance(item, (str, Path)) or not str(item):
            raise InvalidInput(f"copies={item!r} is no folder", hint="name a folder of bags")
    return tuple(Path(str(item)) for item in given)


def plan_dataset(state: State, what: What, distribution: str | None, request: Request) -> Plan:
    """Say what opening a part of a dataset would cost; see `Hub.plan`."""
    dataset = state.records.card(what)
    ways = ways_of(dataset, distribution)
    return readers.plan_cheapest(ways, state.base, attrs_of(state, dataset), request)


def ways_of(dataset: Dataset, name: str | None = None) -> tuple[Distribution, ...]:
    """Return the distributions that open lazily, those that need no network first.

    Parameters
    ----------
    dataset : Dataset
        The record.
    name : str, optional
        Only the distribution of this id.

    Raises
    ------
    NotFound
        When there is none; the message says where the data are, or what can be named.
    """
    ways = (way for way in dataset.distributions if way.openable and name in (None, way.id))
    found = tuple(sorted(ways, key=lambda way: not way.offline))
    if found:
        return found
    if name is None:
        places = [way.access_url for way in dataset.distributions] or [dataset.landing_page]
        told = " or ".join(filter(None, places))
        raise NotFound(
            f"dataset {dataset.id} has no distribution that opens lazily",
            hint=f"get it from {told}" if told else "ask its publisher",
        )
    known = ", ".join(way.id for way in dataset.distributions if way.openable) or "none"
    raise NotFound(
        f"dataset {dataset.id} has no openable distribution {name!r}",
        hint=f"those that open: {known}",
    )


def source_of(state: State, what: What) -> Source:
    """Return a dataset with its agents and data papers: what a citation needs."""
    records = state.records
    dataset = records.card(what)
    creators = (records.get(Agent, name) for name in dataset.creators)
    return Source(
        dataset=dataset,
        publisher=records.get(Agent, dataset.publisher) if dataset.publisher else None,
        creators=tuple(agent for agent in creators if agent),
        data_papers=records.publications(dataset.id, "describes"),
    )


def ledger_entry(
    state: State,
    dataset: Dataset,
    way: Distribution,
    selection: Mapping[str, object],
    opened: Opened | None = None,
) -> ledger.Opened:
    """Return what the ledger writes of a dataset, or of an array opened from it."""
    told = {} if opened is None else readers.origin(opened.attrs)
    return ledger.Opened(
        source=source_of(state, dataset),
        distribution=way,
        location=told.get("access_url", way.access_url),
        opened_at=now(),
        generation=state.manifest.id,
        hub=state.name,
        selection=selection,
        nbytes=None if opened is None else readers.memory_of(opened),
        libraries=ledger.library_versions(),
    )


def attrs_of(state: State, dataset: Dataset) -> dict[str, str]:
    """Return what the card of a dataset says of an array that is opened from it."""
    publisher = state.records.get(Agent, dataset.publisher)
    attrs = readers.dataset_attrs(
        dataset,
        publisher=publisher.name.best() if publisher else "",
        publisher_url=publisher.homepage if publisher else "",
    )
    return {**attrs, "sciknow_generation": state.manifest.id}
