"""What an opened object says of its origin, and which opened datasets an array was made from.

Attributes have the names of the Attribute Convention for Data Discovery (ACDD 1.3) where it has
one, and ``sciknow_*`` where it has none. What the store itself says is never overwritten: where it
differs, ours stands beside it under ``sciknow_<name>``.

``ds.sciknow.origins``: which opened datasets an array was made from.

Two traces are followed. The attributes that opening wrote go where xarray carries attributes: on
a dataset, not on its variables, and not through operations that join datasets with different
attributes. The dask graph goes further: as long as an array is lazy, the layers of what was opened
are still in it, through arithmetic, joins and reductions, for single variables too.

Where neither can carry an origin: a variable taken out and then computed, loaded or persisted;
plain numpy and pandas objects; index coordinates, which are read when a dataset is opened; a graph
that was opened in another process. Take the origins before, or write them into a file's attributes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import xarray as xr

import sciknow.clock as clock
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
        OPENED_AT: clock.stamp(),
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


# which opened datasets an array was made from

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Origin:
    """One opened distribution.

    Parameters
    ----------
    dataset, distribution : str
        Their ids in the hub.
    identifier : str
        The address to cite: a DOI where there is one.
    access_url : str
        Where the data are.
    opened_at : str
        When they were opened, UTC.
    generation : str
        The hub's generation; empty where none was involved.
    """

    dataset: str
    distribution: str
    identifier: str = ""
    access_url: str = ""
    opened_at: str = ""
    generation: str = ""


_FIELDS = tuple(field.name for field in fields(Origin))

_LAYERS: dict[str, Origin] = {}
"""Layer of a dask graph → what it was opened from."""


def origin_of(attrs: Mapping[Any, Any]) -> Origin | None:
    """Read an origin from attributes; None where they hold none."""
    if f"{PREFIX}distribution" not in attrs:
        return None
    told = origin(attrs)
    return Origin(
        dataset=told.get("dataset", ""),
        distribution=told["distribution"],
        identifier=told.get("identifier", ""),
        access_url=told.get("access_url", ""),
        opened_at=told.get("opened_at", ""),
        generation=told.get("generation", ""),
    )


def combined_origins(attrs: Mapping[Any, Any]) -> tuple[Origin, ...]:
    """Read the origins of what was combined from several datasets; empty for anything else.

    Examples
    --------
    >>> told = {f"{PREFIX}origins": '[{"dataset": "a", "distribution": "a-zarr"}]'}
    >>> [item.distribution for item in combined_origins(told)]
    ['a-zarr']
    """
    try:
        told = json.loads(str(attrs.get(f"{PREFIX}origins", "[]")))
        return tuple(
            Origin(**{key: str(item[key]) for key in _FIELDS if key in item}) for item in told
        )
    except (ValueError, TypeError):
        return ()


def remember(opened: Any) -> None:
    """Note which layers of dask graphs come from what was opened.

    Parameters
    ----------
    opened : xarray.Dataset, xarray.DataTree or anything else
        What opening gave, with its attributes; tables are passed over, dask's DataFrame has no
        layers.
    """
    if not isinstance(opened, (xr.Dataset, xr.DataTree)):
        return
    found = origin_of(opened.attrs)
    if found is not None:
        with _LOCK:
            _LAYERS.update(dict.fromkeys(_layers(opened), found))


def memory_of(opened: Any) -> int | None:
    """Return the bytes that an opened object takes once it is read; None for tables."""
    return int(opened.nbytes) if isinstance(opened, (xr.Dataset, xr.DataTree)) else None


def _layers(opened: xr.Dataset | xr.DataTree | xr.DataArray) -> Iterator[str]:
    for variable in _variables(opened):
        if variable.chunks is not None:
            yield from variable.data.__dask_graph__().layers


def _variables(opened: xr.Dataset | xr.DataTree | xr.DataArray) -> Iterator[Any]:
    if isinstance(opened, xr.DataArray):
        yield opened.variable
        yield from (item.variable for item in opened.coords.values())
    elif isinstance(opened, xr.Dataset):
        yield from opened.variables.values()
    else:
        for node in opened.subtree:
            yield from node.to_dataset(inherit=False).variables.values()


class Sciknow:
    """What sciknow knows of an xarray object.

    Parameters
    ----------
    opened : xarray.Dataset, xarray.DataArray or xarray.DataTree
        The object.
    """

    def __init__(self, opened: xr.Dataset | xr.DataTree | xr.DataArray) -> None:
        self._opened = opened

    @property
    def origins(self) -> tuple[Origin, ...]:
        """What it was made from, sorted; empty where no trace is left."""
        found = {origin_of(self._opened.attrs), *combined_origins(self._opened.attrs)} - {None}
        with _LOCK:
            found |= {_LAYERS[name] for name in _layers(self._opened) if name in _LAYERS}
        known = sorted(
            (item for item in found if item is not None), key=lambda item: item.opened_at
        )
        last = {(item.dataset, item.distribution, item.access_url): item for item in known}
        return tuple(last[key] for key in sorted(last))

    def __repr__(self) -> str:
        lines = [f"{item.dataset}  {item.distribution}  {item.access_url}" for item in self.origins]
        return "\n".join(lines) or "no origin is known"


_REGISTER: tuple[Any, ...] = (
    xr.register_dataset_accessor,
    xr.register_dataarray_accessor,
    xr.register_datatree_accessor,
)
for _register in _REGISTER:
    _register("sciknow")(Sciknow)
