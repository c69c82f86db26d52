"""What leaves for a terminal: nothing in it steers the terminal, and every text is whole.

A stranger's hub says in every record, in its graph and in its data what no honest one does.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import warnings
from dataclasses import replace

import pyoxigraph
import pytest
import xarray as xr
from click.testing import CliRunner

import sciknow as sk
from sciknow.cli.main import main
from sciknow.errors import DegradedWarning, InvalidInput, SciknowError
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.manifest import digest_files, read_manifest
from sciknow.text import clean, escaped, harmless, squeeze

SECRET = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
STEERING = {
    "escape": "\x1b[2J\x1b[31m",
    "address": "\x1b]8;;https://example.org\x07here\x1b]8;;\x07",
    "title": "\x1b]0;owned\x07",
    "C1": "\x9b31m",
    "C1 string": "\x90q\x9c",
    "return": "\r",
    "backspace": "\b\b\b",
    "bell": "\x07",
    "delete": "\x7f",
    "override": "\u202egnp.exe",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "marks": "\u200e\u200f\u061c",
    "unseen": "\u200b\u2060\ufeff\u00ad\u2062\u206a\ufff9",
    "joiners": "a\u200db\u200c",
    "tags": SECRET,
    "half": "\ud83d",
}
STEERS = harmless(all_of := "".join(STEERING.values())) and sorted(
    set(all_of) - set(harmless(all_of))
)


def steers(text):
    return [char for char in STEERS if char in text]


@pytest.mark.parametrize("name", STEERING)
def test_each_is_dropped_from_texts_errors_and_warnings_and_escaped_for_programs(name):
    text = f"海冰{STEERING[name]} ice"
    for told in (
        harmless(text),
        clean(text),
        squeeze(text),
        str(SciknowError(text, hint=text)),
        SciknowError(text).args[0],
        str(InvalidInput(text)),
        str(DegradedWarning(text)),
    ):
        assert not steers(told)
        assert told.startswith("海冰")
    assert not steers(escaped(json.dumps(text, ensure_ascii=False)))
    assert json.loads(escaped(json.dumps(text, ensure_ascii=False))) == text
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(text, DegradedWarning, stacklevel=1)
    assert not steers(str(caught[0].message))


def test_what_writing_needs_stays():
    for text in (
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d🔬",
        "葛\U000e0100城",
        "a\tb\nc",
        "cafe\u0301",
    ):
        assert harmless(text) == text


EVIL = "".join(text for name, text in STEERING.items() if name != "half")


def spoiled(path, word):
    """Put what steers behind a word, wherever a file of SQLite has it."""
    with sqlite3.connect(path) as store:
        for (table,) in store.execute(
            "SELECT name FROM sqlite_master WHERE type='table'"
        ).fetchall():
            for _, column, kind, *_ in store.execute(f"PRAGMA table_info({table})").fetchall():
                if "TEXT" in kind.upper():
                    inside = json.dumps(EVIL)[1:-1] if column in JSON else EVIL
                    store.execute(
                        f"UPDATE OR IGNORE {table} SET {column} = replace({column}, ?, ?)",
                        (word, word + inside),
                    )
    store.close()


JSON = ("body", "fields", "links", "concepts", "metadata", "labels", "path")


@pytest.fixture(scope="module")
def strange(small_hub, tmp_path_factory):
    """A hub whose titles, labels, graph and data steer terminals."""
    folder = shutil.copytree(small_hub, tmp_path_factory.mktemp("strange") / "hub")
    for path in folder.rglob("*.sqlite"):
        for word in ("Monthly sea ice", "Share of the sea", "Testing Centre", "A record of Arctic"):
            spoiled(path, word)
    graph = pyoxigraph.Store(str(next(folder.rglob("graph"))))
    for quad in list(graph):
        if isinstance(quad.object, pyoxigraph.Literal) and "sea ice" in quad.object.value:
            value, tag = quad.object.value + EVIL, quad.object.language
            graph.remove(quad)
            graph.add(
                pyoxigraph.Quad(
                    quad.subject,
                    quad.predicate,
                    pyoxigraph.Literal(value, language=tag),
                    quad.graph_name,
                )
            )
    graph.optimize()
    del graph
    generation = HubFolder(folder).current()
    manifest = read_manifest(generation)  # whoever writes a hub writes its digests too
    replace(manifest, files=digest_files(generation)).write(generation)
    store = next(folder.rglob("ice.zarr"))
    data = xr.open_zarr(store).load()
    data.attrs[f"key{EVIL}"] = f"value{EVIL}"
    data["siconc"].attrs["long_name"] = f"ice{EVIL}"
    shutil.rmtree(store)
    data.drop_encoding().rename(siconc=f"siconc{EVIL}").to_zarr(store, zarr_format=2)
    return folder


DOORS = {
    "search": ["search", "monthly sea ice", "--why"],
    "search of publications": ["search", "arctic ice", "--kind", "publication"],
    "facets": ["search", "ice", "--facets"],
    "similar": ["similar", "ice-monthly"],
    "show": ["show", "ice-monthly"],
    "related": ["related", "ice-monthly"],
    "sector": ["sector", "ocean"],
    "sparql": ["sparql", "SELECT ?s ?o { ?s ?p ?o FILTER isLiteral(?o) }"],
    "plan": ["plan", "ice-monthly"],
    "open": ["open", "ice-monthly"],
    "cite": ["cite", "ice-monthly"],
    "cite in CSL": ["cite", "ice-monthly", "--style", "csl"],
    "lock": ["lock", "ice-monthly", "--output", "{}/a.lock"],
    "check": ["check", "--known", "--all"],
    "preserve": ["preserve", "ice-monthly", "--to", "{}/archive"],
}
REFUSED = ("preserve",)  # a member's name is none that a bag may hold
AS_JSON = ("search", "similar", "show", "related", "sector", "sparql", "plan", "open", "check")


def outcome(arguments, hub, **more):
    return subprocess.run(
        [sys.executable, "-m", "sciknow", *arguments],
        capture_output=True,
        env={**os.environ, "SCIKNOW_HUB": str(hub), "PYTHONUTF8": "1", **more},
        check=False,
    )


@pytest.mark.parametrize("name", DOORS)
def test_no_command_hands_on_what_steers(strange, tmp_path, name):
    arguments = [part.format(tmp_path) if "{}/" in part else part for part in DOORS[name]]
    for more in ([], ["--json"]) if name in AS_JSON else ([],):
        found = CliRunner().invoke(main, [*arguments, *more], env={"SCIKNOW_HUB": str(strange)})
        assert found.exit_code == (1 if name in REFUSED else 0), found.output
        assert not steers(found.output)
        if more:
            json.loads(found.stdout)


def test_python_is_handed_none_of_it(strange):
    with sk.open_hub(strange) as hub:
        hit = hub.search("monthly sea ice")[0]
        opened = hub.open("ice-monthly")
        told = [repr(hit), hit.title.en, hit.dataset.description.en, repr(opened), str(hit.why)]
        told += [str(hub.sector("ocean")), hub.cite("ice-monthly"), str(hub.related("ice-monthly"))]
        told += list(map(str, hub.sparql("SELECT ?o { ?s dcterms:title ?o }")["o"]))
        told += [str(pair) for pair in opened.attrs.items()] + list(map(str, opened.variables))
    assert [text for text in told if steers(text)] == []
    assert any("key" in str(key) for key in opened.attrs)


ASKING = {
    "search": ["search", "{}"],
    "similar": ["similar", "{}"],
    "show": ["show", "{}"],
    "related": ["related", "{}"],
    "sector": ["sector", "{}"],
    "sparql": ["sparql", 'SELECT ?s {{ ?s ?p "{}" }}'],
    "plan": ["plan", "{}"],
    "open": ["open", "{}"],
    "cite": ["cite", "{}"],
    "compatible": ["compatible", "{}", "ice-monthly"],
    "lock": ["lock", "{}"],
    "check": ["check", "{}"],
    "preserve": ["preserve", "{}"],
    "catalog new": ["catalog", "new", "{}", "--sector", "ocean"],
    "publisher": ["search", "ice", "--publisher", "{}"],
    "variable": ["search", "ice", "--variable", "{}"],
    "ready": ["sparql", "--ready", "{}"],
}
MEND = "set PYTHONUTF8=1, or a UTF-8 locale"


@pytest.mark.parametrize("name", ASKING)
def test_a_text_that_lost_its_characters_is_refused_with_the_mend(small_hub, name):
    lost = os.fsdecode("海冰".encode("gbk"))
    arguments = [part.format(lost) for part in ASKING[name]]
    found = CliRunner().invoke(main, arguments, env={"SCIKNOW_HUB": str(small_hub)})
    assert found.exit_code == 1
    assert MEND in found.stderr


def test_a_chinese_question_in_a_locale_without_chinese_is_answered_or_refused(small_hub):
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    found = outcome(["search", "海冰"], small_hub, **poor)
    assert (found.returncode, MEND.encode() in found.stderr) == (1, True)
    found = outcome(["search", "海冰", "--json"], small_hub, LC_ALL="C")
    assert json.loads(found.stdout)["hits"][0]["id"] == "ice-monthly"


def test_a_query_from_standard_input_and_python_are_refused_alike(small_hub):
    found = subprocess.run(
        [sys.executable, "-m", "sciknow", "sparql", "-"],
        input='ASK { ?s ?p "海冰" }'.encode("gbk"),
        capture_output=True,
        env={**os.environ, "SCIKNOW_HUB": str(small_hub), "LC_ALL": "C", "PYTHONUTF8": "1"},
        check=False,
    )
    assert b"the query holds bytes that are no text" in found.stderr
    with sk.open_hub(small_hub) as hub:
        for ask in (hub.search, hub.sparql):
            with pytest.raises(InvalidInput, match="set PYTHONUTF8=1"):
                ask("SELECT ice \udce6\udcb5")


POOR = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252:strict"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("name", POOR)
def test_a_terminal_without_chinese_gets_what_it_can_show(small_hub, name):
    found = outcome(["show", "ice-monthly"], small_hub, **POOR[name])
    assert found.returncode == 0, found.stderr
    # to ASCII, which is mostly no choice but a lack of one, click writes UTF-8
    assert ("海冰".encode() if name == "POSIX" else rb"\u6d77\u51b0") in found.stdout
    plain = outcome(["show", "ice-monthly", "--json"], small_hub, **POOR[name])
    assert json.loads(plain.stdout.decode("ascii"))["title"]["zh"] == "逐月海冰密集度"


def test_limits_of_what_is_opened_are_raised_by_name(small_hub):
    def told(*arguments):
        given = ["open", "ice-monthly", *arguments]
        return CliRunner().invoke(main, given, env={"SCIKNOW_HUB": str(small_hub)})

    assert told("--limits", "chunks=9_000_000", "--limits", "names=99").exit_code == 0
    refused = told("--limits", "names=1")
    assert (refused.exit_code, "at most 1 are taken" in refused.stderr) == (1, True)
    for wrong in ("chunks", "chunks=-1", "chunks=x", "chunk=5"):
        found = told("--limits", wrong)
        assert found.exit_code == 1
        assert "Error: " in found.stderr
