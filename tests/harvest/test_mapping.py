"""Fields as they are written anywhere."""

import pytest

from sciknow.harvest import mapping
from sciknow.model import LangString, PeriodOfTime


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1979-01-01/2020-12-31", ("1979-01-01", "2020-12-31")),
        ("1979-01-01T00:00:00Z/..", ("1979-01-01", "")),
        ("1979/present", ("1979", "")),
        ("../2020", ("", "2020")),
        ("1979 - 2020", ("1979", "2020")),
        ("1979–2020", ("1979", "2020")),
        ("1979年", ("", "")),
        ("2020/1979", ("", "")),
        ("spring/summer", ("", "")),
        ("1979/somewhen", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_period_from_one_text(written, meant):
    assert mapping.period(written) == PeriodOfTime(*meant)


@pytest.mark.parametrize(
    ("start", "end", "meant"),
    [
        ("1979-01", "至今", ("1979-01", "")),
        ("19790101", "20201231", ("1979-01-01", "2020-12-31")),
        ("2020/1/5", "2020/2/6", ("2020-01-05", "2020-02-06")),
        (None, "ongoing", ("", "")),
        ("1979", "unknown", ("", "")),
    ],
)
def test_a_period_from_two_ends(start, end, meant):
    assert mapping.period(start, end or "") == PeriodOfTime(*meant)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<script>alert(1)</script>ice", "ice"),
        ("a &amp; b &#x4e2d;", "a & b 中"),
        ("p < 0.05 and q > 1", "p < 0.05 and q > 1"),
        ("\u202eevil\x00", "evil"),
        (["a"], ""),
        (True, ""),
        ("x" * 30_000, "x" * 19_999 + "…"),
    ],
)
def test_a_text_is_plain(value, text):
    assert mapping.plain(value) == text


def test_each_language_stands_under_its_own_tag():
    found = mapping.words([("de", "Meereis"), ("zh-Hans", "海冰"), ("en-GB", "sea ice")])
    assert found == LangString(en="sea ice", zh="海冰")
    assert mapping.words([("de", "Meereis"), ("fr", "banquise")]) == LangString(en="Meereis")
    assert mapping.words([("de", "Meereis"), ("zh", "海冰")]) == LangString(zh="海冰")
    assert mapping.words("海冰 data") == LangString(zh="海冰 data")
    assert mapping.words({"x": {"y": None}}) == LangString()


@pytest.mark.parametrize(
    ("values", "licence", "rights"),
    [
        (("cc-by", "Creative Commons Attribution"), "CC-BY", ""),
        (("http://creativecommons.org/licenses/by/4.0/",), "CC-BY-4.0", ""),
        (
            ("other-closed", "https://example.org/terms"),
            "https://example.org/terms",
            "other-closed",
        ),
        (("Ask the author",), "", "Ask the author"),
        ((None, "", []), "", ""),
    ],
)
def test_licences(values, licence, rights):
    assert mapping.licence(*values) == (licence, LangString(en=rights))


@pytest.mark.parametrize(
    ("value", "doi"),
    [
        ("doi:10.25921/RE9P-PT57", "10.25921/re9p-pt57"),
        ("https://dx.doi.org/10.25921/re9p-pt57", "10.25921/re9p-pt57"),
        ("Cite as: https://doi.org/10.25921/re9p-pt57.", "10.25921/re9p-pt57"),
        ("version 10.2", ""),
        (None, ""),
    ],
)
def test_a_doi_in_any_spelling(value, doi):
    assert mapping.doi(value) == doi


def test_people_are_known_by_their_orcid_and_organisations_by_their_ror():
    person = mapping.agent("Carberry, Josiah", "https://orcid.org/0000-0002-1825-0097")
    assert (person.id, person.orcid, person.kind) == (
        "0000-0002-1825-0097",
        "0000-0002-1825-0097",
        "person",
    )
    assert mapping.agent("X", "0000-0002-1825-0098").orcid == ""
    assert mapping.agent("NOAA", "https://ror.org/02z5nhe81").id == "02z5nhe81"
    assert mapping.agent("", "https://ror.org/02z5nhe81") is None
    assert mapping.agent("中国科学院").id == mapping.agent("中国科学院").id


def test_ids_stay_apart_where_letters_were_lost():
    names = ["a/b", "a:b", "A-B", "a-b", "海冰", "海水", "x" * 200, "x" * 201, ".", ".."]
    found = {mapping.dataset_id("s", name) for name in names}
    assert len(found) == len(names)
