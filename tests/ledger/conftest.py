"""Fixtures: one small hub, and folders beside its catalogue in which data may change."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "hub"))

from drifting import Place

import sciknow
from sciknow.wire import retry


@pytest.fixture(scope="session")
def node(small_hub, tmp_path_factory):
    """Return the folder of a hub of this room, beside which it puts data."""
    return Path(shutil.copytree(small_hub, tmp_path_factory.mktemp("ledger") / "node"))


@pytest.fixture(scope="session")
def hub(node):
    with sciknow.open_hub(node) as opened:
        yield opened


@pytest.fixture
def place(hub, tmp_path_factory):
    """Return a new folder beside the catalogue, with verbs to lock and verify what is in it."""
    return Place(hub, Path(tmp_path_factory.mktemp("data", numbered=True)).name)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    """Try again at once: the tests wait for nothing but their own servers."""
    monkeypatch.setattr(retry, "PACE", 0.05)


@pytest.fixture(autouse=True)
def locked_servers_may_be_asked(monkeypatch):
    """The servers of these tests are named by lockfiles alone, which may be anybody's."""
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")
