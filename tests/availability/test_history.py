"""The history: what goes in comes out, changes stay, damage is told, processes share it."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.availability import History, note_opened, notes_of
from sciknow.errors import IntegrityError, SciknowError
from sciknow.model.probe import Outcome, Probe, Status

START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = ("ice", "ice-zarr", "https://example.org/ice")


def probe(day, outcome=Outcome.OK, **fields):
    return Probe(outcome=outcome, at=START + timedelta(days=day), url=KEY[2], **fields)


def filled(history, kinds):
    for day, kind in enumerate(kinds):
        history.record(*KEY[:2], probe(day, kind))
    return history


texts = st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace").decode())
probes = st.builds(
    Probe,
    outcome=st.sampled_from(Outcome),
    at=st.integers(0, 4 * 10**12).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC)),
    url=st.just(KEY[2]),
    latency=st.none() | st.floats(0, 1e6),
    deep=st.booleans(),
    size=st.none() | st.integers(0, 2**62),
    etag=texts,
    modified=texts,
    moved_to=texts,
    strength=texts,
    detail=texts,
)


@given(probes)
def test_a_probe_comes_back_as_it_went_in(one):
    with History(None) as history:
        history.record(*KEY[:2], one)
        assert history.standings([KEY])[0].probes == (one,)


@given(st.lists(st.sampled_from([Outcome.OK, Outcome.GONE, Outcome.TIMEOUT]), max_size=40))
def test_compacting_changes_nothing_that_is_told(kinds):
    with filled(History(None), kinds) as history:
        before = history.standings([KEY])[0]
        history.compact(keep=3)
        after = history.standings([KEY])[0]
        for name in ("status", "since", "last_ok", "latest", "before", "broke"):
            assert getattr(after, name) == getattr(before, name)
        assert after.probes[-3:] == before.probes[-3:]
        assert _runs(after.probes) == _runs(before.probes)
        assert history.compact(keep=3) == 0


def _runs(probes):
    """Return each run of equal outcomes: what, from when, until when."""
    runs = []
    for item in probes:
        if runs and runs[-1][0] == item.outcome:
            runs[-1][2] = item.at
        else:
            runs.append([item.outcome, item.at, item.at])
    return runs


def test_compacting_bounds_what_never_changes():
    with filled(History(None), [Outcome.OK] * 200) as history:
        assert history.compact(keep=50) == 149
        found = history.standings([KEY])[0]
        assert (len(found.probes), found.since) == (51, START)


def test_another_address_begins_a_history_of_its_own():
    with filled(History(None), [Outcome.OK, Outcome.GONE]) as history:
        (found,) = history.standings([(*KEY[:2], "https://example.org/new")])
        assert (found.status, found.probes, found.since) == (Status.UNKNOWN, (), None)


def test_a_standing_tells_since_when_and_last_ok():
    kinds = [Outcome.OK, Outcome.MOVED, Outcome.GONE, Outcome.TIMEOUT]
    with filled(History(None), kinds) as history:
        (found,) = history.standings([KEY])
        assert found.since == START + timedelta(days=2)
        assert found.last_ok == START + timedelta(days=1)
        assert not found.broke  # it failed before the last probe already


def test_openings_are_gathered_once_and_the_last_counts(tmp_path):
    path = tmp_path / "h.sqlite"
    note_opened(notes_of(path), "ice", "ice-zarr")
    assert not notes_of(path).exists()  # without a history nothing is noted
    with History(path) as history:
        history.gather_opened()
        note_opened(notes_of(path), "ice", "ice-zarr")
        with notes_of(path).open("ab") as file:
            file.write(b"12\ttorn")
        history.gather_opened()
        assert notes_of(path).read_bytes() == b""
        (found,) = history.standings([KEY])
        assert abs(found.last_opened - datetime.now(UTC)) < timedelta(minutes=1)
        notes_of(path).write_text("1000\tice\tice-zarr\n")
        history.gather_opened()
        assert history.standings([KEY])[0].last_opened == found.last_opened


def test_a_full_file_of_notes_grows_no_more(tmp_path):
    path = tmp_path / "notes"
    path.write_bytes(b"x" * 2**20)
    note_opened(path, "a", "b")
    assert path.stat().st_size == 2**20


def test_what_is_no_history_is_told(tmp_path):
    path = tmp_path / "h.sqlite"
    path.write_bytes(b"no database at all, but long enough to have a header" * 40)
    with pytest.raises(IntegrityError, match="is damaged, or no history"):
        History(path)
    assert path.read_bytes().startswith(b"no database")


def test_a_damaged_history_is_told(tmp_path):
    path = tmp_path / "h.sqlite"
    filled(History(path), [Outcome.OK] * 100).close()
    body = bytearray(path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    path.write_bytes(body)
    with pytest.raises(IntegrityError), History(path) as history:
        history.standings([KEY])


def test_an_outcome_of_a_later_version_is_told(tmp_path):
    path = tmp_path / "h.sqlite"
    filled(History(path), [Outcome.OK]).close()
    with sqlite3.connect(path) as store:
        store.execute("UPDATE probe SET outcome='sideways'")
    store.close()
    with History(path) as history, pytest.raises(IntegrityError, match="sideways"):
        history.standings([KEY])


def test_a_later_format_is_left_alone(tmp_path):
    path = tmp_path / "h.sqlite"
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA user_version=7")
    store.close()
    with pytest.raises(IntegrityError, match="later version"):
        History(path)


def test_a_place_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "h.sqlite", tmp_path):
        with pytest.raises(SciknowError, match="can't be used"):
            History(path)


WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sciknow.availability import History
from sciknow.model.probe import Outcome, Probe
with History(Path(sys.argv[1])) as history:
    for number in range(100):
        probe = Probe(outcome=Outcome.OK, at=datetime.now(UTC), url="u", size=number)
        history.record(sys.argv[2], "way", probe)
        print(number, flush=True)
"""


def test_processes_write_together_and_a_kill_tears_nothing(tmp_path):
    path = tmp_path / "h.sqlite"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(path), name],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        for name in ("one", "two", "killed")
    ]
    victim = started.pop()
    with victim:
        for line in victim.stdout:
            if line == "20\n":
                victim.kill()
                break
        written = 21 + sum(1 for _ in victim.stdout)
    for process in started:
        with process:
            assert len(process.stdout.readlines()) == 100
    with History(path) as history:
        keys = [(name, "way", "u") for name in ("one", "two", "killed")]
        counts = [len(item.probes) for item in history.standings(keys)]
    assert counts[:2] == [100, 100]
    assert written <= counts[2] <= written + 1
