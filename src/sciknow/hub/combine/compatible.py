"""Whether datasets or arrays fit together, with or without a hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow.hub.combine.compare import compare_all
from sciknow.hub.combine.thing import Thing
from sciknow.hub.hub import Hub
from sciknow.hub.store.hubs import Hubs

if TYPE_CHECKING:
    from sciknow.alignment import Compatibility


def compatible(
    a: Thing,
    b: Thing,
    *more: Thing,
    hub: Hub | None = None,
    water_density: float | None = None,
) -> Compatibility:
    """Say how datasets or arrays fit together: space, time, grid, units, licence, co-use.

    Parameters
    ----------
    a, b, *more : dataset, id, DOI, hit or xarray object
        What to compare, each with each. Datasets are compared by their cards and nothing is
        opened; arrays by their coordinates, and by the card of the dataset they were opened from.
    hub : Hub, optional
        Where ids and cards are looked up; the default one when left out.
    water_density : float, optional
        In kg m-3: then a depth of water and a mass of water over an area count as convertible.

    Returns
    -------
    Compatibility
        For each aspect a verdict (same, compatible, convertible, different, not stated), what each
        side states, and a sentence.

    Raises
    ------
    NotFound
        For an unknown id.
    InvalidInput
        For tables, trees of groups and other things that are no dataset.

    Examples
    --------
    >>> compatible("mur-sst", "noaa-oisst")                      # doctest: +SKIP
    """
    with Hubs(hub._state if hub is not None else None) as hubs:
        return compare_all((a, b, *more), hubs, water_density)
