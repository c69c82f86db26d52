"""Trying again: how often, after what pause, for what trouble, and until when.

Nothing else in the house counts tries or sleeps between them.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from sciknow.net import REMOTE_SCHEMES, Deadline, check_online, parse_url, redact
from sciknow.wire.trouble import RETRIED, Trouble, TroubleKind, failure

T = TypeVar("T")

PACE = 1.0
"""What every pause of ours is multiplied by; tests shorten it."""

CONNECT = 20.0
"""Seconds that a connection may take to be made."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried.

    Parameters
    ----------
    tries : int
        In all.
    pause : float
        Seconds before the second; each further pause is twice the one before.
    kinds : frozenset of TroubleKind
        What may pass when tried again.
    """

    tries: int
    pause: float
    kinds: frozenset[TroubleKind] = RETRIED


READ = Patience(4, 0.2)
"""A request that somebody waits for."""

WHOLE = Patience(5, 0.5, RETRIED | {TroubleKind.CHANGED})
"""A whole file, counted anew whenever some of it has come."""

PROBE = Patience(2, 0.5)
"""A look whether something answers: a polite one."""


@dataclass
class Meter:
    """What went over the wire so far; safe in any thread.

    Parameters
    ----------
    requests, retries : int
        Every attempt is a request; those after the first at one thing are retries too.
    bytes : int
        Of bodies, unpacked.

    Examples
    --------
    >>> meter = Meter()
    >>> meter.count(requests=1, bytes=10)
    >>> meter
    Meter(requests=1, retries=0, bytes=10)
    """

    requests: int = 0
    retries: int = 0
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def count(self, *, requests: int = 0, retries: int = 0, bytes: int = 0) -> None:
        """Add what went."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.bytes += bytes


class Turns:
    """Lets one begin after the other, some seconds apart; safe in any thread.

    Parameters
    ----------
    every : float
        Seconds from one beginning to the next.
    """

    def __init__(self, every: float) -> None:
        self.every, self._next = every, 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait for the next turn."""
        if not self.every:
            return
        with self._lock:
            now = time.monotonic()
            pause = max(0.0, self._next - now)
            self._next = now + pause + self.every
        time.sleep(pause)


class Tries:
    """The tries at one thing: counts them, spaces them, and gives up in time.

    Parameters
    ----------
    patience : Patience
        How often.
    within : Deadline or float
        Until when the next try must begin; a number is the longest single pause instead.
    meter : Meter, optional
        Where they are counted.
    """

    def __init__(
        self, patience: Patience, within: Deadline | float, meter: Meter | None = None
    ) -> None:
        self.patience, self.within = patience, within
        self.meter = meter or Meter()
        self.met: list[str] = []
        self.meter.count(requests=1)

    @property
    def late(self) -> Trouble:
        """What it means when the deadline passes."""
        seconds = self.within.seconds if isinstance(self.within, Deadline) else self.within
        return late(seconds)

    def anew(self) -> None:
        """Begin to count again: something came."""
        self.met.clear()

    def pause(self, reason: str, *, wait: float = 0.0, passing: bool = True) -> float | None:
        """Note a failed try; return the seconds before the next, None where there is none.

        Parameters
        ----------
        reason : str
            What it met.
        wait : float
            Seconds that the server asks to wait.
        passing : bool
            Whether it may pass when tried again.
        """
        self.met.append(reason)
        pause = self.patience.pause * 2.0 ** (len(self.met) - 1) * random.uniform(0.8, 1.0) * PACE
        pause = max(wait, pause)
        left = self.within.left if isinstance(self.within, Deadline) else self.within
        if not passing or len(self.met) >= self.patience.tries or left <= pause:
            return None
        self.meter.count(requests=1, retries=1)
        return pause

    def failed(self, url: str, trouble: Trouble) -> float:
        """Note a failed try and return the seconds to wait before the next.

        Raises
        ------
        SourceUnavailable, IntegrityError
            When there is no next one.
        """
        passing = trouble.kind in self.patience.kinds
        pause = self.pause(trouble.reason, wait=trouble.wait, passing=passing)
        if pause is None:
            raise failure(url, trouble, self.met) from trouble
        return pause


def late(seconds: float) -> Trouble:
    """Say that nothing came in time."""
    return Trouble(TroubleKind.LATE, f"no answer within {seconds:g} s")


def begin(
    url: str,
    deadline: Deadline,
    meter: Meter | None = None,
    patience: Patience = READ,
    *,
    schemes: Collection[str] = REMOTE_SCHEMES,
) -> Tries:
    """Begin to try at an address.

    Raises
    ------
    SourceUnavailable
        When sciknow is offline, or the deadline has passed already.
    UntrustedInput
        For an address that nobody goes to.
    """
    check_online(redact(url))
    parse_url(url, schemes=schemes)
    deadline.check(redact(url))
    return Tries(patience, deadline, meter)


async def tried(url: str, tries: Tries, attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until it works, each time until the deadline at most.

    Raises
    ------
    SourceUnavailable, IntegrityError
        When it does not.
    """
    assert isinstance(tries.within, Deadline)
    while True:
        try:
            async with asyncio.timeout(max(tries.within.left, 0.001)):
                return await attempt()
        except TimeoutError:
            pause = tries.failed(url, tries.late)
        except Trouble as trouble:
            pause = tries.failed(url, trouble)
        await asyncio.sleep(pause)


def tried_here(
    url: str,
    tries: Tries,
    attempt: Callable[[], T],
    failed: Callable[[Trouble], None] = lambda _: None,
) -> T:
    """Try in the calling thread until it works; the attempt keeps the deadline itself.

    Parameters
    ----------
    failed : callable
        Told of each trouble before the next try.

    Raises
    ------
    SourceUnavailable, IntegrityError
        When it does not.
    """
    while True:
        try:
            return attempt()
        except Trouble as trouble:
            failed(trouble)
            pause = tries.failed(url, trouble)
        time.sleep(pause)
