"""Catalogue services for the web."""

from xml.etree import ElementTree

import pytest

from sciknow.errors import InvalidInput
from sciknow.harvest import iso19115
from sciknow.harvest.markup import local
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.csw import CswDialect
from sciknow.testing.protocol import ProtocolTests


class TestCsw(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return CswDialect()


RECORDED = [  # what OWSLib's tests have, and what each record says of itself
    ("iso_mi.xml", "title in English", "", (-141, 42, -52, 84), ("1950-07-31", "")),
    ("iso3_examples/auscope-3d-model.xml", "3D geological model of the Otway and Torquay Basin 2011",  # noqa: E501
     "CC-BY-4.0", (143, -39.4, 144, -38.4), ("", "")),
    ("iso_keywords_anchor.xml", "CE0911 Climate Change Survey", "",
     (-15.148822, 49.7991699, -8.254568548, 54.6287598), ("2009-06-14", "2009-06-22")),
]  # fmt: skip


def record_of(path):
    root = ElementTree.parse(path).getroot()
    return next(item for item in root.iter() if local(item) in iso19115.NAMES)


def parsed(record):
    asked = Asked(source="c", address="https://c.example.org/csw", protocol="csw")
    return iso19115.parse(record, iso19115.name_of(record) or "x", asked)


@pytest.mark.parametrize(("name", "title", "licence", "box", "period"), RECORDED)
def test_recorded_iso_records_are_mapped(records, name, title, licence, box, period):
    found = parsed(record_of(records / "csw-iso-owslib/tests/resources" / name)).dataset
    assert (found.title.en, found.license, found.spatial.bbox) == (title, licence, box)
    assert (found.temporal.start, found.temporal.end) == period


@pytest.mark.parametrize("name", ["iso19139_srv.xml", "iso3_examples/arcgis-sample.xml"])
def test_a_service_is_no_dataset(records, name):
    with pytest.raises(InvalidInput, match="found a service"):
        parsed(record_of(records / "csw-iso-owslib/tests/resources" / name))


BILINGUAL = """<MD_Metadata xmlns:xlink="http://www.w3.org/1999/xlink">
  <language><LanguageCode codeListValue="eng"/></language>
  <locale><PT_Locale id="ZH"><languageCode><LanguageCode codeListValue="zho"/></languageCode>
  </PT_Locale></locale>
  <identificationInfo><MD_DataIdentification>
    <citation><CI_Citation><title><CharacterString>Snow depth</CharacterString><PT_FreeText>
      <textGroup><LocalisedCharacterString locale="#ZH">雪深</LocalisedCharacterString></textGroup>
    </PT_FreeText></title></CI_Citation></citation>
    <pointOfContact><CI_ResponsibleParty><organisationName><CharacterString>Office
      </CharacterString></organisationName><role><CI_RoleCode codeListValue="owner"/></role>
    </CI_ResponsibleParty></pointOfContact>
  </MD_DataIdentification></identificationInfo>
  <distributionInfo><CI_OnlineResource><linkage><URL>https://d.example.org/dap/snow</URL></linkage>
    <protocol><CharacterString>OPeNDAP:OPeNDAP</CharacterString></protocol></CI_OnlineResource>
  </distributionInfo>
</MD_Metadata>"""


def test_texts_in_two_languages_each_under_its_own_and_a_service_as_a_way():
    found = parsed(ElementTree.fromstring(BILINGUAL))
    assert (found.dataset.title.en, found.dataset.title.zh) == ("Snow depth", "雪深")
    assert found.dataset.publisher == found.agents[0].id
    assert [way.reader for way in found.dataset.distributions] == ["opendap"]


def test_what_has_no_place_is_kept():
    text = """<MD_Metadata><identificationInfo><MD_DataIdentification>
      <citation><CI_Citation><title><CharacterString>Snow</CharacterString></title></CI_Citation>
      </citation><purpose><CharacterString>To count it</CharacterString></purpose>
      <spatialResolution><denominator><Integer>25000</Integer></denominator></spatialResolution>
      </MD_DataIdentification></identificationInfo><dataQualityInfo><lineage><LI_Lineage>
      <statement><CharacterString>Measured by hand</CharacterString></statement>
      <statement><CharacterString> </CharacterString></statement>
      </LI_Lineage></lineage></dataQualityInfo></MD_Metadata>"""
    assert parsed(ElementTree.fromstring(text)).dataset.extra == {
        "purpose": ["To count it"],
        "denominator": ["25000"],
        "statement": ["Measured by hand"],
    }
