"""Things that are compared or combined: datasets and arrays, as far as a hub knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import sciknow.alignment as alignment
from sciknow.errors import NotFound
from sciknow.hub.find.hit import Hit
from sciknow.hub.store.state import State
from sciknow.model import Dataset, Publication

if TYPE_CHECKING:
    import xarray as xr

    from sciknow.alignment import Profile

Array: TypeAlias = "xr.Dataset | xr.DataArray"
Thing: TypeAlias = "str | Dataset | Hit | xr.Dataset | xr.DataArray"
"""A dataset, its id or DOI, a hit, or an xarray object."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one thing: its profile, and where it comes from as far as known."""

    profile: Profile
    card: Dataset | None = None
    state: State | None = None
    array: Array | None = None


def known(state: State, item: Thing) -> Known:
    """Return what a hub knows of a thing; a hit is known to the hub that found it."""
    if isinstance(item, Hit):
        return known(item._state, item.dataset)
    if isinstance(item, (str, Dataset)):
        card = state.records.card(item)
        return Known(alignment.profile_of_card(card), card, state)
    return known_array(alignment.profile_of_array(item), item, state)


def known_array(profile: Profile, item: Array, state: State | None) -> Known:
    """Add what the card says of the dataset that an array was opened from, where it is known."""
    if state is None or not profile.dataset:
        return Known(profile, array=item)
    try:
        card = state.records.find(Dataset, profile.dataset)
    except NotFound:
        return Known(profile, array=item)
    return Known(alignment.with_card(profile, card), card, state, item)


def papers_of(item: Known) -> Iterator[Publication]:
    """Yield the publications that use or describe a dataset."""
    if item.state is not None and item.card is not None:
        for relation in ("uses", "describes"):
            yield from item.state.records.publications(item.card.id, relation)
