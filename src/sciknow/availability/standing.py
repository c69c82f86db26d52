"""How a distribution stands now, and how it has stood: a row of its probes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sciknow.model.probe import Probe, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a distribution stands now, and how it has stood.

    Parameters
    ----------
    dataset, distribution : str
        Their ids; *distribution* is empty for a dataset's landing page.
    probes : tuple of Probe
        Those that are kept, oldest first.
    last_opened : datetime or None
        When it was last opened on this machine, where that was noted.
    """

    dataset: str
    distribution: str
    probes: tuple[Probe, ...] = field(default=(), repr=False)
    last_opened: datetime | None = None

    @property
    def latest(self) -> Probe | None:
        """The last probe."""
        return self.probes[-1] if self.probes else None

    @property
    def status(self) -> Status:
        """How it stands now."""
        return self.probes[-1].status if self.probes else Status.UNKNOWN

    @property
    def before(self) -> Status:
        """How it stood before the last probe."""
        return self.probes[-2].status if len(self.probes) > 1 else Status.UNKNOWN

    @property
    def since(self) -> datetime | None:
        """The first of the unbroken run of probes with the present status."""
        first = None
        for probe in reversed(self.probes):
            if probe.status is not self.status:
                break
            first = probe.at
        return first

    @property
    def last_ok(self) -> datetime | None:
        """The last probe that was answered as it should be."""
        good = (item.at for item in reversed(self.probes) if item.status is not Status.FAILING)
        return next(good, None)

    @property
    def broke(self) -> bool:
        """Whether it fails now and did not when it was looked at before."""
        return self.status is Status.FAILING and self.before in (Status.OK, Status.DEGRADED)

    @property
    def mended(self) -> bool:
        """Whether it answers now and failed when it was looked at before."""
        return self.before is Status.FAILING and self.status in (Status.OK, Status.DEGRADED)
