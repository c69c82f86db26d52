"""What a bag says of its dataset: the card with citation and origin, and how its payload opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import sciknow.preservation as preservation
import sciknow.readers as readers
from sciknow.clock import stamp
from sciknow.ledger import Source
from sciknow.model import Agent, Dataset, Distribution, Publication
from sciknow.model.parse import Where
from sciknow.model.plain import from_plain, to_plain
from sciknow.model.preserved import FileRecord
from sciknow.readers import Payload

T = TypeVar("T")


def opens_of(
    way: Distribution, payload: Payload | None, records: Sequence[FileRecord]
) -> Distribution:
    """Return the distribution that opens the payload of a bag, with no network."""
    reader, options = readers.reader_for(way).format.name, way.options
    if payload is None:
        reader, options = readers.WRITTEN_AS, {}
        place = f"{preservation.PAYLOAD}/{records[0].path}"
    elif payload.references:
        place = preservation.REFERENCES
    else:
        place = f"{preservation.PAYLOAD}/{payload.opens}"
    return replace(
        way, access_url=place, reader=reader, options=options, storage_options={}, offline=True
    )


def make_card(
    source: Source,
    citation: str,
    way: Distribution,
    opens: Distribution,
    *,
    request: Mapping[str, object],
    generation: str,
    notes: Sequence[str],
) -> dict[str, object]:
    """Return the card of a bag as plain values."""
    dataset = source.dataset
    return {
        "format": preservation.FORMAT,
        "preserved_at": stamp(),
        "request": dict(request),
        "dataset": to_plain(dataset),
        "terms": {
            "license": dataset.license,
            "rights": dataset.rights.to_dict(),
            "access_rights": str(dataset.access_rights or ""),
        },
        "citation": citation,
        "publisher": to_plain(source.publisher) if source.publisher else None,
        "creators": [to_plain(item) for item in source.creators],
        "data_papers": [to_plain(item) for item in source.data_papers],
        "origin": to_plain(way),
        "opens": to_plain(opens),
        "generation": generation,
        "notes": list(notes),
    }


def info_fields(dataset: Dataset, publisher: str) -> list[tuple[str, str]]:
    """Return the fields of ``bag-info.txt`` that the dataset's card fills in."""
    return [
        ("Source-Organization", publisher),
        ("External-Description", dataset.title.best()),
        ("External-Identifier", dataset.identifier),
        ("Internal-Sender-Identifier", dataset.id),
    ]


def read_part(card: Mapping[str, Any], key: str, kind: type[T]) -> T:
    """Read a model object out of a card, whoever wrote it.

    Raises
    ------
    InvalidInput
        When it is none.
    """
    return from_plain(kind, card.get(key), Where("the card of the bag") / key)


def read_source(card: Mapping[str, Any]) -> Source:
    """Return what a citation needs, as the card has it."""
    papers, creators = card.get("data_papers") or (), card.get("creators") or ()
    return Source(
        dataset=read_part(card, "dataset", Dataset),
        publisher=read_part(card, "publisher", Agent) if card.get("publisher") else None,
        creators=tuple(read_part({"creator": one}, "creator", Agent) for one in creators),
        data_papers=tuple(read_part({"paper": one}, "paper", Publication) for one in papers),
    )
