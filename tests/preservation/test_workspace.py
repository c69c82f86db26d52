"""Runs that are killed, cut short, or overtaken by the source go on, and never mix two versions."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from amount import SOAK, share
from preservation_help import assert_valid, dataset, gets, way
from servers.web import Fault

import sciknow
from sciknow.errors import IntegrityError, SciknowError
from sciknow.files import exclusive_lock, sha256_file
from sciknow.wire.retry import WHOLE

RUNNER = Path(__file__).with_name("runner.py")


def start(archive, reader, url, **options):
    command = [sys.executable, str(RUNNER), str(archive), reader, url, json.dumps(options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_when(process, enough):
    deadline = time.monotonic() + 60
    while not enough() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None, process.communicate()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    time.sleep(0.3)  # answers that were on their way are counted by now


@pytest.fixture
def many(web):
    """Thirty files, each of its own bytes."""
    for at in range(30):
        (web.folder / f"{at:02}.nc").write_bytes(bytes([at]) * 5000)
    return [f"{at:02}.nc" for at in range(30)]


def test_killed_between_files_nothing_is_fetched_twice(hub, web, archive, many):
    web.delay = 0.05
    first = start(archive, "netcdf", f"{web.url}/x.nc", files=many)
    kill_when(first, lambda: len(gets(web)) >= 12)
    journal = next(archive.glob("sea/.partial-*/journal.jsonl"))
    done = {json.loads(line)["path"] for line in journal.read_text().splitlines()}
    assert 0 < len(done) < 30
    assert not list(archive.glob("sea/2*"))
    web.reset()
    web.delay = 0
    found = hub.preserve(dataset(way(f"{web.url}/x.nc", options={"files": many})), archive)
    assert found.resumed == len(done)
    assert set(gets(web)) == {f"/{name}" for name in many} - {f"/{name}" for name in done}
    assert max(Counter(gets(web)).values()) == 1
    assert_valid(found.bag)
    for name in many:
        assert sha256_file(found.bag / "data" / name) == sha256_file(web.folder / name)
    assert not list(archive.glob("sea/.partial-*"))


def test_killed_within_a_file_it_goes_on_from_there(hub, web, archive):
    body = os.urandom(6 * 2**20)
    (web.folder / "sea.nc").write_bytes(body)
    web.faults.append(Fault("hold", match="sea", status=4 * 2**20, times=1))
    first = start(archive, "netcdf", f"{web.url}/sea.nc")
    kill_when(first, lambda: _kept(archive) > 0)
    kept = _kept(archive)
    web.reset()
    bag = hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive).bag
    ranges = [hit.range for hit in web.hits if hit.method == "GET"]
    assert ranges == [f"bytes={kept}-"]
    assert web.sent == len(body) - kept
    assert (bag / "data" / "sea.nc").read_bytes() == body


def _kept(archive):
    notes = list(archive.glob("sea/.partial-*/parts/*.json"))
    return json.loads(notes[0].read_text())["durable"] if notes else 0


def test_a_new_version_starts_anew(hub, web, archive):
    path = web.folder / "sea.nc"
    path.write_bytes(b"a" * 3_000_000)
    web.faults.append(Fault("cut", match="sea"))
    with pytest.raises(IntegrityError, match="cut short"):
        hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive)
    web.faults.clear()
    path.write_bytes(b"b" * 3_000_001)
    bag = hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive).bag
    assert (bag / "data" / "sea.nc").read_bytes() == b"b" * 3_000_001
    assert_valid(bag)


@pytest.mark.parametrize("server", ["ranges", "no ranges", "no validator"])
def test_a_source_that_cuts_answers_short_is_asked_again(hub, web, archive, server):
    web.ranges = server != "no ranges"
    web.etag = server != "no validator"
    body = os.urandom(3 * 2**20)
    (web.folder / "sea.nc").write_bytes(body)
    web.faults.append(Fault("cut", match="sea", times=2))
    bag = hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive).bag
    assert (bag / "data" / "sea.nc").read_bytes() == body
    resumed = [hit.range for hit in web.hits if hit.method == "GET" and hit.range]
    assert bool(resumed) == (server != "no validator")


def test_a_source_that_always_cuts_short_is_given_up(hub, web, archive):
    web.ranges = False
    (web.folder / "sea.nc").write_bytes(bytes(3 * 2**20))
    web.faults.append(Fault("cut", match="sea"))
    with pytest.raises(IntegrityError, match="cut short"):
        hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive)
    assert len(gets(web)) <= WHOLE.tries + 1


def test_a_slow_source_is_given_up(hub, web, archive):
    (web.folder / "sea.nc").write_bytes(bytes(200_000))
    hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive, dry_run=True)
    web.faults.append(Fault("drip", match="sea"))
    with pytest.raises(SciknowError):
        hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive, deadline=0.4)


def test_files_that_change_between_runs_are_brought_anew(hub, web, archive, many):
    asked = dataset(way(f"{web.url}/x.nc", options={"files": many}))
    web.faults.append(Fault("cut", match="29"))
    with pytest.raises(IntegrityError, match="cut short"):
        hub.preserve(asked, archive)
    web.faults.clear()
    (web.folder / "00.nc").write_bytes(b"new" * 1000)
    web.reset()
    found = hub.preserve(asked, archive)
    assert (found.bag / "data" / "00.nc").read_bytes() == b"new" * 1000
    assert "changed at the source since the earlier run" in found.notes[-1]
    assert found.resumed == 29
    assert gets(web).count("/00.nc") == 1
    assert_valid(found.bag)


def test_no_bag_is_made_of_a_source_that_keeps_changing(hub, web, archive, many):
    at = web.folder / "05.nc"

    class Changing(dict):
        def __contains__(self, path):
            if path == "/05.nc":
                at.write_bytes(os.urandom(4000))
            return False

    web.answers = Changing()
    with pytest.raises(IntegrityError, match=r"keeps changing.*05\.nc"):
        hub.preserve(dataset(way(f"{web.url}/x.nc", options={"files": many})), archive)
    assert not list(archive.glob("sea/2*"))


def test_a_new_version_lies_beside_the_old_and_fetches_only_what_is_new(hub, web, archive, many):
    asked = dataset(way(f"{web.url}/x.nc", options={"files": many}))
    old = hub.preserve(asked, archive).bag
    digest = sha256_file(old / "tagmanifest-sha256.txt")
    web.reset()
    assert hub.preserve(asked, archive).unchanged
    assert not gets(web)
    (web.folder / "07.nc").write_bytes(b"new" * 1000)
    found = hub.preserve(asked, archive)
    assert gets(web) == ["/07.nc"]
    assert (found.fetched, found.reused) == (1, 29)
    assert found.bag != old
    assert sha256_file(old / "tagmanifest-sha256.txt") == digest
    assert not os.path.samefile(old / "data" / "08.nc", found.bag / "data" / "08.nc")
    assert_valid(old)
    assert_valid(found.bag)


def test_two_at_once(hub, web, archive, many):
    (archive / "sea").mkdir(parents=True)
    asked = dataset(way(f"{web.url}/x.nc", options={"files": many}))
    with (
        exclusive_lock(archive / "sea" / ".lock"),
        pytest.raises(SciknowError, match="another process"),
    ):
        hub.preserve(asked, archive)
    assert not list(archive.glob("sea/.partial*"))


def test_a_disk_that_takes_no_more(hub, web, archive):
    """The limit on the size of a file stands for a full disk: both are an OSError in a write."""
    body = os.urandom(3 * 2**20)
    (web.folder / "sea.nc").write_bytes(body)
    code = (
        "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, 2**21)); "
        f"runpy.run_path({str(RUNNER)!r}, run_name='__main__')"
    )
    command = [sys.executable, "-c", code, str(archive), "netcdf", f"{web.url}/sea.nc"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "cannot be written to" in result.stderr
    assert "run again" in result.stderr
    web.reset()
    bag = hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive).bag
    assert (bag / "data" / "sea.nc").read_bytes() == body
    assert web.sent < len(body)


@pytest.fixture
def killer(web):
    process = subprocess.Popen(
        [sys.executable, str(RUNNER.with_name("killer.py")), web.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.mark.sample
def test_killed_at_any_step_a_second_run_ends_with_one_good_bag(hub, web, tmp_path, many, killer):
    asked = dataset(way(f"{web.url}/x.nc", options={"files": many[:2]}))
    events = int(_tell(killer, f"preserve {tmp_path}/whole 100000"))
    assert events > 20
    fetched = []
    early, late = range(2, events - 12), range(events - 12, events + 1)
    for moment in [1, *share(early, 2, "early kills"), *share(late, 3, "late kills")]:
        place = tmp_path / f"killed-{moment}"
        assert _tell(killer, f"preserve {place} {moment}") == "killed"
        web.reset()
        bag = hub.preserve(asked, place).bag
        fetched.append(len(gets(web)))
        assert_valid(bag)
        assert [path.name for path in (place / "sea").glob("[!.]*")] == [bag.name]
    assert fetched[0] == 2
    assert fetched[-1] == 0


def _tell(killer, line):
    print(line, file=killer.stdin, flush=True)
    return killer.stdout.readline().strip()


@pytest.mark.sample
def test_a_repair_that_is_killed_loses_nothing(hub, web, tmp_path, many, killer):
    asked = dataset(way(f"{web.url}/x.nc", options={"files": many[:2]}))
    good = hub.preserve(asked, tmp_path / "archive").bag
    shutil.copytree(good, tmp_path / "good")
    whole = (good / "data" / "01.nc").read_bytes()
    moment, killed = 1, True
    while killed:
        place = tmp_path / f"mend-{moment}" / "bag"
        shutil.copytree(good, place)
        (place / "data" / "01.nc").write_bytes(b"damaged")
        killed = _tell(killer, f"mend {place} {moment}") == "killed"
        assert (place / "data" / "01.nc").read_bytes() in (b"damaged", whole)
        assert sciknow.audit(place, repair=True, mirrors=[tmp_path / "good"]).ok
        assert_valid(place)
        moment += 2 if SOAK else 7
    assert moment > 12
