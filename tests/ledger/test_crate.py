"""A study's crate is valid by two independent readers, and nothing of the user's is lost."""

import json
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import bibtexparser
import pytest

pytest.importorskip("rocrate", reason="the crate extra is not installed")

from rocrate.rocrate import ROCrate

import sciknow as sk
from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.ledger import crate as ledger_crate

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def book(hub):
    with sk.session() as opened:
        hub.open("ice-monthly", period=("1979", "1979"))
        yield opened


@pytest.fixture
def study(book, hub, tmp_path):
    (tmp_path / "study.ipynb").write_text(json.dumps(NOTEBOOK))
    folder = tmp_path / "study"
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    sk.crate(
        folder,
        files=[tmp_path / "study.ipynb"],
        name="冰 & ice",
        description="How much ice there was.",
        authors=["Jane Frost <0000-0002-1825-0097>", "John Snow"],
        publisher="Testing Centre",
        license="CC-BY-4.0",
        hub=hub,
    )
    return folder


def breaches(cache, *folders):
    """Run the second validator; return its findings for each folder."""
    if find_spec("rocrate_validator") is None:
        pytest.skip("the second validator (roc-validator) is not installed")
    script = Path(__file__).with_name("validate_crate.py")
    result = subprocess.run(
        [sys.executable, script, cache, *folders], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_librarys_own_reader_finds_everything(study):
    crate = ROCrate(study)
    assert crate.name == "冰 & ice"
    assert {item.id for item in crate.data_entities} == {
        "study.ipynb",
        "figures/a.svg",
        "sciknow.lock",
        "citations.bib",
        "citations.json",
        "environment.txt",
        "openings.jsonl",
    }
    assert [item["name"] for item in crate.root_dataset["author"]] == ["Jane Frost", "John Snow"]
    assert crate.dereference("https://doi.org/10.1234/ice")["name"].startswith("Monthly sea ice")
    assert crate.dereference("#openings")["object"].id == "https://doi.org/10.1234/ice"
    assert crate.dereference("#software-xarray")["url"]


def test_what_is_in_it_can_be_read(study, hub):
    assert sk.verify(study / "sciknow.lock", hub=hub).ok
    library = bibtexparser.parse_string((study / "citations.bib").read_text())
    assert {"ice-monthly", "xarray", "sciknow"} <= {entry.key for entry in library.entries}
    items = json.loads((study / "citations.json").read_text())
    assert items[0]["accessed"]
    assert "xarray==" in (study / "environment.txt").read_text()
    (line,) = (study / "openings.jsonl").read_text().splitlines()
    assert json.loads(line)["selection"] == "period 1979 1979"
    lock = tomllib.loads((study / "sciknow.lock").read_text())
    assert lock["dataset"][0]["selection"] == {"period": ["1979", "1979"]}


def test_the_second_validator(study, hub, tmp_path):
    """A full crate is valid; of a bare one without its licence nothing else is found."""
    bare = sk.crate(tmp_path / "bare", hub=hub)
    assert ROCrate(bare).root_dataset["license"]["name"] == "No licence has been stated"
    path = bare / "ro-crate-metadata.json"
    plain = json.loads(path.read_text())
    del next(item for item in plain["@graph"] if item["@id"] == "./")["license"]
    path.write_text(json.dumps(plain))
    full, broken = breaches(tmp_path / "cache", study, bare)
    assert full == []
    assert broken
    assert all("license" in line for line in broken), broken


def test_written_again_it_describes_what_is_there_now(study, hub):
    (study / "table.csv").write_text("a\n1\n")
    before = (study / "sciknow.lock").read_bytes()
    sk.crate(study, hub=hub)
    assert "table.csv" in {item.id for item in ROCrate(study).data_entities}
    assert (study / "sciknow.lock").read_bytes() == before


def test_a_crate_of_another_tool_is_not_overwritten(book, hub, tmp_path):
    theirs = ROCrate()
    theirs.name = "theirs"
    theirs.write(tmp_path / "theirs")
    before = (tmp_path / "theirs" / "ro-crate-metadata.json").read_bytes()
    with pytest.raises(InvalidInput, match="another tool"):
        sk.crate(tmp_path / "theirs", hub=hub)
    assert (tmp_path / "theirs" / "ro-crate-metadata.json").read_bytes() == before


def test_a_file_of_the_same_name_is_not_overwritten(study, hub, tmp_path):
    (tmp_path / "study.ipynb").write_text("{}")
    with pytest.raises(InvalidInput, match="is another file"):
        sk.crate(study, files=[tmp_path / "study.ipynb"], hub=hub)
    assert json.loads((study / "study.ipynb").read_text()) == NOTEBOOK


def test_an_older_lockfile_must_pin_what_was_opened(study, hub):
    path = study / "sciknow.lock"
    path.write_text(path.read_text().replace('"ice-monthly"', '"other"'))
    with pytest.raises(InvalidInput, match="does not pin ice-monthly"):
        sk.crate(study, hub=hub)


def test_wrong_input(book, hub, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput, match="is a file"):
        sk.crate(tmp_path / "file", hub=hub)
    with pytest.raises(InvalidInput, match="there is no file"):
        sk.crate(tmp_path / "a", files=["/nowhere.ipynb"], hub=hub)
    with pytest.raises(InvalidInput, match="authors"):
        sk.crate(tmp_path / "b", authors="Jane <1234>", hub=hub)
    with sk.session(), pytest.raises(InvalidInput, match="nothing was opened"):
        sk.crate(tmp_path / "c", hub=hub)
    monkeypatch.setattr(ledger_crate, "MAX_FILES", 1)
    (tmp_path / "d").mkdir()
    for name in "ab":
        (tmp_path / "d" / name).write_text("x")
    with pytest.raises(LimitExceeded, match="holds 2 files"):
        sk.crate(tmp_path / "d", hub=hub)
    assert not (tmp_path / "d" / "ro-crate-metadata.json").exists()
