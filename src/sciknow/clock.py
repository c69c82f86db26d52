"""Moments as they are written everywhere: UTC, to the second, ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime | float | None = None) -> str:
    """Write a moment, the present one when left out.

    Parameters
    ----------
    moment : datetime or float, optional
        With its time zone, or seconds since 1970.

    Examples
    --------
    >>> stamp(0.5), stamp(datetime.fromisoformat("2020-01-02T05:04:05.6+02:00"))
    ('1970-01-01T00:00:00+00:00', '2020-01-02T03:04:05+00:00')
    """
    found = datetime.fromtimestamp(moment, UTC) if isinstance(moment, (int, float)) else moment
    return (found or now()).astimezone(UTC).isoformat(timespec="seconds")
