"""Fixtures: a small source folder and the hub built from it."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_source import write_source

import sciknow


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Keep the embeddings of these tests out of the user's cache, and the user's out of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCIKNOW_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def source(tmp_path):
    return write_source(tmp_path / "node")


@pytest.fixture(scope="session")
def built(small_hub):
    """Return the folder of a hub that tests only read."""
    return small_hub


@pytest.fixture
def copied(built, tmp_path):
    """Return a hub of one's own, to damage: a copy of the one that tests only read."""
    return Path(shutil.copytree(built, tmp_path / "copied"))


@pytest.fixture
def hub(built):
    with sciknow.open_hub(built) as opened:
        yield opened
