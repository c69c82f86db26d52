"""What one look at a distribution found: whether it answers, how fast, and with what.

A probe is made by `sciknow.readers`, kept and shown by `sciknow.availability`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a probe."""

    OK = "ok"
    """It answers, with what the catalogue says."""
    MOVED = "moved"
    """It answers, and says that it has moved for good."""
    BUSY = "busy"
    """The server asks to come again later."""
    READER_MISSING = "reader-missing"
    """It answers, but nothing on this machine reads it."""
    GONE = "gone"
    """The server says that there is nothing under the address (404, 410)."""
    FORBIDDEN = "forbidden"
    """The server wants a login, or refuses (401, 403, 407)."""
    SERVER_ERROR = "server-error"
    """The server fails, or answers with a status that brings no data."""
    TIMEOUT = "timeout"
    """No answer within the deadline."""
    NO_SUCH_HOST = "no-such-host"
    """The name of the host does not resolve."""
    UNREACHABLE = "unreachable"
    """No connection, or one that is closed without an answer, or no HTTP."""
    TLS = "tls"
    """No encrypted connection can be agreed on."""
    REFUSED = "refused"
    """It leads where sciknow never goes: another scheme, a private network, a credential."""
    CONTENT = "content"
    """What comes is not what the catalogue says: a web page, another format, cut short."""

    @property
    def status(self) -> Status:
        """How good that is."""
        return _STATUS.get(self, Status.FAILING)


class Status(StrEnum):
    """How a distribution stands."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"
    UNKNOWN = "unknown"
    """Never probed."""


_STATUS: Mapping[Outcome, Status] = {
    Outcome.OK: Status.OK,
    Outcome.MOVED: Status.DEGRADED,
    Outcome.BUSY: Status.DEGRADED,
    Outcome.READER_MISSING: Status.DEGRADED,
}

UNANSWERED = frozenset({Outcome.TIMEOUT, Outcome.NO_SUCH_HOST, Outcome.UNREACHABLE})
"""Outcomes that a machine without a network gets from everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One look at one distribution.

    Parameters
    ----------
    outcome : Outcome
        What became of it.
    at : datetime
        When it began, UTC.
    url : str
        The address that was asked: the catalogue's own.
    latency : float or None
        Seconds until the first bytes came, redirects included; None where none came.
    deep : bool
        Whether data were read, not only asked for.
    size : int or None
        Bytes of the file, where the source tells.
    etag, modified : str
        The source's validator and date of change, where it tells.
    moved_to : str
        Where it has moved for good.
    strength : str
        `Strength` of the fingerprint that a lock would take, where the size tells it.
    detail : str
        What happened, in a few words; may be a server's own words.
    """

    outcome: Outcome
    at: datetime
    url: str
    latency: float | None = None
    deep: bool = False
    size: int | None = None
    etag: str = ""
    modified: str = ""
    moved_to: str = ""
    strength: str = ""
    detail: str = ""

    @property
    def status(self) -> Status:
        """How good that is."""
        return self.outcome.status
