"""Text handling: what must be dropped is dropped, what is shown fits."""

from hypothesis import given
from hypothesis import strategies as st

from sciknow.text import clean, counted, has_han, human_bytes, language_of, shorten, squeeze, width


def test_control_and_bidi_characters_are_dropped():
    assert clean("a\x00b\u202ec\u200bd\x1b[31m") == "abcd[31m"


def test_line_ends_and_tabs_are_kept_by_clean_and_folded_by_squeeze():
    assert clean("a\n\tb") == "a\n\tb"
    assert squeeze(" a\n\t b ") == "a b"


@given(st.text())
def test_clean_is_idempotent(value):
    assert clean(clean(value)) == clean(value)


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_shortened_text_fits(value, columns):
    assert width(shorten(value, columns)) <= columns


def test_script_detection():
    assert has_han("SST 海温")
    assert not has_han("SST ℃")
    assert language_of("海冰") == "zh"
    assert language_of("sea ice") == "en"


def test_wide_characters_take_two_columns():
    assert width("海ice") == 5


@given(st.integers(min_value=0, max_value=10**16))
def test_bytes_for_people_are_short_and_in_the_right_number(count):
    number, unit = human_bytes(count).split()
    assert float(number) < 1000 or unit == "TB"
    assert (unit == "byte") == (count == 1)
    assert counted(count, "file").endswith("file") == (count == 1)
