"""Each kind of mistake that samples of the cards found is caught when it comes back."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sciknow.graph.knowledge import Knowledge
from sciknow.model import (
    Activity,
    Agent,
    Dataset,
    Distribution,
    LangString,
    PeriodOfTime,
    Publication,
)
from sciknow.vocab import Sector

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from knowledge.base import Base  # noqa: E402
from knowledge.clauses import clause_faults  # noqa: E402
from knowledge.kinds import check_kinds  # noqa: E402

LAKE = "https://example.org/lake.yaml"
READ = Activity(source="https://example.org/page", accessed="2026-12-01", fields=("title",))
CARD = Dataset(
    id="sst",
    title=LangString("Sea surface temperature, version 4", "海表温度第4版"),
    description=LangString("Daily means on a grid of 25 km.", "25公里格网逐日平均。"),
    sector=Sector.OCEAN,
    publisher="noaa",
    version="4.1",
    landing_page="https://example.org/sst",
    temporal=PeriodOfTime("1981"),
    provenance=(READ,),
)
PAPER = Publication(
    id="paper",
    title=LangString("A paper on the temperature of the sea"),
    url="https://journal.example/articles/1",
    describes=("sst",),
)


def kinds(*cards, papers=()):
    agents = [("noaa", "NOAA"), ("press", "Springer Nature")]
    base = Base(
        datasets={card.id: (card, "ocean.yaml") for card in cards},
        knowledge=Knowledge(
            agents=tuple(Agent(id=key, name=LangString(name)) for key, name in agents),
            publications=papers,
        ),
    )
    return {item.check for item in check_kinds(base) if not item.note}


def test_a_card_without_them_passes():
    assert kinds(CARD, papers=(PAPER,)) == set()
    assert list(clause_faults(CARD)) == []


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"rights": LangString("Freely available (tier 2)")}, "container"),
        ({"publisher": "press"}, "paper"),
        ({"landing_page": "https://www.nature.com/articles/s41597-020-1"}, "paper"),
        ({"landing_page": "https://github.com/a/b/blob/main/catalog.json"}, "paper"),
        ({"landing_page": "https://www.ncdc.ac.cn/portal/metadata/export_json/1"}, "paper"),
        ({"version": "3.0"}, "version"),
        ({"landing_page": "https://example.org/sst/v2.0/"}, "version"),
        (
            {"distributions": (Distribution(id="a", access_url="https://x.org/b/master/c.csv"),)},
            "version",
        ),
        ({"provenance": (replace(READ, source="https://www.scribd.com/x"),)}, "weak source"),
    ],
)
def test_a_kind_is_caught_and_a_note_explains_it(change, check):
    card = replace(CARD, **change)
    assert kinds(card) == {check}
    told = replace(
        card.provenance[0],
        fields=("publisher", "landing_page", "version"),
        note="The publisher says so of this dataset itself.",
    )
    left = kinds(replace(card, provenance=(told,)))
    assert left == ({check} if check == "container" else set())


def test_terms_of_a_container_need_a_note():
    told = replace(READ, source=LAKE, fields=("license",))
    pair = [replace(CARD, id=name, provenance=(told,)) for name in ("a", "b")]
    assert kinds(*pair) == {"container"}
    noted = replace(told, note="Stated for all data of the lake.")
    assert kinds(*[replace(card, provenance=(noted,)) for card in pair]) == set()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"url": "https://github.com/a/b/blob/main/catalog.jsonnet"}, "paper address"),
        ({"url": "https://www.ncdc.ac.cn/portal/metadata/export_json/1"}, "paper address"),
        ({"url": "https://www.worldpop.org/"}, "paper address"),
    ],
)
def test_an_address_that_is_not_the_work_is_caught(change, check):
    assert kinds(CARD, papers=(replace(PAPER, **change),)) == {check}


def test_a_work_that_stands_twice_is_caught():
    other = replace(PAPER, id="other", describes=(), uses=("sst",))
    assert kinds(CARD, papers=(PAPER, other)) == {"same work"}


@pytest.mark.parametrize(
    ("english", "chinese", "expected"),
    [
        ("Daily means on a grid.", "25公里格网逐日平均。", "description.zh has 25"),
        ("Daily means since 1981.", "逐日平均。", "description.en has 1981"),
        ("Daily means.", "由NCEP整理的逐日平均。", "description.zh names NCEP"),
        ("Daily means.", "逐日平均，可用于海洋热浪研究。", "says '可用于'"),
        ("Daily means.", "逐日平均，是最早的同类资料。", "says '最早'"),
    ],
)
def test_a_clause_in_one_language_is_caught(english, chinese, expected):
    card = replace(CARD, description=LangString(english, chinese))
    assert [text for text in clause_faults(card) if expected in text]
