"""One locked distribution: what became of it, and where its bytes are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import sciknow.ledger as ledger
import sciknow.readers as readers
from sciknow.errors import IntegrityError, NotFound, SciknowError, SourceUnavailable, UntrustedInput
from sciknow.hub.keep.copy import check_inside, read_copy
from sciknow.hub.load.copies import Copies
from sciknow.hub.store.state import State
from sciknow.ledger import Locked, Verdict
from sciknow.model import Dataset, Distribution
from sciknow.net import redact

Place = tuple[Distribution, Path, str]
"""A way, the folder that its local paths start from, and the preserved copy that it is in."""


def _places(item: Locked, state: State | None, copies: Copies | None) -> Iterator[Place]:
    """Yield where the locked bytes may be: where they were, mirrors, ways and copies alike."""
    base = base_of(state)
    if item.bag:
        yield item.way(), Path(item.bag), item.bag
    else:
        yield item.way(), base, ""
    for url in item.mirrors:
        yield item.way(url), base, ""
    try:
        ways = state.records.find(Dataset, item.id).distributions if state is not None else ()
    except NotFound:
        ways = ()
    known = {item.url, *item.mirrors}
    for way in ways:
        if way.reader == item.reader and way.access_url not in known:
            yield way, base, ""
    for copy in copies(item.selection, []) if copies is not None else ():
        folder = str(copy.folder.resolve())
        if copy.opens.reader == item.reader and folder != item.bag:
            yield copy.opens, copy.folder, folder


def base_of(state: State | None) -> Path:
    """Return where the local paths of a hub start; nowhere without a hub."""
    return Path("/nonexistent") if state is None else state.base


def verify_one(
    item: Locked, state: State | None, deadline: float, copies: Copies | None = None
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
    for number, (way, folder, bag) in enumerate(_places(item, state, copies)):
        place = str(folder / way.access_url) if bag else redact(way.access_url)
        try:
            verdict = _compared(item, way, _checked(folder, bag), deadline)
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
    return replace(changed, notes=(*changed.notes, *_still_there(item, base_of(state), deadline)))


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


def _still_there(item: Locked, base: Path, deadline: float) -> Iterator[str]:
    """Say that the locked snapshot can be had, although its branch has moved on or is gone."""
    pinned = item.pinned()
    if pinned == item:
        return
    try:
        verdict = _compared(pinned, pinned.way(), base, deadline)
    except SourceUnavailable:
        return
    if verdict.ok:
        snapshot = item.fingerprint.snapshot
        yield f"the locked snapshot {snapshot} is still there; opening it locked gives exactly it"


def _compared(item: Locked, way: Distribution, base: Path, deadline: float) -> Verdict:
    try:
        now = readers.take_fingerprint(
            way,
            base=base,
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
