"""Doubt in the own network: failures that a machine gets from everywhere say nothing of a source.

As long as no host has answered, those are held back; with the first answer they count. When none
answers at all, they are dropped, and the user is told.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from sciknow.errors import SourceUnavailable
from sciknow.model.probe import UNANSWERED, Outcome, Probe

T = TypeVar("T")

HOSTS = 2
"""From so many silent hosts on, and no other, the network is to blame."""

MANY = 12
"""After so many silent hosts and no answer, no further one is asked."""


class Doubt(Generic[T]):
    """Sorts out probes that may say more of this machine than of the source.

    Parameters
    ----------
    way_out : bool
        Whether the system knows a way out; else fewer silent hosts are enough.
    """

    def __init__(self, *, way_out: bool = True) -> None:
        self._hosts, self._many = (HOSTS, MANY) if way_out else (1, 3)
        self._held: list[tuple[T, Probe]] = []
        self._silent: dict[str, Outcome] = {}
        self._answered = False

    def sift(self, what: T, host: str, probe: Probe) -> list[tuple[T, Probe]]:
        """Return what may be recorded now.

        Parameters
        ----------
        what : object
            What was probed.
        host : str
            The public host that was asked; empty for this machine and private networks.
        probe : Probe
            What was found.

        Raises
        ------
        SourceUnavailable
            When a row of hosts is silent.
        """
        if not host:
            return [(what, probe)]
        if probe.outcome in UNANSWERED and not self._answered:
            self._held.append((what, probe))
            self._silent.setdefault(host, probe.outcome)
            if len(self._silent) >= self._many:
                raise self._error()
            return []
        # a refusal of our own asks nobody
        self._answered = self._answered or probe.outcome is not Outcome.REFUSED
        held, self._held = (self._held, []) if self._answered else ([], self._held)
        return [*held, (what, probe)]

    def settle(self) -> list[tuple[T, Probe]]:
        """Return what was held back and counts after all, once everything was asked.

        Raises
        ------
        SourceUnavailable
            When two hosts or more were asked and none answered; without a way out, one.
        """
        if self._held and len(self._silent) >= self._hosts:
            raise self._error()
        return self._held

    def _error(self) -> SourceUnavailable:
        kinds = ", ".join(sorted(set(self._silent.values())))
        return SourceUnavailable(
            f"no host answered, of {len(self._silent)} asked ({kinds}): this machine seems to "
            "have no network, and none of those failures was recorded",
            hint="check the connection and the proxy, then try again",
        )
