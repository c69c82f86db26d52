"""DCAT in RDF."""

import pytest

from sciknow.errors import IntegrityError, SourceUnavailable
from sciknow.harvest.dcat import PROTOCOL
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.linked import DcatDialect
from sciknow.testing.protocol import ProtocolTests
from sciknow.wire.request import Answer


class TestDcat(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return DcatDialect()


URL = "https://d.example.org/catalog"
HEAD = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix locn: <http://www.w3.org/ns/locn#> .
"""


def turned(*bodies, kind="text/turtle", **more):
    """Turn pages with these bodies, the first at the address; return pages and datasets."""
    asked = Asked(source="d", address=URL, protocol="dcat", **more)
    given = iter(bodies)

    def ask(request):
        return Answer(request.url, 200, {"Content-Type": kind}, next(given))

    pages = list(PROTOCOL.pages(asked, ask))
    rows = [row for page in pages for row in page.records]
    return pages, [PROTOCOL.parse(row, asked) for row in rows if not row.problem]


def dataset(told):
    body = f'{HEAD}<https://d.example.org/d/1> a dcat:Dataset ; dct:title "t" ; {told} .'
    _, (mapped,) = turned(body.encode())
    return mapped


def test_a_dataset_is_read_with_the_nodes_that_it_points_to():
    mapped = dataset("""dct:title "雪"@zh ; dct:description "Snow."@en, "Schnee"@de ;
        dct:publisher [ foaf:name "Office"@en, "Amt"@de ] ;
        dct:identifier "https://doi.org/10.1234/abc" ; dct:issued "2020-01-02T00:00:00Z" ;
        dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
        dcat:keyword "snow", "冰" ; dcat:version "2" ; dct:source "a survey" ;
        dct:temporal [ dcat:startDate "1979" ; dcat:endDate "2020-12" ] ;
        dct:spatial [ skos:prefLabel "Alps"@en ;
                      dcat:bbox "POLYGON((5 44, 16 44, 16 48, 5 48, 5 44))" ] ;
        dcat:distribution
          [ dcat:downloadURL <x> ; dcat:byteSize 12 ; dct:title "whole" ;
            dct:license <https://creativecommons.org/licenses/by/4.0/> ;
            dcat:mediaType <http://www.iana.org/assignments/media-types/text/csv> ],
          [ dcat:downloadURL <y> ; dct:license <https://creativecommons.org/licenses/by/4.0/> ;
            dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ],
          [ dcat:accessURL <z> ; dct:format "CSV" ;
            dct:license <https://creativecommons.org/licenses/by/4.0/> ]""")
    found = mapped.dataset
    assert (found.title.en, found.title.zh, found.description.en) == ("t", "雪", "Snow.")
    assert (mapped.agents[0].name.en, found.publisher) == ("Office", mapped.agents[0].id)
    assert (found.doi, found.issued, found.version) == ("10.1234/abc", "2020-01-02", "2")
    assert (found.license, found.access_rights.value) == ("CC-BY-4.0", "open")
    assert found.keywords == (("en", "snow"), ("zh", "冰"))
    assert (found.temporal.start, found.temporal.end) == ("1979", "2020-12")
    assert (found.spatial.bbox, found.spatial.name.en) == ((5, 44, 16, 48), "Alps")
    assert [(way.access_url, way.reader, way.byte_size) for way in found.distributions] == [
        ("https://d.example.org/x", "csv", 12),
        ("https://d.example.org/y", "csv", None),
        ("https://d.example.org/z", "", None),
    ]
    assert found.extra == {"http://purl.org/dc/terms/source": ["a survey"]}


@pytest.mark.parametrize(
    ("told", "box"),
    [
        (
            """dcat:bbox '{"type": "Point", "coordinates": [91.1, 29.6]}'""",
            (91.1, 29.6, 91.1, 29.6),
        ),
        ('locn:geometry "POINT (7 46.5)"', (7, 46.5, 7, 46.5)),
        ('dcat:bbox "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(1 2)"', (1, 2, 1, 2)),
        # latitude first, as this system has it: nothing is guessed
        ('dcat:bbox "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(1 2)"', None),
        ('dcat:bbox "somewhere 1 2"', None),
        ("dcat:bbox '{broken'", None),
    ],
)
def test_places(told, box):
    assert dataset(f"dct:spatial [ {told} ]").dataset.spatial.bbox == box


def test_licences_of_distributions_that_differ_are_none_of_the_dataset():
    part = "[ dcat:accessURL <{0}> ; dct:license <https://creativecommons.org/licenses/{0}/4.0/> ]"
    found = dataset(f"dcat:distribution {part.format('by')}, {part.format('by-sa')}").dataset
    assert found.license == ""


PAGED = HEAD + '<{id}> a dcat:Dataset ; dct:title "t" . <> {next} hydra:totalItems {total} .'


@pytest.mark.parametrize("link", ['hydra:nextPage "?p=2" ;', "hydra:next <?p=2> ;"])
def test_pages_are_turned_and_one_that_has_been_there_ends_them(link):
    first = PAGED.format(id="urn:a", next=link, total=2).encode()
    last = PAGED.format(id="urn:b", next="", total=2).encode()
    pages, found = turned(first, last)
    assert [page.cursor for page in pages] == [f"{URL}?p=2", ""]
    assert [page.declared for page in pages] == [2, 2]
    assert len(found) == 2
    ring, _ = turned(first, first)
    assert len(ring) == 2


def test_what_a_catalogue_lists_without_a_word_is_refused_and_counted():
    told = f'{HEAD}<c> a dcat:Catalog ; dcat:dataset <a>, <b> . <a> dct:title "t" .'
    (page,), (found,) = turned(told.encode())
    assert (page.declared, found.dataset.title.en) == (2, "t")
    assert page.records[1].problem == "it is listed, and nothing is said of it"
    assert page.records[1].id == "https://d.example.org/b"


def test_only_what_changed_since_is_wanted():
    body = HEAD + " ".join(
        f'<{year}> a dcat:Dataset ; dct:title "t" ; dct:modified "{year}-05-05" .'
        for year in (2019, 2020, 2021)
    )
    (page,), _ = turned(body.encode(), since="2020-05-01")
    assert [record.id[-4:] for record in page.records] == ["2020", "2021"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<!DOCTYPE html><html></html>", SourceUnavailable),
        (b"<urn:a> <urn:b> <urn:c> .", SourceUnavailable),
        (b"<urn:a> <urn:b", IntegrityError),
        (b'{"@context": "https://d.example.org/context.jsonld", "@id": "x"}', IntegrityError),
    ],
)
def test_what_is_no_catalogue_is_said(body, error):
    with pytest.raises(error, match=r"d\.example\.org"):
        turned(body, kind="text/plain")


@pytest.mark.parametrize(
    ("name", "declared", "ways", "title"),
    [
        ("catalog.rdf", 2, [3, 2], "Example dataset 1"),
        ("catalog_datasets_list.rdf", None, [3, 2], "Example dataset 1"),
        ("catalog_with_at_graph.jsonld", 1, [1], "Title dataset"),
        ("dataset.rdf", None, [2], "Zimbabwe Regional Geochemical Survey."),
        ("dataset_deri.ttl", None, [1], "Abandoned Vehicles"),
        ("dataset_gov_de.rdf", None, [10], "Liefer- und Abholservices (Gastronomie)"),
        ("dataset_health.ttl", None, [1], "HealthDCAT-AP test dataset"),
    ],
)
def test_recorded_catalogues_are_read_whatever_the_server_calls_them(
    records, name, declared, ways, title
):
    body = (records / "dcat-ckanext/examples/dcat" / name).read_bytes()
    (page,), found = turned(body, kind="application/octet-stream")
    assert page.declared == declared
    assert [len(item.dataset.distributions) for item in found] == ways
    assert found[0].dataset.title.en == title
