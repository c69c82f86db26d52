import numpy as np
import pytest

from sciknow.search.arrays import unit, widen
from sciknow.search.index import vectors as module
from sciknow.search.index.vectors import VectorStore, build_vectors


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Twelve thousand clustered vectors, two to a record."""
    draw = np.random.default_rng(1)
    centres = draw.normal(size=(60, 96))
    rows = unit(centres[draw.integers(0, 60, 12_000)] + 0.8 * draw.normal(size=(12_000, 96)))
    folder = tmp_path_factory.mktemp("vectors")
    build_vectors(folder, rows.astype(np.float16), np.full(6_000, 2))
    return VectorStore(folder), rows.reshape(6_000, 2, 96)


def exact(rows, query, mask, limit):
    near = (rows @ query).max(axis=1)
    near[~mask] = -9
    return set(np.argsort(-near)[:limit].tolist())


@pytest.mark.parametrize("kept", [1.0, 0.5, 0.03, 0.001])
def test_the_scan_finds_what_an_exact_scan_finds(many, kept):
    store, rows = many
    draw = np.random.default_rng(2)
    recall = []
    for number in range(20):
        query = unit(rows[number, 0] + 0.1 * draw.normal(size=96))
        mask = draw.random(6_000) < kept
        found = store.candidates(query, 10, mask if kept < 1 else None).tolist()
        wanted = exact(rows, query, mask if kept < 1 else np.ones(6_000, bool), 10)
        wanted = {row for row in wanted if kept == 1 or mask[row]}
        assert all(mask[row] for row in found) or kept == 1
        recall.append(len(wanted & set(found)) / max(len(wanted), 1))
    assert np.mean(recall) > 0.97


@pytest.mark.parametrize("kept", [1.0, 0.5, 0.05])
def test_of_very_many_half_of_the_bits_are_compared_first(many, kept, monkeypatch):
    monkeypatch.setattr(module, "MANY", 2_000)
    monkeypatch.setattr(module, "RESCORED", 500)
    monkeypatch.setattr(module, "COARSE", 0.3)
    test_the_scan_finds_what_an_exact_scan_finds(many, kept)


def test_the_best_passage_counts(many):
    store, rows = many
    picked = np.array([5, 17, 17, 0])
    near = store.similarity(rows[17, 1], picked)
    np.testing.assert_allclose(near, (rows[picked] @ rows[17, 1]).max(axis=1), atol=2e-3)


def test_small_collections_are_compared_whole(tmp_path, monkeypatch):
    rows = unit(np.eye(3, 64))
    build_vectors(tmp_path, rows.astype(np.float16), np.array([1, 0, 2]))
    store = VectorStore(tmp_path)
    monkeypatch.setattr(module, "RESCORED", 0)
    assert store.candidates(rows[2], 5).tolist() == [2, 0]
    assert store.similarity(rows[0], np.array([1])).tolist() == [0.0]


def test_a_collection_of_nothing(tmp_path):
    build_vectors(tmp_path, np.zeros((0, 64), np.float16), np.zeros(0, int))
    assert VectorStore(tmp_path).candidates(unit(np.ones((1, 64)))[0], 5).tolist() == []


def test_every_finite_half_is_widened_exactly():
    halves = np.arange(65_536, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    wide = widen(halves)
    assert wide.dtype == np.float32
    assert np.array_equal(wide, halves.astype(np.float32))
    assert np.array_equal(widen(halves[::2]), halves[::2].astype(np.float32))
    assert widen(halves[:0].reshape(0, 8)).shape == (0, 8)
