"""How the distributions of a hub stand, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import overload

from sciknow._html import Markup, join, link, table, tag
from sciknow.availability.page import page
from sciknow.availability.row import Row
from sciknow.availability.word import MARKS, ago, outcome_of, seconds, status_of
from sciknow.clock import now, stamp
from sciknow.files import write_named
from sciknow.model import LangString
from sciknow.model.probe import Status
from sciknow.net import redact
from sciknow.text import counted, shorten, squeeze, width

SHOWN = 40
"""Failures that a repr lists."""


class Availability(Sequence[Row]):
    """How distributions stand, failing ones first.

    Parameters
    ----------
    rows : iterable of Row
        Of each distribution.
    hub : str
        What was looked at, in a few words.
    labels : mapping of str to LangString
        Sector → its name.
    at : datetime, optional
        When; now when left out.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        *,
        hub: str = "",
        labels: Mapping[str, LangString] | None = None,
        at: datetime | None = None,
    ) -> None:
        order = [Status.FAILING, Status.DEGRADED, Status.UNKNOWN, Status.OK]
        self._rows = sorted(rows, key=lambda row: order.index(row.status))
        self.hub = hub
        self.labels = dict(labels or {})
        self.at = at or now()

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @property
    def failures(self) -> tuple[Row, ...]:
        """Those that fail now."""
        return tuple(row for row in self if row.status is Status.FAILING)

    @property
    def broke(self) -> tuple[Row, ...]:
        """Those that fail now and did not when they were looked at before."""
        return tuple(row for row in self if row.broke)

    @property
    def mended(self) -> tuple[Row, ...]:
        """Those that answer again."""
        return tuple(row for row in self if row.mended)

    @property
    def counts(self) -> Counter[Status]:
        """How many stand how."""
        return Counter(row.status for row in self)

    @property
    def by_sector(self) -> dict[str, Counter[Status]]:
        """Sector → how many stand how, sorted by name."""
        found: dict[str, Counter[Status]] = {}
        for row in sorted(self, key=lambda row: row.sector):
            found.setdefault(row.sector, Counter())[row.status] += 1
        return found

    @property
    def summary(self) -> str:
        """One line: how many stand how, and what is new."""
        told = [f"{self.counts[status]} {status_of(status).en}" for status in Status]
        told = [words for words in told if not words.startswith("0 ")]
        news = [f"{len(self.broke)} newly failing"] if self.broke else []
        news += (
            [f"{len(self.mended)} {'answers' if len(self.mended) == 1 else 'answer'} again"]
            if self.mended
            else []
        )
        asked = sum(row.asked for row in self)
        return f"{counted(len(self), 'way')} ({asked} asked now): " + ", ".join([*told, *news])

    def rows(self) -> list[tuple[str, ...]]:
        """Return lines of a table: state, name, kind, what, latency, since, detail."""
        return [
            (
                f"{MARKS[row.status]} {status_of(row.status).en}" + (" (new)" if row.broke else ""),
                row.name,
                row.kind,
                outcome_of(row.latest).en if row.latest else "",
                seconds(row.latest.latency) if row.latest else "",
                ago(row.standing.since, self.at).en if row.standing.since else "",
                self._detail(row),
            )
            for row in self
        ]

    @staticmethod
    def _detail(row: Row) -> str:
        if row.latest is None:
            return redact(row.way.access_url)
        moved = f"now at {row.latest.moved_to}" if row.latest.moved_to else ""
        return squeeze(row.latest.detail or moved)

    def told(self) -> list[str]:
        """Return a sentence for each that was ever looked at: how it stood, and when."""
        return [
            f"{row.name}: {outcome_of(row.latest).en} {ago(row.latest.at, self.at).en}"
            + (f" ({said})" if (said := self._detail(row)) else "")
            for row in self
            if row.latest is not None
        ]

    def __repr__(self) -> str:
        bad = [line for row, line in zip(self, self.rows(), strict=True) if row.status != Status.OK]
        shown = [(line[0], line[1], line[3], shorten(line[6], 80)) for line in bad[:SHOWN]]
        wide = [max((width(line[place]) for line in shown), default=0) for place in range(4)]
        lines = [
            "  ".join(cell.ljust(size) for cell, size in zip(line, wide, strict=True)).rstrip()
            for line in shown
        ]
        more = [f"and {len(bad) - SHOWN} more"] if len(bad) > SHOWN else []
        return "\n".join([self.summary, *lines, *more])

    def _repr_html_(self) -> Markup:
        head = ("state", "distribution", "kind", "what", "latency", "since", "detail")
        lines = [
            (line[0], link(line[1], row.dataset.landing_page), *line[2:])
            for row, line in zip(self, self.rows(), strict=True)
            if row.status is not Status.OK
        ]
        more = [tag("p", f"and {len(lines) - 200} more")] if len(lines) > 200 else []
        sectors = [
            (name, *(counts[status] or "" for status in Status))
            for name, counts in self.by_sector.items()
        ]
        parts = [tag("p", self.summary)]
        if lines:
            parts += [table(head, lines[:200], class_="sciknow-availability"), *more]
        if len(sectors) > 1:
            names = [status_of(status).en for status in Status]
            parts.append(table(("sector", *names), sectors, class_="sciknow-availability"))
        return join(parts)

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "at": stamp(self.at),
            "hub": self.hub,
            "counts": {str(status): self.counts[status] for status in Status},
            "sectors": {
                name: {str(status): counts[status] for status in Status}
                for name, counts in self.by_sector.items()
            },
            "broke": [row.name for row in self.broke],
            "mended": [row.name for row in self.mended],
            "rows": [row.to_dict() for row in self],
        }

    def write_page(self, path: Path | str) -> Path:
        """Write the status page: one HTML file in both languages, with nothing from elsewhere."""
        found = page(self._rows, hub=self.hub, labels=self.labels, at=self.at)
        return write_named(Path(path), found)
