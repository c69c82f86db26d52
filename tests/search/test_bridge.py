"""The Chinese bridge: compiled as the package's set-up compiles it."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import DegradedWarning, IntegrityError, InvalidInput
from sciknow.search.language import bridge as module
from sciknow.search.language.bridge import MAX_WORD, Bridge, Label, open_bridge
from sciknow.search.language.bridge_build import dictionary, read_glossary, shipped_glossary
from sciknow.search.language.bridge_labels import Bilingual, by_word, renderings
from sciknow.text import has_han


@pytest.fixture(scope="module")
def bridge():
    opened = open_bridge()
    assert opened is not None, "run scripts/make_bridge.py"
    return opened


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("海冰", "sea ice"),
        ("统计降尺度", "statistical downscaling"),
        ("全球30米数字高程模型", "global 30 m digital elevation model"),
        ("HRRR 3公里预报", "HRRR 3 km forecast"),
        ("XCO2 柱浓度", "XCO2 column concentration"),
        ("上世纪四五十年代", "1940s 1950s"),
        ("风云四号和哨兵二号卫星影像", "Fengyun-4 Sentinel-2 satellite imagery"),
        ("重力卫星监测水储量变化", "gravity satellite monitoring water storage change"),
        ("联合国外空物体", "United Nations outer space object"),
        ("太阳能电池的热阻", "solar cells thermal resistance"),
        ("的了吗", ""),
        ("plain English", "plain English"),
        ("", ""),
    ],
)
def test_words_are_rendered(bridge, chinese, english):
    assert bridge.translate(chinese).english == english


@pytest.mark.parametrize(
    ("taiwan", "english"),
    [
        ("解析度", "resolution"),
        ("網格", "grid"),
        ("品質", "quality"),
        ("資料集", "dataset"),
        ("衛星影像", "satellite imagery"),
        ("土石流", "debris flow"),
        ("颱風", "typhoon"),
        ("氣膠", "aerosol"),
        ("雷射雷達", "lidar"),
        ("光達", "lidar"),
        ("遙測", "remote sensing"),
        ("細懸浮微粒", "PM2.5"),
        ("海表溫度", "sea surface temperature"),
        ("聖嬰現象", "El Nino"),
        ("基因體", "genome"),
        ("奈米", "nano"),
    ],
)
def test_words_used_in_taiwan_are_rendered(bridge, taiwan, english):
    first = " ".join(word.glosses[0] for word in bridge.translate(taiwan).words)
    assert first in (english, english.replace("imagery", "image"))


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("氣象雷達", "气象雷达"), ("資料", "数据"), ("全球", "全球"), ("sea ice", "sea ice")],
)
def test_traditional_characters_become_simplified(bridge, traditional, simplified):
    assert bridge.simplify(traditional) == simplified


def test_a_hubs_own_label_comes_before_the_dictionary(bridge):
    labels = {"两极海冰": Label("polar-ice", ("ice of both poles",))}
    words = bridge.translate("两极海冰范围", labels).words
    assert (words[0].text, words[0].concept, words[0].glosses) == (
        "两极海冰",
        "polar-ice",
        ("ice of both poles",),
    )


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=60))
def test_the_words_of_a_text_are_the_text(chinese):
    opened = open_bridge()
    translation = opened.translate(chinese)
    assert "".join(word.text for word in translation.words) == translation.text.replace(" ", "")


def test_a_file_that_is_no_bridge_is_refused(tmp_path):
    (tmp_path / "x.sqlite").write_bytes(b"nonsense" * 200)
    with pytest.raises(IntegrityError, match="make_bridge"):
        Bridge(tmp_path / "x.sqlite")


def test_the_bridge_is_opened_read_only(bridge):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        bridge._database.execute("delete from word")


def test_without_a_bridge_the_user_is_told(monkeypatch):
    monkeypatch.setattr(module, "bridge_path", lambda: None)
    with pytest.warns(DegradedWarning, match=r"make_bridge\.py"):
        assert open_bridge() is None


def test_the_glossary_has_no_term_twice_and_reads_well():
    from importlib.resources import files

    lines = (files("sciknow.search.language") / "glossary.tsv").read_text("utf-8").splitlines()
    terms = [term for term, _ in read_glossary(lines)]
    assert len(terms) == len(set(terms)) == len(shipped_glossary())


def test_every_term_of_the_glossary_can_be_found_in_a_question():
    for term in shipped_glossary():
        assert 1 <= len(term) <= MAX_WORD
        assert all(has_han(char) for char in term), term


def test_a_concepts_label_is_a_word_where_the_hub_has_no_concepts(bridge):
    assert "树薯" not in shipped_glossary()
    word, *rest = bridge.translate("树薯").words
    assert (word.glosses[0], rest) == ("cassava", [])


def test_preferred_labels_render_each_other():
    label = Bilingual("冻土活动层", True, ("active layer", "thaw depth"))
    assert renderings(label, (), [("permafrost",), ("active layer",)])[0] == "active layer"


def test_another_label_is_rendered_by_the_one_that_its_words_tell():
    label = Bilingual("融化深度层", False, ("active layer", "thaw depth"))
    assert renderings(label, (), [("thaw",), ("depth",)])[0] == "thaw depth"


def test_the_dictionary_speaks_first_for_short_words_and_where_no_label_agrees():
    short = Bilingual("骑行", False, ("cycling", "bicycle counts"))
    assert renderings(short, ("ride", "cycling"), []) == ("ride", "cycling")
    other = Bilingual("护士站", False, ("health personnel",))
    assert renderings(other, ("nurse station",), []) == ("nurse station", "health personnel")


def test_of_labels_that_concepts_share_a_preferred_one_is_taken():
    labels = [Bilingual("湿地", False, ("peatland",)), Bilingual("湿地", True, ("wetland",))]
    assert by_word(labels)["湿地"].english == ("wetland",)
    assert not by_word([Bilingual(zh, True, ("lake",)) for zh in ("湖", "湖A")])


def test_everyday_senses_come_before_coarse_and_old_ones():
    assert dictionary()["孩提"][:2] == ("young child", "infant")


def test_a_broken_glossary_line_is_named():
    with pytest.raises(InvalidInput, match="line 2"):
        list(read_glossary(["海冰\tsea ice", "no tab here"]))
