"""A way to get a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sciknow.model.langstring import LangString, parse_langstring
from sciknow.model.parse import (
    Where,
    parse_date,
    parse_list,
    parse_mapping,
    parse_number,
    parse_text,
    parse_url,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvidence:
    """A public page or code in which this exact URL is opened.

    Parameters
    ----------
    source : str
        URL of the page or the code.
    opened_with : str
        The call or tool that opens it there, for example ``xarray.open_zarr``.
    accessed : str
        ISO date when we read the page.
    """

    source: str
    opened_with: str
    accessed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One way to get at a dataset's data (a DCAT distribution).

    Parameters
    ----------
    id : str
        Name of the Intake entry, unique in a hub; for one without a reader ``<dataset>-<n>``.
    access_url : str
        Where the data are: file path below the catalogue's folder, http(s), s3, gs, az.
    reader : str
        Name of the reader that opens it, as `sciknow.formats` lists them
        (``zarr``, ``netcdf``, ``csv`` …); empty when there is none.
    media_type : str
        Its form.
    storage_options : mapping
        Checked options for the file system, for example ``{"anon": True}``.
    options : mapping
        Checked options for the reader, for example ``{"group": "fixed"}``.
    offline : bool
        Whether it opens with no network.
    access_evidence : tuple of AccessEvidence
        Where this URL was seen opened.
    harvested : bool
        Whether a record of somebody else names it, and no catalogue of the user's own.
    """

    id: str
    access_url: str
    reader: str = ""
    media_type: str = ""
    title: LangString = LangString()
    byte_size: int | None = None
    storage_options: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    offline: bool = False
    access_evidence: tuple[AccessEvidence, ...] = ()
    harvested: bool = False

    @property
    def openable(self) -> bool:
        """Whether a reader of ours opens it lazily."""
        return bool(self.reader)


def parse_evidence(value: object, where: Where) -> AccessEvidence:
    """Read one member of a distribution's ``access_evidence``."""
    keys = ("source", "opened_with", "accessed")
    mapping = parse_mapping(value, where, allowed=keys, required=keys)
    return AccessEvidence(
        source=parse_url(mapping["source"], where / "source"),
        opened_with=parse_text(mapping["opened_with"], where / "opened_with", limit=500),
        accessed=parse_date(mapping["accessed"], where / "accessed"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionCard:
    """What a card says of a distribution; the rest stands in the Intake entry of the same id."""

    id: str = ""
    access_url: str = ""
    media_type: str = ""
    title: LangString = LangString()
    byte_size: int | None = None
    access_evidence: tuple[AccessEvidence, ...] = ()


def parse_distribution_card(value: object, where: Where) -> DistributionCard:
    """Read ``{id, …}`` (has an Intake entry) or ``{access_url, media_type, …}`` (has none)."""
    mapping = parse_mapping(
        value,
        where,
        allowed=("id", "access_url", "media_type", "title", "byte_size", "access_evidence"),
    )
    if ("id" in mapping) == ("access_url" in mapping):
        raise where.refuse(
            "both id and access_url" if "id" in mapping else "neither id nor access_url",
            "id (the name of an entry in this file) or access_url (a way without a reader)",
        )
    title, size = mapping.get("title"), mapping.get("byte_size")
    return DistributionCard(
        id=parse_text(mapping["id"], where / "id", limit=120) if "id" in mapping else "",
        access_url=parse_url(mapping["access_url"], where / "access_url")
        if "access_url" in mapping
        else "",
        media_type=_parse_media_type(mapping.get("media_type"), where / "media_type"),
        title=parse_langstring(title, where / "title") if title else LangString(),
        byte_size=int(parse_number(size, where / "byte_size", 1, 1e19)) if size else None,
        access_evidence=parse_list(
            mapping.get("access_evidence", ()), where / "access_evidence", parse_evidence
        ),
    )


def _parse_media_type(value: object, where: Where) -> str:
    if value is None:
        return ""
    text = parse_text(value, where, limit=120)
    if text.count("/") != 1:
        raise where.refuse(text, "a media type such as application/netcdf")
    return text
