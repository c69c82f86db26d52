"""What is known of one thing to be compared, whether from its card or from its coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field

from sciknow.alignment.nature import Nature
from sciknow.alignment.step import Step
from sciknow.axes.finder import GridKind
from sciknow.model.coverage import BBox


@dataclass(frozen=True, slots=True)
class Quantity:
    """A variable: its name in the data, its CF standard name, its units, what its values are."""

    name: str
    standard_name: str = ""
    units: str = ""
    nature: Nature = Nature()

    @property
    def key(self) -> str:
        """What variables are matched by: the standard name, else the name."""
        return self.standard_name or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything that a comparison looks at; what is not known is empty or None.

    Parameters
    ----------
    label : str
        How it is named in sentences.
    dataset : str
        `Dataset.id`; empty for an array of unknown origin.
    bbox : tuple of four floats, optional
        West, south, east, north in degrees.
    grid : GridKind, optional
        How its places are laid out.
    degrees, meters : float, optional
        Grid spacing.
    crs : str
        Coordinate reference system, by name.
    start, end : str
        First and last date; an empty end of a card means that it still grows or is not known.
    step : Step, optional
        Between two times.
    gaps : int, optional
        How many steps are missing inside.
    calendar : str
        CF name.
    longitudes, latitudes : str
        Range and order of the coordinates.
    vertical : str
        The vertical coordinate in words.
    missing : str
        What marks a missing value.
    variables : tuple of Quantity
        What it holds.
    license : str
        SPDX identifier or URL of the terms.
    """

    label: str
    dataset: str = ""
    bbox: BBox | None = None
    grid: GridKind | None = None
    degrees: float | None = None
    meters: float | None = None
    crs: str = ""
    start: str = ""
    end: str = ""
    step: Step | None = None
    gaps: int | None = None
    calendar: str = ""
    longitudes: str = ""
    latitudes: str = ""
    vertical: str = ""
    missing: str = ""
    variables: tuple[Quantity, ...] = field(default=())
    license: str = ""

    @property
    def spacing(self) -> float | None:
        """Grid spacing in metres; a degree counts 111,195 m (mean great circle)."""
        if self.meters is not None or self.degrees is None:
            return self.meters
        return self.degrees * 111_195.0
