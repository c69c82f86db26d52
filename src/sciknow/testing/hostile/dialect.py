"""What a protocol adds to the hostile server: how its questions and its pages look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

WHOLE = 2**31
"""A page that holds everything."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record that is served.

    Parameters
    ----------
    id, title : str
        None leaves it out.
    changed : str
        ISO date.
    text : str
        The description.
    broken : bool
        Whether something else stands in its place.
    more : mapping
        Further fields in the protocol's own words, laid over those that its dialect writes; an
        element that is repeated is a list. STAC, ERDDAP and OAI-PMH serve them.
    """

    id: str | None
    title: str | None
    changed: str = "2020-01-01"
    text: str = "made up"
    broken: bool = False
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it came.

    Parameters
    ----------
    base : str
        ``http://127.0.0.1:<port>``.
    path : str
        Without the query.
    params : mapping
        The query, the first value of each name.
    body : bytes
        Of a POST.
    headers : mapping
        Their names in small letters.
    """

    base: str
    path: str
    params: Mapping[str, str]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: an identification, a landing page, an error; or a page that has headers too."""

    body: bytes
    media_type: str
    status: int = 200
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What part of the records is asked for.

    Parameters
    ----------
    start : int
        How many records come before.
    size : int or None
        The page's length, where the question says so.
    since, until : str
        ISO dates between which they changed; empty for any.
    """

    start: int
    size: int | None = None
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to be written.

    Parameters
    ----------
    rows : sequence of Row
        Its records.
    listing : Listing
        What was asked.
    following : int or None
        Where the next page starts; None on the last.
    declared : int or None
        The total that is told.
    turn : int
        A number that makes the next token a new one.
    """

    rows: Sequence[Row]
    listing: Listing
    following: int | None
    declared: int | None
    turn: int = 0


class Dialect(Protocol):
    """How a protocol looks on the wire.

    Attributes
    ----------
    protocol : str
        Its name.
    path : str
        Where the source's address leads, such as ``/oai``.
    media_type : str
        Of its pages.
    paged : bool
        Left out, or False where everything comes in one answer, which is then what faults befall.
    """

    protocol: str
    path: str
    media_type: str

    def read(self, query: Query) -> Listing | Reply:
        """Understand a question: which records are asked for, or what is answered at once."""
        ...

    def write(self, query: Query, shown: Shown) -> bytes | Reply:
        """Write a page."""
        ...
