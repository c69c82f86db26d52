"""Endpoints that came from data: read as public S3 by our own client, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import xarray as xr
from servers.forbidden import counting_port
from servers.objects import object_server
from servers.web import DataServer, Fault

from sciknow.errors import SourceUnavailable, UntrustedInput
from sciknow.model import Distribution
from sciknow.net import Deadline
from sciknow.readers import open_distribution
from sciknow.wire import Transport
from sciknow.wire.plain_s3 import PlainS3
from sciknow.wire.reach import Reach
from sciknow.wire.trouble import Absent, Trouble


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    at = tmp_path_factory.mktemp("bucket")
    (at / "a").mkdir()
    (at / "a" / "one.bin").write_bytes(b"0123456789")
    (at / "a" / "two and three+.bin").write_bytes(b"xy")
    (at / "a" / "b").mkdir()
    (at / "a" / "b" / "深.bin").write_bytes(b"z")
    xr.Dataset({"v": ("x", [1.0, 2.0, 3.0])}).to_zarr(at / "s.zarr", zarr_format=2)
    return at


@pytest.fixture(scope="module")
def endpoint(filled) -> Iterator[str]:
    with object_server(filled) as found:
        yield found


def transport(endpoint: str, **options: object) -> Transport:
    return Transport(storage_options={"endpoint_url": endpoint, **options}, deadline=10)


@pytest.mark.parametrize("way", ["fetch", "read", "size", "names"])
def test_an_endpoint_from_data_never_leads_to_a_forbidden_port(way, tmp_path, public_name):
    with counting_port() as (port, came), DataServer(tmp_path) as web:
        web.faults.append(Fault("redirect", location=f"http://127.0.0.1:{port}/data/a"))
        asked = transport(web.url.replace("127.0.0.1", public_name))
        work = {
            "fetch": lambda: asked.run(asked.fetch("s3://data/a", 0, 4)),
            "read": lambda: asked.read("s3://data/a", 0, 4),
            "size": lambda: asked.run(asked.size("s3://data/a")),
            "names": lambda: asked.run(asked.names("s3://data/a")),
        }[way]
        with pytest.raises(UntrustedInput, match="private network"):
            work()
        assert web.hits
        assert came == []


def test_a_record_from_elsewhere_opens_from_a_public_bucket(endpoint, monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.0/8")  # as if it were public
    way = Distribution(
        id="x",
        access_url="s3://data/s.zarr",
        reader="zarr",
        storage_options={"endpoint_url": endpoint},
    )
    found = open_distribution(way, base=None)
    assert found["v"].values.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("s3://data/s.zarr", {"anon": False}),
        ("s3://data/s.zarr", {"anon": False, "endpoint_url": None, "requester_pays": True}),
        ("gs://data/s.zarr", {}),
        ("az://data/s.zarr", {"account_name": "abc"}),
    ],
)
def test_nothing_is_signed_for_and_nothing_but_s3_is_spoken_to_an_endpoint_from_data(url, options):
    with counting_port() as (port, came):
        storage = {"endpoint_url": f"http://127.0.0.1:{port}", **options}
        way = Distribution(id="x", access_url=url, reader="zarr", storage_options=storage)
        with pytest.raises(UntrustedInput, match="catalogue of your own"):
            open_distribution(way, base=None)
        assert came == []


def test_icechunk_does_not_visit_an_endpoint_from_data():
    pytest.importorskip("icechunk")
    with counting_port() as (port, came):
        endpoint = f"http://127.0.0.1:{port}"
        for options, storage in (
            ({}, {"endpoint_url": endpoint}),
            ({"virtual_containers": {f"{endpoint}/": {}}}, {}),
            ({"virtual_containers": {"s3://b/": {"endpoint_url": endpoint}}}, {}),
            (None, {}),
        ):
            way = Distribution(
                id="x",
                access_url="s3://data/repo" if options is not None else "https://a.org/repo/x",
                reader="icechunk",
                options=options or {},
                storage_options=storage,
            )
            with pytest.raises(UntrustedInput, match="record from elsewhere"):
                open_distribution(way, base=None)
        assert came == []


def test_a_record_from_elsewhere_leads_to_no_local_file(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    way = Distribution(id="x", access_url=str(tmp_path / "a.csv"), reader="csv")
    with pytest.raises(UntrustedInput, match="local path"):
        open_distribution(way, base=None)


def test_ranges_sizes_and_names(endpoint):
    asked = transport(endpoint)
    url = "s3://data/a/one.bin"
    assert asked.run(asked.fetch(url, 2, 5)) == b"234"
    assert asked.run(asked.fetch(url, -3, None)) == b"789"
    assert asked.read(url, 8, 10) == b"89"
    assert asked.run(asked.size(url)) == 10
    assert asked.run(asked.fetch("s3://data/a/two and three+.bin")) == b"xy"
    names = asked.run(asked.names("s3://data/a"))
    assert names == {"one.bin": 10, "two and three+.bin": 2, "b": None}
    files = asked.run(asked.files("s3://data/a"))
    assert {url: says.size for url, says in files.items()} == {
        "s3://data/a/one.bin": 10,
        "s3://data/a/two and three+.bin": 2,
        "s3://data/a/b/深.bin": 1,
    }
    assert all(says.etag and says.modified.endswith("+00:00") for says in files.values())


def test_it_says_what_obstore_says_of_the_same_bucket(endpoint):
    plain = transport(endpoint)
    ours = Transport(storage_options={"endpoint_url": endpoint}, trusted=True)
    for folder in ("s3://data/a", "s3://data"):
        assert plain.run(plain.names(folder)) == ours.run(ours.names(folder))
        assert plain.run(plain.files(folder)) == ours.run(ours.files(folder))
    one = "s3://data/a/one.bin"
    assert plain.run(plain.version(one)) == ours.run(ours.version(one))


def test_what_is_not_there(endpoint):
    asked = transport(endpoint)
    for work in (
        asked.fetch("s3://data/none"),
        asked.size("s3://none/a"),
        asked.names("s3://data/z"),
    ):
        with pytest.raises(Absent):
            asked.run(work)


def listing(keys: str, token: str = "") -> bytes:
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
    rows = "".join(f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in keys)
    head = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    return f"{head}{rows}{more if token else ''}</ListBucketResult>".encode()


def test_pages_are_turned_and_a_ring_of_pages_ends(tmp_path):
    with DataServer(tmp_path) as web:
        pages = {"": listing("ab", "t1"), "t1": listing("c")}

        def answer(path: str) -> tuple[str, bytes]:
            token = path.partition("continuation-token=")[2].partition("&")[0]
            return "application/xml", pages[token]

        web.answers["/data"] = answer
        asked = transport(web.url)
        assert set(asked.run(asked.names("s3://data"))) == {"a", "b", "c"}
        pages["t1"] = listing("c", "t1")
        with pytest.raises(SourceUnavailable, match="ring"):
            asked.run(asked.names("s3://data"))


def test_a_listing_that_defines_entities_is_refused(tmp_path):
    with DataServer(tmp_path) as web:
        hostile = b'<!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'
        web.answers["/data"] = lambda path: ("application/xml", hostile)
        asked = transport(web.url)
        with pytest.raises(SourceUnavailable, match="entities"):
            asked.run(asked.files("s3://data"))


def test_one_request_is_one_attempt(tmp_path):
    with DataServer(tmp_path) as web:
        web.faults.append(Fault("status", status=503))
        with pytest.raises(Trouble):
            PlainS3(web.url, Reach.of(web.url)).read("s3://data/a", (0, 1), 10, Deadline.after(5))
        assert len(web.hits) == 1


def test_icechunk_follows_no_redirect_of_its_own(tmp_path):
    pytest.importorskip("icechunk")
    from samples.icechunks import commit

    commit(tmp_path / "repo.icechunk", xr.Dataset({"v": ("x", [1.0, 2.0])}), "first")
    with counting_port() as (port, came), DataServer(tmp_path) as web:
        away = f"http://127.0.0.1:{port}/"
        web.faults.append(Fault("redirect", match="/(snapshots|manifests|chunks)/", location=away))
        way = Distribution(id="x", access_url=f"{web.url}/repo.icechunk", reader="icechunk")
        with pytest.raises(SourceUnavailable):
            open_distribution(way, base=tmp_path, deadline=5)
        assert any("/snapshots/" in hit.path for hit in web.hits)
        assert came == []
