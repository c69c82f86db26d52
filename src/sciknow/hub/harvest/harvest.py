"""`harvest` and `receipts`: a source into a hub's archive, a new generation, and what came."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from sciknow.catalogs import read_sources, source_named
from sciknow.errors import InvalidInput, NotFound, SourceUnavailable
from sciknow.harvest import mapping
from sciknow.harvest.protocol import Ask
from sciknow.harvest.registry import find_protocol, protocol_named
from sciknow.harvest.run import Manners, harvest
from sciknow.harvest.saved import saved_answers
from sciknow.hub.make.harvested import harvests_of
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.paths import packaged_source
from sciknow.hub.store.state import MERGED
from sciknow.model import LangString
from sciknow.model.receipt import Receipt
from sciknow.model.source import Source
from sciknow.net import WEB_SCHEMES, check_online, is_private_host, parse_url
from sciknow.progress import Progress, silent
from sciknow.vocab import Sector
from sciknow.wire.network import has_route
from sciknow.wire.retry import Meter

LAST = "last"
"""What *since* may say instead of a date: since the last harvest."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of a source.

    Parameters
    ----------
    since : str
        ISO date or date and time, or ``last``: since what the last harvest brought.
    sets : sequence of str
        Parts of it.
    limit : int or None
        The most records.
    protocol : str
        What is spoken at an address; found out when left out.
    name : str
        What a source that is given by its address is called; made from it when left out.
    saved : Path or None
        Folder or ZIP with saved answers, in the network's place.
    """

    since: str = ""
    sets: Sequence[str] = ()
    limit: int | None = None
    protocol: str = ""
    name: str = ""
    saved: Path | None = None

    def __post_init__(self) -> None:
        if self.since and self.since != LAST and not _MOMENT.fullmatch(self.since):
            raise InvalidInput(f"since {self.since!r} is no date", hint="write 2026-01-31, or last")
        if self.limit is not None and self.limit < 1:
            raise InvalidInput(f"a limit of {self.limit}", hint="give at least 1")


def harvest_into(
    folder: HubFolder,
    what: str,
    wish: Wish,
    *,
    progress: Progress = silent,
    base: Path | None = None,
) -> tuple[Receipt, str]:
    """Bring a source into a hub's archive; the next build joins it.

    Parameters
    ----------
    folder : HubFolder
        The hub.
    what : str
        The id of a registered source, or an address.
    base : Path, optional
        Folder with the hub's own ``sources.yaml``, beside those that ship.

    Returns
    -------
    receipt : Receipt
        What came.
    why : str
        How the protocol was told; empty where it was known.

    Raises
    ------
    NotFound
        When no such source is registered, or nothing known is spoken at the address.
    InvalidInput
        When *wish* breaks a rule.
    SourceUnavailable
        When there is no network, or nothing answers at the address.
    """
    answers = saved_answers(wish.saved) if wish.saved is not None else None
    if answers is None:
        _check_network(what)
    source, why = _source(what, wish, answers, base)
    archive = harvests_of(folder.archive)
    since = wish.since
    if since == LAST:
        runs = [run for run in archive.runs(source.id) if run.asked.limit is None]
        since = (runs[-1].receipt.until or runs[-1].receipt.began) if runs else ""
    asked = source.asked(since=since, sets=tuple(wish.sets), limit=wish.limit)
    manners = Manners(every=0.0 if answers else source.every)
    return harvest(asked, archive, manners=manners, progress=progress, answers=answers), why


def _check_network(what: str) -> None:
    """Say at once that there is no network, before each door is tried.

    Raises
    ------
    SourceUnavailable
        When sciknow is offline, or the machine has no way out.
    """
    check_online(f"the source {what}", instead="give answers that were saved as files")
    host = urlsplit(what).hostname or ""
    if not (host and is_private_host(host)) and not has_route():
        raise SourceUnavailable(
            f"the source {what} is not asked: this machine has no network",
            hint="connect it, or give answers that were saved as files",
        )


def registered(base: Path | None = None) -> dict[str, Source]:
    """Return the sources that ship with the package, and a hub's own."""
    own = read_sources(base) if base is not None else {}
    return {**read_sources(packaged_source() / "catalogs"), **own}


def sources_of(sector: str = "", base: Path | None = None) -> list[Source]:
    """Return the registered sources, of one sector when it is named.

    Raises
    ------
    NotFound
        For an unknown sector.
    """
    if sector and sector not in set(Sector):
        raise NotFound(f"no sector {sector!r}", hint="one of " + ", ".join(Sector))
    found = registered(base).values()
    return [item for item in found if not sector or sector in item.sectors]


def _source(what: str, wish: Wish, answers: Ask | None, base: Path | None) -> tuple[Source, str]:
    if "://" not in what:
        return source_named(registered(base), what), ""
    address = parse_url(what, schemes=WEB_SCHEMES)
    if wish.protocol:
        protocol, why = protocol_named(wish.protocol), ""
    else:
        protocol, why = find_protocol(
            address, answers or Manners(deadline=30).client(address, Meter()).ask
        )
    known = next((item for item in registered(base).values() if item.address == address), None)
    if known is not None and known.protocol == protocol.name and not wish.name:
        return known, why
    parts = urlsplit(address)
    name = wish.name or mapping.slug(f"{parts.netloc}{parts.path}".rstrip("/").lower())[:40]
    return (
        Source(
            id=name.strip("-._"),
            title=LangString(en=parts.netloc),
            protocol=protocol.name,
            address=address,
        ),
        why,
    )


def receipts_of(
    folder: HubFolder, source: str = "", merged: Mapping[str, str] | None = None
) -> tuple[Receipt, ...]:
    """Return every receipt of a hub, or of one source, the newest first.

    Parameters
    ----------
    merged : mapping, optional
        Id of a record → id of the dataset that it was merged into.
    """
    archive = harvests_of(folder.archive)
    names = [source] if source else archive.sources()
    found = [run.receipt for name in names for run in archive.runs(name)]
    found.sort(key=lambda receipt: receipt.began, reverse=True)
    return tuple(
        replace(item, merged=_of_source(merged or {}, item.asked.source)) for item in found
    )


def _of_source(merged: Mapping[str, str], source: str) -> dict[str, str]:
    return {name: into for name, into in merged.items() if name.startswith(f"{source}.")}


def merged_in(generation: Path) -> dict[str, str]:
    """Return which records of a generation were merged into which datasets."""
    path = generation / MERGED
    return dict(json.loads(path.read_bytes())) if path.is_file() else {}
