"""NASA's CMR."""

import json

import pytest
import yaml

from sciknow.harvest.cmr import PROTOCOL
from sciknow.harvest.protocol import Record
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.searches import CmrDialect
from sciknow.testing.protocol import ProtocolTests


class TestCmr(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return CmrDialect()


def test_a_recorded_collection_is_mapped(records):
    path = records / "cmr-earthaccess/tests/integration/fixtures/vcr_cassettes"
    told = yaml.safe_load((path / "TestServices.test_services.yaml").read_text())
    bodies = [str(item["response"]["body"].get("string")) for item in told["interactions"]]
    answers = [json.loads(body) for body in bodies if body.startswith("{")]
    rows = [row for answer in answers for row in answer.get("items", ())]
    row = next(row for row in rows if row["meta"]["concept-id"] == "C1996881146-POCLOUD")
    asked = Asked(source="nasa", address="https://cmr.example.org", protocol="cmr")
    found = PROTOCOL.parse(Record("C1996881146-POCLOUD", row), asked).dataset
    assert found.doi == "10.5067/ghgmr-4fj04"
    assert found.spatial.bbox == (-180, -90, 180, 90)
    assert (found.temporal.start, found.temporal.end) == ("2002-05-31", "")
    assert (found.version, found.issued) == ("4.1", "2015-03-11")
    assert ("en", "FOUNDATION SEA SURFACE TEMPERATURE") in found.keywords
    assert not any(way.reader for way in found.distributions)  # pages, whose files are netCDF
