"""What verifying a lockfile found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

from sciknow._html import Markup, join, table, tag
from sciknow.errors import IntegrityError, SciknowError, SourceUnavailable
from sciknow.ledger.difference import Change
from sciknow.ledger.lockfile import Locked
from sciknow.model import Distribution
from sciknow.model.fingerprint import Strength


class Status(StrEnum):
    """What became of locked data."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one locked distribution.

    Parameters
    ----------
    locked : Locked
        The entry of the lockfile.
    status : Status
        Unchanged, changed or gone.
    way : Distribution or None
        Where it was found; None where it was not.
    bag : str
        The preserved copy that it was found in; empty for a source.
    changes : tuple of Change
        What is different.
    notes : tuple of str
        What is worth knowing and no change of the data.
    tried : tuple of (str, str)
        Address → why it did not do.
    modified : str
        When the source says that it was changed; empty where it does not.
    """

    locked: Locked
    status: Status
    way: Distribution | None = None
    bag: str = ""
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    tried: tuple[tuple[str, str], ...] = ()
    modified: str = ""

    @property
    def url(self) -> str:
        """The address where it was found; empty where it was not."""
        return self.way.access_url if self.way is not None else ""

    @property
    def ok(self) -> bool:
        """Whether it is what was locked."""
        return self.status is Status.UNCHANGED

    @property
    def since(self) -> str:
        """Since when it is different, as far as known; empty where it is not."""
        if self.status is not Status.CHANGED:
            return ""
        after = f"after {self.locked.locked:%Y-%m-%dT%H:%M:%SZ}"
        return f"{after}; last modified {self.modified}" if self.modified else after

    @property
    def details(self) -> tuple[str, ...]:
        """What there is to say, line by line."""
        lines = [str(change) for change in self.changes]
        if self.since:
            lines.append(f"since: {self.since}")
        lines += [f"tried {url}: {reason}" for url, reason in self.tried]
        lines += [f"note: {note}" for note in self.notes]
        return tuple(lines)

    def to_dict(self) -> dict[str, object]:
        """Return plain values, for JSON."""
        return {
            "id": self.locked.id,
            "distribution": self.locked.distribution,
            "status": str(self.status),
            "strength": str(self.locked.fingerprint.strength),
            "url": self.url,
            "changes": [
                {"kind": str(item.kind), "what": item.what, "detail": item.detail}
                for item in self.changes
            ],
            "since": self.since,
            "tried": [{"url": url, "reason": reason} for url, reason in self.tried],
            "notes": list(self.notes),
        }

    def error(self) -> SciknowError | None:
        """Return the error for opening exactly this; None where it is unchanged."""
        name, details = self.locked.id, "; ".join(self.details)
        if self.status is Status.GONE:
            return SourceUnavailable(
                f"{name} is not to be had as it was locked: {details}",
                hint="add an address of the same bytes to mirrors in the lockfile",
            )
        if self.status is Status.CHANGED:
            return IntegrityError(
                f"{name} is not what was locked: {details}",
                hint="open it unlocked to go on with the new data, and lock it again",
            )
        return None


class Report(Sequence[Verdict]):
    """What became of everything in a lockfile.

    Parameters
    ----------
    verdicts : sequence of Verdict
        In the order of the lockfile.
    notes : sequence of str
        Differences of the environment; they make no data different.
    """

    def __init__(self, verdicts: Sequence[Verdict], *, notes: Sequence[str] = ()) -> None:
        self._verdicts = tuple(verdicts)
        self.notes = tuple(notes)

    @property
    def ok(self) -> bool:
        """Whether all of it is what was locked."""
        return all(item.ok for item in self)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Verdict]: ...
    def __getitem__(self, index: int | slice) -> Verdict | Sequence[Verdict]:
        return self._verdicts[index]

    def __len__(self) -> int:
        return len(self._verdicts)

    @property
    def summary(self) -> str:
        """One line: how many are unchanged, changed, gone."""
        counts = [
            f"{count} {status}"
            for status in Status
            if (count := sum(item.status is status for item in self))
        ]
        return ", ".join(counts) or "nothing is locked"

    def _lines(self) -> Iterator[str]:
        yield self.summary
        for item in self:
            strength = item.locked.fingerprint.strength
            seen = "" if strength is Strength.WHOLE else f" ({strength})"
            yield f"{item.status}{seen}  {item.locked.id}  {item.locked.distribution}"
            yield from (f"    {line}" for line in item.details)
        yield from (f"note: {note}" for note in self.notes)

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def to_dict(self) -> dict[str, object]:
        """Return plain values, for JSON."""
        return {
            "ok": self.ok,
            "datasets": [item.to_dict() for item in self],
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> Markup:
        rows = [
            (
                tag("b", item.status),
                item.locked.title or item.locked.id,
                item.locked.distribution,
                item.locked.fingerprint.strength,
                join(tag("div", line) for line in item.details),
            )
            for item in self
        ]
        head = ("status", "dataset", "distribution", "seen", "what")
        body = table(head, rows, class_="sciknow-verify")
        return join([tag("p", self.summary), body, *(tag("p", note) for note in self.notes)])
