"""Bytes that may come: exactly as many, and none more."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import LimitExceeded
from sciknow.wire.budget import Budget, Pieces


def test_exactly_as_many_may_come():
    budget = Budget(10, over="{most} are enough", hint="ask for less")
    budget(4)
    budget(6)
    with pytest.raises(LimitExceeded, match="10 are enough") as caught:
        budget(1)
    assert (budget.spent, caught.value.hint) == (11, "ask for less")


def test_without_a_limit_any_number_may_come_until_it_is_stopped():
    budget = Budget()
    budget(10**15)
    budget.stopped.set()
    with pytest.raises(LimitExceeded, match="broken off"):
        budget(0)


def test_threads_lose_no_byte():
    budget = Budget()
    threads = [threading.Thread(target=lambda: [budget(1) for _ in range(2000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert budget.spent == 8000


@given(st.lists(st.binary(max_size=20), max_size=10), st.integers(0, 50))
def test_no_byte_more_than_one_beyond_the_limit_is_kept(pieces, most):
    came, whole = Pieces(most), b"".join(pieces)
    more = True
    for piece in pieces:
        if not (more := came.take(piece)):
            break
    assert more == (len(whole) <= most)
    assert came.body == whole[: most + 1]
    assert came.size == len(came.body)
