"""Audits find what has happened to a bag, and mend it with the right bytes or say why not."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata

import html5lib
import pytest
from amount import SOAK
from preservation_help import assert_valid, dataset, gets, way
from servers.web import DataServer, Fault

import sciknow
from sciknow.errors import DegradedWarning, InvalidInput, NotFound, SciknowError
from sciknow.files import exclusive_lock, sha256_bytes
from sciknow.preservation import read_history
from sciknow.preservation.whole import check_whole

NAMES = [f"{at}.nc" for at in range(5)]


@pytest.fixture
def bag(hub, web, archive):
    for at, name in enumerate(NAMES):
        (web.folder / name).write_bytes(os.urandom(4000 + at))
    found = hub.preserve(dataset(way(f"{web.url}/x.nc", options={"files": NAMES})), archive)
    web.reset()
    return found.bag


def flip(path, at=100):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def found(report):
    return [(str(one.damage), one.path) for one in report[0].problems]


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_whole_bag(bag, archive):
    before = contents(bag)
    report = sciknow.audit(archive)
    assert report.ok
    assert report[0].files == 5 + 6
    assert contents(bag) == before
    assert read_history(bag.parent)[-1]["verdict"] == "whole"


def test_damage_is_found_and_nothing_is_touched(bag, web):
    flip(bag / "data" / "1.nc")
    (bag / "data" / "2.nc").unlink()
    (bag / "data" / "deep").mkdir()
    (bag / "data" / "deep" / "stray").write_text("x")
    before = contents(bag)
    report = sciknow.audit(bag)
    assert not report.ok
    assert found(report) == [
        ("changed", "data/1.nc"),
        ("missing", "data/2.nc"),
        ("unexpected", "data/deep/stray"),
    ]
    assert contents(bag) == before
    assert not web.hits
    assert "--repair" in str(report.error())


def test_mended_from_the_source(bag, web):
    flip(bag / "data" / "1.nc")
    (bag / "data" / "2.nc").unlink()
    report = sciknow.audit(bag, repair=True, private=True)
    assert report.ok
    assert {one.mended for one in report[0].problems} == {f"{web.url}/1.nc", f"{web.url}/2.nc"}
    assert sorted(gets(web)) == ["/1.nc", "/2.nc"]
    assert_valid(bag)
    assert sciknow.audit(bag)[0].verdict == "whole"
    assert [line["verdict"] for line in read_history(bag.parent)] == ["mended", "whole"]
    assert {path.name for path in bag.parent.iterdir()} == {bag.name, ".lock", "audits.jsonl"}


def test_other_bytes_are_not_taken(bag, web):
    flip(bag / "data" / "1.nc")
    damaged = (bag / "data" / "1.nc").read_bytes()
    flip(web.folder / "1.nc", 7)
    report = sciknow.audit(bag, repair=True, private=True)
    assert not report.ok
    assert "has other bytes" in report[0].problems[0].tried[0]
    assert (bag / "data" / "1.nc").read_bytes() == damaged


def test_a_source_with_more_bytes_than_recorded_is_left(bag, web):
    flip(bag / "data" / "1.nc")
    (web.folder / "1.nc").write_bytes(bytes(10_000_000))
    report = sciknow.audit(bag, repair=True, private=True)
    assert "more than the" in report[0].problems[0].tried[0]


@pytest.mark.parametrize("place", ["address", "copy", "folder"])
def test_mended_from_a_mirror_when_the_source_is_dead(bag, web, tmp_path, place):
    copy = tmp_path / "copy"
    shutil.copytree(bag, copy)
    web.faults.append(Fault("status", status=404))
    flip(bag / "data" / "1.nc")
    with DataServer(copy / "data") as mirror:
        mirrors = {"address": mirror.url, "copy": copy, "folder": copy / "data"}
        report = sciknow.audit(bag, repair=True, private=True, mirrors=[mirrors[place]])
    assert report.ok
    assert_valid(bag)


def test_mended_from_another_way_of_the_hub(archive, tmp_path, hub):
    bag = hub.preserve("mauna-loa-co2-weekly", archive).bag
    chunk = next((bag / "data").rglob("co2/0"))
    flip(chunk)
    assert not sciknow.audit(bag).ok
    assert sciknow.audit(bag, repair=True, hub=hub).ok
    assert_valid(bag)


def test_what_cannot_be_mended_is_said(bag, web):
    web.faults.append(Fault("status", status=404))
    flip(bag / "data" / "1.nc")
    report = sciknow.audit(bag, repair=True, private=True)
    assert not report.ok
    assert "404" in report[0].problems[0].tried[0]


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "manifest-sha512.txt", "bagit.txt"])
@pytest.mark.parametrize("how", ["flipped", "gone", "emptied"])
def test_a_damaged_tag_file_is_made_again(bag, name, how):
    whole = (bag / name).read_bytes()
    if how == "flipped":
        flip(bag / name, 3)
    elif how == "gone":
        (bag / name).unlink()
    else:
        (bag / name).write_bytes(b"")
    assert not sciknow.audit(bag).ok
    report = sciknow.audit(bag, repair=True)
    assert report.ok, report
    assert (bag / name).read_bytes() == whole
    assert_valid(bag)


def test_a_damaged_card_is_found_and_does_not_open(bag):
    flip(bag / "card.json")
    assert found(sciknow.audit(bag)) == [("changed", "card.json")]
    with pytest.raises(sciknow.IntegrityError, match="not as it was written"):
        sciknow.open_preserved(bag)
    assert not sciknow.audit(bag, repair=True).ok


def test_an_unfinished_bag_is_said(hub, web, archive):
    (web.folder / "1.nc").write_bytes(bytes(4000))
    web.faults.append(Fault("cut"))
    asked = dataset(way(f"{web.url}/1.nc"))
    with pytest.raises(SciknowError):
        hub.preserve(asked, archive)
    report = sciknow.audit(archive)
    assert [str(one.damage) for one in report[0].problems] == ["unfinished"]
    assert report.ok
    assert report[0].verdict == "unfinished"
    assert "1 unfinished" in report.summary
    assert report.error() is None


def test_a_repair_waits_for_nobody(bag):
    flip(bag / "data" / "1.nc")
    with (
        exclusive_lock(bag.parent / ".lock"),
        pytest.raises(SciknowError, match="another process"),
    ):
        sciknow.audit(bag, repair=True)


def test_reports(bag, web):
    flip(bag / "data" / "1.nc")
    report = sciknow.audit(bag)
    page = report.page()
    html5lib.HTMLParser(strict=True).parse(page)
    assert "data/1.nc" in page
    told = json.loads(json.dumps(report.to_dict()))
    assert told["bags"][0]["problems"][0]["path"] == "data/1.nc"
    assert report.summary.startswith("1 bag, 11 files")


def test_nothing_to_audit(tmp_path):
    with pytest.raises(NotFound, match="no bag"):
        sciknow.audit(tmp_path)
    with pytest.raises(NotFound, match="no folder"):
        sciknow.audit(tmp_path / "none")
    with pytest.raises(InvalidInput, match="nothing to audit"):
        sciknow.audit()


def test_a_folder_that_keeps_no_history_is_no_reason_to_fail(bag):
    (bag.parent / "audits.jsonl").mkdir()
    with pytest.warns(DegradedWarning, match="is not written"):
        assert sciknow.audit(bag).ok


def test_a_bag_of_another_tool(tmp_path):
    place = tmp_path / "theirs"
    place.mkdir()
    (place / "a.txt").write_text("a")
    (place / "日本 b.txt").write_text("b")
    command = [sys.executable, "-m", "bagit", "--md5", "--sha512", str(place)]
    subprocess.run(command, check=True, capture_output=True)
    assert sciknow.audit(place).ok
    (place / "data" / "a.txt").write_text("A")
    assert found(sciknow.audit(place)) == [("changed", "data/a.txt")]
    with pytest.raises(InvalidInput, match="not made by sciknow"):
        sciknow.open_preserved(place)


def strange_bag(folder, name, listed, encoding="UTF-8", python="utf-8"):
    """Write a bag as an archiver would that spells names or encodes text in its own way."""
    (folder / "data").mkdir(parents=True)
    (folder / "data" / name).write_bytes(b"x")
    tell = f"BagIt-Version: 0.97\nTag-File-Character-Encoding: {encoding}\n"
    (folder / "bagit.txt").write_text(tell)
    line = f"{sha256_bytes(b'x')}  data/{listed}\n"
    (folder / "manifest-sha256.txt").write_bytes(line.encode(python))
    info = "Contact-Name: Jos\u00e9\nPayload-Oxum: 1.1\n"
    (folder / "bag-info.txt").write_bytes(info.encode(python))
    return folder


ACCENTED = "cer\u00e1mica.txt"
DECOMPOSED = unicodedata.normalize("NFD", ACCENTED)


@pytest.mark.parametrize(
    ("name", "listed", "encoding", "python"),
    [
        (DECOMPOSED, ACCENTED, "UTF-8", "utf-8"),
        (ACCENTED, DECOMPOSED, "utf-8", "utf-8"),
        ("\u0e33", "\u0e33", "UTF-8", "utf-8"),
        ("a.txt", "a.txt", "ISO-8859-1", "latin-1"),
        (ACCENTED, ACCENTED, "ISO-8859-1", "latin-1"),
        (DECOMPOSED, ACCENTED, "windows-1252", "cp1252"),
        ("a.txt", "a.txt", "US-ASCII", "utf-8"),
    ],
)
def test_names_and_encodings_of_other_archivers_are_no_damage(
    tmp_path, name, listed, encoding, python
):
    bag = strange_bag(tmp_path / "bag", name, listed, encoding, python)
    report = sciknow.audit(bag)
    assert report.ok, report
    assert any("no tag manifest" in note for note in report[0].notes)
    assert any("Unicode form" in note for note in report[0].notes) == (name != listed)
    (bag / "data" / name).write_bytes(b"y")
    assert [damage for damage, _ in found(sciknow.audit(bag))] == ["changed"]
    (bag / "data" / name).unlink()
    assert [damage for damage, _ in found(sciknow.audit(bag))] == ["missing"]


def test_an_encoding_that_nobody_knows_is_said(tmp_path):
    bag = strange_bag(tmp_path / "bag", "a", "a", "EBCDIC")
    assert found(sciknow.audit(bag)) == [("changed", "bagit.txt")]


def test_two_files_whose_names_differ_in_form_only_are_two_files(tmp_path):
    bag = strange_bag(tmp_path / "bag", ACCENTED, DECOMPOSED)
    (bag / "data" / DECOMPOSED).write_bytes(b"x")
    assert found(sciknow.audit(bag)) == [("unexpected", f"data/{ACCENTED}")]


@pytest.mark.sample
def test_very_many_missing_files_are_listed_not_looked_for(tmp_path):
    bag = strange_bag(tmp_path / "bag", "a", "a")
    many = 400_000 if SOAK else 20_000
    lines = (f"{at:064x}  data/{at % 100}/b/{at}.nc\n" for at in range(many))
    (bag / "manifest-sha256.txt").write_text("".join(lines))
    calls = []
    sys.addaudithook(lambda event, _: calls.append(event) if event == "open" and calls else None)
    calls.append("begin")
    report = sciknow.audit(bag)
    asked, calls[:] = len(calls), []
    assert len(report[0].problems) == many + 1
    assert asked < 100
    (line,) = (tmp_path / "audits.jsonl").read_text().splitlines()
    assert len(line) < 100_000
    assert json.loads(line)["more_problems"] == many + 1


def test_an_audit_by_a_clock_that_went_ahead_is_not_believed(bag):
    entry = {"bag": bag.name, "verdict": "whole", "at": "2999-01-01T00:00:00Z"}
    (bag.parent / "audits.jsonl").write_text(json.dumps(entry) + "\n")
    flip(bag / "data" / "1.nc")
    with pytest.raises(sciknow.IntegrityError, match="is damaged"):
        check_whole(bag)
