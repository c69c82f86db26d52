"""Misspelt words in both languages, pinyin and mixed scripts."""

from __future__ import annotations

import pytest

import sciknow
from sciknow.hub import embedded_hub
from sciknow.search.language.bridge import open_bridge


@pytest.fixture(scope="module")
def hub():
    with sciknow.open_hub(embedded_hub()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "read", "as_if"),
    [
        ("precipitaton over Africa", "precipitation (precipitaton)", "precipitation over Africa"),
        ("daily temprature", "temperature (temprature)", "daily temperature"),
        ("soil moistrue", "moisture (moistrue)", "soil moisture"),
        ("glacer mass balance", "glacier (glacer)", "glacier mass balance"),
        ("青臧高原积雪", "青藏高原 (青臧高原)", "青藏高原积雪"),
        ("青臧高原積雪", "青藏高原 (青臧高原)", "青藏高原积雪"),
        ("qingzang gaoyuan 积雪", "青藏高原 (qingzang gaoyuan)", "青藏高原 积雪"),
        ("Qingzanggaoyuan jixue", "青藏高原 (Qingzanggaoyuan) and 积雪 (jixue)", "青藏高原 积雪"),
        ("长江流域土壤水汾", "土壤水分 (土壤水汾)", "长江流域土壤水分"),
        ("haibing 逐月", "海冰 (haibing)", "海冰 逐月"),
    ],
)
def test_what_is_misspelt_is_read_as_it_is_meant(hub, question, read, as_if):
    asked = hub.search(question, limit=5)
    chips = {chip.name: chip.phrase for chip in asked.understood}
    assert chips["spelling"] == read
    assert [hit.id for hit in asked] == [hit.id for hit in hub.search(as_if, limit=5)]


@pytest.mark.parametrize(
    "question",
    [
        "precipitation over Africa",
        "whale counts",
        "subway ridership",
        "violin acoustics",
        "ERA5-Land NDVI of the Qinghai Lake basin",
        "Beijing air quality",
        "XCO2 from OCO-2",
        "食品抽检",
        "中国水稻产量分布",
        "北京市空气质量",
        "树有多高，卫星测的",
        "天文学史",
        "二十世纪八十年代以来的气温",
    ],
)
def test_what_is_rare_is_left_alone(hub, question):
    assert not [
        chip for chip in hub.search(question, limit=1).understood if chip.name == "spelling"
    ]


def test_the_chip_can_be_taken_away(hub):
    asked = hub.search("precipitaton over Africa", without=["spelling"], limit=3)
    assert [chip.name for chip in asked.understood] == ["place"]
    assert asked.fits is False


def test_terms_are_read_aloud():
    bridge = open_bridge()
    assert bridge.read_aloud("qingzanggaoyuan") == "青藏高原"
    assert bridge.read_aloud("bingchuan") == "冰川"
    assert bridge.read_aloud("abc") == bridge.read_aloud("nosuchword") == ""
    assert bridge.nearly("青臧高原") == [("青藏高原", True)]
