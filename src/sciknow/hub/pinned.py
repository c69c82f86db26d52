"""One locked distribution: what became of it, and where its bytes are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.errors import IntegrityError, NotFound, SourceUnavailable
from sciknow.hub.paths import embedded_hub
from sciknow.hub.rooms import ledger, readers
from sciknow.model import Distribution
from sciknow.net import redact

if TYPE_CHECKING:
    from sciknow.hub.lookup import Lookup
    from sciknow.ledger import Locked, Verdict


def _ways(item: Locked, hub: Lookup | None) -> Iterator[Distribution]:
    """Yield where the locked bytes may be: the way itself, its mirrors, ways of the same kind."""
    yield item.way()
    for url in item.mirrors:
        yield item.way(url)
    try:
        ways = hub.dataset(item.id).distributions if hub is not None else ()
    except NotFound:
        ways = ()
    known = {item.url, *item.mirrors}
    for way in ways:
        if way.reader == item.reader and way.access_url not in known:
            yield way


def verify_one(item: Locked, hub: Lookup | None, base: Path, deadline: float) -> Verdict:
    """Tell what became of one locked distribution.

    Parameters
    ----------
    item : Locked
        The entry.
    hub : Lookup or None
        Where other ways to the dataset are looked up.
    base : Path
        Where local paths start.
    deadline : float
        Seconds for each read.

    Raises
    ------
    MissingDependency, NotFound
        When there is no reader for it here, so that nothing can be said.
    """
    tried: list[tuple[str, str]] = []
    changed: Verdict | None = None
    for number, way in enumerate(_ways(item, hub)):
        url = redact(way.access_url)
        try:
            verdict = _compared(item, way, base, deadline)
        except SourceUnavailable as error:
            tried.append((url, str(error)))
            continue
        if verdict.ok:
            moved = (f"found at {url}, not where it was locked",) if number else ()
            return replace(verdict, notes=(*verdict.notes, *moved), tried=tuple(tried))
        changed = verdict if number == 0 else changed
        tried.append((url, "other data: " + "; ".join(map(str, verdict.changes[:3]))))
    if changed is None:
        changed = ledger.Verdict(locked=item, status=ledger.Status.GONE, tried=tuple(tried))
    else:
        changed = replace(changed, tried=tuple(tried[1:]))
    return replace(changed, notes=(*changed.notes, *_still_there(item, base, deadline)))


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


def folder_name(path: Path) -> str:
    """Return what a ledger and a lockfile call a hub: its folder; empty for the embedded one."""
    return "" if path.resolve() == embedded_hub().resolve() else str(path.resolve())
