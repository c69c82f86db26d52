"""What a probe asks of references."""

from __future__ import annotations

from collections.abc import Mapping

from sciknow.model.content import JSON
from sciknow.readers.probes.ask import Ask, document
from sciknow.readers.protocol import Location


def asks(location: Location, options: Mapping[str, object]) -> list[Ask]:
    """Ask for the document, or for the metadata of a folder of Parquet references."""
    url = location.url.rstrip("/")
    folder = is_folder(location)
    return [Ask(document(url, ".zmetadata") if folder else location.url, JSON)]


def is_folder(location: Location) -> bool:
    """Tell whether references are a folder of Parquet files; else they are one document."""
    if location.path is not None:
        return location.path.is_dir()
    return location.url.rstrip("/").endswith((".parq", ".parquet"))
