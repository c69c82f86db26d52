"""Preserved copies stand in for sources that do not answer, and are pinned as what was opened."""

from __future__ import annotations

import os
import shutil
import warnings

import pytest
import xarray as xr
from preservation_help import dataset, gets, way
from servers.dap import dap_server

import sciknow
from sciknow.errors import DegradedWarning, IntegrityError, NotFound, SourceUnavailable
from sciknow.preservation import read_history


@pytest.fixture
def kept(hub, web, sample, archive):
    """Return a dataset on a server and its bag."""
    sample.to_netcdf(web.folder / "海 温.nc", engine="h5netcdf")
    sea = dataset(way(f"{web.url}/海 温.nc"))
    return sea, hub.preserve(sea, archive).bag


@pytest.fixture(autouse=True)
def no_setting(monkeypatch):
    monkeypatch.delenv("SCIKNOW_COPIES", raising=False)
    monkeypatch.delenv("SCIKNOW_OFFLINE", raising=False)


def take_down(web):
    for item in web.folder.iterdir():
        item.unlink()


def test_the_source_comes_first_and_the_copy_when_it_is_gone(hub, web, sample, archive, kept):
    sea, bag = kept
    web.reset()
    assert "sciknow_preserved" not in hub.open(sea, copies=archive).attrs
    assert gets(web)
    take_down(web)
    with (
        sciknow.session() as book,
        pytest.warns(DegradedWarning, match=r"opened from the copy of .*since .*404"),
    ):
        opened = hub.open(sea, copies=archive, variables=["sst"])
    xr.testing.assert_equal(opened.load(), sample)
    assert opened.attrs["sciknow_preserved"].startswith(bag.name)
    assert opened.attrs["sciknow_preserved_from"].startswith(web.url)
    assert opened.attrs["sciknow_preserved_whole_at"]
    (entry,) = book
    assert entry.bag == str(bag)
    assert str(bag) in book.rows()[0]["from"]
    assert entry.selection == {"variables": ["sst"]}


def test_the_setting_names_folders(hub, web, archive, kept, monkeypatch, tmp_path):
    sea, bag = kept
    take_down(web)
    for folder in (archive, archive / "sea", bag):  # an archive, the bags of a dataset, a bag
        monkeypatch.setenv("SCIKNOW_COPIES", os.pathsep.join([str(tmp_path / "no"), str(folder)]))
        with pytest.warns(DegradedWarning):
            assert hub.open(sea).sizes["time"] == 4
    with pytest.raises(SourceUnavailable) as told:
        hub.open(sea, copies=())
    assert "copy" not in str(told.value)


def test_offline_the_copy_comes_before_remote_sources(hub, web, archive, kept, monkeypatch):
    sea, _ = kept
    web.reset()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert hub.open(sea, copies=archive).attrs["sciknow_preserved"]
    assert not web.hits
    with pytest.raises(SourceUnavailable, match=r"no copy of sea .*offline"):
        hub.open(sea, copies=archive / "elsewhere")


def test_offline_local_files_come_before_copies(hub, archive, monkeypatch):
    hub.preserve("nile-annual-flow", archive)
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    assert "sciknow_preserved" not in hub.open("nile-annual-flow", copies=archive).attrs


def test_a_damaged_copy_is_passed_over_and_named(hub, web, sample, archive, kept):
    sea, old = kept
    (sample + 1).to_netcdf(web.folder / "海 温.nc", engine="h5netcdf")
    new = hub.preserve(sea, archive).bag
    payload = next((new / "data").iterdir())
    payload.write_bytes(payload.read_bytes()[:-1] + b"\0")
    take_down(web)
    newest = max(old.name, new.name)
    with pytest.warns(DegradedWarning, match=old.name):
        opened = hub.open(sea, copies=archive)
    assert opened.attrs["sciknow_preserved"].startswith(old.name)
    shutil.rmtree(old)
    with pytest.raises(SourceUnavailable, match=f"404.*{new.name}.*damaged.*1 problem,"):
        hub.open(sea, copies=archive)
    assert newest
    assert read_history(archive / "sea")[-1]["verdict"] == "damaged"


def test_a_copy_is_audited_once_and_again_when_it_was_touched(hub, web, archive, kept, monkeypatch):
    sea, bag = kept
    take_down(web)
    monkeypatch.setattr("sciknow.preservation.whole._changes", lambda _: iter([0.0]))
    with pytest.warns(DegradedWarning):
        at = {hub.open(sea, copies=archive).attrs["sciknow_preserved_whole_at"] for _ in range(3)}
    assert len(at) == len(read_history(bag.parent)) == 1
    monkeypatch.undo()
    payload = next((bag / "data").iterdir())
    times = payload.stat()
    payload.write_bytes(payload.read_bytes()[:-1] + b"\0")
    os.utime(payload, ns=(times.st_atime_ns, times.st_mtime_ns))  # hides nothing
    with pytest.raises(SourceUnavailable, match="damaged"):
        hub.open(sea, copies=archive)


def test_a_copy_of_a_part_serves_that_part_only(hub, web, archive, sample):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    sea, part = dataset(way(f"{web.url}/sea.nc")), {"period": ("2000-01-02", "2000-01-03")}
    hub.preserve(sea, archive, **part)
    take_down(web)
    with pytest.warns(DegradedWarning):
        assert hub.open(sea, copies=archive, **part).sizes["time"] == 2
    with pytest.raises(SourceUnavailable, match=r"holds a part only .period 2000-01-02 2000-01-03"):
        hub.open(sea, copies=archive)


def test_a_dataset_that_has_no_way_any_more_opens_from_its_copy(hub, web, archive, kept):
    bare = dataset()
    with pytest.warns(DegradedWarning, match="no distribution"):
        assert hub.open(bare, copies=archive).sizes["time"] == 4
    with pytest.raises(NotFound, match="no copy of sea"):
        hub.open(bare, copies=archive / "no")
    with pytest.raises(NotFound, match="it came by sea-way"):
        hub.open(bare, "other", copies=archive)


@pytest.mark.parametrize("wrong", [3, [None], [""], ["a", 1.5]])
def test_what_is_no_folder_is_refused(hub, kept, wrong):
    with pytest.raises(sciknow.InvalidInput, match="folder"):
        hub.open(kept[0], copies=wrong)


@pytest.fixture
def lock_by_user(monkeypatch):
    """Let a lockfile name the server of the test, which no hub names."""
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")


def test_a_lock_of_a_copy_pins_the_copy_and_knows_its_source(
    hub, web, sample, archive, kept, lock_by_user
):
    sea, bag = kept
    with sciknow.session() as book:
        sciknow.open_preserved(bag)
    (sample + 1).to_netcdf(web.folder / "海 温.nc", engine="h5netcdf")  # the source moved on
    lock = sciknow.lock(archive / "study.lock", book, hub=hub)
    (verdict,) = sciknow.verify(lock, hub=hub)
    assert (verdict.status, verdict.bag) == ("unchanged", str(bag))
    opened = hub.open(sea, locked=lock)
    xr.testing.assert_equal(opened.load(), sample)
    shutil.move(bag, archive / "away")
    (verdict,) = sciknow.verify(lock, hub=hub)  # the source is asked, and has other data
    assert verdict.status == "gone"
    assert any(url.startswith(web.url) and "other data" in told for url, told in verdict.tried)
    (verdict,) = sciknow.verify(lock, hub=hub, copies=archive / "away")
    assert verdict.ok
    assert any("not where it was locked" in note for note in verdict.notes)
    sample.to_netcdf(web.folder / "海 温.nc", engine="h5netcdf")
    assert sciknow.verify(lock, hub=hub).ok
    assert hub.open(sea, locked=lock).attrs["sciknow_access_url"].startswith(web.url)


def test_source_and_copy_are_two_things_where_they_differ(
    hub, web, sample, archive, kept, lock_by_user
):
    sea, bag = kept
    with sciknow.session() as book:
        hub.open(sea)
        sciknow.open_preserved(bag)
    lock = sciknow.lock(archive / "same.lock", book, hub=hub)
    assert [verdict.bag for verdict in sciknow.verify(lock, hub=hub)] == ["", str(bag)]
    assert "sciknow_preserved" not in hub.open(sea, locked=lock).attrs
    (sample + 1).to_netcdf(web.folder / "海 温.nc", engine="h5netcdf")
    lock = sciknow.lock(archive / "other.lock", book, hub=hub)
    assert sciknow.verify(lock, hub=hub).ok
    with pytest.raises(sciknow.InvalidInput, match=f"locked 2 times.*{bag.name}"):
        hub.open(sea, locked=lock)


def test_what_is_locked_is_found_in_a_copy(hub, web, sample, archive, kept, lock_by_user):
    sea, bag = kept
    lock = sciknow.lock(archive / "study.lock", [sea], hub=hub)
    assert "bag" not in lock.read_text()
    (sample + 1).to_netcdf(web.folder / "海 温.nc", engine="h5netcdf")
    with pytest.raises(IntegrityError):
        hub.open(sea, locked=lock)
    with sciknow.session() as book:
        opened = hub.open(sea, locked=lock, copies=archive)
    xr.testing.assert_equal(opened.load(), sample)
    assert next(iter(book)).bag == str(bag)


def test_a_copy_in_another_form_is_told_of(hub, archive, sample, lock_by_user):
    raw = sample.assign_coords(time=("time", [0.0, 1, 2, 3], {"units": "days since 2000-01-01"}))
    with dap_server(raw) as server:
        sea = dataset(way(server.url, "opendap"))
        bag = hub.preserve(sea, archive).bag
        lock = sciknow.lock(archive / "study.lock", [sea], hub=hub)
    with sciknow.session() as book:
        sciknow.open_preserved(bag)
        own = sciknow.lock(archive / "own.lock", hub=hub)
    assert "mirrors" not in own.read_text()
    assert sciknow.verify(own, hub=hub).ok
    (verdict,) = sciknow.verify(lock, hub=hub, copies=archive, deadline=2)
    assert verdict.status == "gone"
    assert any("as netcdf, locked was opendap" in told for _, told in verdict.tried)
    assert len(book) == 1


def test_a_lockfile_leads_to_no_folder_that_is_no_bag(hub, archive, kept, tmp_path):
    bag = kept[1]
    with sciknow.session() as book:
        sciknow.open_preserved(bag)
    lock = sciknow.lock(archive / "study.lock", book, hub=hub)
    (tmp_path / "data").mkdir()
    shutil.copy(next((bag / "data").iterdir()), tmp_path / "data")
    lock.write_text(lock.read_text().replace(str(bag), str(tmp_path)))
    (verdict,) = sciknow.verify(lock, hub=hub)
    assert any("no bag" in told for _, told in verdict.tried)
