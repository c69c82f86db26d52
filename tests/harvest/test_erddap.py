"""ERDDAP servers."""

import pytest

from sciknow.harvest.erddap import PROTOCOL
from sciknow.harvest.protocol import Record
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.documents import ErddapDialect
from sciknow.testing.protocol import ProtocolTests


class TestErddap(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return ErddapDialect()


def test_a_grid_and_a_table_open_by_their_readers_and_unknown_stays_unknown():
    base = "https://e.example.org/erddap"
    row = {
        "datasetID": "sst",
        "title": "SST",
        "institution": "???",
        "griddap": f"{base}/griddap/sst",
        "tabledap": f"{base}/tabledap/sst",
        "minLongitude": 0.5,
        "maxLongitude": 359.5,
        "minLatitude": -89.5,
        "maxLatitude": 89.5,
        "minTime": "1981-09-01T00:00:00Z",
        "maxTime": None,
        "variables": [
            ["variable", "sst", "", "float", "time, lat, lon"],
            ["attribute", "sst", "standard_name", "String", "sea_surface_temperature"],
            ["attribute", "sst", "units", "String", "degree_C"],
            ["attribute", "NC_GLOBAL", "title", "String", "SST"],
        ],
    }
    asked = Asked(source="e", address=f"{base}/index.html", protocol="erddap")
    found = PROTOCOL.parse(Record("sst", row), asked)
    assert [way.reader for way in found.dataset.distributions] == ["opendap", "tabledap", ""]
    assert found.dataset.distributions[2].access_url == f"{base}/info/sst/index.html"
    assert found.dataset.spatial.bbox == (0.5, -89.5, -0.5, 89.5)
    assert (found.dataset.temporal.start, found.dataset.temporal.end) == ("1981-09-01", "")
    (variable,) = found.dataset.variables
    assert (variable.standard_name, variable.units) == ("sea_surface_temperature", "degree_C")
    assert found.agents == ()
