"""Static STAC catalogues."""

import json

import pytest

from sciknow.errors import UntrustedInput
from sciknow.harvest.static_stac import PROTOCOL
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.linked import StaticStacDialect
from sciknow.testing.protocol import ProtocolTests
from sciknow.wire.request import Answer
from sciknow.wire.trouble import Absent


class TestStaticStac(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return StaticStacDialect()


ROOT = "https://s.example.org/stac/catalog.json"


def walked(files, *sets, address=ROOT):
    """Walk files by their address; return the datasets and what is missing."""
    asked = Asked(source="s", address=address, protocol="static_stac", sets=sets)

    def ask(request):
        if request.url.startswith("s3:"):
            raise UntrustedInput(f"{request.url} has the scheme 's3'")
        if request.url not in files:
            raise Absent(f"{request.url}: HTTP 404")
        return Answer(request.url, 200, {}, json.dumps(files[request.url]).encode())

    pages = list(PROTOCOL.pages(asked, ask))
    made = [PROTOCOL.parse(record, asked).dataset for page in pages for record in page.records]
    assert all(page.declared is None for page in pages)
    return made, [page.missing for page in pages if page.missing]


def catalogue(kind, name, *linked, **more):
    links = [dict(zip(("rel", "href"), link, strict=True)) for link in linked]
    return {"stac_version": "1.0.0", "type": kind, "id": name, "links": links} | more


ASSETS = {"data": {"href": "./x.tif", "roles": ["data"]}}
FILES = {
    ROOT: catalogue(
        "Catalog",
        "root",
        ("self", "https://elsewhere.example.org/catalog.json"),
        ("root", "catalog.json"),
        ("child", "ice/collection.json"),
        ("child", "https://[broken"),
        ("child", "s3://bucket/collection.json"),
        ("child", "gone.json"),
        ("item", "alone.json"),
    ),
    "https://s.example.org/stac/ice/collection.json": catalogue(
        "Collection",
        "ice",
        ("parent", "../catalog.json"),
        ("child", "../catalog.json#again"),
        ("child", "2020/catalog.json"),
        ("license", "../terms.html"),
        ("about", "../about.html"),
        assets={"whole": {"href": "whole.nc"}},
        license="other",
    ),
    "https://s.example.org/stac/ice/2020/catalog.json": catalogue(
        "Catalog", "2020", ("item", "a/a.json")
    ),
    "https://s.example.org/stac/ice/2020/a/a.json": catalogue(
        "Feature", "a", collection="ice", properties={}, assets=ASSETS
    ),
    "https://s.example.org/stac/alone.json": catalogue(
        "Feature", "alone", properties={"datetime": "2020-01-02T00:00:00Z"}, assets=ASSETS
    ),
}


def test_collections_and_items_in_none_are_datasets_and_links_lead_from_their_files():
    (ice, alone), missing = walked(FILES)
    assert (ice.id, alone.id) == ("s.ice", "s.alone")
    assert ice.distributions[0].access_url == "https://s.example.org/stac/ice/whole.nc"
    assert ice.license == "https://s.example.org/stac/terms.html"
    assert ice.landing_page == "https://s.example.org/stac/about.html"
    assert [(way.access_url, way.reader) for way in alone.distributions] == [
        ("https://s.example.org/stac/alone.json", "stac"),
        ("https://s.example.org/stac/x.tif", "geotiff"),
    ]
    assert alone.temporal.start == "2020-01-02"
    assert len(missing) == 3


def test_the_items_of_a_collection_come_where_it_is_asked_for_from_the_catalogues_within_too():
    (item,), missing = walked(FILES, "ice", "snow")
    assert item.id.startswith("s.ice-a")
    assert item.distributions[1].access_url == "https://s.example.org/stac/ice/2020/a/x.tif"
    assert missing[-1] == "the catalogue leads to no collection 'snow'"


def test_catalogues_of_catalogues_are_walked_to_their_end_and_an_endless_chain_is_given_up():
    def chain(length):
        files = {
            f"https://s.example.org/{n}.json": catalogue("Catalog", n, ("child", f"{n + 1}.json"))
            for n in range(length)
        }
        files[f"https://s.example.org/{length}.json"] = catalogue("Collection", "end")
        return walked(files, address="https://s.example.org/0.json")

    (end,), missing = chain(30)
    assert (end.id, missing) == ("s.end", [])
    nothing, (missing,) = chain(100)
    assert not nothing
    assert "more than 40 documents lead to it" in missing


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (catalogue("Catalog", "a", ("child", "b.json")), True),
        (catalogue("Catalog", "a", ("child", "b.json"), ("data", "collections")), False),
        (catalogue("Catalog", "a"), False),
        (catalogue("Feature", "a", ("item", "b.json")), False),
        ({"links": [{"rel": "child", "href": "b.json"}]}, False),
    ],
)
def test_what_links_to_files_is_told_from_an_api(told, known):
    assert bool(PROTOCOL.sniff(Answer(ROOT, 200, {}, json.dumps(told).encode()))) == known


def test_a_recorded_catalogue_is_walked(records):
    folder = records / "stac-spec/examples"
    files = {
        f"https://s.example.org/{path.relative_to(folder)}": json.loads(path.read_text())
        for path in folder.rglob("*.json")
    }
    found, missing = walked(files, address="https://s.example.org/catalog.json")
    names = [item.id for item in found]
    assert names[:3] == ["s.extensions-collection", "s.sentinel-2", "s.sentinel-2"]
    assert found[3].title.en == "Full Item"
    assert missing == []
    assert all(item.title for item in found)
    items, _ = walked(files, "simple-collection", address="https://s.example.org/collection.json")
    assert len(items) == 3
