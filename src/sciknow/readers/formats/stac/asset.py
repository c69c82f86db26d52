"""Which assets of STAC items are opened, and by which reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from sciknow.errors import InvalidInput, NotFound
from sciknow.formats import installed_formats
from sciknow.model.format import Form, Format
from sciknow.net import redact
from sciknow.readers.formats.stac import FORMAT
from sciknow.readers.formats.stac.document import Asset, Found, Item
from sciknow.readers.protocol import Location

_ASIDE = frozenset({"thumbnail", "overview", "metadata", "visual"})
"""Roles of assets that are opened only where they are named."""

_REFERENCES = frozenset({"index", "references", "reference"})


@dataclass(frozen=True, eq=False)
class Chosen:
    """An asset that is opened.

    Parameters
    ----------
    item : Item
        The item that it belongs to.
    asset : Asset
        The asset.
    url : str
        Its checked address, or local path.
    reader : str
        The reader of its format.
    """

    item: Item
    asset: Asset
    url: str
    reader: str

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return f"{self.item.id}/{self.asset.key} ({redact(self.url)})"


def reader_of(asset: Asset) -> str:
    """Return the reader of an asset's format; empty where none is known.

    The media type decides where there is one, else the ending of the address.
    """
    plain = asset.media_type.partition(";")[0].strip()
    if plain == "application/json" and _REFERENCES & set(asset.roles):
        return "kerchunk"
    found = [item for item in installed_formats().values() if _is_array(item)]
    path = urlsplit(str(asset.href)).path.lower().rstrip("/")
    for item in found:
        if plain in item.media_types or (
            not plain and item.form is not Form.DOCUMENT and item.has_ending(path)
        ):
            return item.name
    return ""


def _is_array(item: Format) -> bool:
    """Tell whether a format is one of arrays that lie somewhere: no table, no service."""
    return not item.table and item.form is not Form.SERVICE and item is not FORMAT


def choose(found: Found, wanted: Sequence[str] | None, location: Location) -> list[Chosen]:
    """Choose the assets that are opened.

    Parameters
    ----------
    found : Found
        What the document leads to.
    wanted : sequence of str, optional
        Names of assets; by default every image of data, or, where there are no images, the one
        asset of another format.
    location : Location
        Of the document.

    Raises
    ------
    NotFound
        When there are no items, or none has such an asset.
    InvalidInput
        When the assets are of several formats, or it is not clear which is wanted.
    """
    own = [name for name in wanted or () if name in found.assets]
    if own and len(own) == len(wanted or ()):
        whole = Item(found.attrs.get("id", ""), np.datetime64("NaT", "ns"), found.assets)
        items: Sequence[Item] = [whole]
    else:
        items = found.items
    if not items:
        raise NotFound(
            f"{redact(location.url)} leads to no items",
            hint=_known(found.assets.values()) or "check the search that it answers",
        )
    pairs = list(_named(items, wanted) if wanted else _default(items))
    if not pairs:
        assets = [asset for item in items for asset in item.assets.values()]
        raise NotFound(
            f"no item of {redact(location.url)} has an asset that is read here",
            hint=_known(assets) or "see the publisher's page",
        )
    readers = {reader for _, _, reader in pairs}
    if len(readers) > 1:
        names = ", ".join(sorted({f"{asset.key} ({reader})" for _, asset, reader in pairs}))
        raise InvalidInput(
            f"the assets are of several formats: {names}", hint="name assets of one format"
        )
    folder = location.transport.folder if location.path is not None else None
    return [Chosen(item, asset, asset.url(folder), reader) for item, asset, reader in pairs]


def _known(assets: object) -> str:
    found = list(assets) if isinstance(assets, (list, type({}.values()))) else []
    names = sorted({f"{asset.key} ({reader_of(asset) or 'not read'})" for asset in found})
    return f"there are {', '.join(names[:20])}" if names else ""


def _named(items: Sequence[Item], wanted: Sequence[str]) -> Iterator[tuple[Item, Asset, str]]:
    for name in wanted:
        there = [item for item in items if name in item.assets]
        if not there:
            assets = [asset for item in items for asset in item.assets.values()]
            raise NotFound(f"no item has the asset {name!r}", hint=_known(assets))
        for item in there:
            reader = reader_of(item.assets[name])
            if not reader:
                raise InvalidInput(
                    f"the asset {name!r} ({item.assets[name].media_type}) is not read here",
                    hint=_known(list(item.assets.values())),
                )
            yield item, item.assets[name], reader


def _default(items: Sequence[Item]) -> Iterator[tuple[Item, Asset, str]]:
    """Yield every image of data; without images, the one asset of another format."""
    every = [
        (item, asset, reader)
        for item in items
        for asset in item.assets.values()
        if (reader := reader_of(asset)) and not _ASIDE & set(asset.roles)
    ]
    images = [one for one in every if one[2] == "geotiff"]
    keys = sorted({asset.key for _, asset, _ in every})
    if not images and len(keys) > 1:
        raise InvalidInput(
            f"the items have several assets: {', '.join(keys)}", hint="name one of them: assets"
        )
    yield from images or every
