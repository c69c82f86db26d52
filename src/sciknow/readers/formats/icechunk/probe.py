"""What a probe asks of an Icechunk repository."""

from __future__ import annotations

from collections.abc import Mapping

from sciknow.model.content import DATA
from sciknow.readers.probes.ask import Ask, documents
from sciknow.readers.protocol import Location

NAMES = ("repo", "refs/branch.main/ref.json")


def asks(location: Location, options: Mapping[str, object]) -> list[Ask]:
    """Ask for the documents of which a repository has one."""
    return documents(location, options, NAMES, DATA)
