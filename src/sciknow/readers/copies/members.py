"""The files that make up a distribution, as its format names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from sciknow.model.preserved import FileVersion
from sciknow.readers.fileset import is_set, members
from sciknow.readers.protocol import Location

MAX_FILES = 1_000_000
FOLDER = "data"
"""The folder below which copies lie."""

UNKNOWN = FileVersion()


@dataclass(frozen=True, slots=True)
class Member:
    """One file.

    Parameters
    ----------
    path : str
        Its place below the folder of the copies.
    url : str
        Its address, or its local path.
    state : FileVersion
        What is known of its version.
    optional : bool
        Whether it may be missing.
    """

    path: str
    url: str
    state: FileVersion = UNKNOWN
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """All of them.

    Parameters
    ----------
    files : tuple of Member
        In any order.
    opens : str
        What a reader opens of the copies, below their folder; empty for references.
    listed : bool
        Whether the source itself said which files there are.
    references : mapping
        Of references: a document that leads to the copies.
    """

    files: tuple[Member, ...]
    opens: str = ""
    listed: bool = True
    references: Mapping[str, object] = field(default_factory=dict)


def members_of(location: Location, files: Iterable[Member], *, listed: bool = True) -> Members:
    """Return files that lie in one folder, which is what a reader opens."""
    top = last(location.url)
    return Members(tuple(replace(item, path=f"{top}/{item.path}") for item in files), top, listed)


def of_file_or_set(location: Location, options: Mapping[str, object]) -> Members:
    """Return a file, or the files of a set, which lie beside each other."""
    top = last(location.url)
    if is_set(location, options):
        folder = location.url.rpartition("/")[0]
        urls = members(location, options)
        return Members(tuple(Member(unquote(url[len(folder) + 1 :]), url) for url in urls), top)
    top = top.replace("%", "_")  # validators of bags disagree on how a manifest writes it
    return Members((Member(top, location.url),), top)


def last(url: str) -> str:
    """Return the last part of an address, fit for the name of a file."""
    path = urlsplit(url).path if "://" in url else url
    name = unquote(path.rstrip("/").rpartition("/")[2]) or "data"
    return name.replace("/", "_").replace("\\", "_")
