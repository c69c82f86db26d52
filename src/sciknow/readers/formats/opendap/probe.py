"""What a probe asks of a server of the Data Access Protocol."""

from __future__ import annotations

from collections.abc import Mapping

from sciknow.model.content import Content, Magic
from sciknow.readers.probes.ask import Ask
from sciknow.readers.protocol import Location

STRUCTURE = Content("an OPeNDAP structure", (Magic(b"dataset", words=True),))
ENDINGS = (".dods", ".dds", ".das", ".html", ".ascii")


def asks(location: Location, options: Mapping[str, object]) -> list[Ask]:
    """Ask for the structure of the dataset."""
    return [Ask(address(location.url) + ".dds", STRUCTURE)]


def address(url: str) -> str:
    """Return an OPeNDAP address without the ending of one of its documents."""
    bare = url.partition("?")[0].rstrip("/")
    for ending in ENDINGS:
        bare = bare.removesuffix(ending)
    return bare
