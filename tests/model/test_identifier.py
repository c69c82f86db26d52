"""Identifiers: one canonical form each, check digits verified."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import InvalidInput
from sciknow.model.identifier import (
    bare,
    doi_iri,
    is_meant,
    parse_cstr,
    parse_doi,
    parse_issn,
    parse_orcid,
    parse_ror,
)
from sciknow.model.parse import Where

HERE = Where()


@pytest.mark.parametrize(
    "value",
    ["10.5067/GHGMR-4FJ04", "doi:10.5067/ghgmr-4fj04", "https://doi.org/10.5067/GHGMR-4FJ04"],
)
def test_doi_has_one_form(value):
    assert parse_doi(value, HERE) == "10.5067/ghgmr-4fj04"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://doi.org/10.5067/GHGMR-4FJ04", "10.5067/ghgmr-4fj04"),
        ("http://dx.doi.org/10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("DOI: 10.5067/GHGMR-4FJ04 ", "10.5067/ghgmr-4fj04"),
        ("https://doi.org/10.1002/%28SICI%291097", "10.1002/(sici)1097"),
        ("CSTR:31253.11.sciencedb.01121", "31253.11.sciencedb.01121"),
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://ror.org/02z5nhe81", "02z5nhe81"),
        ("doi.org/10.5067/GHGMR-4FJ04", "10.5067/ghgmr-4fj04"),
        ("https://www.doi.org/10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("https://doi.org/doi:10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("DOI 10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("urn:doi:10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("info:doi/10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("<https://doi.org/10.5067/ghgmr-4fj04>.", "10.5067/ghgmr-4fj04"),
        ("(10.5067/ghgmr-4fj04)。", "10.5067/ghgmr-4fj04"),
        ("10.5067/ghgmr-4fj04, ", "10.5067/ghgmr-4fj04"),
        ("\u3000ＤＯＩ：１０.5067／ＧＨＧＭＲ-4ＦＪ04", "10.5067/ghgmr-4fj04"),
        ("10.5067/ghgmr\u200b-4fj04", "10.5067/ghgmr-4fj04"),
        ("10.5067%2Fghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("https%3A%2F%2Fdoi.org%2F10.5067%2Fghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        ("10.1016/0012-821X(89)90028-5", "10.1016/0012-821x(89)90028-5"),
        ("(10.1016/0012-821X(89)90028-5)", "10.1016/0012-821x(89)90028-5"),
        ("sea-ice", "sea-ice"),
        ("https://example.org/a", "https://example.org/a"),
    ],
)
def test_any_form_of_an_identifier_is_bared(text, expected):
    assert bare(text) == expected
    assert is_meant(text.strip()) is (text != "sea-ice")


def test_cstr_has_one_form():
    assert parse_cstr("CSTR:31253.11.sciencedb.01121", HERE) == "31253.11.sciencedb.01121"


@pytest.mark.parametrize(
    ("parser", "good"),
    [(parse_orcid, "0000-0002-1825-0097"), (parse_ror, "02z5nhe81"), (parse_issn, "0894-8755")],
)
def test_any_wrong_digit_is_found(parser, good):
    assert parser(good, HERE) == good
    places = [place for place, char in enumerate(good) if char.isdigit() and place > 0]
    for place in places:
        wrong = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
        with pytest.raises(InvalidInput):
            parser(wrong, HERE)


@pytest.mark.parametrize(
    ("parser", "value"),
    [
        (parse_doi, "10.１000/abc"),
        (parse_doi, "10.1000/ａbc"),
        (parse_doi, "10.1000/a\u200bb"),
        (parse_doi, "10.1000/a\u3000b"),
        (parse_cstr, "３1253.11.sciencedb.01121"),
        (parse_orcid, "０000-0002-1825-0097"),
        (parse_orcid, "0000-0002-1825-009\u0667"),
        (parse_ror, "02z5nhe8１"),
        (parse_issn, "０894-8755"),
    ],
)
def test_a_card_writes_identifiers_in_half_width(parser, value):
    with pytest.raises(InvalidInput, match="allowed is"):
        parser(value, HERE)


@pytest.mark.parametrize(
    ("doi", "address"),
    [
        ("10.5067/ghgmr-4fj04", "10.5067/ghgmr-4fj04"),
        (
            "10.1002/(sici)1097(19990101)19:1<1::aid-joc1>3.0.co;2-#",
            "10.1002/(sici)1097(19990101)19:1%3C1::aid-joc1%3E3.0.co;2-%23",
        ),
        ("10.1000/a?b", "10.1000/a%3Fb"),
        ("10.1000/a%20b", "10.1000/a%2520b"),
        ("10.1000/a b", "10.1000/a%20b"),
        ("10.1000/a[b]{c}|d\\e^f`g", "10.1000/a%5Bb%5D%7Bc%7D%7Cd%5Ce%5Ef%60g"),
        ("10.1000/海", "10.1000/%E6%B5%B7"),
    ],
)
def test_the_address_of_a_doi_is_escaped(doi, address):
    assert doi_iri(doi) == f"https://doi.org/{address}"
    assert bare(doi_iri(doi)) == doi


@given(st.text() | st.none() | st.integers())
def test_anything_else_is_refused_cleanly(value):
    for parser in (parse_doi, parse_cstr, parse_orcid, parse_ror, parse_issn):
        with contextlib.suppress(InvalidInput):
            assert isinstance(parser(value, HERE), str)
