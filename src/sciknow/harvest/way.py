"""Ways to the data as records name them → distributions, with the reader that takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sciknow.formats import format_of_name, installed_formats
from sciknow.harvest.area import number
from sciknow.harvest.mapping import plain, url, words
from sciknow.model import Distribution
from sciknow.model.format import Form, Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to the data as a record names it.

    Parameters
    ----------
    url : object
        The address.
    media_type : object
        Its media type, or a short name such as ``CSV``.
    title : object
        In words.
    size : object
        Bytes.
    reader : str
        The reader, where the protocol itself says what answers there.
    options, storage_options : mapping
        For the reader.
    """

    url: object
    media_type: object = ""
    title: object = ""
    size: object = None
    reader: str = ""
    options: Mapping[str, object] | None = None
    storage_options: Mapping[str, object] | None = None


def distributions(dataset: str, ways: Iterable[Way]) -> tuple[Distribution, ...]:
    """Return the ways to a dataset, each address once, numbered; what is no address is left out."""
    found: dict[str, Distribution] = {}
    for way in ways:
        address = url(way.url)
        if not address or address in found:
            continue
        kind = media_type(way.media_type)
        found[address] = Distribution(
            id=f"{dataset}-{len(found) + 1}",
            access_url=address,
            reader=way.reader or reader_of(address, way.media_type),
            media_type=kind,
            title=words(way.title),
            byte_size=_size(way.size),
            options=dict(way.options or {}),
            storage_options=dict(way.storage_options or {}),
        )
    return tuple(found.values())


def media_type(value: object) -> str:
    """Return a media type in small letters, parameters kept; empty for what is none.

    Examples
    --------
    >>> media_type("Text/CSV"), media_type("CSV")
    ('text/csv', '')
    """
    text = plain(value).lower()
    text = text.removeprefix("https://www.iana.org/assignments/media-types/")
    return text if re.fullmatch(r"[\w.+-]+/[\w.+-]+(\s*;.*)?", text) else ""


def reader_of(address: str, kind: object = "") -> str:
    """Return the reader for an address: by media type or short name, then by suffix; or empty.

    A document that leads to other files (a STAC item, references) looks like any JSON: its reader
    is named only where the media type can mean nothing else.

    Examples
    --------
    >>> reader_of("https://a.org/x", "text/csv"), reader_of("https://a.org/x.nc"), reader_of("a")
    ('csv', 'netcdf', '')
    >>> reader_of("https://a.org/x.json"), reader_of("https://a.org/x", "JSON")
    ('', '')
    """
    full = media_type(kind).replace(" ", "")
    for name in (full, full.partition(";")[0]):
        if name and (found := _by_media_type(name)):
            return found
    stated = plain(kind).lower().lstrip(".")
    if stated and not full:
        known = installed_formats().get(stated) or format_of_name(f"x.{stated}")
        if known is not None:
            return _certain(known)
    if _is_page(full):
        return ""
    return _certain(format_of_name(urlsplit(address).path.rstrip("/")))


def _by_media_type(name: str) -> str:
    own = name.startswith("application/vnd.")
    for item in installed_formats().values():
        if name in (known.replace(" ", "") for known in item.media_types):
            return item.name if own else _certain(item)
    return ""


def _certain(found: Format | None) -> str:
    return "" if found is None or found.form is Form.DOCUMENT else found.name


def _is_page(kind: str) -> bool:
    return kind.startswith(("text/html", "application/xhtml", "application/pdf"))


def _size(value: object) -> int | None:
    with suppress(TypeError, ValueError, OverflowError):
        count = value if isinstance(value, int) else int(number(value))
        return count if 0 < count < 10**19 and not isinstance(value, bool) else None
    return None
