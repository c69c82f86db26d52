"""A repository that keeps its versions: the lock pins one, and it can be had again."""

import shutil
import subprocess
import sys

import pytest
import xarray as xr
from drifting import sample
from samples.icechunks import commit, repository
from servers.web import DataServer, Fault

import sciknow as sk
from sciknow.errors import SourceUnavailable
from sciknow.ledger import ChangeKind, Status, read_lock

KEPT = "is still there; opening it locked gives exactly it"


@pytest.fixture
def pinned(place):
    """Lock the branch main of a repository; it is the way of a dataset that the hub knows."""
    first = commit(place / "a.icechunk", sample(), "first")
    item = place.lock(place.way("a.icechunk", reader="icechunk"), id="ice-monthly")
    return place, first, item


def test_the_lock_holds_the_snapshot(pinned):
    place, first, item = pinned
    assert read_lock(place.lockfile).dataset[0].fingerprint.snapshot == first
    assert item.fingerprint.modified.endswith("+00:00")
    verdict = place.verify()
    assert verdict.status is Status.UNCHANGED
    assert not verdict.notes


def test_the_branch_moves_on_and_the_locked_array_is_had_again(pinned):
    place, first, _ = pinned
    second = commit(place / "a.icechunk", sample(steps=8) + 1, "second")
    verdict = place.verify()
    assert verdict.status is Status.CHANGED
    assert verdict.changes[0].kind is ChangeKind.SNAPSHOT
    assert verdict.changes[0].detail == f"{first} → {second}"
    assert "extended: time (6 → 8" in str(verdict.details)
    history = repository(place / "a.icechunk").ancestry(branch="main")
    assert next(iter(history)).written_at.isoformat(timespec="seconds") in verdict.since
    assert any(KEPT in note for note in verdict.notes)
    with sk.session() as book:
        again = place.hub.open("ice-monthly", locked=place.lockfile)
        xr.testing.assert_equal(again.compute(), sample())
        assert next(iter(book)).distribution.options == {"snapshot": first}
    lock = sk.lock(place / "again.lock", book, hub=place.hub)
    assert read_lock(lock).dataset[0].fingerprint.snapshot == first


def test_on_the_command_line(pinned):
    place, first, _ = pinned
    commit(place / "a.icechunk", sample() + 1, "second")
    command = [sys.executable, "-m", "sciknow"]
    where = ["--hub", str(place.hub.path)]
    opened = subprocess.run(
        [*command, "open", "ice-monthly", "--locked", str(place.lockfile), *where],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert opened.returncode == 0, opened.stderr
    assert first in opened.stdout


def test_another_commit_with_the_same_values_is_no_change(pinned):
    place, _, _ = pinned
    commit(place / "a.icechunk", sample(), "written anew")
    verdict = place.verify()
    assert verdict.status is Status.UNCHANGED
    assert "every value is the same" in verdict.notes[0]


def test_a_branch_that_is_gone_leaves_its_snapshot(place):
    first = commit(place / "a.icechunk", sample(), "first")
    made = repository(place / "a.icechunk")
    made.create_branch("side", first)
    way = place.way("a.icechunk", reader="icechunk", options={"branch": "side"})
    place.lock(way, id="ice-monthly")
    made.delete_branch("side")
    verdict = place.verify()
    assert verdict.status is Status.GONE
    assert "no branch 'side'; it has main" in str(verdict.details)
    assert any(KEPT in note for note in verdict.notes)
    again = place.hub.open("ice-monthly", locked=place.lockfile)
    xr.testing.assert_equal(again.compute(), sample())


def test_a_snapshot_that_is_gone(pinned):
    place, first, _ = pinned
    commit(place / "a.icechunk", sample() + 1, "second")
    (place / "a.icechunk" / "snapshots" / first).unlink()
    verdict = place.verify()
    assert verdict.status is Status.CHANGED
    assert not any(KEPT in note for note in verdict.notes)
    with pytest.raises(SourceUnavailable, match="snapshot not found"):
        place.hub.open("ice-monthly", locked=place.lockfile)
    shutil.rmtree(place / "a.icechunk")
    assert place.verify().status is Status.GONE


def test_over_the_web_and_at_a_mirror(place):
    commit(place / "a.icechunk", sample(), "first")
    with DataServer(place.folder) as web, DataServer(place.folder) as other:
        place.mirrors = (f"{other.url}/a.icechunk",)
        item = place.lock(place.way("a.icechunk", web.url, reader="icechunk"), id="ice-monthly")
        assert item.fingerprint.snapshot
        assert place.verify().status is Status.UNCHANGED
        web.faults.append(Fault("status", status=404))
        again = place.hub.open("ice-monthly", locked=place.lockfile)
        xr.testing.assert_equal(again.compute(), sample())
        assert again.attrs["sciknow_access_url"] == place.mirrors[0]
