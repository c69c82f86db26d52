"""The closed lists: the formats, types, schemes and options a catalogue may name.

Whatever is not on these lists is refused. What a format says of itself comes from
`sciknow.formats`; a name here is only ever compared with, and nothing is imported because a
catalogue names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sciknow.formats import installed_formats
from sciknow.model.format import Format, Intake
from sciknow.model.option import (
    Parser,
    one_of,
    parse_account,
    parse_region,
    parse_true,
    parse_web_url,
)

SUB_CATALOG = "intake.readers.readers:YAMLCatalogReader"
INTAKE_CATALOG = "intake.readers.entry:Catalog"
YAML_FILE = "intake.readers.datatypes:YAMLFile"

_CLIENT: dict[str, Parser] = {"endpoint_url": parse_web_url, "region_name": parse_region}

_S3: dict[str, Parser | Mapping[str, Parser]] = {
    "anon": parse_true,
    "endpoint_url": parse_web_url,
    "client_kwargs": MappingProxyType(_CLIENT),
}
_GS: dict[str, Parser | Mapping[str, Parser]] = {
    "token": one_of("anon"),
    "endpoint_url": parse_web_url,
}
_AZ: dict[str, Parser | Mapping[str, Parser]] = {
    "anon": parse_true,
    "account_name": parse_account,
}

STORAGE_OPTIONS: Mapping[str, Mapping[str, Parser | Mapping[str, Parser]]] = MappingProxyType(
    {"s3": _S3, "gs": _GS, "az": _AZ, "abfs": _AZ}
)
"""Scheme → options of its store, as plain Intake takes them; none can carry a credential."""

REMOTE_PROTOCOLS = ("http", "https", "s3", "gs", "az", "abfs", "file")


@dataclass(frozen=True, slots=True)
class Notation:
    """One way that a catalogue writes data of a format.

    Parameters
    ----------
    format : Format
        What it stands for.
    intake : Intake
        The Intake classes that open it, and what they need.
    """

    format: Format
    intake: Intake

    @property
    def options(self) -> dict[str, Parser]:
        """Options that an entry may have: those that the format has a parser for, and Intake's."""
        beside = (options for options in self.intake.beside.values())
        theirs = [*self.intake.plain.items(), *(pair for item in beside for pair in item.items())]
        ours = {key: parser for key, parser in self.format.options.items() if parser is not None}
        return ours | {key: one_of(value) for key, value in theirs}

    @property
    def keeps_engine(self) -> bool:
        """Whether the engine has to be kept, since the format is written in several ways."""
        return len(self.format.intake) > 1

    def plain_options(self, options: Mapping[str, object]) -> dict[str, object]:
        """Return what an entry must say for plain Intake beside the options of our reader."""
        found = dict(self.intake.plain)
        for key, needed in self.intake.beside.items():
            found |= needed if key in options else {}
        return found


@cache
def notations() -> Mapping[str, tuple[Notation, ...]]:
    """Return what each of Intake's datatypes may stand for, the most particular first."""
    found: dict[str, list[Notation]] = {}
    for item in installed_formats().values():
        for intake in item.intake:
            found.setdefault(intake.datatype, []).append(Notation(item, intake))
    return {
        datatype: tuple(sorted(items, key=lambda one: one.intake.when is None))
        for datatype, items in found.items()
    }


def intake_readers() -> tuple[str, ...]:
    """Return the Intake readers that an entry may name."""
    every = (one.intake.reader for items in notations().values() for one in items)
    return tuple(dict.fromkeys(every))


def notation_of(reader: str, options: Mapping[str, object]) -> Notation | None:
    """Return how a distribution is written, by its reader (and engine, for NetCDF)."""
    item = installed_formats().get(reader)
    engine = options.get("engine")
    return next(
        (
            Notation(item, intake)
            for intake in (item.intake if item else ())
            if item and engine in (None, intake.engine)
        ),
        None,
    )
