"""Each broken card is refused with its place, what was found and what is allowed."""

import copy

import pytest

from sciknow.errors import InvalidInput
from sciknow.model.card import parse_card
from sciknow.model.parse import Where

CARD = {
    "title": {"en": "Sea ice", "zh": "海冰"},
    "description": {"en": "Where the ice is."},
    "publisher": "noaa",
    "landing_page": "https://example.org/ice",
    "theme": ["sea-ice"],
    "provenance": [
        {"source": "https://example.org/ice", "accessed": "2026-11-24", "fields": ["title"]}
    ],
}


def parse(**changes):
    card = copy.deepcopy(CARD) | changes
    return parse_card("ice", card, Where("ocean.yaml") @ "ice")


def test_the_plain_card_passes():
    dataset, ways = parse()
    assert dataset.title.zh == "海冰"
    assert dataset.landing_page == "https://example.org/ice"
    assert ways == ()


BROKEN = {
    "unknown key": ({"bbox": [0, 0, 1, 1]}, "key bbox: found an unknown key"),
    "wrong type": ({"theme": "sea-ice"}, "key theme: found 'sea-ice', allowed is a list"),
    "empty text": ({"title": {"en": "  "}}, "key title.en: found an empty text"),
    "unknown language": ({"title": {"fr": "glace"}}, "key title.fr"),
    "bad url": ({"landing_page": "ftp//x"}, "key landing_page"),
    "credentials": ({"landing_page": "https://u:p@example.org/"}, "without credentials"),
    "script url": ({"landing_page": "javascript:alert(1)"}, "key landing_page"),
    "bad doi": ({"doi": "11.5/x"}, "allowed is a DOI"),
    "bad cstr": ({"cstr": "x"}, "allowed is a CSTR"),
    "box order": ({"spatial": {"bbox": [0, 10, 1, -10]}}, "key spatial.bbox"),
    "box size": ({"spatial": {"bbox": [0, 10, 1]}}, "four: west, south, east, north"),
    "box range": ({"spatial": {"bbox": [0, -91, 1, 10]}}, "latitudes from -90 to 90"),
    "box nan": ({"spatial": {"bbox": [0, float("nan"), 1, 10]}}, "key spatial.bbox.1"),
    "box bool": ({"spatial": {"bbox": [True, 0, 1, 10]}}, "allowed is a number"),
    "period order": ({"temporal": {"start": "2001", "end": "1999"}}, "starts before it ends"),
    "no such day": ({"temporal": {"start": "2001-02-30"}}, "a date that exists"),
    "duration": ({"resolution": {"duration": "daily"}}, "an ISO 8601 duration"),
    "access": ({"access_rights": "free"}, "one of open, registration, restricted"),
    "sector": ({"sectors": ["sea"]}, "key sectors.0"),
    "slug": ({"publisher": "NOAA!"}, "key publisher"),
    "standard name": ({"variables": [{"name": "t", "standard_name": "Air T"}]}, "CF standard name"),
    "license": ({"license": "do what you like"}, "SPDX identifier"),
    "evidence": (
        {"distributions": [{"id": "x", "access_evidence": [{"source": "https://a.org/"}]}]},
        "opened_with: found nothing",
    ),
    "two ways": ({"distributions": [{"id": "x", "access_url": "https://a.org/"}]}, "both id"),
    "no way": ({"distributions": [{}]}, "neither id nor access_url"),
    "no source": ({"provenance": [{"accessed": "2026-11-24", "fields": ["a"]}]}, "source"),
    "no fields": (
        {"provenance": [{"source": "https://a.org/", "accessed": "2026", "fields": []}]},
        "the names of the fields",
    ),
    "too long": ({"title": {"en": "x" * 30_000}}, "at most 20,000"),
    "missing": ({"publisher": None}, "this key is required"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_cards_are_refused(name):
    changes, expected = BROKEN[name]
    with pytest.raises(InvalidInput) as caught:
        parse(**changes)
    message = str(caught.value)
    assert message.startswith("ocean.yaml: entry ice: key ")
    assert expected in message


def test_bidi_and_control_characters_do_not_reach_the_record():
    dataset, _ = parse(title={"en": "Sea\u202e ice\x07"})
    assert dataset.title.en == "Sea ice"


@pytest.mark.parametrize("identifier", ["", "Upper", "../up", "a b", "a" * 121, "-x", "é"])
def test_bad_identifiers_are_refused(identifier):
    with pytest.raises(InvalidInput, match="allowed is an id"):
        parse_card(identifier, CARD, Where("f"))
