"""Where and when: spatial coverage, temporal coverage, resolution."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.model.langstring import LangString, parse_langstring
from sciknow.model.parse import (
    Where,
    date_key,
    parse_date,
    parse_duration,
    parse_list,
    parse_mapping,
    parse_number,
)

BBox = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SpatialCoverage:
    """The area a dataset covers.

    Parameters
    ----------
    bbox : tuple of four floats, or None
        West, south, east, north in degrees (WGS 84). West may be larger than east: then the box
        crosses the antimeridian (RFC 7946, section 5.2).
    name : LangString
        The area's name in words.
    """

    bbox: BBox | None = None
    name: LangString = LangString()

    def __bool__(self) -> bool:
        return self.bbox is not None or bool(self.name)


@dataclass(frozen=True, slots=True)
class PeriodOfTime:
    """The time a dataset covers.

    Parameters
    ----------
    start, end : str
        ISO dates as exact as the source states them, both included. An empty start is unknown;
        an empty end means that the dataset still grows, or is unknown.
    """

    start: str = ""
    end: str = ""

    def __bool__(self) -> bool:
        return bool(self.start or self.end)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How fine a dataset is in space and time.

    Parameters
    ----------
    degrees : float or None
        Grid spacing in degrees.
    meters : float or None
        Grid spacing in metres.
    duration : str
        ISO 8601 duration between time steps, for example P1D.
    """

    degrees: float | None = None
    meters: float | None = None
    duration: str = ""

    def __bool__(self) -> bool:
        return self.degrees is not None or self.meters is not None or bool(self.duration)

    @property
    def approximate_meters(self) -> float | None:
        """Grid spacing in metres; a degree counts 111,195 m (mean great circle)."""
        if self.meters is not None or self.degrees is None:
            return self.meters
        return self.degrees * 111_195.0


def parse_bbox(value: object, where: Where) -> BBox:
    """Read [west, south, east, north] in degrees; west > east crosses the antimeridian."""
    numbers = parse_list(value, where, lambda number, at: parse_number(number, at, -180, 360))
    if len(numbers) != 4:
        raise where.refuse(f"{len(numbers)} numbers", "four: west, south, east, north")
    west, south, east, north = numbers
    shown = ", ".join(f"{number:g}" for number in numbers)
    if east > 180 or west > 180:
        raise where.refuse(shown, "longitudes from -180 to 180")
    if abs(south) > 90 or abs(north) > 90:
        raise where.refuse(shown, "latitudes from -90 to 90")
    if south > north:
        raise where.refuse(shown, "a south that is not north of the north")
    return west, south, east, north


def parse_spatial(value: object, where: Where) -> SpatialCoverage:
    """Read ``{bbox: [w, s, e, n], name: {en, zh}}``."""
    mapping = parse_mapping(value, where, allowed=("bbox", "name"))
    return SpatialCoverage(
        bbox=parse_bbox(mapping["bbox"], where / "bbox") if "bbox" in mapping else None,
        name=parse_langstring(mapping["name"], where / "name")
        if "name" in mapping
        else LangString(),
    )


def parse_period(value: object, where: Where) -> PeriodOfTime:
    """Read ``{start: DATE, end: DATE}``; either may be absent."""
    mapping = parse_mapping(value, where, allowed=("start", "end"))
    start, end = (
        parse_date(mapping[key], where / key) if mapping.get(key) is not None else ""
        for key in ("start", "end")
    )
    if start and end and date_key(start) > date_key(end, end=True):
        raise where.refuse(f"{start} to {end}", "a period that starts before it ends")
    return PeriodOfTime(start, end)


def parse_resolution(value: object, where: Where) -> Resolution:
    """Read ``{degrees: …, meters: …, duration: …}``."""
    mapping = parse_mapping(value, where, allowed=("degrees", "meters", "duration"))
    degrees, meters = (
        parse_number(mapping[key], where / key, 1e-9, limit) if key in mapping else None
        for key, limit in (("degrees", 90), ("meters", 2e7))
    )
    duration = mapping.get("duration")
    return Resolution(
        degrees, meters, parse_duration(duration, where / "duration") if duration else ""
    )
