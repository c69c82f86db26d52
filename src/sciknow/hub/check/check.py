"""Whether what a hub names can still be had.

The hub is where the rooms meet: readers look at sources, availability remembers what they found.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import sciknow.availability as availability
import sciknow.readers as readers
import sciknow.wire as wire
from sciknow.availability import Availability, History, Row
from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.hub.store.records import Records, What
from sciknow.hub.store.state import State
from sciknow.model import Concept, Dataset, Distribution, LangString
from sciknow.model.probe import Probe
from sciknow.model.suggest import nearest
from sciknow.net import is_offline, is_private_host
from sciknow.progress import Progress
from sciknow.text import counted
from sciknow.vocab import Sector

WORKERS = 16
_CLOCKS = timedelta(minutes=1)
"""How far clocks may go apart; a check of a later day is of a wrong clock, and not fresh."""
PER_HOST = 2


class Target(NamedTuple):
    """A way to look at; one without an id is the landing page of its dataset."""

    dataset: Dataset
    way: Distribution

    @property
    def key(self) -> tuple[str, str, str]:
        """Its name in a history."""
        return self.dataset.id, self.way.id, self.way.access_url


def check(
    state: State,
    what: Sequence[What],
    *,
    sector: str | Sequence[str] | None = None,
    deep: bool = False,
    deadline: float | None = None,
    workers: int = WORKERS,
    per_host: int = PER_HOST,
    history: Path | str | bool | None = None,
    max_age: float | None = None,
    progress: Progress | None = None,
) -> Availability:
    """Ask every source whether it still answers; see `Hub.check`."""
    _check_counts(workers, per_host)
    targets = list(_targets(state.records, what, sector))
    with History(_history_path(history)) as kept:
        due = _due(kept, targets, max_age)
        _check_online(due)

        trial = readers.try_opening if deep else None

        def look(target: Target) -> Probe:
            return readers.probe_distribution(
                target.way, base=state.base, deadline=deadline, deep=trial
            )

        doubt: availability.Doubt[Target] = availability.Doubt(way_out=wire.has_route())
        for done, (target, probe) in enumerate(_probes(look, due, workers, per_host), 1):
            _record(kept, doubt.sift(target, _public_host(target.way), probe))
            if progress is not None:
                progress("check", done, len(due))
        _record(kept, doubt.settle())
        kept.compact()
        kept.gather_opened()
        return _report(state, kept, targets, asked={target.key for target in due})


def standing(
    state: State,
    what: Sequence[What],
    *,
    sector: str | Sequence[str] | None = None,
    history: Path | str | None = None,
) -> Availability:
    """Return how distributions stood when they were last checked; see `Hub.availability`."""
    targets = list(_targets(state.records, what, sector))
    path = _history_path(history)
    with History(path if path and path.is_file() else None) as kept:
        return _report(state, kept, targets)


def _history_path(history: Path | str | bool | None) -> Path | None:
    if history is False:
        return None
    return availability.user_history() if history in (None, True) else Path(str(history))


def _check_counts(workers: int, per_host: int) -> None:
    if not 1 <= workers <= 256 or not 1 <= per_host <= workers:
        raise InvalidInput(
            f"workers={workers}, per_host={per_host}",
            hint="give 1 to 256 workers, and 1 to that many a host",
        )


def _targets(
    records: Records, what: Sequence[What], sector: str | Sequence[str] | None
) -> Iterator[Target]:
    sectors = {sector} if isinstance(sector, str) else set(sector or ())
    for name in sorted(sectors - set(Sector)):
        close = ", ".join(nearest(name, Sector)) or ", ".join(Sector)
        raise InvalidInput(f"no sector {name!r}", hint=f"one of {close}")
    cards = [records.card(item) for item in what]
    for dataset in cards or records.all(Dataset):
        if sectors and dataset.sector not in sectors:
            continue
        yield from (Target(dataset, way) for way in dataset.distributions)
        if dataset.landing_page and not dataset.distributions:
            yield Target(dataset, Distribution(id="", access_url=dataset.landing_page))


def _due(kept: History, targets: Sequence[Target], max_age: float | None) -> list[Target]:
    """Return what has not been looked at lately."""
    if max_age is None:
        return list(targets)
    if not isinstance(max_age, (int, float)) or not max_age >= 0:
        raise InvalidInput(f"max_age={max_age!r}", hint="give a number of seconds")
    today = datetime.now(UTC)
    oldest, latest = today - timedelta(seconds=min(max_age, 1e9)), today + _CLOCKS
    standings = kept.standings([target.key for target in targets])
    return [
        target
        for target, standing in zip(targets, standings, strict=True)
        if standing.latest is None or not oldest <= standing.latest.at <= latest
    ]


def _check_online(due: Sequence[Target]) -> None:
    """Say at once when nothing remote can be asked.

    Raises
    ------
    SourceUnavailable
        When sciknow is offline.
    """
    remote = sum("://" in target.way.access_url for target in due)
    if remote and is_offline():
        raise SourceUnavailable(
            f"the network is needed for {remote} of {counted(len(due), 'way')}, and sciknow is "
            "offline (SCIKNOW_OFFLINE)",
            hint="unset SCIKNOW_OFFLINE, or name datasets that open offline",
        )


def _host(way: Distribution) -> str:
    """Return the host that a way bothers; a bucket is a host of its own."""
    endpoint = str(way.storage_options.get("endpoint_url") or "")
    client = way.storage_options.get("client_kwargs")
    if not endpoint and isinstance(client, dict):
        endpoint = str(client.get("endpoint_url") or "")
    try:
        return urlsplit(endpoint or way.access_url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _public_host(way: Distribution) -> str:
    host = _host(way)
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return "" if not name or is_private_host(name) else host


def _probes(
    look: Callable[[Target], Probe], due: Sequence[Target], workers: int, per_host: int
) -> Iterator[tuple[Target, Probe]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what opening warns of is no news here
        yield from availability.politely(
            due, look, lambda target: _host(target.way), workers=workers, per_host=per_host
        )


def _record(kept: History, found: Sequence[tuple[Target, Probe]]) -> None:
    for target, probe in found:
        kept.record(target.dataset.id, target.way.id, probe)


def _report(
    state: State,
    kept: History,
    targets: Sequence[Target],
    asked: set[tuple[str, str, str]] | None = None,
) -> Availability:
    standings = kept.standings([target.key for target in targets])
    rows: list[Row] = [
        Row(
            target.dataset,
            target.way,
            standing,
            asked=target.key in (asked or ()),
            lately=asked is not None and target.key not in asked,
        )
        for target, standing in zip(targets, standings, strict=True)
    ]
    sectors = {row.sector for row in rows}
    return Availability(
        rows,
        hub=f"sciknow hub {state.manifest.id[:12]}",
        labels=dict(_labels(state.records, sectors)),
    )


def _labels(records: Records, sectors: set[str]) -> Iterator[tuple[str, LangString]]:
    """Yield the names of sectors in both languages, where the hub has them."""
    for name in sectors:
        concept = records.get(Concept, f"sector-{name}")
        if concept is not None:
            yield name, concept.pref_label
