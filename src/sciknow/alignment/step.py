"""The step between two times: whole months, or seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sciknow.errors import InvalidInput

DAY = 86_400.0
_MONTH = 30.436875 * DAY
_UNITS = [(DAY, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second")]
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Step:
    """A duration in calendar months or in seconds; one of the two is zero.

    Examples
    --------
    >>> str(parse_step("P1M")), str(parse_step("PT6H")), str(Step(seconds=7 * DAY))
    ('P1M', 'PT6H', 'P7D')
    >>> parse_step("P1D").length < parse_step("P1M").length
    True
    >>> [parse_step(text).words for text in ("P1Y", "P18M", "P5D", "PT6H")]
    ['year', '18 months', '5 days', '6 hours']
    """

    months: int = 0
    seconds: float = 0.0

    @property
    def length(self) -> float:
        """Seconds; a month counts as a twelfth of the mean Gregorian year."""
        return self.months * _MONTH + self.seconds

    @property
    def words(self) -> str:
        """Return it as one says it after *per* or *each*: ``month``, ``5 days``."""
        if self.months == 3:
            return "quarter"
        units = [(12, "year"), (1, "month")] if self.months else _UNITS
        amount = self.months or self.seconds
        for size, name in units:
            count, rest = divmod(amount, size)
            if not rest:
                return name if count == 1 else f"{count:.0f} {name}s"
        return str(self)

    def __str__(self) -> str:
        if self.months:
            years, months = divmod(self.months, 12)
            return f"P{years}Y" if not months else f"P{self.months}M"
        days, rest = divmod(self.seconds, DAY)
        if not rest:
            return f"P{days:.0f}D"
        hours, rest = divmod(self.seconds, 3600)
        if not rest:
            return f"PT{hours:.0f}H"
        minutes, rest = divmod(self.seconds, 60)
        return f"PT{minutes:.0f}M" if not rest else f"PT{self.seconds:g}S"


def date_digits(length: float) -> int:
    """Return how much of an ISO date names a whole step of some seconds: 4, 7 or 10 digits.

    Examples
    --------
    >>> "1958-03-29"[: date_digits(parse_step("P1M").length)]
    '1958-03'
    """
    if length > 31 * DAY:
        return 4
    return 7 if length > 7 * DAY else 10


def parse_step(value: str) -> Step:
    """Read an ISO 8601 duration.

    Raises
    ------
    InvalidInput
        For anything else, or for months mixed with days.
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    numbers = [float(part or 0) for part in found.groups()] if found else []
    if not any(numbers):
        raise InvalidInput(f"{value!r} is no time step", hint="write P1M, P1D, PT6H")
    years, months, weeks, days, hours, minutes, seconds = numbers
    rest = weeks * 7 * DAY + days * DAY + hours * 3600 + minutes * 60 + seconds
    whole = int(years * 12 + months)
    if whole and rest:
        raise InvalidInput(f"{value!r} mixes months and days", hint="write P1M or P30D")
    return Step(months=whole, seconds=rest)
