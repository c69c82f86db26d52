"""Jobs in threads: all of them, few at a host, none after a stop; and doubt in the own network."""

import threading
import time
from datetime import UTC, datetime

import pytest

from sciknow.availability import Doubt, politely
from sciknow.errors import SourceUnavailable
from sciknow.model.probe import Outcome, Probe


class Watch:
    """Work that notes how much of it runs at once, in all and at a host."""

    def __init__(self):
        self.lock, self.running, self.most = threading.Lock(), {}, {}

    def __call__(self, job):
        for name in ("all", job[0]):
            with self.lock:
                self.running[name] = self.running.get(name, 0) + 1
                self.most[name] = max(self.most.get(name, 0), self.running[name])
        time.sleep(0.003)
        with self.lock:
            self.running["all"] -= 1
            self.running[job[0]] -= 1
        return job[1] * 10


def first(job):
    return job[0]


def test_every_job_is_done_once_and_hosts_are_spared():
    jobs = [("a", number) for number in range(40)] + [("b", 1), ("c", 2)]
    watch = Watch()
    found = list(politely(jobs, watch, first, workers=6, per_host=2))
    assert sorted(job for job, _ in found) == sorted(jobs)
    assert all(result == job[1] * 10 for job, result in found)
    assert watch.most["a"] <= 2
    assert watch.most["all"] <= 6
    assert {job[0] for job, _ in found[:6]} == {"a", "b", "c"}  # no host waits for another


def test_no_more_runs_than_results_are_taken():
    watch = Watch()
    found = politely([(str(n), n) for n in range(50)], watch, first, workers=3, per_host=1)
    next(found)
    time.sleep(0.1)
    assert len(watch.most) - 1 <= 3
    found.close()


def test_a_stop_starts_nothing_more():
    done = []
    found = politely([("a", n) for n in range(100)], done.append, first, workers=2, per_host=2)
    next(found)
    found.close()
    time.sleep(0.05)
    assert len(done) <= 3
    assert list(politely([], done.append, first, workers=2, per_host=2)) == []


def test_what_work_raises_is_raised():
    def work(job):
        raise ZeroDivisionError(job)

    with pytest.raises(ZeroDivisionError):
        list(politely([("a", 1)], work, first, workers=2, per_host=2))


def probe(outcome):
    return Probe(outcome=outcome, at=datetime.now(UTC), url="u")


def sifted(*met):
    doubt = Doubt()
    kept = [doubt.sift(what, host, probe(outcome)) for what, host, outcome in met]
    return [[what for what, _ in part] for part in kept], doubt


def test_failures_are_held_until_somebody_answers():
    kept, doubt = sifted(
        (1, "a.org", Outcome.TIMEOUT),
        (2, "b.org", Outcome.NO_SUCH_HOST),
        (3, "c.org", Outcome.SERVER_ERROR),
        (4, "d.org", Outcome.UNREACHABLE),
    )
    assert kept == [[], [], [1, 2, 3], [4]]
    assert doubt.settle() == []


def test_this_machine_is_not_in_doubt_and_proves_nothing():
    kept, doubt = sifted((1, "", Outcome.UNREACHABLE), (2, "", Outcome.OK), (3, "a", Outcome.TLS))
    assert kept == [[1], [2], [3]]
    kept, doubt = sifted((1, "a", Outcome.TIMEOUT), (2, "", Outcome.OK), (3, "b", Outcome.TIMEOUT))
    assert kept == [[], [2], []]
    with pytest.raises(SourceUnavailable, match="no host answered, of 2 asked"):
        doubt.settle()


def test_a_refusal_of_our_own_is_no_answer():
    kept, doubt = sifted((1, "a", Outcome.TIMEOUT), (2, "b", Outcome.REFUSED))
    assert kept == [[], [2]]
    assert [what for what, _ in doubt.settle()] == [1]


def test_a_long_silence_ends_the_check():
    doubt = Doubt()
    for number in range(11):
        assert doubt.sift(number, f"host{number}", probe(Outcome.NO_SUCH_HOST)) == []
    with pytest.raises(SourceUnavailable, match="no network"):
        doubt.sift(11, "host11", probe(Outcome.NO_SUCH_HOST))


def test_without_a_way_out_one_silence_is_enough():
    doubt = Doubt(way_out=False)
    assert doubt.sift(1, "a.org", probe(Outcome.NO_SUCH_HOST)) == []
    with pytest.raises(SourceUnavailable, match="of 1 asked"):
        doubt.settle()
    assert len(doubt.sift(2, "inside.org", probe(Outcome.OK))) == 2  # one that answers counts
