"""Pauses that tests need not wait for, and a name that looks public."""

from __future__ import annotations

import socket

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
