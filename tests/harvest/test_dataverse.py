"""Dataverse."""

import json

import pytest

from sciknow.harvest.dataverse import PROTOCOL
from sciknow.harvest.protocol import Record
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.searches import DataverseDialect
from sciknow.testing.protocol import ProtocolTests


class TestDataverse(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return DataverseDialect()


def test_a_recorded_version_is_mapped_with_its_files(records):
    path = records / "dataverse/src/test/resources/croissant/cars/in/datasetJson.json"
    version = json.loads(path.read_text())["datasetVersion"]
    body = {"search": {"url": "https://doi.org/10.5072/fk2"}, "version": version}
    asked = Asked(source="dv", address="https://dv.example.org", protocol="dataverse")
    found = PROTOCOL.parse(Record("doi:10.5072/FK2", body), asked).dataset
    assert (found.title.en, found.license, found.doi) == ("Cars", "CC0-1.0", "10.5072/fk2")
    table = next(way for way in found.distributions if way.reader)
    assert (table.reader, table.options) == ("csv", {"sep": "\t"})
    assert table.access_url == "https://dv.example.org/api/access/datafile/9"
