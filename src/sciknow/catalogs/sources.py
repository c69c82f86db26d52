"""``sources.yaml``: the registered endpoints that can be harvested."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sciknow.catalogs.plainyaml import read_document
from sciknow.errors import NotFound
from sciknow.model.parse import Where, parse_mapping
from sciknow.model.source import Source, parse_source
from sciknow.model.suggest import nearest

SOURCES = "sources.yaml"


def read_sources(folder: Path) -> dict[str, Source]:
    """Return the sources of a folder by their ids; none where it has no such file.

    Raises
    ------
    InvalidInput
        When one breaks a rule.
    """
    path = folder / SOURCES
    if not path.exists():
        return {}
    where = Where(SOURCES)
    told = parse_mapping(read_document(path).value, where, allowed=("sources",))
    listed = parse_mapping(told.get("sources") or {}, where / "sources")
    return {name: parse_source(name, value, where @ name) for name, value in listed.items()}


def source_named(sources: Mapping[str, Source], name: str) -> Source:
    """Return a source by its id.

    Raises
    ------
    NotFound
        With the closest ids.
    """
    if name not in sources:
        close = nearest(name, sources)
        raise NotFound(
            f"no source {name!r} is registered",
            hint=f"did you mean {', '.join(close)}?" if close else "`sciknow sources` lists them",
        )
    return sources[name]
