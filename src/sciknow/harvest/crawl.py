"""Documents that link to others: each is asked for once, in the order of the links.

What links to others names no total, and a document may hold links and no record: a page is shown
where records came or something is missing. Documents that lead from one to the next without end
are given up at a depth.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    SciknowError,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.harvest.protocol import Ask, Page, Record, less_may_come
from sciknow.harvest.tally import fingerprint
from sciknow.net import redact
from sciknow.wire.request import Answer, Request
from sciknow.wire.trouble import Absent, Denied

MISSING = 20
"""Documents that may be missing before nobody goes on."""

DEEP = 40
"""Documents one below the other that are followed."""


@dataclass(frozen=True, slots=True)
class Step:
    """A document to be asked for.

    Parameters
    ----------
    url : str
        Its address.
    within : str
        What it belongs to, in words of the protocol.
    depth : int
        How many documents lead to it.
    """

    url: str
    within: str = ""
    depth: int = 0

    def to(self, base: str, href: str, within: str = "") -> Step:
        """Return the step to what a link names, seen from the document's address."""
        return Step(joined(base, href).partition("#")[0], within, self.depth + 1)


def joined(base: str, href: str) -> str:
    """Return where a link leads from a document; as it is written where it is no address.

    Examples
    --------
    >>> joined("https://a.org/b/c.json", "../d.json"), joined("https://a.org", "https://[x")
    ('https://a.org/d.json', 'https://[x')
    """
    try:
        return urljoin(base, href)
    except ValueError:
        return href


@dataclass(frozen=True, slots=True)
class Found:
    """What a document holds.

    Parameters
    ----------
    records : tuple of Record
        In their order.
    steps : tuple of Step
        Where it leads.
    mended : str
        What had to be mended to read it.
    """

    records: tuple[Record, ...] = ()
    steps: tuple[Step, ...] = ()
    mended: str = ""


def crawl(url: str, ask: Ask, read: Callable[[Answer, Step], Found]) -> Iterator[Page]:
    """Read a document and all that it leads to; one that cannot be had is named as missing.

    Parameters
    ----------
    url : str
        Where the walk begins; what is wrong there is raised.
    ask : callable
        Asks the source.
    read : callable
        Reads an answer, raises what is wrong with it.

    Raises
    ------
    SourceUnavailable, IntegrityError, UntrustedInput
        When the first document cannot be read, too many cannot, or the source wants to be left
        alone.
    """
    waiting, seen, missing = deque([Step(url)]), set[bytes](), 0
    while step := _next(waiting, seen):
        if step.depth > DEEP:
            yield Page(missing=f"{redact(step.url)}: more than {DEEP} documents lead to it")
            continue
        try:
            found = read(ask(Request(step.url)), step)
        except (InvalidInput, SourceUnavailable, IntegrityError, UntrustedInput) as error:
            missing += 1
            if len(seen) == 1 or missing > MISSING or not goes_on(error):
                raise
            yield Page(missing=f"{redact(step.url)}: {error.message}")
            continue
        waiting.extendleft(reversed(found.steps))
        if found.records or found.mended or len(seen) == 1:
            following = next((one.url for one in waiting if fingerprint(one.url) not in seen), "")
            cursor = following if found.records else ""
            yield Page(records=found.records, cursor=cursor, mended=found.mended)


def _next(waiting: deque[Step], seen: set[bytes]) -> Step | None:
    """Take the first document that has not been asked for; None at the end."""
    while waiting:
        step = waiting.popleft()
        mark = fingerprint(step.url)
        if mark not in seen:
            seen.add(mark)
            return step
    return None


def goes_on(error: SciknowError) -> bool:
    """Tell whether other documents may still be had although one cannot."""
    dead = isinstance(error, (Absent, Denied, InvalidInput, UntrustedInput))
    return dead or less_may_come(error)
