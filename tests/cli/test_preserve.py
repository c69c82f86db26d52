"""preserve and audit as a user runs them; each call is a process."""

import json
import shutil

import html5lib
import pytest

import sciknow


@pytest.fixture(scope="module")
def kept(node, tmp_path_factory):
    with sciknow.open_hub(node) as hub:
        return hub.preserve("ice-monthly", tmp_path_factory.mktemp("kept")).bag


@pytest.fixture
def damaged(kept, tmp_path):
    """A copy of the bag with one bit flipped, and the file that has it."""
    bag = tmp_path / kept.name
    shutil.copytree(kept, bag)
    path = next(path for path in sorted((bag / "data").rglob("*")) if path.is_file())
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    return bag, path.relative_to(bag).as_posix()


def test_the_plan_comes_before_the_bag(run, tmp_path):
    place = tmp_path / "archive"
    result = run("preserve", "ice-monthly", "--to", place, "--dry-run")
    assert "free in" in result.stderr
    assert not place.exists()
    found = json.loads(run("preserve", "ice-monthly", "--to", place, "--json").stdout)
    assert found["fetched"] == found["plan"]["files"] > 5
    assert sciknow.audit(place).ok


def test_damage_is_told_and_mended(run, damaged, tmp_path, node):
    bag, path = damaged
    result = run("audit", bag, "--report", tmp_path / "a.html", code=1)
    assert f"changed: {path}" in result.stdout
    assert run("audit", tmp_path / "nowhere", code=1).stderr.startswith("Error: there is no folder")
    assert "--repair" in result.stderr
    page = (tmp_path / "a.html").read_text()
    html5lib.HTMLParser(strict=True).parse(page)
    assert path in page
    mended = run("audit", bag, "--repair", "--hub", node, "--report", tmp_path / "a.json")
    assert "mended from" in mended.stdout
    assert json.loads((tmp_path / "a.json").read_text())["ok"]


def test_a_report_of_another_kind(run, damaged, tmp_path):
    pdf = run("audit", damaged[0], "--report", tmp_path / "a.pdf", code=1)
    assert ".html or .json" in pdf.stderr


def test_a_copy_opens_where_the_source_is_gone(run, kept, node, tmp_path):
    other = tmp_path / "节点"
    shutil.copytree(node, other)
    shutil.rmtree(other / "catalogs" / "data" / "ice.zarr")
    gone = run("open", "ice-monthly", hub=other, code=1)
    assert "there is no Zarr folder at" in gone.stderr
    part = ("open", "ice-monthly", "--period", "1979", "--copies", kept.parents[1])
    result = run(*part, hub=other)
    assert "time: 12" in result.stdout
    assert "Warning: ice-monthly was opened from the copy of" in result.stderr
    assert ".py:" not in result.stderr
