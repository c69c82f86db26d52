"""What a probe asks of a Zarr store."""

from __future__ import annotations

from collections.abc import Mapping

from sciknow.model.content import JSON
from sciknow.readers.probes.ask import Ask, documents
from sciknow.readers.protocol import Location

NAMES = (".zmetadata", "zarr.json", ".zgroup", ".zarray")


def asks(location: Location, options: Mapping[str, object]) -> list[Ask]:
    """Ask for the documents of which a store has at least one."""
    return documents(location, options, NAMES, JSON)
