"""What people type wrong, or in another form: a clear error, or the same as the right form."""

import datetime
import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sciknow
from sciknow.errors import (
    DegradedWarning,
    IntegrityError,
    InvalidInput,
    NotFound,
    SourceUnavailable,
)
from sciknow.model import Distribution
from sciknow.preservation import read_history
from sciknow.readers import open_distribution, parse_selection
from sciknow.wire import Cache


@pytest.mark.parametrize("verb", ["open", "plan"])
def test_an_unknown_option_is_answered_with_the_nearest(hub, verb):
    with pytest.raises(InvalidInput, match=r"no option 'bbbox'; did you mean bbox"):
        getattr(hub, verb)("ice-monthly", bbbox=(0, 60, 10, 80))
    with pytest.raises(InvalidInput, match="one of bbox, period"):
        getattr(hub, verb)("ice-monthly", 没有=1)


@pytest.mark.parametrize("what", [None, 5, 1.5, ["ice-monthly"]])
def test_what_is_no_dataset_is_refused(hub, what):
    for verb in (hub.open, hub.plan, hub.cite, lambda item: hub.preserve(item, "nowhere")):
        with pytest.raises(InvalidInput, match="is no dataset"):
            verb(what)


def test_a_hit_is_as_good_as_its_dataset(hub):
    hit = hub.search("sea ice", offline=True)[0]
    assert hub.open(hit).sizes["time"] == 24
    assert hub.plan(hit).bytes == hit.plan().bytes
    concept = hub.search("sea ice", kind="concept")[0]
    with pytest.raises(InvalidInput, match="is a concept"):
        hub.open(concept)


def test_the_beginning_of_an_id_is_near(hub):
    with pytest.raises(NotFound, match="did you mean ice-monthly"):
        hub.open("ice")


@pytest.mark.parametrize("budget", ["1 MB", -1, True, float("nan")])
def test_a_budget_is_a_number_of_bytes(hub, budget):
    with pytest.raises(InvalidInput, match="give a number of bytes"):
        hub.open("ice-monthly", max_bytes=budget)


@pytest.mark.parametrize(
    "period",
    [
        ("1979-02-01", "1979-03-01"),
        (datetime.date(1979, 2, 1), datetime.datetime(1979, 3, 1)),
        (pd.Timestamp("1979-02-01"), np.datetime64("1979-03-01T00:00:00", "ns")),
        (np.datetime64("1979-02"), np.datetime64("1979-03")),
    ],
)
def test_dates_of_any_kind_are_opened_locked_and_packed(hub, period, tmp_path):
    with sciknow.session() as book:
        assert hub.open("ice-monthly", period=period).sizes["time"] == 2
        lock = sciknow.lock(tmp_path / "study.lock", hub=hub)
    (entry,) = book
    assert all(isinstance(item, str) for item in entry.selection["period"])
    assert sciknow.verify(lock, hub=hub).ok
    assert hub.open("ice-monthly", locked=lock, period=period).sizes["time"] == 2


def test_open_ends_and_years_as_numbers_can_be_locked(hub, tmp_path):
    with sciknow.session():
        hub.open("ice-monthly", period=(None, 1979))
        lock = sciknow.lock(tmp_path / "study.lock", hub=hub)
    assert hub.open("ice-monthly", locked=lock, period=(None, 1979)).sizes["time"] == 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"bbox": 5},
        {"bbox": "0,60,10,80"},
        {"bbox": [0, 60]},
        {"period": 1979},
        {"period": slice("1979", "1980")},
        {"variables": 5},
        {"variables": [5]},
    ],
)
def test_what_is_no_part_is_refused(hub, wrong):
    for verb in (hub.open, hub.plan):
        with pytest.raises(InvalidInput, match=f"{next(iter(wrong))}=.*; give "):
            verb("ice-monthly", **wrong)


def test_a_part_may_be_given_as_arrays_and_iterators(hub, tmp_path):
    years = np.array(["1979-01-01", "1979-03-01"], dtype="M8[D]")
    with sciknow.session() as book:
        opened = hub.open("ice-monthly", period=years, variables=iter(["siconc"]))
        assert opened.sizes["time"] == 3
        assert sciknow.verify(sciknow.lock(tmp_path / "a.lock", hub=hub), hub=hub).ok
    (entry,) = book
    assert entry.selection == {"period": ["1979-01-01", "1979-03-01"], "variables": ["siconc"]}
    box = parse_selection(bbox=np.array([0, 60, 10, 80], "i8")).bbox
    assert box == parse_selection(bbox=np.array([0, 60, 10, 80], "f4")).bbox == (0, 60, 10, 80)


def test_what_is_cut_short_is_said_of_local_classic_files_too(tmp_path):
    values = np.arange(1000.0)
    path = tmp_path / "断.nc"
    xr.Dataset({"a": ("x", values)}).to_netcdf(path, engine="scipy")
    os.truncate(path, path.stat().st_size - 8)
    with pytest.raises(IntegrityError, match="ends before its variable 'a' does"):
        open_distribution(Distribution(id="a", access_url=path.name), base=tmp_path)


def test_a_group_of_a_file_that_there_is_not_is_named(tmp_path):
    tree = xr.DataTree.from_dict({"/北": xr.Dataset({"a": ("x", [1.0])})})
    tree.to_netcdf(tmp_path / "树.nc", engine="h5netcdf")
    way = Distribution(id="a", access_url="树.nc", options={"group": "东"})
    with pytest.raises(SourceUnavailable, match=r"no group '东'; its groups are 北"):
        open_distribution(way, base=tmp_path)


def test_what_cannot_be_cited_is_refused():
    for wrong in ("ice-monthly", ["ice-monthly"], 5):
        with pytest.raises(InvalidInput, match=r"nothing that can be cited.*hub\.cite"):
            sciknow.cite(wrong)


def test_a_moment_within_a_day_is_no_date(hub):
    with pytest.raises(InvalidInput, match="allowed is a date"):
        hub.open("ice-monthly", period=(pd.Timestamp("1979-02-01 12:00"), None))


def test_mirrors_are_addresses_of_what_is_locked(hub, tmp_path):
    path, url = tmp_path / "study.lock", "https://mirror.example.org/ice.zarr"
    sciknow.lock(path, "ice-monthly", hub=hub, mirrors={"ice-monthly": url})
    assert f'mirrors = ["{url}"]' in path.read_text()
    with pytest.raises(InvalidInput, match=r"mirrors of 'ice'.*locked are ice-monthly"):
        sciknow.lock(path, "ice-monthly", hub=hub, mirrors={"ice": [url]})
    with pytest.raises(InvalidInput, match="nothing that can be locked"):
        sciknow.lock(path, 3, hub=hub)


def test_citations_come_in_two_languages(hub):
    with pytest.raises(InvalidInput, match="give en or zh"):
        hub.cite("ice-monthly", language="de")


def test_a_way_that_is_alone_fails_with_its_own_error(hub, tmp_path):
    with pytest.raises(SourceUnavailable) as told:
        open_distribution(Distribution(id="a", access_url="没有.nc"), base=tmp_path)
    gone = hub.dataset("ice-monthly")
    way = Distribution(id="a", access_url="没有.zarr", reader="zarr")
    gone = gone.__class__(id="gone", title=gone.title, distributions=(way,))
    for verb in (hub.open, hub.plan):
        with pytest.raises(SourceUnavailable, match=r"^there is no Zarr folder") as told:
            verb(gone)
        assert str(told.value).count("; ") == 1


def test_a_group_that_there_is_not_is_named(hub, source):
    way = Distribution(
        id="a", access_url="catalogs/data/ice.zarr", reader="zarr", options={"group": "北"}
    )
    with pytest.raises(SourceUnavailable, match="has no group '北'"):
        open_distribution(way, base=source)


def test_a_table_in_chinese_encoding_says_how_to_read_it(tmp_path):
    (tmp_path / "表.csv").write_bytes("时间,海温\n2001-01-01,3\n".encode("gb18030"))
    with pytest.raises(SourceUnavailable, match=r"not written in utf-8.*option encoding.*gb18030"):
        open_distribution(Distribution(id="a", access_url="表.csv"), base=tmp_path)
    way = Distribution(id="a", access_url="表.csv", options={"encoding": "gb18030"})
    assert list(open_distribution(way, base=tmp_path).columns) == ["时间", "海温"]


@pytest.mark.parametrize("wrong", [{"limit": "1 GB"}, {"limit": -1}, {"max_age": float("nan")}])
def test_a_cache_has_a_size_and_an_age(tmp_path, wrong):
    with pytest.raises(InvalidInput, match="give 0 or more"):
        Cache(tmp_path, **wrong)


def test_a_cache_is_a_folder(hub, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InvalidInput, match="is a file, no cache"):
        hub.open("ice-monthly", cache=tmp_path / "file")


@contextmanager
def full_disk():
    """Let no file grow, as on a full disk; only while it is needed, since pytest writes too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_on_a_full_disk_an_audit_still_tells_what_it_found(tmp_path):
    bag = tmp_path / "sea" / "bag"
    bag.mkdir(parents=True)
    (bag / "bagit.txt").touch()
    with pytest.warns(DegradedWarning, match="is not written into"), full_disk():
        assert not sciknow.audit(bag).ok


def test_on_a_full_disk_a_page_is_refused(hub, tmp_path):
    found = hub.check("ice-monthly", history=False)
    with pytest.raises(InvalidInput, match="written: File too large"), full_disk():
        found.write_page(tmp_path / "状态.html")
    assert not list(tmp_path.iterdir())


def test_an_audit_after_a_torn_line_is_not_lost(tmp_path):
    bag = tmp_path / "sea" / "bag"
    bag.mkdir(parents=True)
    (bag / "bagit.txt").touch()
    sciknow.audit(bag)
    history = tmp_path / "sea" / "audits.jsonl"
    history.write_bytes(history.read_bytes() + b'[1]\n{"bag": "b')
    sciknow.audit(bag)
    assert [entry["bag"] for entry in read_history(tmp_path / "sea")] == ["bag", "bag"]


def test_commands_say_numbers_to_programs_and_one_line_to_people(built, tmp_path):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "sciknow", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=os.environ | {"SCIKNOW_HUB": str(built)},
            check=False,
        )

    plan = json.loads(run("plan", "ice-monthly", "--period", "1979", "--json").stdout)
    assert plan["bytes"] > 0
    assert plan["requests"] == plan["chunks"]
    assert plan["rejected"] == []
    locked = run("lock", "ice-monthly", "ice-monthly", "-o", tmp_path / "双.lock")
    assert "locked 1 dataset in" in locked.stderr
    written = run("check", "ice-monthly", "--page", "/proc/状态.html")
    assert written.returncode == 1
    assert written.stderr.strip().splitlines()[-1].startswith("Error: /proc/状态.html cannot be")


def test_one_dataset_is_nothing_to_combine(hub):
    for one in ("ice-monthly", hub.dataset("ice-monthly")):
        with pytest.raises(InvalidInput, match="give a list of several"):
            hub.combine(one)
    with pytest.raises(InvalidInput, match="1 dataset to combine; give two or more"):
        hub.combine(["ice-monthly"])
    with pytest.raises(InvalidInput, match="give a number of bytes"):
        hub.combine(["ice-monthly", "ice-monthly"], max_bytes="1 MB")
    with pytest.raises(InvalidInput, match=r"no array object but str.*hub\.combine"):
        sciknow.align("ice-monthly", "ice-monthly")


def test_a_study_is_checked_before_anything_is_written(hub, tmp_path):
    with sciknow.session():
        hub.open("ice-monthly")
        for wrong in (["Jane <0000-0000>"], [5]):
            with pytest.raises(InvalidInput, match="authors"):
                sciknow.crate(tmp_path / "研究", authors=wrong, hub=hub)
        assert not (tmp_path / "研究").exists()
        (tmp_path / "图.svg").write_text("<svg/>")
        study = sciknow.crate(tmp_path / "研究", files=str(tmp_path / "图.svg"), hub=hub)
    assert (study / "图.svg").read_text() == "<svg/>"


def test_a_mirror_that_is_none_keeps_no_other_from_being_tried(hub, tmp_path):
    path = tmp_path / "study.lock"
    mirrors = ["ftp://example.org/a", "data/ice.zarr"]
    sciknow.lock(path, "ice-monthly", hub=hub, mirrors={"ice-monthly": mirrors})
    path.write_text(path.read_text().replace('url = "data/ice.zarr"', 'url = "data/gone.zarr"'))
    (verdict,) = sciknow.verify(path, hub=hub)
    assert verdict.ok
    assert "allowed are" in dict(verdict.tried)["ftp://example.org/a"]


def test_places_and_numbers_of_keeping_and_checking(hub, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InvalidInput, match=r"no bags can be kept in .*file: Not a directory"):
        hub.preserve("ice-monthly", tmp_path / "file")
    with pytest.raises(InvalidInput, match="give a number of bytes"):
        hub.preserve("ice-monthly", tmp_path / "档", max_bytes="1 GB")
    with pytest.raises(InvalidInput, match="give a number of seconds"):
        hub.check("ice-monthly", max_age="1d", history=False)
    hub.preserve("ice-monthly", tmp_path / "档")
    with pytest.raises(NotFound, match="in its folders ice-monthly: name one"):
        sciknow.open_preserved(tmp_path / "档")
