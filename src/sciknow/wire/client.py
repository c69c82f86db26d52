"""The client for everything that is not an array: pages, queries, documents over http(s).

What turns the pages of a registry, asks another hub or reads a SPARQL endpoint stands on a
`Client`: one deadline a request, one byte budget, one rule of redirects, retries and being
offline. It runs in the calling thread; one client may be shared by several.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import urllib3

from sciknow.files import sync_folder
from sciknow.model.preserved import FileRecord, FileVersion, SourceFile
from sciknow.net import DEADLINE, WEB_SCHEMES, Deadline, parse_url
from sciknow.wire import blocking
from sciknow.wire.answer import ANY, UNKNOWN, Plan, http_date
from sciknow.wire.budget import MAX_METADATA, Budget
from sciknow.wire.download import fetch_file
from sciknow.wire.packed import GZIP
from sciknow.wire.reach import Reach
from sciknow.wire.redirect import Hops
from sciknow.wire.request import NOT_MODIFIED, Answer, Request
from sciknow.wire.retry import READ, Meter, Patience, Tries, Turns, begin, tried_here
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import Trouble, TroubleKind, failure

Following = Callable[[Answer], Request | str | None]
"""Reads from a page what the next is; None where it is the last."""


@dataclass(frozen=True, slots=True)
class Coming:
    """An answer of which the body is still to come.

    Parameters
    ----------
    answer : Answer
        Without its body.
    pieces : iterator of bytes
        The body, unpacked; reading it may raise what `Client.get` raises.
    """

    answer: Answer
    pieces: Iterator[bytes]


class Client:
    """Asks web addresses, politely and within bounds.

    Parameters
    ----------
    headers : mapping, optional
        Sent with every request. Where a redirect or a next page leads to another host, only what
        says what is wanted goes along (``Accept``, ``Range`` …): no key, no cookie.
    deadline : float
        Seconds that one request may take in all: redirects, retries and the body included.
    limit : int
        The most bytes that one answer may have, unpacked.
    budget : Budget, optional
        Bytes of all answers together.
    patience : Patience
        How often a request is tried. A server that asks to wait (``Retry-After``) is obeyed as
        far as the deadline goes.
    every : float
        Seconds from the beginning of one request to that of the next, for servers that ask for
        a pace; waiting for the turn takes nothing from the deadline.
    reach : Reach, optional
        Which private hosts the user named, for callers that ask for addresses out of data; else
        whatever a method is given counts as the caller's own, and may lie in a private network.
        Where that leads, a redirect or a next page, may not in either case.
    meter : Meter, optional
        Where requests (every attempt counts), retries and bytes are counted.

    Notes
    -----
    Every method raises the same errors:

    `Absent`, `Denied`
        The server answers that it has no such thing, or does not hand it out.
    `SourceUnavailable`
        It does not answer in time, or with something else; the two above are kinds of it.
    `IntegrityError`
        What came was cut short.
    `LimitExceeded`
        It is more than the budget allows.
    `UntrustedInput`
        The address, a redirect or a next page leads where nobody goes.

    Examples
    --------
    >>> client = Client(deadline=30, budget=Budget(50_000_000), every=0.5)
    >>> client.meter.requests
    0

    Turn the pages of a registry and say what came (the address is made up)::

        first = Request("https://example.org/api/records", {"size": 100})
        for page in client.pages(first, lambda page: page.link("next")):
            records = page.json()["hits"]
    """

    def __init__(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        limit: int = MAX_METADATA,
        budget: Budget | None = None,
        patience: Patience = READ,
        every: float = 0.0,
        reach: Reach | None = None,
        meter: Meter | None = None,
    ) -> None:
        Deadline.after(deadline)
        self.headers = dict(headers or {})
        self.deadline, self.limit, self.patience = deadline, limit, patience
        self.budget, self.reach = budget or Budget(), reach
        self.meter = meter or Meter()
        self._turns = Turns(every)

    def get(
        self,
        url: str,
        params: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        known: FileVersion = UNKNOWN,
        accept: Collection[int] = (),
    ) -> Answer:
        """Return what is under an address.

        Parameters
        ----------
        params, headers : mapping, optional
            See `Request`.
        known, accept
            See `ask`.
        """
        request = Request(url, params or {}, headers=headers or {})
        return self.ask(request, known=known, accept=accept)

    def head(self, url: str, params: Mapping[str, object] | None = None) -> Answer:
        """Return status and headers of an address, without its body."""
        return self.ask(Request(url, params or {}, method="HEAD"))

    def post(
        self,
        url: str,
        body: bytes | Mapping[str, Any],
        *,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """Ask a question that is too long for an address.

        It is tried again like any other request: nothing that changes the other side is asked.

        Parameters
        ----------
        body : bytes or mapping
            The question; a mapping is written as JSON.
        kind : str
            Its media type.
        headers, accept
            See `Request` and `ask`.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = dict(headers or {}) | {"Content-Type": kind}
        return self.ask(Request(url, {}, "POST", told, data), accept=accept)

    def ask(
        self, request: Request, *, known: FileVersion = UNKNOWN, accept: Collection[int] = ()
    ) -> Answer:
        """Ask, and return the whole answer.

        Parameters
        ----------
        known : FileVersion
            What is there already (`Answer.version` of before): where the server has nothing newer,
            the answer is `Answer.unchanged` and has no body.
        accept : collection of int
            Statuses that are an answer too, although they tell of a failure.
        """
        return self._ask(request, request.address, known, accept)

    def pages(
        self, first: Request | str, following: Following, *, accept: Collection[int] = ()
    ) -> Iterator[Answer]:
        """Yield page after page, each as it is wanted.

        Parameters
        ----------
        first : Request or str
            What is asked first.
        following : callable
            Given a page, returns what is asked next (an address may be relative), None at the end.
        accept : collection of int
            See `ask`.

        Raises
        ------
        SourceUnavailable
            Also where a page leads back to one that has been there: the walk would never end, and
            what came is not known to be all.
        UntrustedInput
            Also where a next page leads where no redirect may.
        """
        request = Request(first) if isinstance(first, str) else first
        home, seen = request.address, set[tuple[object, ...]]()
        while request.key not in seen:
            seen.add(request.key)
            page = self._ask(request, home, UNKNOWN, accept)
            yield page
            found = following(page)
            if found is None:
                return
            way = Hops(page.url, reach=self.reach or Reach.of(home))
            told = Request(found) if isinstance(found, str) else found
            way.lead(told.address)
            request = replace(told, url=way.at, params={})
        ring = Trouble(TroubleKind.FATAL, f"the pages go round in a ring, after {len(seen):,}")
        raise failure(request.address, ring)

    @contextmanager
    def stream(self, request: Request | str, *, known: FileVersion = UNKNOWN) -> Iterator[Coming]:
        """Open what is under an address and hand it out piece by piece.

        Beginning is tried again, a body that has begun is not; it is under the same deadline
        and budget, but under no `limit`.
        """
        asked = Request(request) if isinstance(request, str) else request
        url = asked.address
        tries, deadline = self._begin(url)

        def start() -> tuple[ExitStack, urllib3.BaseHTTPResponse, Hops]:
            with ExitStack() as stack:
                way = Hops(url, asked.method, reach=self.reach)
                found = stack.enter_context(
                    blocking.answering(way, self._headers(asked, known), deadline, asked.body)
                )
                if found.status != NOT_MODIFIED:
                    blocking.judged(found, asked.method, None, ANY)
                return stack.pop_all(), found, way

        stack, answer, way = tried_here(url, tries, start)
        try:
            with stack:
                pieces = blocking.pieces(answer, deadline, self._spend)
                yield Coming(_told(answer, way), pieces)
        except Trouble as trouble:
            raise failure(url, trouble) from trouble

    def save(
        self,
        url: str,
        path: Path | str,
        *,
        headers: Mapping[str, str] | None = None,
        sha256: str = "",
    ) -> FileRecord:
        """Bring what is under an address into a file, as it is, and return what it became.

        The deadline counts for something to come, not for the whole. What came of an attempt that
        was broken off, in this process or another, lies beside the file and is gone on with. The
        file appears whole.

        Parameters
        ----------
        path : path
            The file; its folder is made.
        sha256 : str
            What its digest must be, where that is known.
        """
        target = Path(path)
        part = target.with_name(f".{target.name}.part")
        address = parse_url(url, schemes=WEB_SCHEMES)
        self._turns.wait()
        record = fetch_file(
            Transport(deadline=self.deadline, reach=self.reach, meter=self.meter),
            SourceFile(path=target.name, url=address),
            part,
            sha256=sha256,
            spend=self._spend,
            headers=self.headers | dict(headers or {}),
        )
        part.replace(target)
        sync_folder(target.parent)
        return record

    def _ask(
        self, request: Request, home: str, known: FileVersion, accept: Collection[int]
    ) -> Answer:
        url, method = request.address, request.method
        tries, deadline = self._begin(url)

        def attempt() -> Answer:
            way = Hops(url, method, home=home, reach=self.reach)
            headers = self._headers(request, known)
            with blocking.answering(way, headers, deadline, request.body) as answer:
                told, plan = _told(answer, way), Plan(self.limit)
                if answer.status not in {NOT_MODIFIED, *accept}:
                    plan = blocking.judged(answer, method, None, self.limit)
                if plan.done or told.unchanged:
                    return told
                came = blocking.take(answer, plan.most, deadline, self._spend)
                return replace(told, body=plan.reply(came).body)

        return tried_here(url, tries, attempt)

    def _begin(self, url: str) -> tuple[Tries, Deadline]:
        self._turns.wait()
        deadline = Deadline.after(self.deadline)
        return begin(url, deadline, self.meter, self.patience, schemes=WEB_SCHEMES), deadline

    def _headers(self, request: Request, known: FileVersion) -> dict[str, str]:
        asked = self.headers | dict(request.headers)
        if request.method != "HEAD":
            asked["Accept-Encoding"] = GZIP
        if known.etag:
            asked["If-None-Match"] = known.etag
        if known.modified:
            asked["If-Modified-Since"] = http_date(known.modified)
        return asked

    def _spend(self, count: int) -> None:
        self.meter.count(bytes=count)
        self.budget(count)


def _told(answer: urllib3.BaseHTTPResponse, way: Hops) -> Answer:
    return Answer(way.at, answer.status, answer.headers, moved=way.moved)
