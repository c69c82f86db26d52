"""THREDDS catalogues."""

from xml.etree import ElementTree

import pytest
import yaml

from sciknow.harvest.protocol import Record
from sciknow.harvest.run import walk
from sciknow.harvest.tally import Tally
from sciknow.harvest.thredds import PROTOCOL, _Catalogue
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.documents import ThreddsDialect
from sciknow.testing.protocol import ProtocolTests
from sciknow.wire.request import Answer


class TestThredds(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return ThreddsDialect()


URL = "https://t.example.org/thredds/catalog/a/catalog.xml"
TOLD = """
<catalog xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0"
         xmlns:xlink="http://www.w3.org/1999/xlink">
  <service name="all" serviceType="Compound" base="">
    <service name="dap" serviceType="OpenDAP" base="/thredds/dodsC/"/>
    <service name="http" serviceType="HTTPServer" base="/thredds/fileServer/"/>
    <service name="wms" serviceType="WMS" base="/thredds/wms/"/>
  </service>
  <dataset name="above">
    <metadata inherited="true">
      <serviceName>all</serviceName>
      <documentation type="rights">CC-BY-4.0</documentation>
      <documentation type="summary">Snow.</documentation>
      <publisher><name>Office</name></publisher>
      <geospatialCoverage>
        <northsouth><start>-20</start><size>20</size></northsouth>
        <eastwest><start>170</start><size>20</size></eastwest>
      </geospatialCoverage>
      <timeCoverage><start>1979</start><end>present</end></timeCoverage>
      <variables vocabulary="CF-1.0">
        <variable name="snd" vocabulary_name="surface_snow_thickness" units="m">Depth</variable>
      </variables>
    </metadata>
    <dataset name="snow" ID="a/snow" urlPath="a/snow.nc"/>
    <dataset name="other"><access serviceName="http" urlPath="a/other.csv"/></dataset>
  </dataset>
  <catalogRef xlink:href="../b/catalog.xml" xlink:title="b"/>
</catalog>"""


def test_what_stands_above_is_inherited_and_services_become_ways():
    found = _Catalogue(ElementTree.fromstring(TOLD), URL)
    assert found.links == ["https://t.example.org/thredds/catalog/b/catalog.xml"]
    asked = Asked(source="t", address=URL, protocol="thredds")
    snow, other = (PROTOCOL.parse(item, asked) for item in found.records)
    dataset = snow.dataset
    base = "https://t.example.org/thredds"
    assert [(way.access_url, way.reader) for way in dataset.distributions] == [
        (f"{base}/dodsC/a/snow.nc", "opendap"),
        (f"{base}/fileServer/a/snow.nc", "netcdf"),
        (f"{base}/catalog/a/catalog.html", ""),
    ]
    assert dataset.spatial.bbox == (170, -20, -170, 0)
    assert (dataset.temporal.start, dataset.temporal.end) == ("1979", "")
    assert (dataset.license, dataset.description.en) == ("CC-BY-4.0", "Snow.")
    assert dataset.variables[0].standard_name == "surface_snow_thickness"
    assert snow.agents[0].name.en == "Office"
    assert other.dataset.distributions[0].access_url == f"{base}/fileServer/a/other.csv"


def test_a_recorded_catalogue_is_read(records):
    path = records / "thredds-siphon/tests/fixtures/cat_non_standard_context_path"
    (told,) = yaml.safe_load(path.read_text())["interactions"]
    root = ElementTree.fromstring(told["response"]["body"]["string"])
    found = _Catalogue(root, told["request"]["uri"])
    asked = Asked(source="t", address=URL, protocol="thredds")
    ways = [PROTOCOL.parse(item, asked).dataset.distributions for item in found.records]
    assert all(isinstance(item, Record) for item in found.records)
    assert {way[0].reader for way in ways} == {"opendap"}
    assert {way[1].reader for way in ways} == {"netcdf"}


def test_catalogues_that_only_hold_catalogues_do_not_end_the_walk():
    """A server's first catalogues hold folders, more of them than a list may bring nothing."""
    space = 'xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0"'
    link = 'xmlns:x="http://www.w3.org/1999/xlink" x:href'

    def ask(request):
        number = int(request.url.rpartition("/")[2].removesuffix(".xml"))
        inside = f'<catalogRef {link}="{number + 1}.xml"/>' if number < 9 else ""
        inside = inside or '<dataset name="snow" ID="snow" urlPath="snow.nc"/>'
        return Answer(request.url, 200, {}, f"<catalog {space}>{inside}</catalog>".encode())

    asked = Asked(source="t", address="https://t.example.org/0.xml", protocol="thredds")
    tally = Tally(asked)
    (found,) = walk(PROTOCOL, asked, ask, tally)
    assert (found.id, tally.stop) == ("snow", "")
