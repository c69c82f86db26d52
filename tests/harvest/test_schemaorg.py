"""Pages that describe datasets in schema.org."""

import gzip
import json

import pytest

from sciknow.errors import InvalidInput, SciknowError, SourceUnavailable
from sciknow.harvest import schemaorg
from sciknow.harvest.schemaorg import PROTOCOL
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.linked import SchemaOrgDialect
from sciknow.testing.protocol import ProtocolTests
from sciknow.wire.request import Answer


class TestSchemaOrg(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return SchemaOrgDialect()


URL = "https://w.example.org/sitemap.xml"
PAGE = "https://w.example.org/page"


def walked(files, address=URL, **more):
    """Walk files by their address; return records, what they become, and what is missing."""
    asked = Asked(source="w", address=address, protocol="schemaorg", **more)

    def ask(request):
        if request.url not in files:
            raise SourceUnavailable(f"{request.url}: HTTP 500")
        body = files[request.url]
        return Answer(request.url, 200, {}, body if isinstance(body, bytes) else body.encode())

    pages = list(PROTOCOL.pages(asked, ask))
    rows = [row for page in pages for row in page.records]
    made = [PROTOCOL.parse(row, asked) for row in rows if not row.problem]
    return rows, made, [page.missing for page in pages if page.missing]


def page(*blocks):
    texts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    scripts = "".join(f"<script type='application/LD+json'>{text}</script>" for text in texts)
    return f"<!DOCTYPE html><html><head>{scripts}</head><body>&amp;</body></html>"


def described(**told):
    """Return what a page with one dataset becomes."""
    row = {"@type": "Dataset", "name": "t"} | told
    _, (mapped,), _ = walked({PAGE: page(row)}, PAGE)
    return mapped


def sitemap(kind, inside, *where, changed=""):
    urls = "".join(f"<{inside}><loc>{url}</loc>{changed}</{inside}>" for url in where)
    return f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</{kind}>'


SITE = "https://w.example.org"
FILES = {
    URL: sitemap("sitemapindex", "sitemap", f"{SITE}/a.xml.gz", f"{SITE}/gone.xml"),
    f"{SITE}/a.xml.gz": gzip.compress(
        sitemap("urlset", "url", f"{SITE}/1", f"{SITE}/1#top", f"{SITE}/2", URL).encode()
    ),
    f"{SITE}/1": page({"@type": "Dataset", "name": "one"}, {"@type": "Person", "name": "x"}),
    f"{SITE}/2": "<html><body>nothing</body></html>",
}


def test_an_index_leads_to_packed_sitemaps_and_these_to_pages():
    (row,), (mapped,), (missing,) = walked(FILES)
    assert row.id == mapped.dataset.landing_page == f"{SITE}/1"
    assert mapped.dataset.title.en == "one"
    assert missing.startswith(f"{SITE}/gone.xml: ")


def test_a_packed_sitemap_that_swells_is_given_up(monkeypatch):
    monkeypatch.setattr(schemaorg, "MOST", 1000)
    body = gzip.compress(sitemap("urlset", "url", *[SITE] * 99).encode())
    with pytest.raises(SourceUnavailable, match="more than 1,000 bytes"):
        walked({URL: body})


def test_a_packed_sitemap_that_is_cut_short_is_damaged():
    body = gzip.compress(sitemap("urlset", "url", *[SITE] * 99).encode())
    with pytest.raises(SciknowError, match="cut short"):
        walked({URL: body[:-9]})


def test_only_what_changed_since_is_asked_for():
    old = sitemap("urlset", "url", f"{SITE}/1", changed="<lastmod>2019-05-05</lastmod>")
    rows, _, missing = walked({URL: old}, since="2020-01-01")
    assert (rows, missing) == ([], [])


def test_what_is_no_sitemap_is_said():
    with pytest.raises(SourceUnavailable, match="no sitemap"):
        walked({URL: "<rss/>"})


@pytest.mark.parametrize(
    "block",
    [
        {"@type": ["Dataset", "CreativeWork"], "name": "t"},
        {"@type": "schema:Dataset", "schema:name": "t"},
        {"@type": "http://schema.org/Dataset", "http://schema.org/name": {"@value": "t"}},
        [{"@type": "Dataset", "name": [{"@language": "en", "@value": "t"}]}],
        {"@graph": [{"@type": "WebPage"}, {"@type": "Dataset", "name": "t"}]},
        {"@type": "DataCatalog", "dataset": {"@type": "Dataset", "name": "t"}},
        {"@type": "ItemList", "itemListElement": [{"item": {"@type": "Dataset", "name": "t"}}]},
        '{"@type": "Dataset", "name": "t", "text": "a\nb"}',
    ],
)
def test_datasets_are_found_however_they_are_written(block):
    _, (mapped,), _ = walked({PAGE: page(block)}, PAGE)
    assert mapped.dataset.title.en == "t"


def test_blocks_that_are_no_json_are_refused_where_they_name_a_dataset():
    deep = '{"Dataset": ' + "[" * 100_000
    rows, made, _ = walked({PAGE: page('{"@type": "Dataset",}', "{broken", deep)}, PAGE)
    assert [row.id for row in rows] == [PAGE, f"{PAGE}#2"]
    assert all("no JSON" in row.problem for row in rows)
    assert made == []


@pytest.mark.parametrize(
    ("geo", "box"),
    [
        ({"@type": "GeoShape", "box": "-68.5 -75.8 -65 -68.5"}, (-75.8, -68.5, -68.5, -65)),
        ({"@type": "GeoShape", "box": "-20,170 0,-170"}, (170, -20, -170, 0)),
        ({"@type": "GeoShape", "polygon": "1 2 3 2 3 4 1 2"}, (2, 1, 4, 3)),
        (
            {"@type": "GeoCoordinates", "latitude": 29.6, "longitude": "91.1"},
            (91.1, 29.6, 91.1, 29.6),
        ),
        ({"@type": "GeoCoordinates"}, None),
        ({"@type": "GeoShape", "box": "here"}, None),
    ],
)
def test_places_have_their_latitudes_first(geo, box):
    found = described(
        spatialCoverage={"@type": "Place", "name": "Here", "geo": geo}
    ).dataset.spatial
    assert (found.bbox, found.name.en) == (box, "Here")


def test_recorded_datasets_are_read(records):
    folder = records / "schemaorg-esip/examples/dataset"
    for path in sorted(folder.glob("*.jsonld")):
        text = path.read_text(encoding="utf-8")
        told = json.loads(text)
        site = {PAGE: page(text)}
        if "name" in told:
            _, (mapped,), _ = walked(site, PAGE)
            assert mapped.dataset.title.en[:9] == told["name"][:9]
        else:  # fragments, which show how one field is written
            with pytest.raises(InvalidInput, match="name: found nothing"):
                walked(site, PAGE)
    _, (full,), _ = walked({PAGE: page((folder / "full.jsonld").read_text())}, PAGE)
    found = full.dataset
    assert found.doi == "10.1234/1234567890"
    assert found.license == "CC-BY-4.0"
    assert (found.temporal.start, found.temporal.end) == ("2001-08-06", "2002-09-09")
    assert found.spatial.bbox == (-75.8183, -68.4817, -68.5033, -65.08)
    assert full.agents[0].name.en == "Example Data Repository"
    assert full.agents[-1].kind.value == "person"
    assert found.keywords[1] == ("en", "ice core studies")
    assert (len(found.variables), found.variables[4].units) == (
        13,
        "micrograms total chl/grams wet weight",
    )
    assert found.description.en.startswith('"Winter ecology of larval krill')
    ways = [(way.access_url, way.reader) for way in found.distributions]
    assert ways[0][0].endswith("/larval-krill.tsv")
    assert (
        found.landing_page == ways[-1][0] == "https://www.example-data-repository.org/dataset/3300"
    )
