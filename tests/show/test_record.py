"""A record as html: in either language, strict, and nothing from elsewhere is markup."""

from dataclasses import replace

import html5lib
import pytest

from sciknow.model import (
    Dataset,
    Distribution,
    LangString,
    PeriodOfTime,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.show.hits import Found, hits_table
from sciknow.show.page import both, page
from sciknow.show.record import fields, record

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e'


class Names:
    """Says names as they are, with the language."""

    def name_of(self, agent, language="en"):
        return f"{agent} in {language}"

    def label_of(self, concept, language="en"):
        return f"{concept} in {language}"


ICE = Dataset(
    id="ice",
    title=LangString("Sea ice", "海冰"),
    publisher="nsidc",
    landing_page="https://example.org/ice",
    license="https://example.org/terms",
    spatial=SpatialCoverage(bbox=(-180.0, 60.0, 180.0, 90.0), name=LangString("Arctic", "北极")),
    temporal=PeriodOfTime("1979"),
    resolution=Resolution(degrees=0.25, duration="P1D"),
    variables=(Variable(name="siconc", standard_name="sea_ice_area_fraction", units="1"),),
    distributions=(Distribution(id="ice-nc", access_url="https://example.org/a.nc"),),
)


def found(dataset, variable=None):
    reasons = (("word", "ice 50%"), ("score", "words 50%"))
    return Found("ice", 0.5, dataset, variable, "ice", reasons)


def test_every_field_is_written():
    assert dict(fields(ICE, Names())) == {
        "id": "ice",
        "title": "Sea ice\n海冰",
        "description": "",
        "publisher": "nsidc in en",
        "sectors": "",
        "identifier": "https://example.org/ice",
        "landing page": "https://example.org/ice",
        "licence": "https://example.org/terms",
        "access": "",
        "where": "Arctic  -180 60 180 90",
        "when": "1979 – now",
        "resolution": "0.25° P1D",
        "variables": "siconc sea_ice_area_fraction [1]",
        "concepts": "",
        "opens": "ice-nc: no reader https://example.org/a.nc",
        "read at": "",
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["publisher", "nsidc in en", "1979 – now", "where", ">terms<"]),
        (
            "zh",
            [
                "发布者",
                "nsidc in zh",
                "1979 – 今",
                "地点",
                ">使用条款<",
                "匹配原因",
                "段落与得分构成",
            ],
        ),
    ],
)
def test_headings_come_in_the_language(language, words):
    shown = record(ICE, Names(), language) + hits_table("dataset", [found(ICE)], Names(), language)
    html5lib.HTMLParser(strict=True).parseFragment(shown)
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("kind", ["dataset", "variable"])
def test_hostile_records_stay_words(kind):
    evil = replace(
        ICE,
        title=LangString(EVIL, EVIL + "冰"),
        license="javascript://alert(1)",
        landing_page="javascript:alert(1)",
        variables=(Variable(name=EVIL, units=EVIL, long_name=LangString(EVIL)),),
    )
    variable = evil.variables[0] if kind == "variable" else None
    shown = record(evil, Names()) + hits_table(kind, [found(evil, variable)], Names())
    html5lib.HTMLParser(strict=True).parseFragment(shown)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\u202e" not in shown
    assert 'href="javascript' not in shown


def test_a_page_allows_no_script_and_is_whole():
    shown = page("a <b>", both("dataset"), both(LangString("ice", "")), style="b{color:red}")
    html5lib.HTMLParser(strict=True).parse(shown)
    assert "default-src 'none'" in shown.replace("&#x27;", "'")
    assert "<title>a &lt;b&gt;</title>" in shown
    assert '<span class="zh" lang="zh">数据集</span>' in shown
    assert '<span lang="en">ice</span>' in shown
