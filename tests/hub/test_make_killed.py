"""A build killed with SIGKILL at any moment leaves a hub that serves, whole."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from amount import SOAK, lot, share
from small_source import write_source

import sciknow
from sciknow.hub import HubFolder

AT_EVENTS, AT_TIMES = (20, 12) if SOAK else (6, 2)


@contextmanager
def killer():
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("killer.py"))]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    ) as process:

        def ask(source, moment):
            process.stdin.write(f"{source} {moment}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


def assert_whole(source):
    with sciknow.open_hub(source) as hub:
        assert hub.verify() == []
        assert hub.search("sea ice")[0].id in {"ice-monthly", "tides"}
        assert sum(1 for _ in hub.graph.subjects()) > 20
    HubFolder(source).prune(keep=2)


@pytest.mark.sample
def test_builds_killed_at_every_stage_leave_a_whole_hub(source):
    sciknow.build_hub(source).close()
    with killer() as ask:
        write_source(source, change=" once")
        events = int(ask(source, 0))
        assert events > 20
        # the last events are the renames and the swap
        early = share(range(1, events - 9), AT_EVENTS // 2, "early kills")
        for number in [*early, *share(range(events - 9, events + 1), AT_EVENTS // 2, "late kills")]:
            write_source(source, change=f" {number}")
            assert ask(source, number) == "killed"
            assert_whole(source)
        for number in range(AT_TIMES):
            write_source(source, change=f" and {number}")
            after = lot(f"time {number}").uniform(0.05, 1.0)
            assert ask(source, f"{after:.3f}s") != "failed"
            assert_whole(source)
    write_source(source, change=" at last")
    with sciknow.build_hub(source) as hub:
        assert "at last" in hub.dataset("sst-daily").description.en
    left = [path.name for path in (source / "generations").iterdir()]
    assert not [name for name in left if name.startswith(".building-")]


def test_two_builds_at_once_are_refused_and_readers_go_on(source):
    sciknow.build_hub(source).close()
    folder = HubFolder(source)
    with (
        folder.building(),
        pytest.raises(sciknow.SciknowError, match="another process is writing"),
    ):
        sciknow.build_hub(write_source(source, change=" x"))
    with sciknow.open_hub(source) as hub:
        assert hub.dataset("tides").id == "tides"
