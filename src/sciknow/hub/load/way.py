"""Which of a dataset's distributions are to be tried."""

from __future__ import annotations

from collections.abc import Iterable

from sciknow.errors import InvalidInput, NotFound
from sciknow.model import Dataset, Distribution
from sciknow.model.suggest import nearest

OPTIONS = ("bbox", "period", "variables", "max_bytes", "table_as", "deadline", "cache")
"""What opening and planning take besides the way."""


def check_options(given: Iterable[str]) -> None:
    """Check the names of options.

    Raises
    ------
    InvalidInput
        For one that there is not; says which is meant.
    """
    for name in given:
        if name not in OPTIONS:
            close = nearest(name, OPTIONS)
            hint = f"did you mean {', '.join(close)}?" if close else f"one of {', '.join(OPTIONS)}"
            raise InvalidInput(f"opening takes no option {name!r}", hint=hint)


def ways_of(dataset: Dataset, name: str | None = None) -> tuple[Distribution, ...]:
    """Return the distributions that open lazily, those that need no network first.

    Parameters
    ----------
    dataset : Dataset
        The record.
    name : str, optional
        Only the distribution of this id.

    Raises
    ------
    NotFound
        When there is none; the message says where the data are, or what can be named.
    """
    ways = (way for way in dataset.distributions if way.openable and name in (None, way.id))
    found = tuple(sorted(ways, key=lambda way: not way.offline))
    if found:
        return found
    if name is None:
        places = [way.access_url for way in dataset.distributions] or [dataset.landing_page]
        told = " or ".join(filter(None, places))
        raise NotFound(
            f"dataset {dataset.id} has no distribution that opens lazily",
            hint=f"get it from {told}" if told else "ask its publisher",
        )
    known = ", ".join(way.id for way in dataset.distributions if way.openable) or "none"
    raise NotFound(
        f"dataset {dataset.id} has no openable distribution {name!r}",
        hint=f"those that open: {known}",
    )
