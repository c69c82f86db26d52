"""Fixtures: a small source folder and the hub built from it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_source import write_source

import sciknow


@pytest.fixture
def source(tmp_path):
    return write_source(tmp_path / "node")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Return the folder of a hub that tests only read."""
    folder = write_source(tmp_path_factory.mktemp("built") / "node")
    sciknow.build_hub(folder).close()
    return folder


@pytest.fixture
def hub(built):
    with sciknow.open_hub(built) as opened:
        yield opened
