"""The honest no: whether any record is about what a question asks for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import sciknow
from sciknow.hub import embedded_hub
from sciknow.search.rank.held import LEAST, themes
from sciknow.search.wish.purpose import asked_for, is_hollow

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from held import FORMS, SOURCES, questions, rows, wilson

EVERY = 9
"""One question in so many is asked here; benchmarks/held.py asks all of them."""


@pytest.fixture(scope="module")
def hub():
    with sciknow.open_hub(embedded_hub()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ("sea ice", True),
        ("海冰 逐月", True),
        ("whale counts", False),
        ("围棋 对局", False),
        ("subway ridership in Kenya since 2000", False),
        ("I am writing a thesis on sea ice and need data of several years", True),
        ("I am writing a thesis on chess games and need data of several years", False),
    ],
)
def test_a_theme_that_no_record_has_is_told(hub, question, fits):
    hits = hub.search(question, limit=3)
    assert hits.fits is fits
    assert bool(hits.missing) is not fits
    assert len(hits) == 3, "the nearest are shown all the same"


def test_it_says_what_is_missing_and_what_is_nearest(hub):
    hits = hub.search("whale counts in Kenya since 2000", limit=3)
    assert hits.missing == "whale counts"
    assert "no dataset of whale counts; nearest: " in hits.summary
    assert hits[0].title.best()[:20] in hits.summary
    assert hits.summary in repr(hits)
    assert "没有“鲸鱼数量”的数据集" in hub.search("鲸鱼数量")._repr_html_()
    hits.elsewhere = ("a registry",)
    assert "these registered sources may hold it: a registry" in hits.summary


def test_a_chip_that_no_record_on_the_theme_meets_is_told(hub):
    hits = hub.search("sea ice thickness before 1800", limit=3)
    assert hits.fits
    assert hits.unmet == ("until 1800",)
    assert "none on the theme is known to meet: until 1800" in hits.summary
    assert hub.search("sea ice since 1990").unmet == ()


def test_it_is_told_of_datasets_that_are_asked_for_only(hub):
    assert hub.search("whale counts", kind="concept").fits is None
    assert hub.similar("whale counts").fits is None


def test_the_page_makes_no_difference(hub):
    first = hub.search("whale counts", limit=2)
    assert first.next().fits is first.fits is False


def test_every_record_is_weighed_by_the_theme_alone(index):
    plain, placed = (
        index.search(text).asked() for text in ("sea ice", "sea ice in Kenya since 1990")
    )
    assert themes(plain).max() == pytest.approx(themes(placed).max(), abs=1e-6)
    assert (themes(index.search("tax law of Peru").asked()) < LEAST).all()


@pytest.mark.parametrize(
    ("question", "core"),
    [
        ("I am writing a thesis on coral reefs and need data that cover many years", "coral reefs"),
        ("我的论文研究水文学，需要覆盖多年的数据，来源能够引用", "水文学"),
        ("I'm training a model and need weather radar archives", "weather radar archives"),
        ("I need data", None),
    ],
)
def test_hollow_words_are_not_what_is_asked_for(question, core):
    found = asked_for(question)
    assert (found and question[slice(*found)]) == core


def test_hollow_words_are_told_apart():
    assert is_hollow("data of several years")
    assert is_hollow("多年的数据")
    assert not is_hollow("水的数据")


def test_questions_are_of_one_form():
    every = list(rows())
    assert len({line[:4] for line in every}) == len(every)
    for half, held, language, text, form in every:
        assert half in ("set", "check")
        assert held in ("yes", "no")
        assert language in ("en", "zh")
        assert not form or (language, form) in FORMS
        assert half == "set" or text.partition(":")[0] in SOURCES
    for held in ("yes", "no"):
        for language in ("en", "zh"):
            own = [line for line in every if line[:3] == ("check", held, language)]
            assert len(own) == 50


def test_most_questions_are_answered_rightly(hub):
    right = {True: [], False: []}
    for item in [one for one in questions("set") if one.source == "own"][::EVERY]:
        right[item.held].append(hub.search(item.text, limit=1).fits is item.held)
    assert all(len(found) > 10 for found in right.values())
    assert sum(right[True]) / len(right[True]) >= 0.9
    assert sum(right[False]) / len(right[False]) >= 0.8


def test_an_interval_is_wilsons():
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-3)
    assert wilson(0, 10)[0] == 0
    assert wilson(0, 0) == (0.0, 1.0)
