"""How datasets or arrays fit together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import sciknow.alignment as alignment
from sciknow.hub.combine.thing import Known, Thing, known, known_array, papers_of
from sciknow.hub.find.hit import Hit
from sciknow.hub.store.hubs import Hubs
from sciknow.model import Dataset, Publication

if TYPE_CHECKING:
    from sciknow.alignment import Compatibility


def compare_all(items: Sequence[Thing], hubs: Hubs, water_density: float | None) -> Compatibility:
    """Compare things, each with each; see `sciknow.compatible`.

    Parameters
    ----------
    items : sequence
        The things.
    hubs : Hubs
        Where ids and cards are looked up.
    water_density : float or None
        As of `sciknow.compatible`.
    """
    things = [_resolve(item, f"array {number}", hubs) for number, item in enumerate(items, 1)]
    return alignment.Compatibility(
        [
            alignment.compare(
                one.profile,
                other.profile,
                publications=_shared(one, other),
                water_density=water_density,
            )
            for one, other in combinations(things, 2)
        ]
    )


def _resolve(item: Thing, label: str, hubs: Hubs) -> Known:
    """Return what is known of one thing."""
    if isinstance(item, Hit):
        return known(item._state, item)
    if isinstance(item, (str, Dataset)):
        return known(hubs.default(), item)
    profile = alignment.profile_of_array(item, label)
    home = hubs.any() if getattr(item, "attrs", {}).get("sciknow_dataset") else None
    return known_array(profile, item, home)


def _shared(one: Known, other: Known) -> tuple[Publication, ...] | None:
    """Return the publications that name both datasets; None where nobody can know."""
    if one.card is None or other.card is None or one.card.id == other.card.id:
        return None
    mine, yours = ({paper.id: paper for paper in papers_of(item)} for item in (one, other))
    return tuple(paper for name, paper in mine.items() if name in yours)
