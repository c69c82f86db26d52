"""The Chinese bridge: compiled as the package's set-up compiles it."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import DegradedWarning, IntegrityError, InvalidInput
from sciknow.search import bridge as module
from sciknow.search.bridge import Bridge, Label, open_bridge
from sciknow.search.bridge_build import read_glossary, shipped_glossary


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
        ("的了吗", ""),
        ("plain English", "plain English"),
        ("", ""),
    ],
)
def test_words_are_rendered(bridge, chinese, english):
    assert bridge.translate(chinese).english == english


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

    lines = (files("sciknow.search") / "glossary.tsv").read_text("utf-8").splitlines()
    terms = [term for term, _ in read_glossary(lines)]
    assert len(terms) == len(set(terms)) == len(shipped_glossary())


def test_a_broken_glossary_line_is_named():
    with pytest.raises(InvalidInput, match="line 2"):
        list(read_glossary(["海冰\tsea ice", "no tab here"]))
