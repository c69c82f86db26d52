"""preserve and audit as a user runs them."""

import json

import html5lib
import pytest


@pytest.fixture
def bag(run, tmp_path):
    result = run("preserve", "ice-monthly", "--to", tmp_path / "archive")
    return tmp_path / "archive" / "ice-monthly" / result.stdout.strip().rpartition("/")[2]


def damaged(bag):
    chunk = next(path for path in sorted((bag / "data").rglob("*")) if path.is_file())
    data = bytearray(chunk.read_bytes())
    data[0] ^= 1
    chunk.write_bytes(data)
    return chunk.relative_to(bag).as_posix()


def test_the_plan_says_what_it_would_take(run, tmp_path):
    result = run("preserve", "ice-monthly", "--to", tmp_path / "archive", "--dry-run")
    assert "free in" in result.stderr
    assert not result.stdout
    assert not (tmp_path / "archive").exists()
    plan = json.loads(
        run("preserve", "ice-monthly", "--to", tmp_path, "--dry-run", "--json").stdout
    )["plan"]
    assert plan["files"] > 5
    told = run("preserve", "ice-monthly", "--to", tmp_path, "--max-bytes", 10, code=1).stderr
    assert "allowed are 10" in told


def test_preserve_audit_damage_repair(run, bag, node):
    assert (bag / "bagit.txt").is_file()
    again = run("preserve", "ice-monthly", "--to", bag.parent.parent)
    assert "unchanged since it was preserved" in again.stderr
    assert run("audit", bag.parent.parent).stdout.startswith("1 bag")
    path = damaged(bag)
    result = run("audit", bag, code=1)
    assert f"changed: {path}" in result.stdout
    assert "--repair" in result.stderr
    assert "mended from" in run("audit", bag, "--repair", "--hub", node).stdout
    run("audit", bag)


def test_reports_of_an_audit(run, bag, tmp_path):
    path = damaged(bag)
    run("audit", bag, "--report", tmp_path / "a.html", code=1)
    page = (tmp_path / "a.html").read_text()
    html5lib.HTMLParser(strict=True).parse(page)
    assert path in page
    told = json.loads(run("audit", bag, "--json", "--report", tmp_path / "a.json", code=1).stdout)
    assert json.loads((tmp_path / "a.json").read_text())["ok"] is told["ok"] is False
    assert ".html or .json" in run("audit", bag, "--report", tmp_path / "a.pdf", code=1).stderr


def test_what_cannot_be_preserved_or_audited(run, tmp_path):
    assert "no distribution that opens" in run("preserve", "tides", code=1).stderr
    assert "there is no bag" in run("audit", tmp_path, code=1).stderr
