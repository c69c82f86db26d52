"""Trying again: how often, how long between, until when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import IntegrityError, SourceUnavailable
from sciknow.net import Deadline
from sciknow.wire.answer import retry_after
from sciknow.wire.retry import Meter, Patience, Tries, begin, tried_here
from sciknow.wire.trouble import RETRIED, Trouble, TroubleKind

PASSING = Trouble(TroubleKind.TRANSIENT, "busy")


def test_each_pause_is_about_twice_the_one_before():
    tries = Tries(Patience(4, 1.0), Deadline.after(1000))
    pauses = [tries.failed("http://a/", PASSING) for _ in range(3)]
    base = pauses[0] / 0.02
    assert 0.8 <= base <= 1.0
    assert [round(pause / 0.02 / 2**at, 1) for at, pause in enumerate(pauses)] == pytest.approx(
        [0.9] * 3, abs=0.11
    )
    with pytest.raises(SourceUnavailable, match="tried 4 times"):
        tries.failed("http://a/", PASSING)


def test_what_the_server_asks_counts_where_it_is_longer():
    tries = Tries(Patience(4, 0.01), Deadline.after(1000))
    assert tries.failed("http://a/", Trouble(TroubleKind.TRANSIENT, "busy", wait=7)) == 7


def test_no_pause_is_begun_that_outlasts_the_deadline():
    tries = Tries(Patience(4, 0.01), Deadline.after(5))
    with pytest.raises(SourceUnavailable):
        tries.failed("http://a/", Trouble(TroubleKind.TRANSIENT, "busy", wait=6))
    longest = Tries(Patience(4, 0.01), 5.0)  # a download has no end, but a longest pause
    with pytest.raises(SourceUnavailable):
        longest.failed("http://a/", Trouble(TroubleKind.TRANSIENT, "busy", wait=86_400))


@pytest.mark.parametrize("kind", sorted(set(TroubleKind) - RETRIED))
def test_what_does_not_pass_is_not_tried_again(kind):
    with pytest.raises((SourceUnavailable, IntegrityError)):
        Tries(Patience(4, 0.01), 5.0).failed("http://a/", Trouble(kind, "no"))


def test_what_has_come_further_is_counted_anew():
    tries = Tries(Patience(2, 0.01), 5.0)
    for _ in range(5):
        tries.failed("http://a/", PASSING)
        tries.anew()
    tries.failed("http://a/", PASSING)
    with pytest.raises(SourceUnavailable):
        tries.failed("http://a/", PASSING)


def test_every_try_is_counted_and_every_trouble_told():
    meter, left = Meter(), [Trouble(TroubleKind.TRANSIENT, "reset"), PASSING]

    def attempt() -> str:
        if left:
            raise left.pop()
        return "here"

    told = []
    tries = begin("http://a/", Deadline.after(5), meter)
    found = tried_here("http://a/", tries, attempt, lambda trouble: told.append(trouble.reason))
    assert found == "here"
    assert told == ["busy", "reset"]
    assert (meter.requests, meter.retries) == (3, 2)


@given(st.integers(0, 10**30))
def test_seconds_to_wait_are_read(seconds):
    assert 0 <= retry_after({"Retry-After": str(seconds)}) <= max(seconds, 999_999_999)


@given(st.text())
def test_nonsense_to_wait_for_is_no_wait(text):
    assert retry_after({"Retry-After": text}) >= 0
