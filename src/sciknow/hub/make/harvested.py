"""What was harvested into a hub, source by source, as it stands after all runs of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from sciknow.harvest.archive import Archive, Run
from sciknow.harvest.protocol import Mapped
from sciknow.harvest.run import replay
from sciknow.model import Activity, Dataset
from sciknow.model.receipt import Receipt
from sciknow.vocab import ID_BASE, Sector

_NO_FACTS = frozenset({"id", "provenance", "extra", "sector", "sectors"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """The records of one source.

    Parameters
    ----------
    receipt : Receipt
        Of its last run.
    records : tuple of Mapped
        In the order in which they came.
    unseen : frozenset of str
        Ids of datasets that the last look at the whole did not bring.
    """

    receipt: Receipt
    records: tuple[Mapped, ...]
    unseen: frozenset[str] = frozenset()

    @property
    def graph(self) -> str:
        """The name of the source's graph."""
        return f"{ID_BASE}graph:harvest:{self.receipt.asked.source}"


def harvests_of(folder: Path) -> Archive:
    """Return the harvests in a hub's archive folder."""
    return Archive(folder / "harvest")


def read_harvests(folder: Path, sectors: Sequence[Sector] = ()) -> tuple[Harvested, ...]:
    """Replay a hub's archive of harvests, offline.

    Parameters
    ----------
    folder : Path
        The hub's archive folder.
    sectors : sequence of Sector
        Only what comes from sources of these; everything when there are none.

    Raises
    ------
    IntegrityError
        When what it keeps is damaged.
    """
    archive = harvests_of(folder)
    found = (_read(archive.runs(source)) for source in archive.sources())
    wanted = frozenset(sectors)
    return tuple(
        item for item in found if not wanted or wanted & frozenset(item.receipt.asked.sectors)
    )


def _read(runs: list[Run]) -> Harvested:
    """Return what a source's runs amount to: the last whole look, and what changed since."""
    receipts = [run.receipt for run in runs]
    whole = [n for n, run in enumerate(runs) if not run.asked.since and run.asked.limit is None]
    base = whole[-1] if whole else 0
    missed = frozenset(receipts[base].unseen)
    records: dict[str, Mapped] = {}
    seen: set[str] = set()
    for number in range(0 if missed else base, len(runs)):
        for mapped in _dated(runs[number], receipts[number]):
            if number >= base or mapped.id in missed:
                records[mapped.id] = mapped
            if number >= base:
                seen.add(mapped.id)
        for name in receipts[number].deleted:
            records.pop(name, None)
    gone = frozenset(
        item.dataset.id
        for name, item in records.items()
        if name not in seen and item.dataset is not None
    )
    return Harvested(receipt=receipts[-1], records=tuple(records.values()), unseen=gone)


def _dated(run: Run, receipt: Receipt) -> Iterator[Mapped]:
    """Yield the records of a run; each dataset says where and when it was read."""
    for mapped in replay(run):
        if mapped.dataset is None:
            yield mapped
            continue
        activity = Activity(
            source=run.asked.address,
            accessed=receipt.ended[:10],
            fields=_facts(mapped.dataset),
        )
        dataset = replace(
            mapped.dataset,
            sectors=run.asked.sectors,
            provenance=(activity,),
            distributions=tuple(
                replace(way, harvested=True) for way in mapped.dataset.distributions
            ),
        )
        yield replace(mapped, dataset=dataset)


def _facts(dataset: Dataset) -> tuple[str, ...]:
    names = (item.name for item in fields(dataset) if item.name not in _NO_FACTS)
    return tuple(name for name in names if getattr(dataset, name))
