"""Many jobs at once, few of them at the same host."""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar, cast

J = TypeVar("J")
R = TypeVar("R")


class Turns(Generic[J]):
    """Hands out jobs so that no host has more than a few at a time.

    A job counts until `done` is called for it, also when its result waits to be taken.

    Parameters
    ----------
    jobs : iterable
        What is to be done.
    host_of : callable
        Job → the host that it bothers.
    workers, per_host : int
        Jobs at the same time, in all and for one host.
    """

    def __init__(
        self, jobs: Iterable[J], host_of: Callable[[J], str], workers: int, per_host: int
    ) -> None:
        self._waiting: dict[str, deque[J]] = {}
        for job in jobs:
            self._waiting.setdefault(host_of(job), deque()).append(job)
        self._running: Counter[str] = Counter()
        self._workers, self._per_host = workers, per_host
        self._changed = threading.Condition()
        self._over = False

    def take(self) -> tuple[str, J] | None:
        """Wait for the next job that may start; None when there is none any more."""
        with self._changed:
            while self._waiting and not self._over:
                if self._running.total() < self._workers:
                    for host in self._waiting:
                        if self._running[host] < self._per_host:
                            return host, self._start(host)
                self._changed.wait()
            return None

    def _start(self, host: str) -> J:
        jobs = self._waiting.pop(host)
        job = jobs.popleft()
        if jobs:  # the host goes to the end of the row: every host has its turn
            self._waiting[host] = jobs
        else:
            self._changed.notify_all()
        self._running[host] += 1
        return job

    def done(self, host: str) -> None:
        """Say that a job of a host is done, and its result taken."""
        with self._changed:
            self._running[host] -= 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Hand out no more."""
        with self._changed:
            self._over = True
            self._changed.notify_all()


def politely(
    jobs: Iterable[J],
    work: Callable[[J], R],
    host_of: Callable[[J], str],
    *,
    workers: int,
    per_host: int,
) -> Iterator[tuple[J, R]]:
    """Do jobs in threads and yield each with its result as it is done.

    No more than *workers* jobs run, or wait with their results to be taken: a caller that writes
    each down is never far behind. When it stops early, or is interrupted, nothing more is
    started, and what still runs is not waited for.

    Parameters
    ----------
    jobs, work, host_of
        What is done, how, and at which host.
    workers, per_host : int
        Jobs at the same time, in all and for one host.
    """
    waiting = list(jobs)
    turns = Turns(waiting, host_of, workers, per_host)
    results: queue.Queue[tuple[str, J, R | None, BaseException | None]] = queue.Queue()

    def run() -> None:
        while (taken := turns.take()) is not None:
            host, job = taken
            try:
                results.put((host, job, work(job), None))
            except BaseException as error:
                results.put((host, job, None, error))

    for _ in range(min(workers, len(waiting))):
        threading.Thread(target=run, daemon=True, name="sciknow-check").start()
    try:
        for _ in waiting:
            host, job, result, error = results.get()
            if error is not None:
                raise error
            yield job, cast(R, result)
            turns.done(host)
    finally:
        turns.stop()
