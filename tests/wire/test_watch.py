"""What takes too long is broken off at its moment, and nothing else ever is."""

from __future__ import annotations

import os
import threading
import time

import pytest

from sciknow.wire.watch import WATCH, Watch


def test_what_is_over_in_time_is_not_broken_off():
    watch, cut = Watch(), []
    for _ in range(200):
        with watch.until(time.monotonic() + 0.02, lambda: cut.append("early")):
            pass
    done = threading.Event()
    with watch.until(time.monotonic() + 0.1, done.set):
        assert done.wait(60)
    assert cut == []


def test_the_nearest_moment_comes_first_whenever_it_was_named():
    watch, order, last = Watch(), [], threading.Event()
    begun = time.monotonic()
    with (
        watch.until(begun + 3600, lambda: order.append("never")),
        watch.until(begun + 0.2, last.set),
        watch.until(begun + 0.1, lambda: order.append("first")),
    ):
        assert last.wait(60)
        assert order == ["first"]


def test_trouble_while_breaking_off_stops_nobody_else():
    watch, done = Watch(), threading.Event()

    def broken() -> None:
        raise ValueError("closed already")

    with watch.until(time.monotonic(), broken), watch.until(time.monotonic() + 0.05, done.set):
        assert done.wait(60)


def test_one_thread_is_enough():
    watch = Watch()
    before = threading.active_count()
    with watch.until(time.monotonic() + 60, print), watch.until(time.monotonic() + 50, print):
        assert threading.active_count() == before + 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_process_watches_too():
    with WATCH.until(time.monotonic() + 60, print):  # the thread is there, and asleep
        child = os.fork()
        if not child:
            done = threading.Event()
            with WATCH.until(time.monotonic() + 0.05, done.set):
                os._exit(0 if done.wait(20) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
