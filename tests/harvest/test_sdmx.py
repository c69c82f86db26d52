"""SDMX web services."""

from xml.etree import ElementTree

import pytest

from sciknow.harvest.sdmx import PROTOCOL, _record
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.documents import SdmxDialect
from sciknow.testing.protocol import ProtocolTests

FLOW = """<Dataflow id="EXR" agencyID="ECB" version="1.0" urn="urn:sdmx:x">
  <Name xml:lang="en">Exchange rates</Name><Name xml:lang="zh">汇率</Name></Dataflow>"""


class TestSdmx(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return SdmxDialect()


def test_a_dataflow_is_a_dataset_with_the_address_of_its_data():
    record = _record(ElementTree.fromstring(FLOW))
    assert record.id == "ECB:EXR"
    asked = Asked(source="ecb", address="https://s.example.org/service", protocol="sdmx")
    found = PROTOCOL.parse(record, asked)
    dataset = found.dataset
    assert (dataset.title.en, dataset.title.zh) == ("Exchange rates", "汇率")
    (way,) = dataset.distributions
    assert way.access_url == "https://s.example.org/service/data/ECB,EXR,1.0"
    assert (way.reader, dataset.extra) == ("", {"urn": "urn:sdmx:x"})
    assert dataset.publisher == found.agents[0].id
