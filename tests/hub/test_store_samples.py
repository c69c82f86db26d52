"""What an earlier version made is opened, verified or taken over by this one.

``scripts/make_samples.py`` made each folder in ``tests/samples/`` when its version was released.
Where a version can no longer read one, its test says so and matches the one line that tells a user
what to do.
"""

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from servers.web import free_port

import sciknow as sk
from sciknow.ledger import Ledger
from sciknow.model import LangString

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = sorted(path.parent.name for path in ROOT.glob("tests/samples/*/facts.json"))


@pytest.fixture(scope="module")
def made_now(tmp_path_factory):
    """Return samples of the present version."""
    place = tmp_path_factory.mktemp("samples")
    script = ROOT / "scripts" / "make_samples.py"
    subprocess.run([sys.executable, script, place, str(free_port())], check=True)
    return place / sk.__version__


@pytest.fixture(params=[*VERSIONS, "now"])
def place(request, tmp_path):
    """Return a copy of the samples of a version, its archives unpacked."""
    now = request.param == "now"
    source = request.getfixturevalue("made_now") if now else ROOT / "tests/samples" / request.param
    folder = shutil.copytree(source, tmp_path / "samples")
    for packed in folder.glob("*.tar.xz"):
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def facts(place):
    return json.loads((place / "facts.json").read_text())


@pytest.fixture
def hub(place):
    with sk.open_hub(place / "hub") as opened:
        yield opened


def test_the_hub_answers_as_it_did(hub, facts):
    assert hub.manifest.id == facts["generation"]
    assert hub.verify() == []
    found = [hit.dataset.id for hit in hub.search(facts["question"])]
    assert found[0] == facts["hits"][0]
    assert sorted(found) == sorted(facts["hits"])
    assert len(hub.graph) == facts["graph"]
    assert float(hub.open("ice-monthly").load()["siconc"].sum()) == facts["ice"]


def test_the_hub_is_built_again_in_its_place(place, facts):
    with sk.build_hub(place / "hub") as built:
        assert built.search(facts["question"])[0].dataset.id == facts["hits"][0]
        assert (place / "hub" / "generations" / facts["generation"]).is_dir()


def test_the_lockfile_is_verified_and_opened(place, hub):
    report = sk.verify(place / "study.lock", hub=hub)
    assert report.ok, report
    part = hub.open("ice-monthly", locked=place / "study.lock")
    assert part.sizes["time"] == 12


def test_the_ledger_is_read_and_cited(place):
    book = Ledger.read(place / "openings.jsonl")
    assert [entry.source.dataset.id for entry in book] == ["ice-monthly", "levels"]
    assert "10.1234/ice-paper" in sk.cite(book)


def test_the_bags_are_whole_and_open(place, hub, facts):
    report = sk.audit(place / "bags")
    assert len(report) == 2
    assert report.ok, report
    part = sk.open_preserved(place / "bags" / "ice-monthly")
    assert part["siconc"].values.tolist() == hub.open("ice-monthly")["siconc"][:12].values.tolist()
    assert list(sk.open_preserved(place / "bags" / "levels")["level"]) == [1.5, 2.5, 4.0]
    audits = (place / "bags" / "levels" / "audits.jsonl").read_text().splitlines()
    assert len(audits) == 2


def test_the_study_is_verified_and_packed_again(place, hub):
    pytest.importorskip("rocrate", reason="the crate extra is not installed")
    assert sk.verify(place / "study" / "sciknow.lock", hub=hub).ok
    with sk.session():
        hub.open("levels")
        sk.crate(place / "study", hub=hub)
    entities = json.loads((place / "study" / "ro-crate-metadata.json").read_text())["@graph"]
    assert "sciknow.lock" in {item["@id"] for item in entities}


def test_the_history_goes_on(place, hub, facts):
    history = place / "history.sqlite"
    told = hub.availability(*facts["outcomes"], history=history)
    assert {row.dataset.id: row.latest.outcome for row in told} == facts["outcomes"]
    again = hub.check("levels", history=history)
    assert len(again[0].standing.probes) == 2


def test_the_cache_serves_without_a_network(place, hub, facts, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    way = sk.Distribution(id="way", access_url=f"{facts['url']}/ice.zarr", reader="zarr")
    card = sk.Dataset(id="served", title=LangString("Served"), distributions=(way,))
    ice = hub.open(card, cache=place / "cache" / "bytes").load()
    assert float(ice["siconc"].sum()) == facts["ice"]
