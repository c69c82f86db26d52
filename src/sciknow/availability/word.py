"""What outcomes and states are called, and how moments are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sciknow.model import LangString
from sciknow.model.probe import Probe, Status
from sciknow.show.page import in_both

MARKS: Mapping[Status, str] = {
    Status.OK: "●",
    Status.DEGRADED: "◆",
    Status.FAILING: "✕",
    Status.UNKNOWN: "○",
}
"""Shapes beside the colours, for those who can't tell colours apart."""

_UNITS = (
    (timedelta(days=730), timedelta(days=365), "ago.years"),
    (timedelta(days=60), timedelta(days=30), "ago.months"),
    (timedelta(days=2), timedelta(days=1), "ago.days"),
    (timedelta(hours=2), timedelta(hours=1), "ago.hours"),
    (timedelta(minutes=2), timedelta(minutes=1), "ago.minutes"),
)


def outcome_of(probe: Probe) -> LangString:
    """Say what became of a probe."""
    return in_both(f"outcome.{probe.outcome}")


def status_of(status: Status) -> LangString:
    """Say how a distribution stands."""
    return in_both(f"status.{status}")


def ago(moment: datetime, now: datetime) -> LangString:
    """Say how long ago a moment was.

    Examples
    --------
    >>> ago(datetime(2026, 11, 20), datetime(2026, 11, 24)).en
    '4 days ago'
    """
    passed = now - moment
    for least, unit, code in _UNITS:
        if passed >= least:
            return in_both(code, count=int(passed / unit))
    return in_both("ago.now")


def seconds(value: float | None) -> str:
    """Write a latency.

    Examples
    --------
    >>> seconds(0.0123), seconds(2.34), seconds(None)
    ('12 ms', '2.3 s', '')
    """
    if value is None:
        return ""
    return f"{max(1, round(value * 1000))} ms" if value < 1 else f"{value:.1f} s"
