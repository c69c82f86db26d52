"""The registered sources: a strict schema, and every one with evidence."""

import copy

import pytest
import yaml

from sciknow.catalogs import read_sources, source_named
from sciknow.errors import InvalidInput, NotFound
from sciknow.harvest.registry import installed_protocols
from sciknow.hub import packaged_source
from sciknow.model.licence import canonical
from sciknow.vocab import Sector

SHIPPED = read_sources(packaged_source() / "catalogs")
CARD = {
    "title": {"en": "Example"},
    "protocol": "ckan",
    "address": "https://example.org/",
    "sectors": ["ocean"],
    "evidence": [
        {"source": "https://example.org/x", "opened_with": "ckanapi", "accessed": "2026-12-01"}
    ],
}


def read(tmp_path, card):
    (tmp_path / "sources.yaml").write_text(yaml.safe_dump({"sources": {"example": card}}))
    return read_sources(tmp_path)


def test_a_source_is_read(tmp_path):
    found = read(tmp_path, CARD)["example"]
    assert found.asked().address == "https://example.org/"
    assert found.asked(sets=("a",)).sets == ("a",)
    assert found.asked().sectors == ("ocean",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"adress": "x"}, "unknown key"),
        ({"evidence": []}, "where this very address is used"),
        ({"evidence": None}, "this key is required"),
        ({"address": "file:///etc/passwd"}, "http"),
        ({"sectors": ["sea"]}, "one of"),
        ({"every": -1}, "from 0"),
        ({"protocol": "../x"}, "an id"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_place(tmp_path, change, said):
    with pytest.raises(InvalidInput, match=r"sources\.yaml: entry example") as error:
        read(tmp_path, copy.deepcopy(CARD) | change)
    assert said in str(error.value)


def test_an_unknown_source_is_answered_with_the_closest():
    with pytest.raises(NotFound, match="no source"):
        source_named(SHIPPED, "no-such-source-at-all")


@pytest.mark.parametrize("source", SHIPPED.values(), ids=lambda source: source.id)
def test_a_shipped_source_speaks_a_protocol_that_is_installed(source):
    assert source.protocol in installed_protocols()
    assert source.every >= 0.5
    assert source.license == (canonical(source.license) or source.license)
    assert all(item.source.startswith("https://") for item in source.evidence)


def test_an_address_stands_once():
    places = [(item.address, item.sets) for item in SHIPPED.values()]
    assert len(set(places)) == len(places)


def test_every_sector_has_a_source_or_was_looked_for():
    """Nothing was found for two; docs/explanation/what-was-looked-for.md says where."""
    without = set(Sector) - {name for item in SHIPPED.values() for name in item.sectors}
    assert without == {Sector.CREDIT, Sector.WORK_SAFETY}
    page = packaged_source() / "docs" / "explanation" / "what-was-looked-for.md"
    if page.is_file():
        assert "sources.yaml" in page.read_text()
