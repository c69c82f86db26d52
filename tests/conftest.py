"""One built hub a test run, and the order and the end of a soak."""

import os
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
