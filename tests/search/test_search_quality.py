"""The quality benchmark runs on any folder in its layout, and says what is wrong with one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from retrieval import BadSet, query_sets, read_corpus, read_qrels, year_of

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "quality.py"


def run(*arguments, cache):
    command = [sys.executable, str(SCRIPT), *map(str, arguments), "--cache", str(cache)]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))


def write_set(folder):
    folder.mkdir()
    corpus = [
        {"_id": "ice", "title": "Sea ice", "text": "Extent of frozen ocean.", "tags": ["polar"]},
        {"_id": "old", "title": "Rice genomes", "text": "", "metadata": {"year": 2010}},
        {"_id": "new", "title": "Rice genomes", "text": "", "metadata": {"year": 2020}},
    ]
    english = [
        {"_id": "a", "text": "polar ice"},
        {"_id": "b", "text": "rice genomes", "metadata": {"year": 2015}},
        {"_id": "unjudged", "text": "nothing"},
    ]
    for name, rows in (
        ("corpus", corpus),
        ("queries.en", english),
        ("queries.zh", [{"_id": "a", "text": "海冰"}]),
    ):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\na\tice\t1\nb\told\t1\n")


def test_it_reads_any_folder_and_respects_the_year(tmp_path):
    write_set(tmp_path / "mine")
    done = run("--set", tmp_path / "mine", "--json", cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["mine:en"]["queries"] == 2
    assert rows["mine:en"]["ndcg10"] == 1.0
    assert rows["mine:zh"]["ndcg10"] == 1.0
    assert rows["mine:zh to traditional"]["ndcg10"] == 1.0
    assert rows["mine:en"]["gain"] is None


def test_it_prints_a_table_with_intervals_and_the_gain(tmp_path):
    write_set(tmp_path / "mine")
    done = run("--set", tmp_path / "mine", "--prototype", cache=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert "gain over the prototype, 95 % interval" in done.stdout.splitlines()[0]
    (row,) = (line for line in done.stdout.splitlines() if line.startswith("mine:en"))
    assert "+0.0000 (+0.0000 to +0.0000)" in row  # both find all


def test_what_cannot_be_measured_is_one_line_and_exit_code_2(tmp_path):
    (tmp_path / "empty").mkdir()
    done = run("--set", tmp_path / "empty", cache=tmp_path / "cache")
    assert done.returncode == 2
    assert done.stderr.endswith("has no corpus.jsonl\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "query-id\tcorpus-id\tscore\na\tx\t2\na\ty\t0\n",
        "a\tx\t2\r\na\ty\t0\r\n",
        "\ufeffa 0 x 2\n\na 0 y 0",
        "qid\titer\tdocid\trel\na\t0\tx\t2\na\t0\ty\t0\n",
    ],
)
def test_judgements_are_read_in_every_common_form(tmp_path, text):
    (tmp_path / "qrels.tsv").write_bytes(text.encode())
    assert read_qrels(tmp_path / "qrels.tsv") == {"a": {"x": 2, "y": 0}}


@pytest.mark.parametrize(
    ("text", "message"),
    [("a\tx\t1\na\tx\tyes\n", ":2: the score 'yes'"), ("a\tx\n", ":1: 2 columns")],
)
def test_wrong_judgements_are_named(tmp_path, text, message):
    (tmp_path / "qrels.tsv").write_text(text)
    with pytest.raises(BadSet, match=message):
        read_qrels(tmp_path / "qrels.tsv")


def test_a_corpus_is_read_with_care(tmp_path, capsys):
    rows = [
        '{"_id": 7, "text": "no title", "tags": "one", "metadata": {"year": "2015"}}',
        '{"_id": "7", "title": "again"}',
        '{"_id": "bare", "title": null, "text": " "}',
        '{"_id": "u", "title": "line\u2028separator", "metadata": {"year": null}}',
    ]
    (tmp_path / "corpus.jsonl").write_bytes("\r\n".join(rows).encode())
    texts = read_corpus(tmp_path)
    assert [text["id"] for text in texts] == ["7", "u"]
    assert texts[0]["metadata"] == {"tags": ["one"], "year": 2015}
    assert texts[1]["metadata"] == {}
    said = capsys.readouterr().err
    assert "a second '7' is left out" in said
    assert "'bare' has neither title nor text" in said
    for wrong, message in (('{"_id": "a"', "no JSON"), ("[]", 'needs an "_id"')):
        (tmp_path / "corpus.jsonl").write_text(wrong)
        with pytest.raises(BadSet, match=message):
            read_corpus(tmp_path)


def test_queries_without_judgements_go_and_absent_records_count(tmp_path, capsys):
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "a", "text": ""}\n{"_id": "b", "text": "x"}\n{"_id": "c", "text": "y"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("a\tx\t1\na\tgone\t1\nb\tx\t0\nstrange\tx\t1\n")
    ((name, queries),) = query_sets(tmp_path, frozenset({"x"}))
    assert name == tmp_path.name
    assert [(query.id, query.text, query.judged) for query in queries] == [
        ("a", "", {"x": 1, "gone": 1})
    ]
    said = capsys.readouterr().err
    assert "1 judged records are not in the corpus, as 'gone'" in said
    assert "1 judged queries are not in queries.jsonl, as 'strange'" in said
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(BadSet, match="no judged queries"):
        list(query_sets(tmp_path, frozenset()))


def test_grades_quotes_and_the_qrels_folder_are_read(tmp_path):
    (tmp_path / "qrels").mkdir()
    path = tmp_path / "qrels" / "dev.tsv"
    path.write_text(
        '"query-id"\t"corpus-id"\t"score"\n"q 1"\t"d 1"\t0.5\nq 1\td2\t1e0\nq 1\td3\t-1\n'
    )
    assert read_qrels(path) == {"q 1": {"d 1": 0.5, "d2": 1.0, "d3": -1.0}}
    (tmp_path / "queries.fr.jsonl").write_text('{"_id": "q 1", "text": "glace"}\n')
    ((name, (query,)),) = query_sets(tmp_path, frozenset({"d 1", "d2"}))
    assert name == f"{tmp_path.name}:fr"
    assert query.judged == {"d 1": 0.5, "d2": 1.0}
    for odd in ("nan", "inf"):
        path.write_text(f"q 1\td2\t{odd}\n")
        with pytest.raises(BadSet, match="no finite number"):
            read_qrels(path)


@pytest.mark.parametrize(
    ("year", "read"),
    [
        (2003, 2003),
        ("2003", 2003),
        (2003.0, 2003),
        ("2003-05", 2003),
        (" 2003 ", 2003),
        ("n.d.", None),
        (99999, None),
        (None, None),
        (True, None),
        (["2003"], None),
    ],
)
def test_a_year_is_read_as_number_text_or_date(year, read):
    assert year_of({"metadata": {"year": year}}) == read
