"""Whether datasets or arrays fit together, with or without a hub."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

from sciknow.hub.combine.compare import compare_all
from sciknow.hub.combine.thing import Thing
from sciknow.hub.hub import Hub
from sciknow.hub.store.opening import open_hub
from sciknow.hub.store.state import State

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
    with ExitStack() as stack:

        @cache
        def state() -> State:
            found = stack.enter_context(open_hub()) if hub is None else hub
            return found._state

        return compare_all((a, b, *more), state, water_density)
