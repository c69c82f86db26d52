"""The reader of the page on adding one, installed as a package: it can do what a built-in can."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import intake
import numpy as np
import pytest
import yaml
from pages import blocks_of, write_module
from small_source import write_source

import sciknow
from sciknow import formats
from sciknow.catalogs import check_file
from sciknow.ledger import session
from sciknow.model.probe import Outcome
from sciknow.readers import registry

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-reader.md"
CARD = """\
version: 2
metadata:
  sector: ocean
  title: {en: Ocean, zh: 海洋}
  datasets:
    lamps:
      title: {en: A lamp, zh: 一盏灯}
      description: {en: "Whether a lamp was lit, hour by hour."}
      publisher: testing-centre
      landing_page: https://example.org/lamps
      license: CC-BY-4.0
      theme: [sea-ice]
      distributions:
        - id: lamp
      provenance:
        - {source: "https://example.org/lamps", accessed: 2026-11-24, fields: [title]}
aliases: {lamp: lamp}
user_parameters: {}
"""
HOURS = np.arange(60, dtype="u1")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Install the package that the page writes."""
    folder = tmp_path_factory.mktemp("site")
    text = PAGE.read_text()
    for code in blocks_of(PAGE):
        write_module(code, folder)
    about = folder / "lamps-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lamps\nVersion: 1.0\n")
    points = tomllib.loads(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])
    for group, lines in points["project"]["entry-points"].items():
        listed = "".join(f"{name} = {value}\n" for name, value in lines.items())
        (about / "entry_points.txt").write_text(f"[{group}]\n{listed}")
    return folder


@pytest.fixture(scope="module", autouse=True)
def installed(package):
    """Let this process find it, as it finds what pip has installed."""
    from sciknow.catalogs import schema

    kept = (formats.installed_formats, schema.notations, registry.get)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(package))
        patch.setenv("PYTHONPATH", str(package))
        for made in kept:
            made.cache_clear()
        yield
    for made in kept:
        made.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "lamps"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, installed):
    """A source folder with a catalogue that has the sections of the page."""
    found = write_source(tmp_path_factory.mktemp("lamps") / "node")
    (found / "knowledge_graph" / "publications" / "ocean.ttl").unlink()  # of another dataset
    (found / "catalogs" / "a.lamp").write_bytes(b"LAMP" + HOURS.tobytes())
    sections = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    (found / "catalogs" / "ocean.yaml").write_text(CARD + sections)
    return found


@pytest.fixture(scope="module")
def lit(folder, own_cache):
    sciknow.build_hub(folder).close()
    with sciknow.open_hub(folder) as hub:
        yield hub


def test_a_catalogue_names_it(folder):
    path = folder / "catalogs" / "ocean.yaml"
    assert check_file(path) == []
    assert set(yaml.safe_load(path.read_text())["entries"]) == {"lamp"}
    plain = intake.open_catalog(str(path))["lamp"].read()
    np.testing.assert_array_equal(plain["lit"], HOURS)


def test_without_the_package_the_same_catalogue_is_refused(folder):
    code = "import sys; from pathlib import Path; from sciknow.catalogs import check_file; "
    code += "print(*check_file(Path(sys.argv[1])))"
    path = folder / "catalogs" / "ocean.yaml"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "found 'lamps.plain:LampIntake', allowed is" in done.stdout


def test_validate_takes_it(folder):
    done = subprocess.run(
        [sys.executable, "-m", "sciknow", "validate", str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_opens_by_name_and_by_ending(lit):
    found = lit.open("lamps")
    np.testing.assert_array_equal(found["lit"], HOURS)
    assert found.attrs["bulb"] == "E27"
    assert registry.match("https://example.org/x.lamp").format is formats.format_named("lamp")


def test_a_question_may_name_it(lit):
    hits = lit.search("a lamp, hour by hour, as lamplog")
    assert [hit.id for hit in hits] == ["lamps"]
    assert str(hits.understood) == "every hour, lamp"
    assert lit.search("a lamp, hour by hour, as lampbook").understood[0].phrase == "every hour"


def test_its_files_are_known_by_their_ending():
    assert formats.format_of_name("logs/A.LAMP") is formats.format_named("lamp")
    assert formats.format_of_name("logs/a.lampshade") is None


def test_a_plan_says_what_it_knows(lit):
    plan = lit.plan("lamps")
    assert plan.route == "lamp logs, read whole, this machine"
    assert any("not known" in warning for warning in plan.warnings)


def test_a_probe_looks_at_the_first_bytes(lit, folder, tmp_path):
    (row,) = lit.check("lamps", history=tmp_path / "history.sqlite")
    assert row.standing.probes[-1].outcome is Outcome.OK
    path = folder / "catalogs" / "a.lamp"
    kept = path.read_bytes()
    path.write_bytes(b"NOPE" + kept[4:])
    try:
        (row,) = lit.check("lamps", history=tmp_path / "second.sqlite")
        probe = row.standing.probes[-1]
        assert (probe.outcome, probe.detail) == (
            Outcome.CONTENT,
            "something other than a lamp log",
        )
    finally:
        path.write_bytes(kept)


def test_a_lock_digests_its_bytes(lit, folder, tmp_path):
    lock = tmp_path / "sciknow.lock"
    with session():
        lit.open("lamps")
        sciknow.lock(lock)
    assert "sha256" in lock.read_text()
    path = folder / "catalogs" / "a.lamp"
    kept = path.read_bytes()
    assert sciknow.verify(lock, hub=lit).ok
    path.write_bytes(kept[:-1] + b"\xff")
    try:
        assert not sciknow.verify(lock, hub=lit).ok
    finally:
        path.write_bytes(kept)


def test_preserve_keeps_its_file(lit, folder, tmp_path):
    done = lit.preserve("lamps", tmp_path / "archive")
    (copy,) = (tmp_path / "archive").rglob("a.lamp")
    assert copy.read_bytes() == (folder / "catalogs" / "a.lamp").read_bytes()
    assert done


for _code in blocks_of(PAGE):
    if "class TestLamp" in _code:
        exec(_code)
