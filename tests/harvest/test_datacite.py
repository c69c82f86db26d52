"""DataCite's REST API."""

import json

import pytest

from sciknow.harvest.datacite import parse_attributes
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.searches import DataCiteDialect
from sciknow.testing.protocol import ProtocolTests

_EDGES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")


class TestDataCite(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return DataCiteDialect()


def test_a_recorded_record_is_mapped(records):
    told = json.loads((records / "datacite-bolognese/spec/fixtures/datacite.json").read_text())
    asked = Asked(source="dc", address="https://api.example.org/dois", protocol="datacite")
    found = parse_attributes(told, told["id"], asked)
    dataset = found.dataset
    assert dataset.title.en == "Eating your own Dog Food"
    assert (dataset.doi, dataset.issued) == ("10.5438/4k3m-nyvg", "2016-12-20")
    assert dataset.keywords == (("en", "datacite"), ("en", "doi"), ("en", "metadata"))
    assert [agent.name.en for agent in found.agents][:1] == ["Fenner, Martin"]


@pytest.mark.parametrize(
    ("place", "box"),
    [
        (
            {"geoLocationBox": dict(zip(_EDGES, ("170", "-20", "-170", "0"), strict=True))},
            (170, -20, -170, 0),
        ),
        (
            {"geoLocationPoint": {"pointLongitude": 91.1, "pointLatitude": "29.65"}},
            (91.1, 29.65) * 2,
        ),
        ({"geoLocationPlace": "Lhasa"}, None),
    ],
)
def test_places_become_boxes(place, box):
    asked = Asked(source="dc", address="https://api.example.org/dois", protocol="datacite")
    told = {"titles": [{"title": "t"}], "geoLocations": [place]}
    assert parse_attributes(told, "10.1/x", asked).dataset.spatial.bbox == box
