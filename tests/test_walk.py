"""How many files of ours someone passes who follows a question, or an opening, to its end.

Counted by what really runs: a warm call is traced, and the files whose functions it enters are
counted, without the ground rooms that everything stands on and without the model.
"""

import sys
from pathlib import Path

import pytest
from test_architecture import LEVELS

import sciknow as sk
from sciknow.hub import embedded_hub

PACKAGE = Path(sk.__file__).parent
GROUND = set().union(*LEVELS[: LEVELS.index({"wire"})])
"""The rooms below the wire: the ground, the model, and what knows places, axes, RDF and html."""
MOST = 17
"""A question asked again: with what a hub keeps whole, and what is preferred among equals."""
NEW = 31
"""Files that a question passes which was never asked: reading its words and its wishes as well."""
OPENED = 24
"""Files that an opening passes: half of them hold what came against what it may be."""
FURTHER = {"landsat-rgb-sample": 26}
"""Openings that pass more: GeoTIFF, whose tags we read."""


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
    new, warm = (passed(lambda: hub.search(question)) for _ in range(2))
    assert 3 < len(warm) <= MOST, warm
    assert len(warm) < len(new) <= NEW, new


def test_an_opening_passes_few_files(hub):
    """Each dataset that ships with its data, opened as a hit."""
    shipped = [dataset.id for dataset in hub if any(way.offline for way in dataset.distributions)]
    assert len(shipped) > 5
    for name in shipped:
        hit = next(hit for hit in hub.search(name, offline=True, limit=100) if hit.id == name)
        hit.open()
        found = passed(hit.open)
        assert 3 < len(found) <= FURTHER.get(name, OPENED), (name, found)
