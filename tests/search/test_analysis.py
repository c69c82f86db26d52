import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.search.index.lexical import term_key
from sciknow.search.language.analysis import fold, pieces, stem, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the reanalyses of ERA5", ["reanalys", "era5"]),
        ("ERA5-Land", ["era5", "land", "era5land"]),
        ("PM2.5 and 1,000 m", ["pm2", "5", "pm25", "1000", "m"]),
        ("Schrödinger's café", ["schroding", "cafe"]),
        ("海冰", ["海冰"]),
        ("冰", ["冰"]),
        ("HRRR 3公里预报", ["hrrr", "3", "公里", "里预", "预报"]),
        ("", []),
    ],
)
def test_terms(text, expected):
    assert terms(text) == expected


def test_full_width_and_upper_case_are_folded():
    assert fold("ＥＲＡ５") == "era5"
    assert fold("𝐀İ") == "ai"
    assert terms("MONITORING") == terms("monitored") == [stem("monitoring")]


@given(st.text(max_size=200))
def test_any_text_has_terms_without_space_that_are_found_again(text):
    for term in terms(text, stopwords=True):
        assert term
        assert not any(char.isspace() for char in term)
        assert 0 <= term_key(term) < 2**32
    assert " ".join(pieces(text)) == " ".join(pieces(" ".join(pieces(text))))
