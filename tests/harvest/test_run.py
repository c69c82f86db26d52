"""Recorded answers of real sources, walked like those of a network: what came, and what opens."""

import gzip
import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from sciknow.harvest.archive import Archive
from sciknow.harvest.run import Manners, harvest
from sciknow.model import Dataset
from sciknow.model.plain import from_plain, to_plain
from sciknow.model.receipt import Asked, Complete
from sciknow.testing.hostile import HostileServer, StacDialect
from sciknow.wire.request import Answer
from sciknow.wire.trouble import Absent

SHARED = Path(os.environ.get("SCIKNOW_SHARED_DATA", Path(__file__).parents[2] / "../shared/data"))
RECORDS = SHARED / "records"
recorded = pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared test data are not here")


def cassette(*files):
    """Return (address, status, headers, body) of each recorded exchange."""
    found = []
    for name in files:
        text = (RECORDS / name).read_bytes()
        told = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for item in told["interactions"]:
            request, response = item["request"], item["response"]
            body = response["body"].get("string", response["body"].get("content", ""))
            data = body if isinstance(body, bytes) else body.encode()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            headers = {key: value[0] for key, value in response["headers"].items()}
            found.append((request["uri"], response["status"], headers, data))
    return found


def come(asked, ask, folder):
    got = []
    receipt = harvest(asked, Archive(folder), take=got.append, answers=ask)
    datasets = [item.dataset for item in got]
    for item in datasets:
        assert from_plain(Dataset, json.loads(json.dumps(to_plain(item)))) == item
    ways = sum(bool(item.distributions) for item in datasets)
    return receipt, datasets, (len(datasets), ways, sum(item.openable for item in datasets))


@recorded
@pytest.mark.parametrize("prefix", ["oai_dc", "datacite"])
def test_zenodo_by_oai_pmh(prefix, tmp_path):
    folder = "oai-scythe/tests/cassettes"
    names = ("identify", "list_metadata_formats", "list_records")
    answers = cassette(*(f"{folder}/{name}.yaml" for name in names))

    def key(address):
        query = parse_qs(urlsplit(address).query)
        told = ("verb", "metadataPrefix", "resumptionToken", "set", "identifier")
        return urlsplit(address).netloc, *(query.get(name) for name in told)

    def ask(request):
        for address, status, headers, body in answers:
            if key(address) == key(request.address):
                code = status if isinstance(status, int) else status["code"]
                return Answer(address, code, headers, body)
        raise Absent("not recorded")

    asked = Asked(
        source="zenodo",
        address="https://zenodo.org/oai2d",
        protocol="oai_pmh",
        options={"prefix": prefix},
    )
    receipt, datasets, counts = come(asked, ask, tmp_path)
    assert counts == (50, 50, 0)  # landing pages only: the files are not named
    assert (receipt.complete, receipt.refused_count) == (Complete.NO, 0)
    assert all(item.doi.startswith("10.") for item in datasets)
    assert sum(bool(item.license) for item in datasets) >= 47
    assert all(item.creators and item.issued for item in datasets)


@recorded
def test_a_portal_by_ckan(tmp_path):
    name = "test_ckan_adapter_catalog_check_ignore_packages.yaml"
    ((*_, body),) = [
        item
        for item in cassette(f"ckan-zenodo-frictionless/data/cassettes/{name}")
        if "package_search" in item[0]
    ]
    rows = json.loads(body)["result"]["results"]

    def ask(request):
        query = parse_qs(urlsplit(request.address).query)
        start, size = int(query["start"][0]), int(query["rows"][0])
        result = {"count": len(rows), "results": rows[start : start + size]}
        told = {"success": True, "result": result}
        return Answer(request.address, 200, {}, json.dumps(told).encode())

    asked = Asked(source="br", address="https://legado.dados.gov.br/", protocol="ckan", size=100)
    receipt, datasets, counts = come(asked, ask, tmp_path)
    assert counts == (800, 800, 356)
    assert (receipt.complete, receipt.pages) == (Complete.YES, 8)
    licences = [item.license for item in datasets]
    assert (licences.count("ODbL-1.0"), licences.count("CC-BY")) == (418, 292)


@recorded
def test_the_planetary_computer_by_stac(tmp_path):
    folder = "stac-client-cassettes/tests/cassettes/test_client"
    base = "https://planetarycomputer.microsoft.com/api/stac/v1"
    landing = {"stac_version": "1.0.0", "links": [{"rel": "data", "href": f"{base}/collections"}]}
    (answer,) = [
        item
        for item in cassette(f"{folder}/TestAPI.test_links.yaml")
        if item[0].endswith("/collections")
    ]

    def ask(request):
        body = json.dumps(landing).encode() if request.address == base else answer[3]
        return Answer(request.address, 200, {}, body)

    asked = Asked(source="pc", address=base, protocol="stac_api")
    receipt, datasets, counts = come(asked, ask, tmp_path)
    assert counts == (126, 18, 15)
    assert receipt.complete is Complete.UNKNOWN  # it declares no total
    assert sum(bool(item.variables) for item in datasets) == 20
    assert all(item.spatial.bbox for item in datasets)


def test_a_key_of_the_user_s_goes_to_no_other_host(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "localhost")
    heard = []

    class Moved(StacDialect):
        def _next(self, query, shown):
            return super()._next(query, shown).replace("127.0.0.1", "localhost")

    with HostileServer(Moved()) as server:
        handler = server._server.RequestHandlerClass
        real = handler.do_GET

        def do_get(self):
            heard.append((self.headers["Host"].partition(":")[0], self.headers.get("X-Key")))
            real(self)

        handler.do_GET = do_get
        asked = Asked(source="case", address=server.address, protocol="stac_api")
        harvest(asked, Archive(tmp_path), manners=Manners(headers={"X-Key": "secret"}))
    assert set(heard) == {("127.0.0.1", "secret"), ("localhost", None)}


def test_a_next_page_inside_a_private_network_is_not_asked_for(tmp_path, public_name):
    class Inside(StacDialect):
        def _next(self, query, shown):
            return "http://169.254.169.254/latest/meta-data/"

    with HostileServer(Inside()) as server:
        address = server.address.replace("127.0.0.1", public_name)
        asked = Asked(source="case", address=address, protocol="stac_api")
        receipt = harvest(asked, Archive(tmp_path))
    assert receipt.complete is Complete.NO
    assert "private network" in receipt.because
    assert receipt.distinct == 10
