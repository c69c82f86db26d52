"""One built hub a test run, and the order and the end of a soak."""

import time

import pytest
from amount import SEED, SOAK, lot

START = time.monotonic()


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
