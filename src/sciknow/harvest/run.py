"""The one place that turns pages: whatever the protocol, so a harvest is walked, kept and counted.

`harvest` asks the network and writes the archive; `replay` walks the archive again and brings the
same records, offline. Both go through `walk`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from sciknow.clock import stamp
from sciknow.errors import IntegrityError, NotFound, SciknowError
from sciknow.harvest.archive import Archive, Run
from sciknow.harvest.protocol import Ask, HarvestProtocol, Mapped, Page, Record
from sciknow.harvest.registry import protocol_named
from sciknow.harvest.tally import Tally
from sciknow.model.receipt import Asked, Receipt
from sciknow.net import redirect_target
from sciknow.progress import Progress, silent
from sciknow.wire.client import Client
from sciknow.wire.reach import Reach
from sciknow.wire.request import Answer, Request
from sciknow.wire.retry import Meter

ANSWER_LIMIT = 64 * 2**20
"""The most bytes, unpacked, that one page may have."""

_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What Python raises where data have another shape than their protocol says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a source is asked.

    Parameters
    ----------
    every : float
        Seconds from one request to the next.
    deadline : float
        Seconds that one request may take, retries included.
    limit : int
        The most bytes, unpacked, that one page may have.
    headers : mapping
        Sent to the source's own host only, such as a key of the user's own.
    """

    every: float = 0.0
    deadline: float = 120.0
    limit: int = ANSWER_LIMIT
    headers: Mapping[str, str] = field(default_factory=dict)

    def client(self, address: str, meter: Meter) -> Client:
        """Return a client that keeps to them; only the source may lie in a private network."""
        return Client(
            deadline=self.deadline,
            limit=self.limit,
            every=self.every,
            meter=meter,
            reach=Reach.of(address),
        )


def harvest(
    asked: Asked,
    archive: Archive,
    *,
    manners: Manners | None = None,
    take: Callable[[Mapped], None] = lambda _: None,
    progress: Progress = silent,
    answers: Ask | None = None,
) -> Receipt:
    """Bring what is asked into the archive, and return the receipt.

    A harvest of the same that was broken off is gone on with.

    Parameters
    ----------
    asked : Asked
        What is asked of which source.
    archive : Archive
        Where it is kept.
    manners : Manners, optional
        How the source is asked.
    take : callable
        Given each record as model objects, as it comes.
    progress : callable
        Told how many records there are, of how many the source declares (0 where it does not).
    answers : callable, optional
        Answers in the network's place.

    Raises
    ------
    NotFound
        When no such protocol is installed.
    SciknowError
        When another process harvests the same source. Failures of the source are told by the
        receipt instead.
    """
    protocol = protocol_named(asked.protocol)
    with archive.writing(asked) as run:
        run.forget_failures()
        ask = _live(run, manners or Manners(), answers)
        tally = Tally(asked)
        with run.listing() as note:
            for mapped in walk(protocol, asked, ask, tally, progress, note):
                take(mapped)
        receipt = tally.receipt(began=run.began, ended=stamp(), answers=run.answers, **run.wire)
        receipt = replace(receipt, unseen=_unseen(archive, asked, tally))
        run.finish(receipt)
        return receipt


def replay(run: Run) -> Iterator[Mapped]:
    """Yield the records of a run again, from the archive alone.

    Raises
    ------
    NotFound
        When the protocol is not installed (any more).
    IntegrityError
        When what the archive keeps is damaged.
    """
    yield from _replayed(run, Tally(run.asked))


def recount(run: Run) -> Receipt:
    """Compute the receipt of a run again, from the archive alone.

    What other runs decide, `Receipt.unseen` and `Receipt.merged`, is taken over.
    """
    tally, kept = Tally(run.asked), run.receipt
    for _ in _replayed(run, tally):
        pass
    return replace(
        tally.receipt(began=run.began, ended=kept.ended, answers=run.answers, **run.wire),
        unseen=kept.unseen,
        merged=kept.merged,
    )


def _replayed(run: Run, tally: Tally) -> Iterator[Mapped]:
    journal = run.replayed()

    def ask(request: Request) -> Answer:
        found = journal.find(request)
        if found is None:
            raise NotFound(
                f"{run.folder} holds no answer to {request.address[:200]}",
                hint="harvest the source again with this version",
            )
        return found

    yield from walk(protocol_named(run.asked.protocol), run.asked, ask, tally)


def walk(
    protocol: HarvestProtocol,
    asked: Asked,
    ask: Ask,
    tally: Tally,
    progress: Progress = silent,
    note: Callable[[list[str]], None] = lambda _: None,
) -> Iterator[Mapped]:
    """Turn the pages of a source, show each to the tally, and yield what its records become."""
    pages = protocol.pages(asked, ask)
    while not tally.stop:
        page = _next(pages, tally)
        if page is None:
            return
        for record in tally.page(page):
            mapped = _parsed(protocol, record, asked, tally)
            if mapped is not None:
                tally.map(mapped)
                yield mapped
        note(tally.fresh)
        progress(asked.source, tally.distinct, tally.declared or 0)


def _next(pages: Iterator[Page], tally: Tally) -> Page | None:
    try:
        return next(pages, None)
    except SciknowError as error:
        tally.broken(error.message)
    except _UNREADABLE as error:
        tally.broken(f"the page has another form than expected ({type(error).__name__}: {error})")
    return None


def _parsed(protocol: HarvestProtocol, record: Record, asked: Asked, tally: Tally) -> Mapped | None:
    try:
        return replace(protocol.parse(record, asked), id=record.id)
    except SciknowError as error:
        tally.refuse(record, error.message)
    except _UNREADABLE as error:
        tally.refuse(record, f"it has another form than expected ({type(error).__name__}: {error})")
    return None


def _unseen(archive: Archive, asked: Asked, tally: Tally) -> tuple[str, ...]:
    """Return the ids that came before and not now; only a look at the whole can tell."""
    if asked.since or asked.limit is not None:
        return ()
    whole = replace(asked, limit=None)
    before = [run for run in archive.runs(asked.source) if run.asked == whole]
    if not before:
        return ()
    last = before[-1].receipt
    gone = {*last.deleted}
    known = dict.fromkeys([*last.unseen, *before[-1].ids()])
    return tuple(name for name in known if name not in gone and not tally.has(name))


def _live(run: Run, manners: Manners, answers: Ask | None) -> Ask:
    """Return what answers from the journal as far as it goes, then from the source."""
    journal, meter = run.replayed(), Meter()
    accept = getattr(protocol_named(run.asked.protocol), "accepts", ())
    home = run.asked.address
    asks = answers or _asking(home, manners, manners.client(home, meter), accept)

    def ask(request: Request) -> Answer:
        with suppress(IntegrityError):  # a body that a power cut has torn is asked for again
            if (found := journal.find(request)) is not None:
                return found
        before = replace(meter)
        try:
            answer = asks(request)
        except SciknowError as error:
            run.keep(request, error, _between(before, meter))
            raise
        run.keep(request, answer, _between(before, meter))
        return answer

    return ask


def _between(before: Meter, after: Meter) -> Meter:
    return Meter(
        after.requests - before.requests,
        after.retries - before.retries,
        after.bytes - before.bytes,
    )


def _asking(home: str, manners: Manners, client: Client, accept: Collection[int]) -> Ask:
    """Return what asks the network, and nobody whom the source's own address does not lead to."""

    def ask(request: Request) -> Answer:
        url = _same_scheme(home, request.address)
        if url != home:
            url = redirect_target(home, url)
        own = urlsplit(url).netloc.lower() == urlsplit(home).netloc.lower()
        headers = dict(request.headers) | (dict(manners.headers) if own else {})
        asked = replace(request, url=url, params={}, headers=headers)
        return client.ask(asked, accept=accept)

    return ask


def _same_scheme(home: str, url: str) -> str:
    """Return an address as https where only a proxy made the source write http of itself."""
    own, other = urlsplit(home), urlsplit(url)
    if own.scheme == "https" and other.scheme == "http" and own.netloc == other.netloc:
        return other._replace(scheme="https").geturl()
    return url
