"""An empty folder, served, and pauses that tests need not wait for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.web import DataServer

from sciknow.wire import retry


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: the tests wait for nothing but their own servers."""
    monkeypatch.setattr(retry, "PACE", 0.02)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[DataServer]:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "a.json").write_bytes(b'{"page": 1}')
    (tmp_path / "served" / "big").write_bytes(bytes(3_000_000))
    with DataServer(tmp_path / "served") as server:
        yield server


@pytest.fixture
def public_name(monkeypatch) -> str:
    """A name that looks public and leads here; only clients that ask Python know it."""
    real = socket.getaddrinfo

    def asked(host, *rest, **more):
        return real("127.0.0.1" if host == "data.example.org" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    return "data.example.org"
