"""A registered source: an endpoint that can be harvested, and where that was read."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.model.distribution import AccessEvidence, parse_evidence
from sciknow.model.langstring import LangString, parse_langstring
from sciknow.model.parse import (
    Where,
    parse_enum,
    parse_list,
    parse_mapping,
    parse_number,
    parse_slug,
    parse_text,
    parse_url,
)
from sciknow.model.receipt import Asked
from sciknow.vocab import Sector

_KEYS = (
    "title",
    "protocol",
    "address",
    "sectors",
    "region",
    "sets",
    "options",
    "every",
    "size",
    "license",
    "evidence",
    "note",
)
_REQUIRED = ("title", "protocol", "address", "sectors", "evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An endpoint that can be harvested.

    Parameters
    ----------
    id : str
        Its name; the ids of its records begin with it.
    title : LangString
        Who runs it, or what it is called.
    protocol, address : str
        What is spoken, and where.
    sectors : tuple of Sector
        What its records are about.
    region : str
        ISO 3166 code of where it is run; empty for international ones.
    sets : tuple of str
        The parts that are harvested unless others are asked for.
    options : tuple of (str, str)
        What only its protocol knows.
    every : float
        Seconds between two requests that its operator asks for, or that are polite.
    size : int
        Records a page; 0 leaves it to the protocol.
    license : str
        Of the metadata, where a source states it.
    evidence : tuple of AccessEvidence
        Public pages or code in which this very address is used with this protocol.
    note : str
        What one should know.
    """

    id: str
    title: LangString
    protocol: str
    address: str
    sectors: tuple[Sector, ...] = ()
    region: str = ""
    sets: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    every: float = 1.0
    size: int = 0
    license: str = ""
    evidence: tuple[AccessEvidence, ...] = ()
    note: str = ""

    def asked(
        self, *, since: str = "", sets: tuple[str, ...] = (), limit: int | None = None
    ) -> Asked:
        """Return what is asked of it."""
        return Asked(
            source=self.id,
            address=self.address,
            protocol=self.protocol,
            sectors=self.sectors if len(self.sectors) == 1 else (),
            since=since,
            sets=sets or self.sets,
            limit=limit,
            size=self.size,
            options=dict(self.options),
        )


def parse_source(name: str, value: object, where: Where) -> Source:
    """Read one source of ``sources.yaml``; every one has evidence.

    Raises
    ------
    InvalidInput
        Naming the source, the key, what was found and what is allowed.
    """
    parse_slug(name, where)
    told = parse_mapping(value, where, allowed=_KEYS, required=_REQUIRED)
    evidence = parse_list(told["evidence"], where / "evidence", parse_evidence)
    if not evidence:
        raise (where / "evidence").refuse("an empty list", "where this very address is used")
    return Source(
        id=name,
        title=parse_langstring(told["title"], where / "title"),
        protocol=parse_slug(told["protocol"], where / "protocol"),
        address=parse_url(told["address"], where / "address"),
        sectors=parse_list(told["sectors"], where / "sectors", _sector),
        region=_text(told, "region", where),
        sets=parse_list(told.get("sets", ()), where / "sets", parse_text),
        options=_options(told.get("options", {}), where / "options"),
        every=parse_number(told.get("every", 1.0), where / "every", 0, 3600),
        size=int(parse_number(told.get("size", 0), where / "size", 0, 10_000)),
        license=_text(told, "license", where),
        evidence=evidence,
        note=_text(told, "note", where),
    )


def _sector(value: object, where: Where) -> Sector:
    return parse_enum(value, where, Sector)


def _text(told: dict[str, object], key: str, where: Where) -> str:
    return parse_text(told[key], where / key, limit=500) if key in told else ""


def _options(value: object, where: Where) -> tuple[tuple[str, str], ...]:
    told = parse_mapping(value, where)
    return tuple((key, parse_text(item, where / key, limit=200)) for key, item in told.items())
