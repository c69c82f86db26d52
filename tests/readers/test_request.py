"""Where a distribution leads: its own addresses are the user's, what lies behind them is data."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr
from servers.forbidden import SPELLINGS, counting_port
from servers.web import DataServer

from sciknow.errors import UntrustedInput
from sciknow.model import Distribution
from sciknow.readers import list_files, open_distribution, probe_distribution, take_fingerprint
from sciknow.readers.request import addresses_of, locate

SOME = SPELLINGS[::5]


def references(url):
    array = {"shape": [2], "chunks": [2], "dtype": "<i2", "fill_value": None, "order": "C"}
    array |= {"zarr_format": 2, "compressor": None, "filters": None}
    return {
        ".zgroup": json.dumps({"zarr_format": 2}),
        "x/.zarray": json.dumps(array),
        "x/.zattrs": json.dumps({"_ARRAY_DIMENSIONS": ["x"]}),
        "x/0": [url, 0, 4],
    }


def item(url):
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "one",
        "geometry": None,
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "links": [],
        "assets": {"data": {"href": url, "type": "application/x-netcdf", "roles": ["data"]}},
    }


def collection(url):
    return {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "all",
        "description": "all",
        "links": [{"rel": "item", "href": url}],
    }


@pytest.mark.parametrize("spelling", SOME)
@pytest.mark.parametrize(
    ("document", "reader"),
    [(references, "kerchunk"), (item, "stac"), (collection, "stac")],
    ids=["references", "asset", "item"],
)
@pytest.mark.parametrize("served", [True, False], ids=["web", "local"])
def test_a_document_leads_nobody_inside(document, reader, spelling, served, names, tmp_path):
    with counting_port() as (port, came), DataServer(tmp_path) as web:
        told = document(f"http://{spelling}:{port}/a.nc")
        (tmp_path / "d.json").write_text(json.dumps(told))
        way = Distribution(id="x", access_url=f"{web.url}/d.json" if served else "d.json")
        way = Distribution(id="x", access_url=way.access_url, reader=reader)
        with pytest.raises(UntrustedInput, match=r"private network|local"):
            open_distribution(way, base=tmp_path, deadline=2).load()
        assert came == []


@pytest.mark.parametrize("spelling", SOME)
def test_a_record_from_elsewhere_is_looked_at_nowhere_inside(spelling, names, tmp_path):
    with counting_port() as (port, came):
        for url, options in (
            (f"http://{spelling}:{port}/a.nc", {}),
            ("s3://bucket/a.nc", {"endpoint_url": f"http://{spelling}:{port}"}),
        ):
            way = Distribution(id="x", access_url=url, reader="netcdf", storage_options=options)
            for ask in (open_distribution, take_fingerprint, list_files):
                if ask is list_files and options:
                    continue
                found = None
                try:
                    found = ask(way, base=None, deadline=2)
                except UntrustedInput:
                    continue
                assert ask is list_files, (ask, found)  # it names the file, and asks nobody
            assert probe_distribution(way, base=None, deadline=2).outcome == "refused"
        assert came == []


def test_what_a_document_leads_to_beside_itself_is_read(names, tmp_path):
    (tmp_path / "a.bin").write_bytes(np.array([7, 8], "<i2").tobytes())
    with DataServer(tmp_path) as web:
        for url in (f"{web.url}/a.bin", "a.bin"):
            (tmp_path / "d.json").write_text(json.dumps(references(url)))
            way = Distribution(id="x", access_url=f"{web.url}/d.json", reader="kerchunk")
            found = open_distribution(way, base=tmp_path)
            assert isinstance(found, xr.Dataset)
            assert found["x"].values.tolist() == [7, 8]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("token=x", "token"),
        ("a=1&X-Amz-Signature=x", "X-Amz-Signature"),
        ("sv=1&sig=x", "sig"),
        ("accessToken=x", "accessToken"),
        ("AWSAccessKeyId=x", "AWSAccessKeyId"),
        ("api_key=x", "api_key"),
        ("apikey=", "apikey"),
        ("subscription-key=x", "subscription-key"),
        ("password=x", "password"),
        ("sigma=1&page_token=2&design=3&key=4&user=5&author=6", ""),
    ],
)
def test_no_address_carries_a_credential(query, key, tmp_path):
    way = Distribution(id="x", access_url=f"https://a.org/x.csv?{query}", reader="csv")
    if not key:
        assert locate(way, base=tmp_path).url
        return
    with pytest.raises(UntrustedInput, match="credential") as told:
        locate(way, base=tmp_path)
    assert key in told.value.message
    assert "=x" not in str(told.value)


def test_addresses_that_a_distribution_names():
    way = Distribution(
        id="x",
        access_url="http://a.org/x",
        options={"virtual_containers": {"https://b.org/": {"endpoint_url": "http://c.org"}}},
        storage_options={"target_options": {"endpoint_url": "http://10.0.0.1:9"}},
    )
    assert set(addresses_of(way)) == {
        "http://a.org/x",
        "https://b.org/",
        "http://c.org",
        "http://10.0.0.1:9",
    }
    reach = locate(way, base="/tmp").transport.reach_of("http://a.org/x")
    assert reach.owns("http://10.0.0.1:9/k")
    assert not locate(way, base=None).transport.reach_of("http://a.org/x").owns("http://a.org/x")
    assert locate(way, base=None, private=True).transport.reach_of("").owns("http://10.2.3.4/")


def test_what_was_harvested_leads_nowhere_inside_though_it_is_in_the_user_s_hub(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    with counting_port() as (port, came):
        for url, storage in (
            (f"http://127.0.0.1:{port}/a.csv", {}),
            ("s3://bucket/a.csv", {"endpoint_url": f"http://127.0.0.1:{port}"}),
            ("s3://bucket/a.csv", {"anon": False}),
            ("a.csv", {}),
            (str(tmp_path / "a.csv"), {}),
        ):
            way = Distribution(
                id="x", access_url=url, reader="csv", storage_options=storage, harvested=True
            )
            with pytest.raises(UntrustedInput):
                open_distribution(way, base=tmp_path, deadline=2).compute()
            with pytest.raises(UntrustedInput):
                take_fingerprint(way, base=tmp_path, deadline=2, trusted=True)
        assert came == []
