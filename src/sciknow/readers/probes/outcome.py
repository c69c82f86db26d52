"""What an error met while probing means, whichever library raised it.

A driver of an object store wraps the error of its http client, and that one the operating
system's: the whole chain is looked at, and the most telling one counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    MissingDependency,
    NotFound,
    SciknowError,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.model.probe import Outcome
from sciknow.text import squeeze
from sciknow.wire.trouble import Absent, Trouble, TroubleKind

LIMIT = 300
"""Characters of a detail that are kept."""


class Missed(Exception):
    """A probe that did not find what it looked for.

    Parameters
    ----------
    outcome : Outcome
        What it means.
    detail : str
        What happened; may be a server's own words.
    wait : float
        Seconds the server asks to wait.
    """

    def __init__(self, outcome: Outcome, detail: str, *, wait: float = 0.0) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = squeeze(detail[: 4 * LIMIT])[:LIMIT]
        self.wait = wait


_OURS: tuple[tuple[type[SciknowError], Outcome], ...] = (
    (UntrustedInput, Outcome.REFUSED),
    (MissingDependency, Outcome.READER_MISSING),
    (NotFound, Outcome.READER_MISSING),
    (Absent, Outcome.GONE),
    (IntegrityError, Outcome.CONTENT),
    (InvalidInput, Outcome.REFUSED),
)
_TROUBLE = {
    TroubleKind.ABSENT: Outcome.GONE,
    TroubleKind.DENIED: Outcome.FORBIDDEN,
    TroubleKind.TRUNCATED: Outcome.CONTENT,
    TroubleKind.CHANGED: Outcome.CONTENT,
    TroubleKind.PAGE: Outcome.CONTENT,
    TroubleKind.LATE: Outcome.TIMEOUT,
    TroubleKind.NO_HOST: Outcome.NO_SUCH_HOST,
    TroubleKind.UNREACHABLE: Outcome.UNREACHABLE,
}
_NAMES = {
    "gaierror": Outcome.NO_SUCH_HOST,
    "ClientSSLError": Outcome.TLS,
    "SSLError": Outcome.TLS,
    "TimeoutError": Outcome.TIMEOUT,
    "ClientResponseError": Outcome.UNREACHABLE,
    "ConnectionError": Outcome.UNREACHABLE,
}
"""Classes of libraries, by name: which of them are installed differs."""

_SAID = {
    "TimeoutError": "no answer in time",
    "ClientPayloadError": "the answer was cut short",
    "ClientResponseError": "the answer is not HTTP",
    "ServerDisconnectedError": "the connection was closed without an answer",
    "ClientConnectorDNSError": "the name of the host does not resolve",
}
"""What is said instead of a library's own words, by the name of its class."""

_TELLING = (
    Outcome.REFUSED,
    Outcome.READER_MISSING,
    Outcome.NO_SUCH_HOST,
    Outcome.TLS,
    Outcome.TIMEOUT,
    Outcome.GONE,
    Outcome.FORBIDDEN,
    Outcome.CONTENT,
    Outcome.UNREACHABLE,
)
"""The most telling first."""


def missed(error: BaseException) -> Missed:
    """Tell what an error means, from it and everything that led to it."""
    if isinstance(error, Missed):
        return error
    met = {outcome for item in _chain(error) if (outcome := _outcome(item)) is not None}
    fallback = Outcome.CONTENT if isinstance(error, SourceUnavailable) else Outcome.SERVER_ERROR
    outcome = next((item for item in _TELLING if item in met), fallback)
    return Missed(outcome, _words(error))


def _words(error: BaseException) -> str:
    if isinstance(error, SciknowError):
        return error.message
    plain = [_SAID[name] for item in _chain(error) for name in _names(item) if name in _SAID]
    if plain:
        return plain[0]
    return error.reason if isinstance(error, Trouble) else str(error) or type(error).__name__


def _names(error: BaseException) -> Iterator[str]:
    return (kind.__name__ for kind in type(error).__mro__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _outcome(error: BaseException) -> Outcome | None:
    if isinstance(error, Trouble):
        return _TROUBLE.get(error.kind)
    for kind, outcome in _OURS:
        if isinstance(error, kind):
            return outcome
    return next((_NAMES[name] for name in _names(error) if name in _NAMES), None)


def of_status(status: int, reason: str, wait: float = 0.0) -> Missed | None:
    """Tell what an HTTP status means; None for one that brings data."""
    if status in {200, 206, 416}:
        return None
    words = f"HTTP {status} {reason}".strip()
    if status in {404, 410}:
        return Missed(Outcome.GONE, words)
    if status in {401, 403, 407, 451}:
        return Missed(Outcome.FORBIDDEN, words)
    if status == 429 or (status == 503 and wait):
        return Missed(Outcome.BUSY, words, wait=wait)
    return Missed(Outcome.SERVER_ERROR, words, wait=wait)
