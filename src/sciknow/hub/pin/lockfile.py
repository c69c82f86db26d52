"""The verbs of pinning: lock what was opened, verify a lockfile.

The hub is where the rooms meet: readers take fingerprints, the ledger writes, reads and compares
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import sciknow.ledger as ledger
import sciknow.readers as readers
from sciknow.clock import now
from sciknow.errors import InvalidInput
from sciknow.hub.find.hit import Hit
from sciknow.hub.hub import Hub
from sciknow.hub.keep.copy import check_inside, read_copy
from sciknow.hub.load.copies import Copies, Folders
from sciknow.hub.load.open import folders_of, ledger_entry, ways_of
from sciknow.hub.pin.verdict import base_of, verify_one
from sciknow.hub.store.hubs import Hubs
from sciknow.ledger import Ledger, Locked, Opened, Report
from sciknow.model import Dataset

LOCKFILE = "sciknow.lock"

What: TypeAlias = str | Dataset | Hit
"""What can be locked: a dataset, its id or DOI, or a hit."""


def lock(
    path: Path | str = LOCKFILE,
    what: Ledger | What | Iterable[What] | None = None,
    *,
    hub: Hub | None = None,
    mirrors: Mapping[str, Sequence[str]] | None = None,
    deadline: float = 300.0,
) -> Path:
    """Write down what was opened, with digests that tell later whether it is still the same.

    Parameters
    ----------
    path : path
        The lockfile; it appears whole or not at all.
    what : Ledger, or datasets, ids or hits, optional
        What to lock; everything in the current ledger when left out.
    hub : Hub, optional
        Where ids are looked up, and what has no hub of its own; the default one when left out.
    mirrors : mapping of str to sequence of str, optional
        Dataset id → other addresses of the same bytes, tried by `verify` in this order.
    deadline : float
        Seconds for each read.

    Returns
    -------
    Path
        The lockfile.

    Raises
    ------
    InvalidInput
        When there is nothing to lock.
    SourceUnavailable
        When a source does not answer; no file is written then.

    Examples
    --------
    >>> lock("sciknow.lock", ["mur-sst"])                       # doctest: +SKIP
    """
    with Hubs(hub._state if hub is not None else None) as hubs:
        entries = [*_entries(what, hubs)]
        if not entries:
            raise InvalidInput("nothing was opened, so there is nothing to lock", hint="open first")
        others = _parse_mirrors(mirrors or {}, {item.source.dataset.id for item in entries})
        found = [_lock_one(entry, hubs, others, deadline) for entry in entries]
    return ledger.write_lock(Path(path), ledger.make_lock(found))


def verify(
    path: Path | str = LOCKFILE,
    *,
    hub: Hub | None = None,
    copies: Folders | None = None,
    deadline: float = 300.0,
) -> Report:
    """Tell whether locked data are unchanged, changed or gone.

    Parameters
    ----------
    path : path
        The lockfile.
    hub : Hub, optional
        Where local paths start and other ways are looked up; the one that the lockfile names
        where it is on this machine, else the default one.
    copies : path, or sequence of paths, optional
        Folders of preserved copies, looked at when nothing else has the locked bytes; those that
        ``SCIKNOW_COPIES`` names when left out.
    deadline : float
        Seconds for each read.

    Returns
    -------
    Report
        Of each: unchanged, changed (what, and since when as far as known), or gone (what was
        tried); ``ok`` says whether all are unchanged.

    Raises
    ------
    NotFound, InvalidInput
        When there is no lockfile, or it is none.
    """
    found, folders = ledger.read_lock(path), folders_of(copies)
    with Hubs(hub._state if hub is not None else None) as hubs:
        verdicts = [
            verify_one(
                item,
                hubs.named(item.hub),
                deadline,
                Copies(item.id, folders) if folders else None,
            )
            for item in found.dataset
        ]
    return ledger.Report(verdicts, notes=[*_environment_notes(found.environment)])


def _entries(what: Ledger | What | Iterable[What] | None, hubs: Hubs) -> Iterator[Opened]:
    if what is None or isinstance(what, ledger.Ledger):
        yield from ledger.current() if what is None else what
        return
    several = list(what) if isinstance(what, Iterable) and not isinstance(what, str) else [what]
    for item in several:
        if not isinstance(item, (str, Dataset, Hit)):
            raise InvalidInput(
                f"{type(item).__name__} is nothing that can be locked",
                hint="give datasets, ids or hits, or nothing for all that was opened",
            )
        state = item._state if isinstance(item, Hit) else hubs.default()
        dataset = state.records.card(item)
        yield ledger_entry(state, dataset, ways_of(dataset)[0], {})


def _parse_mirrors(
    mirrors: Mapping[str, Sequence[str]], locked: set[str]
) -> dict[str, tuple[str, ...]]:
    """Check other addresses; one alone may be given as itself."""
    for name in mirrors:
        if name not in locked:
            raise InvalidInput(
                f"mirrors of {name!r}, which is not locked",
                hint="locked are " + ", ".join(sorted(locked)),
            )
    return {
        name: (urls,) if isinstance(urls, str) else tuple(urls) for name, urls in mirrors.items()
    }


def _lock_one(
    entry: Opened, hubs: Hubs, mirrors: Mapping[str, Sequence[str]], deadline: float
) -> Locked:
    way, dataset, base = entry.distribution, entry.source.dataset, Path(entry.bag)
    others = list(mirrors.get(dataset.id, ()))
    if entry.bag:
        copy = read_copy(entry.bag)
        check_inside(copy.folder, copy.opens)
        others += [way.access_url] if copy.as_it_came and "://" in way.access_url else []
        way = replace(copy.opens, storage_options=copy.origin.storage_options)
    else:
        base = base_of(hubs.named(entry.hub))
    print_ = readers.take_fingerprint(way, base=base, selection=entry.selection, deadline=deadline)
    return ledger.Locked(
        id=dataset.id,
        title=dataset.title.best(),
        doi=dataset.doi,
        version=dataset.version,
        distribution=way.id,
        reader=readers.reader_for(way).format.name,
        url=way.access_url,
        options=way.options,
        storage_options=way.storage_options,
        selection=entry.selection,
        mirrors=tuple(others),
        bag=entry.bag,
        hub=entry.hub,
        generation=entry.generation,
        locked=now(),
        fingerprint=print_,
    )


def _environment_notes(locked: Mapping[str, str]) -> Iterator[str]:
    now = ledger.environment()
    differ = [
        f"{name} {locked[name]} → {now.get(name, 'not installed')}"
        for name in sorted(locked)
        if now.get(name) != locked[name]
    ]
    if differ:
        yield "other library versions than when it was locked: " + ", ".join(differ)
