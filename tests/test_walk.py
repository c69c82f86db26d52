"""How many files of ours someone passes who follows a question, or an opening, to its end.

Counted by what really runs: a warm call is traced, and the files whose functions it enters are
counted, without the ground rooms that everything stands on and without the model.
"""

import sys
from pathlib import Path

import pytest

import sciknow as sk
from sciknow.hub import embedded_hub

PACKAGE = Path(sk.__file__).parent
GROUND = {
    "errors",
    "text",
    "files",
    "net",
    "_html",
    "vocab",
    "pattern",
    "version",
    "_lazy",
    "model",
}
QUERY = {"again": 18, "new": 30}
"""Files that a question passes on a warm hub, asked again or for the first time; 15 is the aim."""
OPEN = 15
SHOWN = ("zarr", "netcdf", "csv")
FURTHER = {"parquet": 16, "kerchunk": 17}
"""Formats whose own folder is passed in more files than one or two."""


def passed(call):
    """Return the files of ours that a call enters."""
    found = set()

    def enter(frame, event, _):
        path = frame.f_code.co_filename
        if path.startswith(f"{PACKAGE}/"):
            found.add(path.removeprefix(f"{PACKAGE}/"))

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        call()
    finally:
        sys.settrace(before)
    return sorted(name for name in found if name.removesuffix(".py").split("/")[0] not in GROUND)


@pytest.fixture(scope="module")
def hub():
    with sk.open_hub(embedded_hub()) as opened:
        yield opened


@pytest.mark.parametrize("question", ["monthly rain since 1990", "北极海冰 逐月"])
def test_a_question_passes_few_files(hub, question):
    hub.search("ozone over Antarctica 臭氧")  # warms every engine
    first, again = (passed(lambda: hub.search(question)) for _ in range(2))
    assert 3 < len(first) <= QUERY["new"], first
    assert 3 < len(again) <= QUERY["again"], again


@pytest.mark.parametrize("reader", [*SHOWN, *FURTHER])
def test_an_opening_passes_few_files(hub, reader):
    ways = [
        (dataset.id, way.id)
        for dataset in hub
        for way in dataset.distributions
        if way.offline and way.reader == reader
    ]
    hub.open(*ways[0])
    found = passed(lambda: hub.open(*ways[0]))
    assert 3 < len(found) <= FURTHER.get(reader, OPEN), found
