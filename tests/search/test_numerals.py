"""Numbers in words: every number that can be written comes back; words around them stay."""

import pytest

from sciknow.search.language.numerals import in_figures, zh_number

FIGURES = "零一二三四五六七八九"


def in_words(number: int) -> str:
    """Write a number up to 9,999 as one does in Chinese."""
    said = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        figure = number // unit % 10
        if figure:
            said += FIGURES[figure] + name
        elif said and number % unit and not said.endswith("零"):
            said += "零"
    return said


def test_every_number_in_positions_is_read():
    assert [zh_number(in_words(number)) for number in range(1, 10_000)] == list(range(1, 10_000))


@pytest.mark.parametrize(
    ("text", "number"),
    [("一九八〇", 1980), ("二零二零", 2020), ("两百", 200), ("百二十", 120), ("二百五", 250)],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert zh_number(text) == number


@pytest.mark.parametrize(
    "text", ["三江源", "高分一号", "二氧化碳", "四川", "一带一路", "统一大气再分析"]
)
def test_numerals_in_names_stay(text):
    assert in_figures(text) == text
