"""OAI-PMH."""

import pytest

from sciknow.harvest.archive import Archive
from sciknow.harvest.markup import read_xml
from sciknow.harvest.protocol import Record
from sciknow.harvest.registry import protocol_named
from sciknow.harvest.run import harvest
from sciknow.model.receipt import Asked, Complete
from sciknow.testing.hostile import HostileServer, OaiDialect
from sciknow.testing.protocol import ProtocolTests
from sciknow.wire.request import Answer


class TestOaiPmh(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return OaiDialect()


def record(*identifiers):
    named = "".join(f"<dc:identifier>{name}</dc:identifier>" for name in identifiers)
    text = (
        '<record xmlns="u:o"><metadata><x:dc xmlns:x="u:x" xmlns:dc="u:dc">'
        f"<dc:title>T</dc:title>{named}</x:dc></metadata></record>"
    )
    element = read_xml(Answer("https://a.org", 200, {}, text.encode())).root
    asked = Asked(source="s", address="https://a.org/oai", protocol="oai_pmh")
    return protocol_named("oai_pmh").parse(Record("1", element), asked).dataset


@pytest.mark.parametrize(
    ("identifier", "doi"),
    [
        ("https://doi.org/10.5281/zenodo.1", "10.5281/zenodo.1"),
        ("doi: 10.5281/zenodo.1", "10.5281/zenodo.1"),
        ("Smith et al., J. Ice 3 (2020), doi:10.1000/paper", ""),
        ("oai:zenodo.org:1", ""),
    ],
)
def test_the_doi_of_a_paper_in_a_citation_is_not_the_dataset_s(identifier, doi):
    assert record(identifier).doi == doi


def test_ways_and_the_page_are_told_apart():
    found = record("https://a.org/page", "https://a.org/data.nc", "oai:1")
    assert found.landing_page == "https://a.org/page"
    assert [way.reader for way in found.distributions] == ["", "netcdf"]


def test_a_window_ends_at_the_source_s_own_clock(tmp_path):
    with HostileServer(OaiDialect()) as server:
        asked = Asked(source="s", address=server.address, protocol="oai_pmh", since="2020-01-10")
        receipt = harvest(asked, Archive(tmp_path))
    assert receipt.until == "2020-03-01"
    assert "from=2020-01-10&until=2020-03-01" in server.asked[2]
    assert receipt.distinct == 19


def test_a_deleted_record_is_one(tmp_path):
    class Gone(OaiDialect):
        def _row(self, row):
            told = super()._row(row)
            return told.replace("<header>", '<header status="deleted">', row.id == "id-0003")

    got = []
    with HostileServer(Gone()) as server:
        asked = Asked(source="s", address=server.address, protocol="oai_pmh")
        receipt = harvest(asked, Archive(tmp_path), take=got.append)
    assert receipt.deleted == ("id-0003",)
    assert (receipt.distinct, receipt.taken, len(got)) == (30, 29, 29)
    assert receipt.complete is Complete.YES
