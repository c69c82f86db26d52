"""The ledger: what was opened, in memory and in a file, by many threads and processes."""

import json
import multiprocessing
import threading
from datetime import UTC, datetime

import html5lib
import pytest

import sciknow as sk
from sciknow.errors import DegradedWarning, InvalidInput, NotFound
from sciknow.ledger import Ledger, Opened, Source, selection_of
from sciknow.ledger.lines import write_line
from sciknow.model import Agent, Dataset, Distribution, LangString, Publication

MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def entry(identifier="ice", **fields):
    dataset = Dataset(
        id=identifier, title=LangString("Ice <b>", "海冰"), doi="10.1234/ice", license="CC0-1.0"
    )
    return Opened(
        source=Source(
            dataset=dataset,
            publisher=Agent(id="centre", name=LangString("Centre")),
            data_papers=(Publication(id="10.1/x", doi="10.1/x", title=LangString("A paper")),),
        ),
        distribution=Distribution(id=f"{identifier}-zarr", access_url="s3://b/i", reader="zarr"),
        location="s3://b/i",
        opened_at=MOMENT,
        **fields,
    )


FULL = {
    "generation": "a" * 32,
    "hub": "/data/node",
    "selection": {"bbox": [-10.0, 0.0, 10.0, 20.5], "period": ["1979", ""], "variables": ["sst"]},
    "nbytes": 4096,
    "libraries": {"xarray": "2026.9.0"},
}


def test_every_open_writes_what_is_known(hub):
    with sk.session() as book:
        hub.open("ice-monthly", variables="siconc", period=("1979-03", "1980"))
    (found,) = book
    assert found.source.dataset.id == "ice-monthly"
    assert found.distribution.id == "ice-monthly-zarr"
    assert found.selection == {"period": ["1979-03", "1980"], "variables": ["siconc"]}
    assert found.nbytes == 22 * 4 * 5 * 4 + 22 * 8
    assert found.generation == hub.manifest.id
    assert found.hub == str(hub.path)
    assert {"sciknow", "xarray", "zarr"} <= set(found.libraries)


def test_a_failed_open_is_not_in_the_ledger(hub):
    with sk.session() as book:
        with pytest.raises(NotFound):
            hub.open("tides")
        assert not len(book)


def test_a_file_holds_what_the_ledger_held(tmp_path):
    path = tmp_path / "log" / "ledger.jsonl"
    with sk.session(file=path) as book:
        book.record(entry(**FULL))
        book.record(entry("海冰"))
    again = Ledger.read(path)
    assert list(again) == list(book)
    assert sk.cite(again, style="csl") == sk.cite(book, style="csl")
    assert len(path.read_text().splitlines()) == 2


def test_the_environment_names_a_file_for_the_whole_process(tmp_path, monkeypatch, hub):
    path = tmp_path / "ledger.jsonl"
    monkeypatch.setenv("SCIKNOW_LEDGER", str(path))
    hub.open("ice-monthly")
    assert [item.source.dataset.id for item in Ledger.read(path)] == ["ice-monthly"]
    with sk.session():
        hub.open("ice-monthly")
    assert len(Ledger.read(path)) == 1
    monkeypatch.delenv("SCIKNOW_LEDGER")
    hub.open("ice-monthly")
    assert len(Ledger.read(path)) == 1


def write_some(path, number):
    for step in range(20):
        write_line(path, {"who": number, "step": step, "text": "x" * 3000})


def test_many_processes_append_whole_lines(tmp_path):
    path = tmp_path / "ledger.jsonl"
    spawn = multiprocessing.get_context("fork")
    writers = [spawn.Process(target=write_some, args=(path, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 80
    for number in range(4):
        assert [item["step"] for item in lines if item["who"] == number] == list(range(20))


def test_threads_share_a_ledger():
    book = Ledger()
    threads = [
        threading.Thread(target=lambda: [book.record(entry()) for _ in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(book) == 400


def test_a_torn_line_is_passed_over_and_the_next_is_whole(tmp_path):
    path = tmp_path / "ledger.jsonl"
    book = Ledger(file=path)
    book.record(entry("one"))
    path.write_bytes(path.read_bytes()[:-40])
    book.record(entry("two"))
    with pytest.warns(DegradedWarning, match="line 1 is cut off"):
        again = Ledger.read(path)
    assert [item.source.dataset.id for item in again] == ["two"]


def test_a_file_that_cannot_be_written_costs_no_opening(tmp_path):
    book = Ledger(file=tmp_path)
    with pytest.warns(DegradedWarning, match="cannot be written"):
        book.record(entry())
    assert len(book) == 1


BROKEN = {
    "no object": ("[1]", "line 1: found list"),
    "nothing in it": ("{}", "found no source"),
    "no time": ('{"opened_at": "soon"}', "opened_at"),
    "wrong type": ('{"opened_at": "2026-01-01T00:00:00+00:00", "source": 3}', "key source"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_line_that_is_no_entry_is_named(tmp_path, name):
    text, expected = BROKEN[name]
    (tmp_path / "x.jsonl").write_text(text + "\n")
    with pytest.raises(InvalidInput, match=expected):
        Ledger.read(tmp_path / "x.jsonl")


def test_a_missing_file_is_said():
    with pytest.raises(NotFound, match="there is no file"):
        Ledger.read("/nowhere.jsonl")


def test_the_table():
    book = Ledger()
    book.record(entry(**FULL))
    (row,) = book.rows()
    assert row["bytes"] == 4096
    assert row["selection"] == "bbox -10.0 0.0 10.0 20.5; period 1979 ; variables sst"
    assert "s3://b/i  bbox -10.0" in repr(book)
    html = str(book._repr_html_())
    html5lib.HTMLParser(strict=True).parseFragment(html)
    assert "<b>" not in html
    assert "4,096" in html
    assert repr(Ledger()) == "Ledger: nothing opened yet"


def test_opened_is_the_ledger_in_use():
    with sk.session() as book:
        assert sk.opened() is book
    assert sk.opened() is not book


def test_a_selection_is_plain_values():
    assert selection_of({"variables": "sst", "bbox": (0, 1, 2, 3), "max_bytes": 4}) == {
        "bbox": [0, 1, 2, 3],
        "variables": ["sst"],
    }
