"""Each command as a user runs it: tables for people, JSON for programs, one-line errors."""

import json
from pathlib import Path

import bibtexparser
import click
import pytest
import xarray as xr

from sciknow.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[2]


def leaves(group, prefix=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*prefix, name))
        yield " ".join((*prefix, name)), command


ALL = dict(leaves(main))


@pytest.mark.parametrize("name", ALL)
def test_each_command_has_help_with_an_example_and_stands_in_the_docs(name):
    assert "Example" in ALL[name].help
    assert f"sciknow {name}" in (ROOT / "docs" / "reference" / "commands.md").read_text()


def test_every_command_of_the_table_exists():
    assert {name.split()[0] for name in ALL} == set(COMMANDS)


def test_search_in_both_languages(run):
    for words in (["monthly", "sea", "ice"], ["逐月海冰密集度"]):
        found = json.loads(run("search", *words, "--json").stdout)
        assert found["hits"][0]["id"] == "ice-monthly"
        assert found["hits"][0]["why"]["terms"]


def test_search_for_people(run):
    result = run("search", "海冰", "--why")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["score", "id", "opens", "title"]
    assert lines[1].split()[1:3] == ["ice-monthly", "offline"]
    assert "海冰 = sea ice" in result.stdout
    assert "3 of 3 datasets" in result.stderr


def test_filters_reach_the_search(run):
    found = json.loads(
        run("search", "ice", "--license", "open", "--bbox", "-10,70,10,80", "--json").stdout
    )
    assert "sst-daily" not in [hit["id"] for hit in found["hits"]]
    assert sum(found["filtered"].values()) == 2
    assert found["filters"]["license"]["unstated"] == 1
    more = ("--unstated", "mark", "--without", "period", "--json")
    marked = json.loads(run("search", "ice since 1990", "--license", "open", *more).stdout)
    assert sum(marked["filtered"].values()) == 1
    assert marked["chips"] == []


def test_other_kinds_for_people_and_programs(run):
    lines = run("search", "ice", "--kind", "variable").stdout.splitlines()
    assert lines[0].split() == ["score", "id", "opens", "units", "title", "dataset"]
    assert lines[1].split()[1:4] == ["ice-monthly#siconc", "offline", "1"]
    heads = {"publication": "issued", "concept": "title"}
    for kind, column in heads.items():
        assert column in run("search", "sea ice", "--kind", kind).stdout.splitlines()[0]
        found = json.loads(run("search", "sea ice", "--kind", kind, "--json").stdout)
        assert found["kind"] == found["hits"][0]["kind"] == kind
        assert found["hits"][0][kind]["id"] == found["hits"][0]["id"]


def test_similar_takes_an_id_words_or_a_file(run, node, tmp_path, monkeypatch):
    found = json.loads(run("similar", "sst-daily", "--json").stdout)
    assert found["question"] == "like sst-daily"
    assert "sst-daily" not in [hit["id"] for hit in found["hits"]]
    words = run("similar", "fraction", "of", "sea", "ice", "--limit", "1", "--why").stdout
    assert "ice-monthly" in words
    assert "score:" in words
    file = tmp_path / "mine.nc"
    values = xr.DataArray([1.0], dims="x", attrs={"long_name": "sea ice area fraction"})
    xr.Dataset({"a": values}, attrs={"title": "My ice"}).to_netcdf(file, engine="h5netcdf")
    for path in (str(file), "mine.nc", "./mine.nc"):
        monkeypatch.chdir(tmp_path)
        like = json.loads(run("similar", path, "--json").stdout)
        assert like["question"].startswith("like My ice. sea ice area fraction")
        assert like["hits"][0]["id"] == "ice-monthly"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("missing.nc", "is not there"),
        ("10.9999/nothing", "describe in words"),
        ("", "empty"),
        ("./odd.xyz", "no reader"),
    ],
)
def test_similar_says_what_it_cannot_compare(run, tmp_path, monkeypatch, what, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.xyz").write_text("?")
    (tmp_path / "ice").mkdir()
    assert said in run("similar", what, code=1).stderr
    assert "like ice" in run("similar", "ice").stderr


def test_facets_with_and_without_a_question(run):
    result = run("search", "--facets", "--license", "open", "--unstated", "mark")
    assert result.stdout.splitlines()[0].split() == ["facet", "records", "what"]
    assert "Testing Centre" in result.stdout
    assert "2 datasets" in result.stderr
    found = json.loads(run("search", "ice", "--facets", "--json").stdout)
    assert found["facets"]["language"] == {"en": 3, "zh": 2}
    assert "Ask a question" in run("search", code=2).stderr


WRONG = {
    "filter of another kind": (
        ["search", "x", "--kind", "concept", "--license", "open"],
        "means nothing for a concept",
    ),
    "box": (["search", "x", "--bbox", "1,2"], "write west,south,east,north"),
    "box order": (["search", "x", "--bbox", "0,10,1,-10"], "bbox"),
    "period": (["search", "x", "--period", "2000/1990"], "swap the dates"),
    "date": (["search", "x", "--period", "soon"], "no date"),
    "sector": (["search", "x", "--sector", "sea"], "one of"),
    "id": (["show", "ice-montly"], "did you mean ice-monthly"),
    "not openable": (["open", "tides"], "https://example.org/tides"),
    "distribution": (["open", "ice-monthly", "--distribution", "x"], "ice-monthly-zarr"),
    "no query": (["sparql"], "no query"),
    "broken query": (["sparql", "SELECT WHERE {"], "line:column 1:15"),
    "service": (["sparql", "SELECT * {SERVICE <http://127.0.0.1/> {?s ?p ?o}}"], "SERVICE"),
    "ready query": (["sparql", "--ready", "graph"], "graphs"),
    "ready parameter": (["sparql", "--ready", "graphs", "--set", "x"], "NAME=VALUE"),
    "sector name": (["sector", "oceans"], "one of ocean"),
    "source": (["build", "/nowhere"], "has no folder catalogs/"),
    "node sector": (["build", "/nowhere", "--sector", "sea"], "one of credit"),
    "validate": (["validate", "/nowhere"], "has no folder catalogs/"),
    "hub": (["search", "x", "--hub", "/nowhere"], "holds no hub"),
    "verify": (["verify", "--hub", "/nowhere"], "holds no hub"),
    "prune": (["hub", "prune", "--keep", "-1"], "is negative"),
    "catalog": (["catalog", "check", "/nowhere.yaml"], "nowhere.yaml"),
    "model": (["build", "NODE", "--model", "/nowhere/model"], "/nowhere/model"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_one_clear_line_and_exit_code_1(run, node, tmp_path, name):
    arguments, expected = WRONG[name]
    arguments = [str(node) if word == "NODE" else word for word in arguments]
    result = run(*arguments, code=1)
    assert expected in result.stderr + result.stdout
    assert result.stderr.strip().splitlines()[-1].startswith("Error: ")


def test_a_mistyped_command_or_option_is_answered(run):
    assert "did you mean search?" in run("searhc", "x", code=2).stderr
    assert "--bbox" in run("search", "x", "--bbx", "1", code=2).stderr


def test_show_open_related_cite(run):
    assert "Arctic  -180 60 180 90" in run("show", "10.1234/ICE").stdout
    assert json.loads(run("show", "tides", "--json").stdout)["id"] == "tides"
    assert "dask.array" in run("open", "ice-monthly").stdout
    structure = json.loads(run("open", "ice-monthly", "--json").stdout)
    assert structure["data_vars"]["siconc"]["shape"] == [24, 4, 5]
    assert "A record of Arctic ice" in run("related", "ice-monthly").stdout
    assert json.loads(run("related", "ice-monthly", "--json").stdout)["related"]
    library = bibtexparser.parse_string(run("cite", "ice-monthly").stdout)
    assert {entry.key for entry in library.entries} >= {"ice-monthly", "sciknow"}
    assert "逐月海冰密集度" in run("cite", "ice-monthly", "--language", "zh").stdout


def test_plan_says_what_a_part_costs(run):
    whole = json.loads(run("plan", "ice-monthly", "--json").stdout)
    part = json.loads(run("plan", "ice-monthly", "--period", "1979-01/1979-06", "--json").stdout)
    assert whole["distribution"] == "ice-monthly-zarr"
    assert whole["chunks"] > part["chunks"]
    assert "chunks" in run("plan", "ice-monthly", "--variable", "siconc").stdout
    assert "bytes" in run("plan", "ice-monthly", "--max-bytes", "1", code=1).stderr


def test_cache_info_prune_verify(run):
    found = json.loads(run("cache", "info", "--json").stdout)
    assert found["bytes"] >= 0
    assert "freed" in run("cache", "prune").stderr
    assert "every content whole" in run("cache", "verify").stderr
    assert "is negative" in run("cache", "prune", "--limit", "-1", code=1).stderr


def test_sparql_from_argument_stdin_and_ready(run):
    query = "SELECT ?d WHERE { ?d a dcat:Dataset } ORDER BY ?d"
    for result in (run("sparql", query, "--json"), run("sparql", "-", "--json", stdin=query)):
        assert len(json.loads(result.stdout)) == 3
    assert "datasets-of-sector" in run("sparql", "--list").stdout
    rows = json.loads(run("sparql", "--ready", "datasets-of-sector", "--json").stdout)
    assert isinstance(rows, list)


def test_build_verify_info_prune(run, tmp_path):
    from small_source import write_source

    folder = write_source(tmp_path / "node")
    assert "3 datasets" in run("build", folder).stderr
    assert "files whole" in run("verify", "--hub", folder).stderr
    info = json.loads(run("hub", "info", "--json", hub=folder).stdout)
    assert info["counts"]["datasets"] == 3
    write_source(folder, change=" anew")
    run("build", folder)
    assert "removed 1 generations" in run("hub", "prune", "--keep", "0", hub=folder).stderr
    victim = next(folder.glob("generations/*/records.sqlite"))
    victim.write_bytes(b"x")
    assert "records.sqlite: changed" in run("verify", "--hub", folder, code=1).stdout


def test_scaffold_fills_in_to_a_valid_card(run, tmp_path):
    text = run("catalog", "new", "my-data", "--sector", "ocean").stdout
    path = tmp_path / "ocean-mine.yaml"
    path.write_text(text)
    assert "FILL" in run("catalog", "check", path, code=1).stdout


def test_validate_names_record_and_mend(run, tmp_path):
    from small_source import write_source

    folder = write_source(tmp_path / "node")
    path = folder / "catalogs" / "ocean.yaml"
    path.write_text(path.read_text().replace("publisher: testing-centre", "publisher: nobody", 1))
    result = run("validate", folder, code=1)
    assert "dataset ice-monthly names the agent 'nobody'" in result.stdout


def test_version_names_the_engines(run):
    assert set(json.loads(run("version", "--json").stdout)) >= {"sciknow", "xarray", "tantivy"}


def test_compatible_says_how_datasets_fit_together(run):
    text = run("compatible", "ice-monthly", "sst-daily").stdout
    assert text.startswith("ice-monthly and sst-daily can be combined")
    assert "licence" in text
    found = json.loads(run("compatible", "ice-monthly", "sst-daily", "--json").stdout)
    aspects = {item["name"]: item["verdict"] for item in found["pairs"][0]["aspects"]}
    assert aspects["licence"] == "compatible"
    assert aspects["space"] == "not stated"
    assert "two or more" in run("compatible", "ice-monthly", code=1).stderr
