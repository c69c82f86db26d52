"""The door of a protocol: what it is given, what it yields, what it makes of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from sciknow.errors import IntegrityError, SciknowError, SourceUnavailable
from sciknow.model import Agent, Dataset, Publication
from sciknow.model.receipt import Asked
from sciknow.wire.request import Answer, Request
from sciknow.wire.trouble import Absent, Denied

Ask: TypeAlias = Callable[[Request], Answer]
"""Asks the source; raises what `sciknow.wire.client.Client` raises. The only way to it."""


def less_may_come(error: SciknowError) -> bool:
    """Tell whether asking for less at once may help after a page failed.

    It does not where the source refuses, or asks to be left alone for a while.
    """
    if isinstance(error, (Absent, Denied)) or "HTTP 429" in error.message:
        return False
    return isinstance(error, (SourceUnavailable, IntegrityError))


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it came.

    Parameters
    ----------
    id : str
        As the source names it; empty where it names none, and then it is refused.
    body : object
        What `parse` is given: a mapping, an element, whatever the protocol's pages hold.
    deleted : bool
        Whether the source says that it is deleted.
    problem : str
        Why it cannot be taken; it is refused then.
    """

    id: str
    body: Any = None
    deleted: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one answer brought.

    Parameters
    ----------
    records : sequence of Record
        In their order.
    cursor : str
        What asks for the next page (token, offset, address); empty on the last. One that has been
        there before ends the harvest.
    declared : int or None
        How many records the source says that it has in this part.
    part : str
        Which list the page belongs to, where there are several (sets, folders): each declares its
        own number.
    until : str
        The source's own clock, where the window ends there.
    again : bool
        Whether we asked for it again ourselves: what came before does not count as duplicate.
    missing : str
        What could not be had; the harvest is incomplete.
    doubt : str
        Why nobody can know whether everything came, for example since the list moved.
    mended : str
        What had to be mended to read it.
    """

    records: tuple[Record, ...] = ()
    cursor: str = ""
    declared: int | None = None
    part: str = ""
    until: str = ""
    again: bool = False
    missing: str = ""
    doubt: str = ""
    mended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What a record became.

    Parameters
    ----------
    id : str
        The record's id; filled in by the walk.
    dataset : Dataset or None
        The dataset it describes.
    agents, publications : tuple
        Who and what it names.
    """

    id: str = ""
    dataset: Dataset | None = None
    agents: tuple[Agent, ...] = ()
    publications: tuple[Publication, ...] = ()


@runtime_checkable
class HarvestProtocol(Protocol):
    """One protocol; an object of it stands in the entry-point group ``sciknow.protocols``.

    Where it has ``accepts``, answers with these statuses are pages too, although they tell of a
    failure.
    """

    name: str
    title: str

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return what to ask at an address to find out whether the protocol is spoken there."""
        ...

    def sniff(self, answer: Answer) -> str:
        """Say how the answer of a door shows that it is; empty when it does not."""
        ...

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; what is asked may only depend on *asked* and on the answers."""
        ...

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Make a record objects of the model; raise `InvalidInput` to refuse it."""
        ...
