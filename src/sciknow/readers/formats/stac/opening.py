"""What the reader of STAC does: documents, then assets, then one dataset of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.net import redact
from sciknow.readers import registry
from sciknow.readers.formats.geotiff.cost import MosaicCosts
from sciknow.readers.formats.geotiff.keys import Grid
from sciknow.readers.formats.geotiff.mosaic import Mosaic, Piece, compose, join
from sciknow.readers.formats.geotiff.store import (
    GeotiffStore,
    decoded,
    grid_variables,
    image_grid,
    level_of,
    mosaic_variable,
    open_tiff,
    packed_alike,
)
from sciknow.readers.formats.geotiff.tiff import Tiff, parse_nodata
from sciknow.readers.formats.stac.asset import Chosen, choose
from sciknow.readers.formats.stac.document import Item, gather
from sciknow.readers.joining import combine, open_each
from sciknow.readers.options import SHARED
from sciknow.readers.plans.cost import Costs
from sciknow.readers.plans.joined_cost import JoinedCosts
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import explain

MAX_IMAGES = 4_000
"""The most images that are opened together."""

ITEM = "stac_item"
"""The coordinate that names the items of each time."""

_TAKEN = frozenset({"time", "x", "y", "band", "spatial_ref", ITEM})


def open_document(
    location: Location,
    options: Mapping[str, object],
    wanted: Sequence[str] | None,
    limit: int | None,
) -> xr.Dataset:
    """Open what a document leads to lazily, and keep what reading it costs."""
    found = gather(location, limit)
    chosen = choose(found, wanted, location)
    make = open_cube if chosen[0].reader == "geotiff" else open_others
    opened, costs = make(location, chosen, options)
    location.transport.kept[location.url] = costs
    return opened.assign_attrs(dict(found.attrs) | opened.attrs)


@dataclass(frozen=True, eq=False)
class _Image:
    """An asset's file, open."""

    chosen: Chosen
    tiff: Tiff
    level: int
    grid: Grid


def open_cube(
    location: Location, chosen: Sequence[Chosen], options: Mapping[str, object]
) -> tuple[xr.Dataset, Costs]:
    """Put images together as variables over time, y and x.

    Raises
    ------
    InvalidInput
        When they do not lie on one grid, or are packed differently.
    LimitExceeded
        When there are very many.
    """
    if len(chosen) > MAX_IMAGES:
        raise LimitExceeded(
            f"{redact(location.url)} leads to {len(chosen):,} images",
            hint=f"at most {MAX_IMAGES:,} are opened together; name assets, or give limit",
        )
    images = open_each(chosen, lambda one: _open_image(location, one, options))
    grid, places = join([(image.chosen.title, image.grid) for image in images])
    layers = _layers([one.item for one in chosen], str(options.get("groupby", "time")))
    times = _times([one.item for one in chosen], layers, options)
    variables = grid_variables(grid)
    variables["time"] = xr.Variable("time", times)
    mosaics: dict[str, Mosaic] = {}
    for key in dict.fromkeys(one.asset.key for one in chosen):
        own = [
            (image, place, layer)
            for image, place, layer in zip(images, places, layers, strict=True)
            if image.chosen.asset.key == key
        ]
        for name, (found, attrs) in _bands(key, own, grid, len(times)).items():
            if name in mosaics:
                raise InvalidInput(f"two bands are called {name!r}", hint="name one asset")
            mosaics[name] = found
            variables[name] = mosaic_variable(found, ("time", "y", "x"), attrs)
    opened = decoded(GeotiffStore({}, variables), options, location.url, location.limits)
    names = xr.Variable("time", np.array(_joined(chosen, layers, len(times)))).chunk()
    return opened.assign_coords({ITEM: names}), MosaicCosts(mosaics, frozenset({ITEM}))


def _open_image(location: Location, one: Chosen, options: Mapping[str, object]) -> _Image:
    with explain(one.title, "a GeoTIFF"):
        tiff = open_tiff(place_of(location, one))
        level = level_of(tiff, options)
        return _Image(one, tiff, level, image_grid(tiff, level))


def place_of(location: Location, one: Chosen) -> Location:
    """Return where an asset lies, with the transport of its document."""
    path = None if "://" in one.url else Path(one.url)
    return replace(location, url=one.url, path=path)


def _layers(items: Sequence[Item], groupby: str) -> list[int]:
    """Return the layer of each item, in the order of times."""
    keys: list[Any] = [_group(item, groupby) for item in items]
    order = {key: at for at, key in enumerate(sorted(set(keys)))}
    return [order[key] for key in keys]


def _group(item: Item, groupby: str) -> tuple[Any, ...]:
    if groupby == "day":
        return (item.time.astype("M8[D]"),)
    return (item.time, item.id) if groupby == "id" else (item.time,)


def _times(
    items: Sequence[Item], layers: Sequence[int], options: Mapping[str, object]
) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    unit = "M8[D]" if options.get("groupby") == "day" else "M8[ns]"
    first: dict[int, np.datetime64] = {}
    for item, layer in zip(items, layers, strict=True):
        first.setdefault(layer, item.time.astype(unit))
    return np.array([first[layer] for layer in sorted(first)]).astype("M8[ns]")


def _joined(chosen: Sequence[Chosen], layers: Sequence[int], count: int) -> list[str]:
    names: list[list[str]] = [[] for _ in range(count)]
    for one, layer in zip(chosen, layers, strict=True):
        if one.item.id not in names[layer]:
            names[layer].append(one.item.id)
    return [" ".join(item) for item in names]


def _bands(
    key: str, own: Sequence[tuple[_Image, tuple[int, int], int]], grid: Grid, count: int
) -> dict[str, tuple[Mosaic, dict[str, Any]]]:
    """Return the variables of one asset: one for each of its bands."""
    said = packed_alike([image.tiff for image, _, _ in own])
    asset = own[0][0].chosen.asset
    told = asset.bands
    found = {}
    for band, attrs in enumerate(said):
        about = told[band] if band < len(told) else {}
        nodata = attrs.get("_FillValue")
        if nodata is None:
            stated = about.get("nodata", asset.fields.get("nodata"))
            nodata = parse_nodata(stated, own[0][0].tiff.main.dtype)
        pieces = [
            Piece(image.tiff, image.level, band, layer, *place) for image, place, layer in own
        ]
        mosaic = compose(grid, count, pieces, nodata)
        full = _about(asset.fields, about) | attrs
        if nodata is not None:
            full["_FillValue"] = mosaic.dtype.type(nodata)
        found[_name(key, about, band, len(said))] = (mosaic, full)
    return found


def _name(key: str, about: Mapping[str, Any], band: int, count: int) -> str:
    name = key if count == 1 else f"{key}_{about.get('name') or band + 1}"
    return f"asset_{name}" if name in _TAKEN else name


def _about(asset: Mapping[str, Any], band: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a document says of a band: names and units; scales are noted, not applied."""
    told = {
        "long_name": asset.get("title"),
        "comment": band.get("description") or asset.get("description"),
        "units": band.get("unit") or asset.get("unit"),
        "common_name": band.get("eo:common_name") or band.get("common_name"),
        "raster_scale": band.get("raster:scale", band.get("scale")),
        "raster_offset": band.get("raster:offset", band.get("offset")),
    }
    return {key: value for key, value in told.items() if isinstance(value, (str, int, float))}


def open_others(
    location: Location, chosen: Sequence[Chosen], options: Mapping[str, object]
) -> tuple[xr.Dataset, Costs | None]:
    """Open assets of another format by its reader, and join them along their coordinates.

    Raises
    ------
    InvalidInput
        When one is a tree of groups, or they do not fit together.
    """
    reader: Any = registry.get(chosen[0].reader)
    taken = SHARED.keys() & reader.format.options.keys()
    passed = {key: value for key, value in options.items() if key in taken}
    places = [place_of(location, one) for one in chosen]
    parts: list[Any] = open_each(places, lambda place: reader.open_(place, passed))
    for one, part in zip(chosen, parts, strict=True):
        if not isinstance(part, xr.Dataset):
            raise InvalidInput(
                f"{one.title} is a table or a tree of groups",
                hint="open it by its own address",
            )
    make = getattr(reader, "costs", None)
    costs = [make(place, passed) if make else None for place in places]
    if len(parts) == 1:
        return parts[0], costs[0]
    opened = combine(parts, None, [one.title for one in chosen])
    return opened, JoinedCosts.of(opened, list(zip(parts, costs, strict=True)))
