"""data.json."""

import json

import pytest

from sciknow.harvest.data_json import PROTOCOL
from sciknow.harvest.protocol import Record
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.documents import DataJsonDialect
from sciknow.testing.protocol import ProtocolTests


class TestDataJson(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return DataJsonDialect()


def parsed(**row):
    asked = Asked(source="us", address="https://a.example.org/data.json", protocol="data_json")
    return PROTOCOL.parse(Record("x", {"title": "t", **row}), asked).dataset


@pytest.mark.parametrize(
    ("spatial", "box", "place"),
    [
        ("-180.0,-90.0,180.0,90.0", (-180, -90, 180, 90), ""),
        ("170 -20 -170 0", (170, -20, -170, 0), ""),
        ('{"type": "Point", "coordinates": [91.1, 29.6]}', (91.1, 29.6, 91.1, 29.6), ""),
        ({"bbox": "1,2,3,4", "prefLabel": "Here"}, (1, 2, 3, 4), "Here"),
        ("Lincoln, Nebraska", None, "Lincoln, Nebraska"),
        ("{broken", None, ""),
    ],
)
def test_places(spatial, box, place):
    found = parsed(spatial=spatial).spatial
    assert (found.bbox, found.name.en) == (box, place)


@pytest.mark.parametrize(
    ("temporal", "start", "end"),
    [
        ("2000-01-15T00:45:00Z/2010-01-15T00:06:00Z", "2000-01-15", "2010-01-15"),
        ("1979/present", "1979", ""),
        ([{"startDate": "1990", "endDate": "1999-12"}], "1990", "1999-12"),
        ("R/P1D", "", ""),
    ],
)
def test_periods(temporal, start, end):
    found = parsed(temporal=temporal).temporal
    assert (found.start, found.end) == (start, end)


def test_a_download_is_a_way_and_an_access_page_names_no_format():
    found = parsed(
        distribution=[
            {"downloadURL": "https://a.example.org/x.csv", "mediaType": "text/csv"},
            {"accessURL": "https://a.example.org/page", "format": "CSV"},
        ],
        accessLevel="restricted public",
        bureauCode=["010:86"],
    )
    assert [way.reader for way in found.distributions] == ["csv", ""]
    assert found.access_rights.value == "restricted"
    assert found.extra == {"bureauCode": ["010:86"]}


def test_recorded_catalogues_are_read(records):
    told = json.loads((records / "dcat-ckanext/examples/dcat/catalog_pod.jsonld").read_text())
    assert told["dataset"]
    for row in told["dataset"]:
        assert PROTOCOL.parse(
            Record(row["identifier"], row),
            Asked(source="us", address="https://a.example.org", protocol="data_json"),
        ).dataset.title
