"""Pauses that tests need not wait for, and a name that looks public."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from sciknow.wire import retry


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: the tests wait for nothing but their own servers."""
    monkeypatch.setattr(retry, "PACE", 0.02)


@pytest.fixture
def public_name(monkeypatch) -> str:
    """A name that looks public and leads here."""
    real = socket.getaddrinfo

    def asked(host, *rest, **more):
        return real("127.0.0.1" if host == "data.example.org" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    return "data.example.org"


@pytest.fixture
def records() -> Path:
    """The answers that real sources gave, where this machine has them."""
    default = Path(__file__).parents[3] / "shared" / "data"
    path = Path(os.environ.get("SCIKNOW_SHARED_DATA", default)) / "records"
    if not path.is_dir():
        pytest.skip("the recorded answers are not on this machine (SCIKNOW_SHARED_DATA)")
    return path
