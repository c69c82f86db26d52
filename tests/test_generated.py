"""What scripts write into the documentation is what they would write now (``make pages``)."""

import json
import os
import runpy
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DRAWN = ROOT / "docs" / "explanation"
HOUSE = ROOT / "docs" / "images" / "house.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def script(monkeypatch):
    """Return a function that loads a script's names."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    return lambda name: runpy.run_path(str(ROOT / name))


@pytest.mark.parametrize(
    ("name", "function", "page"),
    [
        ("scripts/make_command_reference.py", "reference", "docs/reference/commands.md"),
        ("scripts/make_python_reference.py", "reference", "docs/reference/python.md"),
        ("scripts/make_ask_page.py", "page", "docs/how-to/ask.md"),
        ("scripts/make_protocol_page.py", "page", "docs/reference/protocols.md"),
        ("scripts/draw_house.py", "drawing", "docs/images/house.svg"),
    ],
)
def test_a_page_is_what_its_script_writes(script, name, function, page):
    assert (ROOT / page).read_text("utf-8") == script(name)[function](), "run: make pages"


def test_what_is_said_of_recorded_answers_is_what_they_count(script):
    default = ROOT.parent / "shared" / "data"
    records = Path(os.environ.get("SCIKNOW_SHARED_DATA", default)) / "records"
    if not records.is_dir():
        pytest.skip("the recorded answers are not on this machine (SCIKNOW_SHARED_DATA)")
    kept = json.loads((ROOT / "docs" / "reference" / "recorded.json").read_text("utf-8"))
    counted = script("scripts/count_recorded.py")["counts"](records)
    assert counted == kept, "run: python scripts/count_recorded.py FOLDER; make pages"


def test_a_page_of_protocols_tells_each_field_that_a_protocol_fills(script):
    """Every protocol has a section, and a table with a title and a way to the data."""
    names = script("scripts/make_protocol_page.py")
    page = (ROOT / "docs" / "reference" / "protocols.md").read_text("utf-8")
    sections = page.split("\n## ")[2:]
    assert len(sections) == len(names["protocols"]()) >= 14
    for section in sections:
        table = [line for line in section.splitlines() if line.startswith("| `")]
        for field in ("`title`", "`distributions`"):
            assert any(field in line.split("|")[2] for line in table)
        assert "`title`" not in section.partition("Never filled: ")[2].partition("\n")[0]


def test_the_main_catalogue_is_what_its_script_writes(script, tmp_path):
    for path in (ROOT / "catalogs").glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "main.yaml").unlink()
    script("scripts/make_main_catalog.py")["main"](tmp_path)
    made = (tmp_path / "main.yaml").read_bytes()
    assert made == (ROOT / "catalogs" / "main.yaml").read_bytes(), "run: make pages"


def test_the_growth_of_the_search_is_drawn_from_its_figures(script, tmp_path):
    module = script("docs/explanation/draw_search_growth.py")
    kept = (DRAWN / "search-growth.svg").read_text("utf-8")
    module["main"].__globals__["HERE"] = tmp_path
    (tmp_path / "search-growth.json").write_bytes((DRAWN / "search-growth.json").read_bytes())
    module["main"]()
    assert (tmp_path / "search-growth.svg").read_text("utf-8") == kept, "run: make pages"


def test_the_picture_of_the_graph_shows_its_classes_and_arrows(script):
    """The bytes differ between versions of matplotlib; the words do not."""
    module = script("docs/explanation/draw_knowledge_graph.py")
    drawn = ElementTree.parse(DRAWN / "knowledge-graph.svg")
    texts = ["".join(node.itertext()).strip() for node in drawn.iter(f"{SVG}text")]
    for box in module["BOXES"].values():
        assert box.cls in texts
    for _, _, label, _ in module["ARROWS"]:
        assert label in texts


def test_the_house_stands_on_the_ground_and_each_storey_on_those_below(script):
    module = script("scripts/draw_house.py")
    uses, lives = module["rooms"]()
    floors = module["storeys"](uses)
    assert floors[0] == ["ground"]
    assert floors[-1] == ["cli"]
    below = set()
    for names in floors:
        assert all(uses[name] <= below for name in names)
        below.update(names)
    assert below == set(uses)
    assert all(lives.values())
    names = ElementTree.fromstring(HOUSE.read_text("utf-8")).findall(f"{SVG}text[@class='name']")
    assert sorted(node.text for node in names) == sorted(uses)


def test_rooms_that_use_one_another_have_no_storey(script):
    module = script("scripts/draw_house.py")
    knot = {"ground": frozenset(), "a": frozenset({"b"}), "b": frozenset({"a"})}
    with pytest.raises(ValueError, match="use one another: a, b"):
        module["storeys"](knot)
