"""One built hub a test run, and the order and the end of a soak."""

import os
import socket
import time

import pytest
from amount import SEED, SOAK, lot
from filelock import FileLock
from hypothesis import settings

START = time.monotonic()
settings.register_profile("sciknow", deadline=None)  # no test fails because the machine is busy
settings.load_profile("sciknow")


def pytest_report_header():
    if SOAK:
        return f"soak: {SOAK:g} minutes, again by: make soak SOAK={SOAK:g} SEED={SEED}"
    return None


def pytest_collection_modifyitems(items):
    """Put the files of a soak in another order each time: it ends with its minutes."""
    if SOAK:
        files = sorted({item.path for item in items})
        lot("order").shuffle(files)
        items.sort(key=lambda item: files.index(item.path))


def pytest_runtest_setup():
    if SOAK and time.monotonic() - START > 60 * SOAK:
        pytest.skip("the minutes of this soak are over")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return a function that makes a folder once a test run: the first worker does, others wait."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def call(name, make):
        folder, done = base / name, base / f"{name}.done"
        with FileLock(base / f"{name}.lock"):
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return call


@pytest.fixture(scope="session")
def small_hub(once):
    """Return the folder of a small hub that tests only read."""

    from hub.small_source import write_source

    import sciknow

    def make(folder):
        sciknow.build_hub(write_source(folder)).close()

    return once("small-hub", make)


@pytest.fixture
def names(monkeypatch):
    """Give names addresses; of a name that is asked for again the next ones."""
    real = socket.getaddrinfo
    turning = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    known = {
        "data.example.org": lambda: ["127.0.0.1"],
        "inner.example.org": lambda: ["127.0.0.1"],
        "both.example.org": lambda: ["8.8.8.8", "127.0.0.1"],
        "turning.example.org": lambda: next(turning, ["127.0.0.1"]),
    }

    def asked(host, port, *rest, **more):
        found = known.get(host, lambda: [host])()
        return [item for one in found for item in real(one, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    # nobody is there in this test, so that a name which turns is seen to be asked for no address
    # but the one that was judged
    reached = []
    connect = socket.socket.connect

    def connecting(self, address):
        if address[0] == "8.8.8.8":
            reached.append(address)
            raise ConnectionRefusedError("not in a test")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    return reached
