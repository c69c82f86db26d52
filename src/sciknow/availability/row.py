"""One line of an availability: the record of a distribution, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.availability.standing import Standing
from sciknow.clock import stamp
from sciknow.model import Dataset, Distribution
from sciknow.model.probe import Probe, Status
from sciknow.net import redact
from sciknow.words import said


@dataclass(frozen=True, slots=True)
class Row:
    """A distribution, or a dataset's landing page, and how it stands.

    Parameters
    ----------
    dataset : Dataset
        The record.
    way : Distribution
        The way; one without an id is the landing page.
    standing : Standing
        Its probes.
    asked : bool
        Whether it was probed just now; else what is known is from before.
    lately : bool
        Whether it was probed so lately that it was not asked again.
    """

    dataset: Dataset
    way: Distribution
    standing: Standing
    asked: bool = False
    lately: bool = False

    @property
    def name(self) -> str:
        """The distribution's id, or the dataset's for its landing page."""
        return self.way.id or self.dataset.id

    @property
    def kind(self) -> str:
        """The reader, or what else it is."""
        return self.way.reader or said("no reader" if self.way.id else "landing page")

    @property
    def sector(self) -> str:
        """The sector whose catalogue holds the card."""
        return str(self.dataset.sector or "")

    @property
    def status(self) -> Status:
        """How it stands now."""
        return self.standing.status

    @property
    def latest(self) -> Probe | None:
        """The last probe."""
        return self.standing.latest

    @property
    def broke(self) -> bool:
        """Whether this check found that it fails and did not before."""
        return (self.asked or self.lately) and self.standing.broke

    @property
    def mended(self) -> bool:
        """Whether this check found that it answers and did not before."""
        return (self.asked or self.lately) and self.standing.mended

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values, empty ones left out."""
        latest, standing = self.latest, self.standing
        plain: dict[str, object] = {
            "dataset": self.dataset.id,
            "distribution": self.way.id,
            "sector": self.sector,
            "reader": self.way.reader,
            "url": redact(self.way.access_url),
            "status": str(self.status),
            "since": standing.since and stamp(standing.since),
            "last_ok": standing.last_ok and stamp(standing.last_ok),
            "last_opened": standing.last_opened and stamp(standing.last_opened),
            "probes": len(standing.probes),
        }
        if latest is not None:
            plain |= {
                "outcome": str(latest.outcome),
                "checked": stamp(latest.at),
                "latency": latest.latency and round(latest.latency, 4),
                "deep": latest.deep,
                "size": latest.size,
                "etag": latest.etag,
                "modified": latest.modified,
                "moved_to": latest.moved_to,
                "strength": latest.strength,
                "detail": latest.detail,
                "asked": self.asked,
                "broke": self.broke,
                "mended": self.mended,
            }
        return {key: value for key, value in plain.items() if value not in (None, "")}
