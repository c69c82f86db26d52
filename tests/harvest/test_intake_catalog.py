"""Intake catalogues, read and never run."""

import json

import pytest

from sciknow.errors import IntegrityError, SourceUnavailable, UntrustedInput
from sciknow.harvest.crawl import MISSING
from sciknow.harvest.intake_catalog import PROTOCOL
from sciknow.model.receipt import Asked
from sciknow.testing.hostile.documents import IntakeDialect
from sciknow.testing.protocol import ProtocolTests
from sciknow.wire.request import Answer
from sciknow.wire.trouble import Absent, Denied

BASE = "https://c.example.org/a/"


class TestIntake(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return IntakeDialect()


def harvested(files, first="master.yaml", met=None):
    """Return the pages, and the datasets by the ids of their records."""
    asked = Asked(source="c", address=BASE + first, protocol="intake_catalog")

    def ask(request):
        name = request.url.removeprefix(BASE)
        if name not in files:
            raise met or SourceUnavailable(f"{request.url} is not there")
        return Answer(request.url, 200, {}, files[name].encode())

    pages = list(PROTOCOL.pages(asked, ask))
    records = [item for page in pages for item in page.records]
    return pages, {r.id: r if r.problem else PROTOCOL.parse(r, asked).dataset for r in records}


FIRST = """
plugins: {source: [{module: os}]}
sources:
  ocean:
    driver: intake.catalog.local.YAMLFileCatalog
    args: {path: "{{ CATALOG_DIR }}/b/ocean.yaml"}
  near:
    driver: zarr
    description: Near
    args: {urlpath: "{{CATALOG_DIR}}near.zarr", consolidated: true}
"""
OCEAN = """
sources:
  sst:
    driver: netcdf
    metadata: {tags: [sea], url: "https://p.example.org"}
    args:
      urlpath: s3://bucket/sst.nc
      storage_options: {anon: true, key: SECRET}
  ask:
    driver: csv
    args: {urlpath: "s3://bucket/{{ name }}.csv"}
  env:
    driver: csv
    args: {urlpath: "{{ env(HOME) }}/x.csv"}
"""


def test_nested_catalogues_are_followed_and_nothing_is_filled_in():
    _, found = harvested({"master.yaml": FIRST, "b/ocean.yaml": OCEAN})
    assert list(found) == ["near", "ocean/sst", "ocean/ask", "ocean/env"]
    (near,) = found["near"].distributions
    assert (near.access_url, near.reader) == (BASE + "near.zarr", "zarr")
    (sst,) = found["ocean/sst"].distributions
    assert (sst.reader, sst.storage_options) == ("netcdf", {"anon": True})
    assert "SECRET" not in repr(found)
    for name in ("ocean/ask", "ocean/env"):
        assert found[name].distributions == ()
        assert "parameters" in found[name].extra["left"]


@pytest.mark.parametrize(
    "met",
    [
        Absent("HTTP 404: not there"),
        Denied("HTTP 403: not for you"),
        SourceUnavailable("no connection"),
        IntegrityError("half of it"),
        UntrustedInput("it leads into a private network"),
    ],
)
def test_a_dead_link_is_missing_and_the_walk_goes_on(met):
    files = {"a.yaml": _linking("dead", "alive"), "alive.yaml": OCEAN}
    pages, found = harvested(files, "a.yaml", met)
    assert [page.missing for page in pages if page.missing] == [f"{BASE}dead.yaml: {met.message}"]
    assert "alive/sst" in found


def test_of_many_dead_links_and_of_a_source_that_asks_for_rest_the_walk_ends():
    many = [f"dead{number}" for number in range(MISSING + 1)]
    with pytest.raises(Absent):
        harvested({"a.yaml": _linking(*many)}, "a.yaml", Absent("not there"))
    with pytest.raises(SourceUnavailable):
        harvested({"a.yaml": _linking("dead")}, "a.yaml", SourceUnavailable("HTTP 429: wait"))


def _linking(*names):
    driver = "intake.catalog.local.YAMLFileCatalog"
    sources = {
        name: {"driver": driver, "args": {"path": "{{CATALOG_DIR}}" + f"{name}.yaml"}}
        for name in names
    }
    return json.dumps({"sources": sources})


def test_the_second_version_is_read_by_its_data_and_aliases():
    told = {
        "version": 2,
        "data": {
            "d1": {"datatype": "intake.readers.datatypes:Zarr", "kwargs": {"url": "s3://b/x"}}
        },
        "entries": {"e1": {"reader": "any:Thing", "kwargs": {"args": ["{data(d1)}"]}}},
        "aliases": {"snow": "e1"},
    }
    _, found = harvested({"c.json": json.dumps(told)}, "c.json")
    (way,) = found["snow"].distributions
    assert (way.access_url, way.reader) == ("s3://b/x", "zarr")


def test_assets_of_intake_esm_are_datasets():
    told = {
        "esmcat_version": "0.1.0",
        "id": "cmip",
        "catalog_file": "cmip.csv",
        "attributes": [{"column_name": "model"}, {"column_name": "variable"}],
        "assets": {"column_name": "zstore", "format": "zarr"},
    }
    table = "model,variable,zstore\nBCC-ESM1,tas,gs://cmip6/a/\nFIO,pr,gs://cmip6/b/\n"
    _, found = harvested({"cmip.json": json.dumps(told), "cmip.csv": table}, "cmip.json")
    first = found["gs://cmip6/a/"]
    assert first.title.en == "BCC-ESM1 tas"
    assert first.distributions[0].reader == "zarr"
    assert len(found) == 2


@pytest.mark.parametrize(
    "text", ["a: &x [1]\nsources: *x\n", "sources: !!python/name:os.system x\n"]
)
def test_what_may_stand_for_anything_is_refused(text):
    with pytest.raises(UntrustedInput, match="alias or a tag"):
        harvested({"master.yaml": text})


def test_recorded_catalogues_of_pangeo(records):
    folder = records / "intake-pangeo/intake-catalogs"
    files = {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.yaml")
    }
    pages, found = harvested(files)
    assert len(found) == 91
    assert sum(any(way.reader for way in item.distributions) for item in found.values()) == 81
    assert sum(bool(page.missing) for page in pages) == 6  # of intake-esm, which are elsewhere
    sea = found["ocean/sea_surface_height"].distributions[0]
    assert (sea.access_url, sea.reader) == ("gs://pangeo-cmems-duacs", "zarr")
