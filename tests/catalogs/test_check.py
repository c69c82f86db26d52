"""`catalog check` tells every problem, with its line; the scaffold passes once it is filled in."""

import re
from pathlib import Path

import pytest
import yaml

from sciknow.catalogs import check_file, check_folder, main_text, read_file, scaffold
from sciknow.vocab import Sector


def put(folder: Path, text: str, name: str = "ocean.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_file_has_no_problem(tmp_path, sound):
    assert check_file(put(tmp_path, sound)) == []


def test_every_problem_is_told(tmp_path, sound):
    text = (
        sound.replace("publisher: nobody", "publisher: No Body\n      driver: x")
        .replace('end: "2020-02"', 'end: "2020-02-30"')
        .replace("engine: zarr", "engine: canary")
        .replace("      theme: [sea-ice]\n", "")
    )
    problems = check_file(put(tmp_path, text))
    lines = "\n".join(map(str, problems))
    for key in ("publisher", "driver", "temporal.end", "theme", "kwargs.engine"):
        assert f"key {key}" in lines
    assert len(problems) == 5
    assert [problem.line for problem in problems] == [6, 6, 6, 6, 29]
    assert {problem.kind for problem in problems} == {"invalid-input", "untrusted-input"}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('end: "2020-02"', 'end: "２０２０-02"', "temporal.end"),
        ('end: "2020-02"', 'end: "20200201"', "temporal.end"),
        ('end: "2020-02"', "end: 202002", "temporal.end"),
        ("publisher: nobody", 'publisher: nobody\n      doi: "10.１０００/abc"', "doi"),
        ("publisher: nobody", 'publisher: nobody\n      doi: "10.1000/ａbc"', "doi"),
        ("publisher: nobody", 'publisher: nobody\n      doi: "10.1000/a\u200bc"', "doi"),
        ("publisher: nobody", 'publisher: nobody\n      cstr: "３1253.11.a"', "cstr"),
    ],
)
def test_full_width_and_compact_forms_are_problems(old, new, key, tmp_path, sound):
    assert old in sound
    (problem,) = check_file(put(tmp_path, sound.replace(old, new)))
    assert f"key {key}" in str(problem)
    assert "allowed is" in problem.message


def test_a_broken_entry_is_told_once(tmp_path, sound):
    (problem,) = check_file(put(tmp_path, sound.replace("engine: zarr", "engine: canary")))
    assert "canary" in problem.message


def test_broken_yaml_is_the_only_problem(tmp_path, sound):
    (problem,) = check_file(put(tmp_path, sound + "\t- ]"))
    assert "broken YAML on line" in problem.message


def test_a_missing_file_is_a_problem(tmp_path):
    (problem,) = check_file(tmp_path / "none.yaml")
    assert problem.kind == "not-found"


def test_a_folder(tmp_path, sound):
    put(tmp_path, sound)
    put(tmp_path, sound, "twin.yaml")
    put(tmp_path, main_text(tmp_path), "main.yaml")
    put(tmp_path, sound.replace("first", "late"), "zlate.yaml")
    problems = check_folder(tmp_path)
    assert problems["ocean.yaml"] == problems["twin.yaml"] == []
    twice, incomplete = problems[""]
    assert "twin.yaml: dataset first" in twice.message
    assert "no entry for zlate.yaml" in incomplete.message


def test_the_scaffold_lists_what_to_fill_in(tmp_path):
    problems = check_file(put(tmp_path, scaffold("new-one", "ocean")))
    assert len(problems) > 20
    assert all("FILL" in problem.message for problem in problems)


def test_the_scaffold_filled_in_passes(tmp_path):
    text = scaffold("new-one", Sector.OCEAN)
    text = text.replace('"FILL date"', "2026-11-24")
    text = re.sub(r'"FILL (CC-BY-4.0)[^"]*"', r"\1", text)
    text = re.sub(r'"FILL (?:s3|https)[^"]*"', '"s3://example/path"', text)
    text = text.replace('landing_page: "s3:', 'landing_page: "https:')
    text = re.sub(r"source: \"s3:", 'source: "https:', text)
    text = re.sub(r'"FILL[^"]*"', "Filled in", text)
    text = re.sub(r"FILL [^\n]*", "Filled in.", text).replace("fill-", "a-")
    path = put(tmp_path, text)
    assert check_file(path) == []
    (dataset,) = read_file(path).datasets
    assert dataset.id == "new-one"
    assert dataset.openable


def test_the_scaffold_shows_the_keys_in_the_order_of_the_card():
    card = yaml.safe_load(scaffold("new-one", "ocean"))["metadata"]["datasets"]["new-one"]
    from sciknow.model.card import CARD_KEYS

    assert list(card) == [key for key in CARD_KEYS if key in card]
