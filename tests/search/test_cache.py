"""The cache of vectors: many processes, sudden deaths, damage."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pytest

from sciknow.errors import DegradedWarning, SciknowError
from sciknow.search.embed.cache import EmbeddingCache, encode_texts


def test_what_is_kept_comes_back_the_same(tmp_path, embedder):
    cache = EmbeddingCache(tmp_path / "c.sqlite")
    texts = ["sea ice", "sea ice", "wheat"]
    first = cache.encode(embedder, texts)
    second = cache.encode(embedder, texts)
    plain = encode_texts(embedder, texts)
    assert (first.computed, second.computed, plain.computed) == (2, 0, 3)
    np.testing.assert_array_equal(first.vectors, second.vectors)
    np.testing.assert_allclose(first.vectors, plain.vectors, atol=1e-3)
    for one, other in zip(first.tokens, second.tokens, strict=True):
        np.testing.assert_array_equal(one.vectors, other.vectors)
        np.testing.assert_array_equal(one.ids, other.ids)


def test_another_model_shares_nothing(tmp_path, embedder):
    class Other:
        name, dimensions, languages = "other", 4, frozenset({"en"})
        digest = "ab" * 32

        def encode_documents(self, texts, progress=None):
            return np.eye(4, dtype=np.float32)[[len(text) % 4 for text in texts]]

        encode_queries = encode_documents

    cache = EmbeddingCache(tmp_path / "c.sqlite")
    cache.encode(embedder, ["sea ice"])
    other = cache.encode(Other(), ["sea ice"])
    assert other.computed == 1
    assert other.vectors.shape == (1, 4)
    assert other.tokens is None


def test_progress_counts_up_to_what_is_missing(tmp_path, embedder):
    cache, steps = EmbeddingCache(tmp_path / "c.sqlite"), []
    cache.encode(embedder, ["a", "b"])
    cache.encode(embedder, ["a", "b", "c"], lambda *step: steps.append(step))
    assert steps == [("embed", 1, 1)]


WRITER = """
import sys
from pathlib import Path
from sciknow.search import EmbeddingCache, load_embedder
cache, embedder = EmbeddingCache(Path(sys.argv[1])), load_embedder()
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    cache.encode(embedder, [f"text number {number}"])
    print(number, flush=True)
"""


def writer(path, first, last):
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_write_at_once(tmp_path, embedder):
    path = tmp_path / "c.sqlite"
    both = [writer(path, 0, 30), writer(path, 15, 45)]
    assert [len(process.communicate(timeout=120)[0].split()) for process in both] == [30, 30]
    assert EmbeddingCache(path).count() == 45


def test_a_writer_killed_at_any_moment_leaves_a_sound_cache(tmp_path, embedder):
    path = tmp_path / "c.sqlite"
    for round_ in range(3):
        process = writer(path, 1000 * round_, 1000 * round_ + 900)
        assert process.stdout.readline()
        time.sleep(0.01 * round_)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        kept = EmbeddingCache(path).count()
        assert kept >= round_ + 1
        database = sqlite3.connect(path)
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        database.close()


def test_a_cache_damaged_behind_its_first_page_is_begun_anew(tmp_path, embedder):
    cache = EmbeddingCache(tmp_path / "c.sqlite")
    texts = [f"text {number}" for number in range(60)]
    right = cache.encode(embedder, texts).vectors
    data = bytearray(cache.path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    cache.path.write_bytes(data)
    with pytest.warns(DegradedWarning, match="damaged"):
        found = cache.encode(embedder, texts)
    assert found.computed == 60
    assert (found.vectors == right).all()
    assert cache.count() == 60


def test_a_damaged_cache_is_set_aside_and_begun_anew(tmp_path, embedder):
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with pytest.warns(DegradedWarning, match="moved to"):
        assert EmbeddingCache(path).encode(embedder, ["a"]).computed == 1
    assert (tmp_path / "c.damaged").read_bytes().startswith(b"this is no database")
    assert EmbeddingCache(path).encode(embedder, ["a"]).computed == 0


def test_a_cache_that_cannot_be_opened_says_so(tmp_path):
    (tmp_path / "c.sqlite").mkdir()
    with pytest.raises(SciknowError, match="another path"):
        EmbeddingCache(tmp_path / "c.sqlite").count()
