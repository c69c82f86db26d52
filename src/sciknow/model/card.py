"""A dataset's card as a plain mapping, and the way back.

The card is what people write in ``catalogs/<sector>.yaml``; its keys are listed in `CARD_KEYS`.
`parse_card` checks each of them and raises `InvalidInput` with the file, the entry and the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sciknow.errors import InvalidInput
from sciknow.model.agent import Grant
from sciknow.model.coverage import (
    PeriodOfTime,
    Resolution,
    SpatialCoverage,
    parse_period,
    parse_resolution,
    parse_spatial,
)
from sciknow.model.dataset import Dataset
from sciknow.model.distribution import DistributionCard, parse_distribution_card
from sciknow.model.identifier import parse_cstr, parse_doi
from sciknow.model.langstring import LangString, parse_langstring
from sciknow.model.licence import canonical
from sciknow.model.parse import (
    Where,
    parse_date,
    parse_duration,
    parse_enum,
    parse_list,
    parse_mapping,
    parse_slug,
    parse_text,
    parse_url,
    show,
)
from sciknow.model.provenance import parse_activity
from sciknow.model.relation import parse_relation
from sciknow.model.variable import parse_variable
from sciknow.vocab import AccessRights, Sector
from sciknow.words import LANGUAGES

_PARSERS: dict[str, Any] = {}
"""Card key → parser; filled below, in the order in which a card is written."""


def parse_license(value: object, where: Where) -> str:
    """Read an SPDX identifier (its form) or the URL of the publisher's terms."""
    if isinstance(value, str) and "://" in value:
        return parse_url(value, where)
    text = parse_text(value, where, limit=64)
    if " " in text:
        meant = canonical(text) or "an SPDX identifier such as CC-BY-4.0"
        raise where.refuse(show(value), f"{meant}, or the terms' URL")
    return text


def parse_citation(value: object, where: Where) -> str:
    """Read the publisher's wording of a citation, on one line."""
    return " ".join(parse_text(value, where, limit=2000).split())


def parse_keywords(value: object, where: Where) -> tuple[tuple[str, str], ...]:
    """Read ``{en: [...], zh: [...]}``."""
    mapping = parse_mapping(value, where, allowed=LANGUAGES)
    return tuple(
        (tag, word)
        for tag in LANGUAGES
        if tag in mapping
        for word in parse_list(mapping[tag], where / tag, parse_text)
    )


def parse_grant(value: object, where: Where) -> Grant:
    """Read ``{funder, number, name}``."""
    mapping = parse_mapping(
        value, where, allowed=("funder", "number", "name"), required=("funder",)
    )
    name = mapping.get("name")
    return Grant(
        funder=parse_slug(mapping["funder"], where / "funder"),
        number=parse_text(mapping["number"], where / "number") if "number" in mapping else "",
        name=parse_langstring(name, where / "name") if name else LangString(),
    )


def parse_periodicity(value: object, where: Where) -> str:
    """Read ``never``, ``irregular`` or an ISO 8601 duration between two updates."""
    if value in ("never", "irregular"):
        return str(value)
    return parse_duration(value, where)


def _list_of(parser: Any) -> Any:
    return lambda value, where: parse_list(value, where, parser)


def _sector(value: object, where: Where) -> Sector:
    return parse_enum(value, where, Sector)


_PARSERS.update(
    title=parse_langstring,
    description=parse_langstring,
    sectors=_list_of(_sector),
    publisher=parse_slug,
    creators=_list_of(parse_slug),
    grants=_list_of(parse_grant),
    doi=parse_doi,
    cstr=parse_cstr,
    version=parse_text,
    issued=parse_date,
    citation=parse_citation,
    landing_page=parse_url,
    license=parse_license,
    rights=parse_langstring,
    access_rights=lambda value, where: parse_enum(value, where, AccessRights),
    spatial=parse_spatial,
    temporal=parse_period,
    resolution=parse_resolution,
    accrual_periodicity=parse_periodicity,
    variables=_list_of(parse_variable),
    keywords=parse_keywords,
    theme=_list_of(parse_slug),
    relations=_list_of(parse_relation),
    distributions=_list_of(parse_distribution_card),
    provenance=_list_of(parse_activity),
)

CARD_KEYS = tuple(_PARSERS)
"""Every key a card may have, in the order in which it is written."""

REQUIRED_KEYS = ("title", "description", "publisher", "landing_page", "theme", "provenance")
"""The keys without which a card is refused."""


def parse_card(
    identifier: str, value: object, where: Where, *, sector: Sector | None = None
) -> tuple[Dataset, tuple[DistributionCard, ...]]:
    """Read one card.

    Parameters
    ----------
    identifier : str
        The dataset's id: the card's key in the file.
    value : object
        The mapping read from YAML.
    where : Where
        The file and entry, for error messages.
    sector : Sector, optional
        The sector of the file that holds the card.

    Returns
    -------
    dataset : Dataset
        The record, still without distributions.
    distributions : tuple of DistributionCard
        What the card says of each; the catalogue joins them with the Intake entries.

    Raises
    ------
    InvalidInput
        With the file, the entry, the key, what was found and what is allowed.
    """
    parse_slug(identifier, where)
    mapping = parse_mapping(value, where, allowed=CARD_KEYS, required=REQUIRED_KEYS)
    fields = {
        key: parser(mapping[key], where / key)
        for key, parser in _PARSERS.items()
        if mapping.get(key) is not None
    }
    ways = fields.pop("distributions", ())
    return Dataset(id=identifier, sector=sector, **fields), ways


def card_problems(identifier: str, value: object, where: Where) -> tuple[InvalidInput, ...]:
    """Return every problem of a card, at most one a key; `parse_card` stops at the first."""
    problems: list[InvalidInput] = []

    def attempt(parse: Callable[..., object], *arguments: object, **options: object) -> None:
        try:
            parse(*arguments, **options)
        except InvalidInput as error:
            problems.append(error)

    attempt(parse_slug, identifier, where)
    if not isinstance(value, Mapping):
        return (*problems, where.refuse(show(value), "a mapping"))
    for key, content in value.items():
        if key not in _PARSERS:
            attempt(parse_mapping, {key: content}, where, allowed=CARD_KEYS)
        elif content is not None:
            attempt(_PARSERS[key], content, where / key)
    for key in REQUIRED_KEYS:
        attempt(parse_mapping, value, where, required=(key,))
    return tuple(problems)


def card_of(dataset: Dataset) -> dict[str, object]:
    """Return the card of a dataset, the mapping that `parse_card` reads.

    Distributions with a reader are named by their id alone beside what the card owns.
    """
    plain: dict[str, object] = {}
    for key in CARD_KEYS:
        value = getattr(dataset, key)
        if value or value == 0:
            plain[key] = _WRITERS.get(key, _plain)(value)
    return plain


def _plain(value: Any) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else str(value)


def _keywords(value: tuple[tuple[str, str], ...]) -> object:
    return {tag: words for tag in LANGUAGES if (words := [word for at, word in value if at == tag])}


def _spatial(value: SpatialCoverage) -> object:
    box = {"bbox": list(value.bbox)} if value.bbox else {}
    return box | ({"name": value.name.to_dict()} if value.name else {})


def _period(value: PeriodOfTime) -> object:
    return _without_empty({"start": value.start, "end": value.end})


def _resolution(value: Resolution) -> object:
    return _without_empty(
        {"degrees": value.degrees, "meters": value.meters, "duration": value.duration}
    )


def _each(*names: str) -> Any:
    def write(values: tuple[Any, ...]) -> object:
        return [
            _without_empty({name: _scalar(getattr(item, name)) for name in names})
            for item in values
        ]

    return write


def _scalar(value: Any) -> object:
    if isinstance(value, LangString):
        return value.to_dict()
    if isinstance(value, StrEnum):
        return str(value)
    return [_evidence(item) for item in value] if isinstance(value, tuple) else value


def _evidence(item: Any) -> Mapping[str, str]:
    return {"source": item.source, "opened_with": item.opened_with, "accessed": item.accessed}


def _without_empty(mapping: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in mapping.items() if value not in ("", None, {}, [])}


def _distributions(values: tuple[Any, ...]) -> object:
    own = ("title", "byte_size", "access_evidence")
    with_reader, without = _each("id", *own), _each("access_url", "media_type", *own)
    return [(with_reader if item.openable else without)((item,))[0] for item in values]


_WRITERS: dict[str, Any] = {
    "keywords": _keywords,
    "spatial": _spatial,
    "temporal": _period,
    "resolution": _resolution,
    "relations": _each("kind", "dataset", "change"),
    "grants": _each("funder", "number", "name"),
    "variables": _each("name", "standard_name", "units", "long_name"),
    "distributions": _distributions,
}
