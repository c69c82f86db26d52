"""What an opened object says of its origin.

Names are those of the Attribute Convention for Data Discovery (ACDD 1.3) where it has one, and
``sciknow_*`` where it has none. What the store itself says is never overwritten: where it differs,
ours stands beside it under ``sciknow_<name>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sciknow.model import Dataset, Distribution
from sciknow.net import redact

PREFIX = "sciknow_"

ACDD = (
    "title",
    "id",
    "identifier",
    "license",
    "publisher_name",
    "publisher_url",
    "product_version",
    "metadata_link",
)
"""The names that a card fills in."""

ACCESS_URL, DISTRIBUTION, READER, OPENED_AT = (
    f"{PREFIX}access_url",
    f"{PREFIX}distribution",
    f"{PREFIX}reader",
    f"{PREFIX}opened_at",
)
"""Attributes that every opened object has."""


def dataset_attrs(
    dataset: Dataset, *, publisher: str = "", publisher_url: str = "", language: str = "en"
) -> dict[str, str]:
    """Return what a card says of the data it describes, under ACDD's names.

    Parameters
    ----------
    dataset : Dataset
        The card.
    publisher, publisher_url : str
        The publisher's name and home page, which the card knows only by an id.
    language : str
        ``en`` or ``zh``, for the title.
    """
    found = {
        "title": dataset.title.best(language),
        "id": dataset.doi or dataset.cstr or dataset.id,
        "identifier": dataset.identifier,
        "license": dataset.license,
        "publisher_name": publisher or dataset.publisher,
        "publisher_url": publisher_url,
        "product_version": dataset.version,
        "metadata_link": dataset.landing_page,
        f"{PREFIX}dataset": dataset.id,
    }
    return {key: value for key, value in found.items() if value}


def origin_attrs(distribution: Distribution, reader: str, url: str) -> dict[str, str]:
    """Return what is known of this opening: address, distribution, reader, time (UTC)."""
    return {
        ACCESS_URL: redact(url),
        DISTRIBUTION: distribution.id,
        READER: reader,
        OPENED_AT: datetime.now(UTC).isoformat(timespec="seconds"),
    }


def stamp(attrs: Mapping[Any, Any], ours: Mapping[str, str]) -> dict[Any, Any]:
    """Join the store's own attributes with ours; neither is lost.

    Examples
    --------
    >>> stamp({"title": "sst"}, {"title": "Sea surface temperature", "license": "CC0-1.0"})
    {'title': 'sst', 'sciknow_title': 'Sea surface temperature', 'license': 'CC0-1.0'}
    """
    joined = dict(attrs)
    for key, value in ours.items():
        if key.startswith(PREFIX) or key not in joined:
            joined[key] = value
        elif str(joined[key]) != value:
            joined[PREFIX + key] = value
    return joined


def origin(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Read back what `stamp` wrote, ours before the store's where they differ.

    Examples
    --------
    >>> origin(stamp({"title": "sst"}, {"title": "Sea surface temperature"}))["title"]
    'Sea surface temperature'
    """
    found = {name: str(attrs[name]) for name in ACDD if name in attrs}
    ours = {
        str(key).removeprefix(PREFIX): str(value)
        for key, value in attrs.items()
        if str(key).startswith(PREFIX)
    }
    return found | ours
