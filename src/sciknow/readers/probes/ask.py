"""What a probe asks a source for, and what should come. Formats import this to declare it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sciknow.model.content import Content
from sciknow.readers.protocol import Location


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for, and what should come.

    Parameters
    ----------
    url : str
        An address or a local path.
    content : Content or None
        What it should start with; None for anything at all.
    listing : bool
        Whether it is a folder or a prefix, of which one member will do.
    """

    url: str
    content: Content | None = None
    listing: bool = False


def document(top: str, name: str) -> str:
    """Return the address of a document in a store; what follows a ``?`` stays at the end.

    Examples
    --------
    >>> document("https://h/a.zarr?x=1", "zarr.json")
    'https://h/a.zarr/zarr.json?x=1'
    """
    bare, mark, query = top.partition("?") if "://" in top else (top, "", "")
    return f"{bare.rstrip('/')}/{name}{mark}{query}"


def documents(
    location: Location, options: Mapping[str, object], names: tuple[str, ...], content: Content
) -> list[Ask]:
    """Ask for the documents of which a store has at least one, in its group or at its top."""
    url = location.url.rstrip("/")
    group = str(options.get("group") or "").strip("/")
    tops = [f"{url}/{group}"] * bool(group) + [url]
    return [Ask(document(top, name), content) for top in tops for name in names]
