"""The embedded hub, datasets whose ways lead to loopback servers, and a second validator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from servers.web import DataServer

sys.path.insert(0, str(Path(__file__).parent))

import sciknow
from sciknow.wire import retry


@pytest.fixture(scope="session")
def hub() -> Iterator[sciknow.Hub]:
    with sciknow.open_hub() as opened:
        yield opened


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: the tests wait for nothing but their own servers."""
    monkeypatch.setattr(retry, "PACE", 0.02)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[DataServer]:
    """An empty folder, served."""
    (tmp_path / "source").mkdir()
    with DataServer(tmp_path / "source") as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def sample() -> xr.Dataset:
    return xr.Dataset(
        {"sst": (("time", "lat", "lon"), np.arange(480.0).reshape(4, 10, 12).astype("f4"))},
        {
            "time": pd.date_range("2000-01-01", periods=4),
            "lat": np.linspace(-45, 45, 10),
            "lon": np.arange(0.0, 360, 30),
        },
    )
