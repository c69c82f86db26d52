"""What a probe asks of a table of an ERDDAP server."""

from __future__ import annotations

from collections.abc import Mapping

from sciknow.readers.formats.opendap.probe import STRUCTURE
from sciknow.readers.probes.ask import Ask
from sciknow.readers.protocol import Location

PATH = "/tabledap/"
ENDINGS = (
    ".html",
    ".htmlTable",
    ".csv",
    ".csvp",
    ".csv0",
    ".nc",
    ".das",
    ".dds",
    ".json",
    ".graph",
)


def asks(location: Location, options: Mapping[str, object]) -> list[Ask]:
    """Ask for the structure of the table."""
    return [Ask(address(location.url) + ".dds", STRUCTURE)]


def address(url: str) -> str:
    """Return the address of a table without query and ending.

    Examples
    --------
    >>> address("https://h/erddap/tabledap/cwwcNDBCMet.htmlTable?station,time")
    'https://h/erddap/tabledap/cwwcNDBCMet'
    """
    bare = url.partition("?")[0].rstrip("/")
    ending = next((one for one in ENDINGS if bare.endswith(one)), "")
    return bare.removesuffix(ending)
