"""The profile of a dataset that is known by its card."""

from __future__ import annotations

from dataclasses import replace

from sciknow.alignment.nature import Nature, nature_of
from sciknow.alignment.profile import Profile, Quantity
from sciknow.alignment.step import Step, parse_step
from sciknow.errors import InvalidInput
from sciknow.model import Dataset
from sciknow.model.variable import Variable


def profile_of_card(card: Dataset) -> Profile:
    """Describe a dataset by what its card states; nothing is opened."""
    grain = card.resolution
    return Profile(
        label=card.id,
        dataset=card.id,
        bbox=card.spatial.bbox,
        degrees=grain.degrees,
        meters=grain.meters,
        start=card.temporal.start,
        end=card.temporal.end,
        step=_step(grain.duration),
        variables=tuple(
            Quantity(item.name, item.standard_name, item.units, _nature(item))
            for item in card.variables
        ),
        license=card.license,
    )


def _nature(item: Variable) -> Nature:
    told = {"standard_name": item.standard_name, "long_name": item.long_name.best("en")}
    return nature_of(item.name, told)


def _step(duration: str) -> Step | None:
    try:
        return parse_step(duration) if duration else None
    except InvalidInput:
        return None


def with_card(profile: Profile, card: Dataset) -> Profile:
    """Fill what an array does not tell from the card of the dataset that it was opened from."""
    stated = profile_of_card(card)
    names = {item.name: item for item in stated.variables}
    variables = tuple(
        replace(
            item,
            standard_name=item.standard_name or names[item.name].standard_name,
            units=item.units or names[item.name].units,
        )
        if item.name in names
        else item
        for item in profile.variables
    )
    return replace(
        profile,
        label=card.id,
        dataset=card.id,
        bbox=profile.bbox or stated.bbox,
        start=profile.start or stated.start,
        end=profile.end or stated.end,
        step=profile.step or stated.step,
        variables=variables,
        license=stated.license or profile.license,
    )
