"""The client for everything that is not an array: pages, queries, documents over http(s).

What turns the pages of a registry, asks another hub or reads a SPARQL endpoint stands on a
`Client`: one deadline a request, one byte budget, one rule of redirects, retries and being
offline. It runs in the calling thread; ask several sources from several threads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

import urllib3

from sciknow.model.preserved import FileVersion
from sciknow.net import DEADLINE, WEB_SCHEMES, Deadline
from sciknow.wire import blocking
from sciknow.wire.answer import ANY, UNKNOWN, Plan, http_date, total_of, version_of
from sciknow.wire.budget import MAX_METADATA, PIECE, Budget
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import READ, Meter, Patience, Tries, begin, late, tried_here
from sciknow.wire.trouble import Trouble, failure

NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Parameters
    ----------
    url : str
        Where it came from in the end, after redirects.
    status : int
        As HTTP counts.
    headers : mapping
        Names may be written in any case.
    body : bytes
        Empty for HEAD, and where nothing has changed.
    moved : str
        Where the server says that the address has moved for good; empty where nowhere.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved: str = ""

    @property
    def unchanged(self) -> bool:
        """Whether the server says that it has nothing newer than what was there."""
        return self.status == NOT_MODIFIED

    @property
    def version(self) -> FileVersion:
        """What the server says of what it sent; given back as *known* it asks only for newer."""
        return version_of(self.headers, total_of(self.headers, self.status))


@dataclass(frozen=True, slots=True)
class Coming:
    """An answer of which the body is still to come.

    Parameters
    ----------
    answer : Answer
        Without its body.
    pieces : iterator of bytes
        The body; reading it may raise what `Client.get` raises.
    """

    answer: Answer
    pieces: Iterator[bytes]


class Client:
    """Asks web addresses, politely and within bounds.

    Parameters
    ----------
    headers : mapping, optional
        Sent with every request; those with a secret never leave for another host.
    deadline : float
        Seconds that one request may take in all: redirects, retries and the body included.
    limit : int
        The most bytes that one answer may have.
    budget : Budget, optional
        Bytes of all answers together.
    patience : Patience
        How often a request is tried. A server that asks to wait (``Retry-After``) is obeyed as
        far as the deadline goes.
    meter : Meter, optional
        Where requests, retries and bytes are counted.

    Examples
    --------
    >>> client = Client(deadline=30, budget=Budget(50_000_000))
    >>> client.meter.requests
    0
    """

    def __init__(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        limit: int = MAX_METADATA,
        budget: Budget | None = None,
        patience: Patience = READ,
        meter: Meter | None = None,
    ) -> None:
        Deadline.after(deadline)
        self.headers = dict(headers or {})
        self.deadline, self.limit, self.patience = deadline, limit, patience
        self.budget = budget or Budget()
        self.meter = meter or Meter()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        known: FileVersion = UNKNOWN,
        accept: Collection[int] = (),
    ) -> Answer:
        """Return what is under an address.

        Parameters
        ----------
        headers : mapping, optional
            Beside those of the client.
        known : FileVersion
            What is there already: where the source has nothing newer, the answer is
            `Answer.unchanged` and has no body.
        accept : collection of int
            Statuses that are an answer too, although they tell of a failure.

        Raises
        ------
        Absent, Denied, SourceUnavailable
            When the source has no such thing, does not hand it out, or does not answer in time.
        IntegrityError
            When the answer comes cut short.
        LimitExceeded
            When it is more than the budget allows.
        UntrustedInput
            For an address, or a redirect, to where nobody goes.
        """
        return self._whole("GET", url, _asked(headers, known), None, accept)

    def head(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Return status and headers of an address, without its body; raises as `get`."""
        return self._whole("HEAD", url, dict(headers or {}), None, ())

    def post(
        self,
        url: str,
        body: bytes,
        *,
        kind: str,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """Ask a question that is too long for an address; raises as `get`.

        It is tried again like any other request: nothing that changes the other side is asked.

        Parameters
        ----------
        body : bytes
            The question.
        kind : str
            Its media type.
        """
        asked = dict(headers or {}) | {"Content-Type": kind}
        return self._whole("POST", url, asked, body, accept)

    @contextmanager
    def stream(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        known: FileVersion = UNKNOWN,
    ) -> Iterator[Coming]:
        """Open what is under an address and hand it out piece by piece; raises as `get`.

        Beginning is tried again, a body that has begun is not; it is under the same deadline
        and budget, but under no `limit`.
        """
        deadline = Deadline.after(self.deadline)
        asked = self.headers | _asked(headers, known)

        def start() -> tuple[ExitStack, urllib3.BaseHTTPResponse, Hops]:
            with ExitStack() as stack:
                found = stack.enter_context(blocking.answering("GET", url, asked, deadline))
                if found[0].status != NOT_MODIFIED:
                    blocking.judged(found[0], "GET", None, ANY)
                return stack.pop_all(), *found

        stack, answer, hops = tried_here(url, self._tries(url, deadline), start)
        try:
            with stack:
                yield Coming(_told(answer, hops), self._pieces(answer, deadline))
        except Trouble as trouble:
            raise failure(url, trouble) from trouble

    def _whole(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        accept: Collection[int],
    ) -> Answer:
        deadline, asked = Deadline.after(self.deadline), self.headers | dict(headers)

        def attempt() -> Answer:
            with blocking.answering(method, url, asked, deadline, body) as (answer, hops):
                told, plan = _told(answer, hops), Plan(self.limit)
                if answer.status not in {NOT_MODIFIED, *accept}:
                    plan = blocking.judged(answer, method, None, self.limit)
                if plan.done or told.unchanged:
                    answer.close()
                    return told
                came = blocking.take(answer, plan.most, deadline, self._spend)
                return replace(told, body=plan.reply(came).body)

        return tried_here(url, self._tries(url, deadline), attempt)

    def _tries(self, url: str, deadline: Deadline) -> Tries:
        return begin(url, deadline, self.meter, self.patience, schemes=WEB_SCHEMES)

    def _spend(self, count: int) -> None:
        self.meter.bytes += count
        self.budget(count)

    def _pieces(self, answer: urllib3.BaseHTTPResponse, deadline: Deadline) -> Iterator[bytes]:
        while piece := answer.read1(PIECE, decode_content=True):
            self._spend(len(piece))
            yield piece
            if deadline.left <= 0:
                raise late(deadline.seconds)


def _told(answer: urllib3.BaseHTTPResponse, hops: Hops) -> Answer:
    return Answer(hops.at, answer.status, answer.headers, moved=hops.moved)


def _asked(headers: Mapping[str, str] | None, known: FileVersion) -> dict[str, str]:
    asked = dict(headers or {})
    if known.etag:
        asked["If-None-Match"] = known.etag
    if known.modified:
        asked["If-Modified-Since"] = http_date(known.modified)
    return asked
