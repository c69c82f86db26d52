"""Titles: a record whose title alone is near a question comes before one that hides it."""

from __future__ import annotations

import numpy as np

from sciknow.search import Index, build_index, document_of_text
from sciknow.search.arrays import open_array
from sciknow.search.index import vectors as module
from sciknow.search.index.vectors import TitleStore, build_titles

LONG = "A consortium of forty institutes releases tables, code and maps under common terms. " * 12


def test_each_title_has_its_vector_and_none_is_zero(tmp_path, embedder):
    read = build_titles(tmp_path, ["Sea ice extent", "", "Housing prices"], embedder, None)
    store = TitleStore(tmp_path)
    question = embedder.encode_queries(["extent of sea ice"])[0]
    near = store.similarity(question, np.array([0, 1, 2]))
    assert read == 2
    assert near[0] > 0.7 > near[2]
    assert near[1] == 0


def test_records_without_titles_need_no_file(tmp_path, embedder, cache):
    build_titles(tmp_path, ["", ""], embedder, cache)
    assert not TitleStore.there(tmp_path)


def test_titles_beyond_the_budget_are_not_kept(tmp_path, embedder, cache, monkeypatch):
    monkeypatch.setattr(module, "TITLES", 1_000)
    assert build_titles(tmp_path, ["Sea ice extent", "Snow"], embedder, cache) == 0
    assert not TitleStore.there(tmp_path)


def test_a_near_title_lifts_the_meaning_and_a_far_one_takes_nothing(tmp_path, embedder, cache):
    documents = [
        document_of_text("called", "Crop yield of maize", LONG),
        document_of_text("nameless", "", LONG),
        document_of_text("other", "Lunar craters", LONG),
    ]
    build_index(tmp_path / "index", documents, embedder=embedder, cache=cache)
    index = Index.open(tmp_path / "index", embedder)
    collection = index.collection("dataset")
    question = index.read("how much corn do farms harvest")
    (meant,) = index.mean([question])
    rows = np.arange(3)
    whole = np.maximum(collection.vectors.similarity(meant.vector, rows), 0)
    moved = collection.near(meant, rows)
    assert moved[0] > whole[0] + 0.05
    assert moved[1] == whole[1]
    assert moved[2] >= whole[2]
    hit = index.search("how much corn do farms harvest").hits[0]
    assert hit.id == "called"
    assert hit.why.shares["meaning"] > 0.5
    index.close()


def test_a_title_in_chinese_only_is_read_through_its_renderings(index, embedder):
    collection = index.collection("dataset")
    row = collection.store.row_of("wheat-zh")
    vector = open_array(index.folder / "dataset", "titles")[row].astype(np.float32)
    assert vector @ embedder.encode_queries(["wheat production statistics of China"])[0] > 0.7
