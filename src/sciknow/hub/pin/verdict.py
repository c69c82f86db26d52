"""One locked distribution: what became of it, and where its bytes are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import sciknow.ledger as ledger
import sciknow.readers as readers
from sciknow.errors import IntegrityError, NotFound, SciknowError, SourceUnavailable, UntrustedInput
from sciknow.hub.keep.copy import check_inside, read_copy
from sciknow.hub.load.copies import Copies
from sciknow.hub.store.state import State
from sciknow.ledger import Locked, Verdict
from sciknow.model import Dataset, Distribution
from sciknow.model.plain import to_plain
from sciknow.net import redact


class Place(NamedTuple):
    """Where locked bytes may be.

    Parameters
    ----------
    way : Distribution
        The way.
    folder : Path
        The folder that its local paths start from.
    bag : str
        The preserved copy that it is in.
    trusted : bool
        Whether the hub, or the user, names it; a lockfile may have been written by anybody.
    """

    way: Distribution
    folder: Path
    bag: str = ""
    trusted: bool = True


def _places(item: Locked, state: State | None, copies: Copies | None) -> Iterator[Place]:
    """Yield where the locked bytes may be: where they were, mirrors, ways and copies alike."""
    base, ways = base_of(state), _ways(item, state)
    if item.bag:
        yield Place(item.way(), Path(item.bag), item.bag)
    else:
        yield Place(item.way(), base, trusted=_is_known(item.way(), ways))
    for url in item.mirrors:
        yield Place(item.way(url), base, trusted=_is_known(item.way(url), ways))
    before = {item.url, *item.mirrors}
    for way in ways:
        if way.reader == item.reader and way.access_url not in before:
            yield Place(way, base)
    for copy in copies(item.selection, []) if copies is not None else ():
        folder = str(copy.folder.resolve())
        if copy.opens.reader == item.reader and folder != item.bag:
            yield Place(copy.opens, copy.folder, folder)


def _ways(item: Locked, state: State | None) -> tuple[Distribution, ...]:
    try:
        return state.records.find(Dataset, item.id).distributions if state is not None else ()
    except NotFound:
        return ()


def is_named(item: Locked, way: Distribution, state: State | None) -> bool:
    """Tell whether the hub itself names a way, where a lockfile may be by anybody."""
    return _is_known(way, _ways(item, state))


def _is_known(way: Distribution, ways: Iterable[Distribution]) -> bool:
    """Tell whether one of some ways names all addresses of a way, with the same access."""
    named = set(readers.addresses_of(way))
    return any(
        not one.harvested
        and one.access_url == way.access_url
        and to_plain(dict(one.storage_options)) == to_plain(dict(way.storage_options))
        and named <= set(readers.addresses_of(one))
        for one in ways
    )


def base_of(state: State | None) -> Path:
    """Return where the local paths of a hub start; nowhere without a hub."""
    return Path("/nonexistent") if state is None else state.base


def verify_one(
    item: Locked,
    state: State | None,
    deadline: float,
    copies: Copies | None = None,
) -> Verdict:
    """Tell what became of one locked distribution.

    Parameters
    ----------
    item : Locked
        The entry.
    state : State or None
        Where local paths start and other ways to the dataset are looked up.
    deadline : float
        Seconds for each read.
    copies : Copies, optional
        Preserved copies of the dataset, looked at when nothing else has the locked bytes.

    Raises
    ------
    MissingDependency, NotFound
        When there is no reader for it here, so that nothing can be said.
    """
    tried: list[tuple[str, str]] = []
    changed: Verdict | None = None
    for number, found in enumerate(_places(item, state, copies)):
        way, folder, bag, _ = found
        place = str(folder / way.access_url) if bag else redact(way.access_url)
        try:
            base = _checked(folder, bag)
            verdict = _compared(item, found._replace(folder=base), deadline)
        except SourceUnavailable as error:
            tried.append((place, str(error)))
            continue
        except UntrustedInput as error:
            if number == 0:
                raise
            tried.append((place, str(error)))  # a mirror that is none keeps no other from trying
            continue
        if verdict.ok:
            moved = (f"found at {place}, not where it was locked",) if number else ()
            notes = (*verdict.notes, *moved)
            return replace(verdict, notes=notes, tried=tuple(tried), bag=bag)
        changed = verdict if number == 0 else changed
        tried.append((place, "other data: " + "; ".join(map(str, verdict.changes[:3]))))
    tried += _other_forms(item, copies)
    if changed is None:
        changed = ledger.Verdict(locked=item, status=ledger.Status.GONE, tried=tuple(tried))
    else:
        changed = replace(changed, tried=tuple(tried[1:]))
    return replace(changed, notes=(*changed.notes, *_still_there(item, state, deadline)))


def _other_forms(item: Locked, copies: Copies | None) -> Iterator[tuple[str, str]]:
    """Tell of copies that hold the data in another form, so that bytes cannot be compared."""
    for copy in copies(item.selection, []) if copies is not None else ():
        if copy.opens.reader != item.reader:
            form = f"holds the data as {copy.opens.reader}, locked was {item.reader}"
            yield str(copy.folder), f"{form}; open it without the lock, with copies="


def _checked(folder: Path, bag: str) -> Path:
    """Return the folder that local paths start from; of a copy only where it is a bag of ours."""
    if not bag:
        return folder
    try:
        copy = read_copy(folder)
        check_inside(copy.folder, copy.opens)
    except SciknowError as error:
        raise SourceUnavailable(error.message, hint=error.hint) from error
    return copy.folder


def _still_there(item: Locked, state: State | None, deadline: float) -> Iterator[str]:
    """Say that the locked snapshot can be had, although its branch has moved on or is gone."""
    pinned = item.pinned()
    if pinned == item:
        return
    known = is_named(item, item.way(), state)
    place = Place(pinned.way(), base_of(state), trusted=known)
    try:
        verdict = _compared(pinned, place, deadline)
    except (SourceUnavailable, UntrustedInput):
        return
    if verdict.ok:
        snapshot = item.fingerprint.snapshot
        yield f"the locked snapshot {snapshot} is still there; opening it locked gives exactly it"


def _compared(item: Locked, place: Place, deadline: float) -> Verdict:
    way = place.way
    try:
        now = readers.take_fingerprint(
            way,
            base=place.folder,
            trusted=place.trusted,
            like=item.fingerprint,
            selection=item.selection,
            deadline=deadline,
        )
    except IntegrityError as error:
        damage = ledger.Change(ledger.ChangeKind.DAMAGED, redact(way.access_url), str(error))
        return ledger.Verdict(locked=item, status=ledger.Status.CHANGED, way=way, changes=(damage,))
    found = ledger.compare(item.fingerprint, now)
    return ledger.Verdict(
        locked=item,
        status=ledger.Status.CHANGED if found.changes else ledger.Status.UNCHANGED,
        way=way,
        changes=found.changes,
        notes=found.notes,
        modified=now.modified,
    )
