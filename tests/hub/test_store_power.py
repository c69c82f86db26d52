"""After a power cut at any call of a build or a preserve there is the old or the new, whole."""

import shutil
from pathlib import Path

import powercut
import pytest
from amount import SOAK, lot
from small_source import write_source

import sciknow
from sciknow.files import sha256_file

pytestmark = [
    pytest.mark.skipif(not powercut.can_record(), reason="strace is not here, or may not trace"),
    pytest.mark.sample,
]
MOMENTS = 1_000_000 if SOAK >= 1_000 else 60 if SOAK else 8  # all of them in `make all`
STATES = 4 if SOAK else 2
HOW = ("lost", "zero", "short", "any", "there")
BUILD = "import sciknow, sys; sciknow.build_hub(sys.argv[1]).close()"
PRESERVE = """
import sciknow, sys
with sciknow.open_hub(sys.argv[1]) as hub:
    hub.preserve("ice-monthly", sys.argv[2])
"""


def moments(calls, name):
    """Return after how many calls the power goes: where names change, and some others."""
    if len(calls) <= MOMENTS:
        return range(1, len(calls) + 1)
    random = lot(name)
    renames = [at + 1 for at, call in enumerate(calls) if call.name == "rename"]
    near = sorted({at + more for at in renames[-6:] for more in (-1, 0, 1, 2)})
    near = [at for at in near if 0 < at <= len(calls)]
    some = random.sample(range(1, len(calls)), MOMENTS // 2)
    return sorted({*some, *random.sample(near, min(MOMENTS // 2, len(near))), len(calls)})


def states(before, after, calls, tmp_path, name):
    """Write each state that a disk may show into a folder, one after the other."""
    disk, random, number = powercut.Disk(before, after, calls), lot(name), 0
    for count in moments(calls, name):
        for tree in disk.states(count, random, STATES):
            how, number = HOW[number % len(HOW)], number + 1
            folder = tmp_path / "state" / after.name
            disk.write(tree, folder, random, how)
            yield folder, f"{calls[count - 1]} {count}/{len(calls)} {how}"
            shutil.rmtree(folder)
    assert number >= STATES


def told_by(folder):
    with sciknow.open_hub(folder) as hub:
        assert hub.verify() == []
        assert hub.search("sea ice")[0].id in {"ice-monthly", "tides"}
        assert len(hub.graph) > 20
        for path in (folder / "archive" / "objects").glob("[!.]*"):
            assert sha256_file(path) == path.name
        return hub.dataset("sst-daily").description.en


def test_a_build_cut_at_any_call_leaves_the_old_or_the_new(copied, tmp_path):
    write_source(copied)
    sciknow.build_hub(copied).close()
    old, before = told_by(copied), tmp_path / "before"
    write_source(copied, change=" anew")
    shutil.copytree(copied, before)
    calls = powercut.record(BUILD, copied, copied)
    new = told_by(copied)
    assert new != old
    kinds = {call.name for call in calls}
    assert {"make", "write", "flush", "rename", "folder"} <= kinds
    seen = set()
    for folder, where in states(before, copied, calls, tmp_path, "build"):
        try:
            told = told_by(folder)
        except sciknow.SciknowError as error:
            pytest.fail(f"{where}: {error}")
        assert told in (old, new), where
        seen.add(told)
    assert seen == {old, new}


def payload(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_preserve_cut_at_any_call_goes_on_and_nothing_is_damaged(copied, tmp_path):
    write_source(copied)
    sciknow.build_hub(copied).close()
    archive, before = tmp_path / "archive", tmp_path / "before"
    archive.mkdir()
    before.mkdir()
    calls = powercut.record(PRESERVE, archive, copied, archive)
    bag = next(Path(archive, "ice-monthly").glob("2*"))
    whole = payload(bag / "data")
    with sciknow.open_hub(copied) as hub:
        for folder, where in states(before, archive, calls, tmp_path, "preserve"):
            if list(folder.rglob("*")) and any(folder.glob("ice-monthly/*/*")):
                try:
                    report = sciknow.audit(folder)
                except sciknow.NotFound:
                    report = None  # nothing that was ever begun
                assert report is None or report.ok, (where, report)
            again = hub.preserve("ice-monthly", folder)
            assert sciknow.audit(folder / "ice-monthly").ok, where
            assert payload(again.bag / "data") == whole, where
