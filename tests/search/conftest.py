"""The small collection, built once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_collection import CONCEPTS, documents

from sciknow.search import EmbeddingCache, Index, build_index, load_embedder


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """Keep the user's cache folder out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCIKNOW_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def embedder(own_cache):
    return load_embedder()


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return EmbeddingCache(tmp_path_factory.mktemp("vectors") / "cache.sqlite")


@pytest.fixture(scope="session")
def folder(tmp_path_factory, embedder, cache):
    target = tmp_path_factory.mktemp("index") / "search"
    build_index(target, documents(), embedder=embedder, cache=cache, concepts=CONCEPTS)
    return target


@pytest.fixture(scope="session")
def index(folder, embedder):
    opened = Index.open(folder, embedder)
    yield opened
    opened.close()
