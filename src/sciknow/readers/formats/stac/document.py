"""STAC documents → items and their assets: an Item, an ItemCollection, or a Collection's items.

pystac reads each item (and brings older versions of STAC up to date); links are followed here,
through the transport, each address once, up to a number of documents.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pystac

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable
from sciknow.net import redact
from sciknow.readers.formats.stac import MAX_ITEMS
from sciknow.readers.formats.stac.link import follow
from sciknow.readers.jsontext import LIMITS, read_json
from sciknow.readers.protocol import Location
from sciknow.text import clean
from sciknow.wire.trouble import DAMAGED

MAX_DOCUMENT = 64 * 2**20
"""The most bytes that one document may have."""

MAX_DOCUMENTS = 1_000
"""The most documents that one opening reads."""

LIMIT = 100
"""Items that are opened where no number is asked for; more of them are refused."""

AT_ONCE = 8

_TYPES = ("Feature", "FeatureCollection", "Collection", "Catalog")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of an item.

    Parameters
    ----------
    key : str
        Its name in the item.
    href : object
        Where it says that it lies; not checked yet.
    base : str
        Where the document lies that says so.
    media_type : str
        What it is said to be.
    roles : tuple of str
        What it is for.
    fields : mapping
        Everything else that is said of it.
    """

    key: str
    href: object
    base: str
    media_type: str
    roles: tuple[str, ...]
    fields: Mapping[str, Any]

    @property
    def bands(self) -> list[Mapping[str, Any]]:
        """What is said of each band, in STAC 1.1 or in the extensions that it replaced."""
        lists = [self.fields.get(name) for name in ("bands", "eo:bands", "raster:bands")]
        found: list[dict[str, Any]] = []
        for told in lists:
            rows = told if isinstance(told, list) else []
            found += [{} for _ in range(len(rows) - len(found))]
            for at, row in enumerate(rows):
                found[at] |= row if isinstance(row, dict) else {}
        return list(found)

    def url(self, folder: Path | None) -> str:
        """Return its checked address, or local path; see `stac_link.follow`."""
        return follow(self.base, self.href, folder)


@dataclass(frozen=True, slots=True)
class Item:
    """One item: a time and its files.

    Parameters
    ----------
    id : str
        Its name.
    time : numpy.datetime64
        Its time in UTC, or the first one where it has an interval.
    assets : mapping
        Name → asset.
    """

    id: str
    time: np.datetime64
    assets: Mapping[str, Asset]


@dataclass(frozen=True)
class Found:
    """What a document leads to.

    Parameters
    ----------
    items : tuple of Item
        Sorted by time, then by name.
    attrs : mapping
        What a collection says of itself.
    assets : mapping
        Assets of the collection itself.
    """

    items: tuple[Item, ...]
    attrs: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, Asset] = field(default_factory=dict)


def gather(location: Location, limit: int | None) -> Found:
    """Read a document and every item that it leads to.

    Parameters
    ----------
    location : Location
        Of the document.
    limit : int, optional
        Take so many items and no more; without it there may be at most `LIMIT`.

    Raises
    ------
    SourceUnavailable, IntegrityError
        When it, or a document that it leads to, is not to be had, or is no STAC.
    LimitExceeded
        When there are more items or documents than are opened together.
    UntrustedInput
        When it leads where nothing is read.
    """
    data = location.transport.run(location.transport.fetch(location.url, document=True))
    top = parse(data, location.url)
    walk = _Walk(location, limit)
    walk.take(top, location.url)
    while walk.ahead and not walk.full:
        walk.step()
    items = sorted(walk.items, key=lambda item: (item.time, item.id))
    if top["type"] != "Collection":
        return Found(tuple(items))
    return Found(tuple(items), _said(top), _assets(top.get("assets"), location.url))


class _Walk:
    """The items found so far, and the documents still to be read."""

    def __init__(self, location: Location, limit: int | None) -> None:
        self.location, self.limit = location, limit
        self.items: list[Item] = []
        self.ahead: list[str] = []
        self.seen = {location.url}
        self.read = 0

    @property
    def full(self) -> bool:
        """Whether as many items are there as were asked for."""
        return self.limit is not None and len(self.items) >= self.limit

    def step(self) -> None:
        """Read the next documents: a few at a time, so that a limit ends the walk early."""
        some, self.ahead = self.ahead[:AT_ONCE], self.ahead[AT_ONCE:]
        self.read += len(some)
        if self.read > MAX_DOCUMENTS:
            raise LimitExceeded(
                f"{redact(self.location.url)} leads to more than {MAX_DOCUMENTS:,} documents",
                hint="give limit, or the address of a search for what is wanted",
            )
        for url, data in zip(some, self.location.transport.run(self._fetch(some)), strict=True):
            if not self.full:
                self.take(parse(data, url), url)

    async def _fetch(self, urls: Sequence[str]) -> list[bytes]:
        fetch = self.location.transport.fetch
        return list(await asyncio.gather(*(fetch(url, document=True) for url in urls)))

    def take(self, document: Mapping[str, Any], url: str) -> None:
        """Take the items of a document, and note where it leads."""
        kind = document["type"]
        features = [document] if kind == "Feature" else document.get("features", [])
        if kind in ("Feature", "FeatureCollection"):
            for feature in _list(features, "features", url):
                if self.full:
                    return
                self.items.append(item_of(feature, url))
                self._check_count()
        for href in _links(document, local=self.location.path is not None):
            self._note(follow(url, href, self.location.transport.folder))

    def _note(self, url: str) -> None:
        if url not in self.seen:
            self.seen.add(url)
            self.ahead.append(url)

    def _check_count(self) -> None:
        if self.limit is None and len(self.items) > LIMIT:
            raise LimitExceeded(
                f"{redact(self.location.url)} holds more than {LIMIT} items",
                hint=f"give limit (at most {MAX_ITEMS:,}), or the address of a narrower search",
            )


def _links(document: Mapping[str, Any], *, local: bool) -> list[Any]:
    """Return the links to follow: items and what is below; the next page of a remote answer."""
    links = [item for item in document.get("links") or [] if isinstance(item, dict)]
    kind = document["type"]
    if kind == "FeatureCollection":
        wanted = [] if local else ["next"]
    elif kind in ("Collection", "Catalog"):
        named = any(item.get("rel") == "item" for item in links)
        wanted = ["item" if named else "items", "child"]
    else:
        wanted = []
    asked = [item for item in links if str(item.get("method", "GET")).upper() == "GET"]
    return [item.get("href") for rel in wanted for item in asked if item.get("rel") == rel]


def parse(data: bytes, url: str) -> dict[str, Any]:
    """Read a document as JSON, and check that it is STAC.

    Raises
    ------
    LimitExceeded
        When it is too large.
    IntegrityError, SourceUnavailable
        When it is no JSON, or no STAC.
    """
    if len(data) > MAX_DOCUMENT:
        raise LimitExceeded(
            f"the STAC document {redact(url)} has {len(data):,} bytes",
            hint=f"at most {MAX_DOCUMENT:,} are read; ask for fewer items",
        )
    try:
        found = read_json(data, f"the STAC document {redact(url)}")
    except LimitExceeded:
        raise
    except ValueError as error:
        raise IntegrityError(
            f"{redact(url)} is no STAC document: {str(error)[:200]}", hint=DAMAGED
        ) from error
    if not isinstance(found, dict) or found.get("type") not in _TYPES:
        raise SourceUnavailable(
            f"{redact(url)} is no STAC document",
            hint=f"a STAC document is a JSON object of the type {', '.join(_TYPES)}",
        )
    return found


def _list(value: object, what: str, url: str) -> list[Any]:
    if not isinstance(value, list):
        raise IntegrityError(f"{what} of {redact(url)} is no list", hint=DAMAGED)
    return value


def item_of(value: object, url: str) -> Item:
    """Read one item.

    Raises
    ------
    IntegrityError
        When it is none.
    """
    name = value.get("id") if isinstance(value, dict) else None
    try:
        read = pystac.Item.from_dict(value if isinstance(value, dict) else {})
        start = read.datetime or read.common_metadata.start_datetime
        plain = {key: asset.to_dict() for key, asset in read.assets.items()}
    except Exception as error:
        raise IntegrityError(
            f"the item {clean(str(name))[:100]} of {redact(url)} is no STAC item: "
            f"{type(error).__name__}: {str(error)[:200]}",
            hint=DAMAGED,
        ) from error
    LIMITS.check("names", len(plain), f"the item {clean(str(name))[:100]}", "assets")
    called = clean(str(read.id or ""))
    return Item(called, _time(start, called), _assets(plain, url))


def _time(found: datetime | None, name: str) -> np.datetime64:
    if found is None or not 1678 <= found.year <= 2261:
        raise IntegrityError(
            f"the item {clean(name)[:100]} has no time that is counted here: {found}", hint=DAMAGED
        )
    plain = found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(plain, "ns")


def _assets(value: object, base: str) -> dict[str, Asset]:
    return {
        clean(str(key)): _asset(clean(str(key)), told, base)
        for key, told in (value.items() if isinstance(value, Mapping) else ())
        if isinstance(told, dict) and isinstance(told.get("href"), str)
    }


def _asset(key: str, told: Mapping[str, Any], base: str) -> Asset:
    roles = told.get("roles")
    return Asset(
        key=key,
        href=told["href"],
        base=base,
        media_type=str(told.get("type") or "").strip().lower(),
        roles=tuple(map(str, roles)) if isinstance(roles, list) else (),
        fields=told,
    )


def _said(collection: Mapping[str, Any]) -> dict[str, str]:
    """Return what a collection says of itself, under names of ACDD where it has them."""
    told = {
        "id": collection.get("id"),
        "title": collection.get("title"),
        "summary": collection.get("description"),
        "license": collection.get("license"),
    }
    return {key: clean(value) for key, value in told.items() if isinstance(value, str) and value}
