"""Object stores through obstore: its retries are off, budgets cut, and trouble is told as ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.clouds import ACCOUNT, KEY, azure_server, azurite
from servers.objects import object_server
from servers.raw import RawServer
from servers.web import DataServer, Fault, free_port

from sciknow.errors import IntegrityError, InvalidInput, SourceUnavailable
from sciknow.net import Deadline
from sciknow.wire import Denied, Transport, bucket
from sciknow.wire.bucket import Bucket, region_of
from sciknow.wire.objectstore import with_endpoint
from sciknow.wire.trouble import Absent, Trouble, TroubleKind


@pytest.fixture(autouse=True)
def nothing_learnt(monkeypatch):
    monkeypatch.setattr(bucket, "_regions", {})


@pytest.fixture
def served(tmp_path) -> Iterator[DataServer]:
    """A bucket ``data`` on a server that fails on demand."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "big").write_bytes(bytes(2_000_000))
    with DataServer(tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory) -> Iterator[str]:
    at: Path = tmp_path_factory.mktemp("bucket")
    (at / "a").mkdir()
    (at / "a" / "one.bin").write_bytes(b"0123456789")
    (at / "a" / "empty").write_bytes(b"")
    (at / "ab").write_bytes(b"x")
    with object_server(at, "edges") as found:  # moto keeps one set of buckets a process
        yield found


def store(endpoint: str, seconds: float = 5.0, **options: object) -> Bucket:
    chosen = with_endpoint("s3", {"endpoint_url": endpoint, **options}, trusted=True)
    chosen.pop("plain")
    return Bucket("s3", chosen, seconds)


def transport(endpoint: str, deadline: float = 5.0) -> Transport:
    options = {"endpoint_url": endpoint}
    return Transport(storage_options=options, deadline=deadline, trusted=True)


@pytest.mark.parametrize("kind", ["status", "reset"])
@pytest.mark.parametrize("way", ["fetch", "read"])
def test_one_request_is_one_attempt(way, kind, served):
    served.faults.append(Fault(kind))
    asked, url = store(served.url), "s3://data/big"
    work = {
        "fetch": lambda: transport(served.url).run(asked.fetch(url, (0, 10), 100)),
        "read": lambda: asked.read(url, (0, 10), 100, Deadline.after(5)),
    }[way]
    with pytest.raises(Trouble) as caught:
        work()
    assert caught.value.kind in {TroubleKind.TRANSIENT, TroubleKind.UNREACHABLE}
    assert len(served.hits) == 1


@pytest.mark.parametrize("kind", ["status", "reset", "cut"])
def test_ours_retry(kind, served):
    served.faults.append(Fault(kind, times=2))
    asked = transport(served.url)
    assert asked.run(asked.fetch("s3://data/big", 0, 1000)) == bytes(1000)
    assert (asked.meter.requests, asked.meter.retries) == (3, 2)
    served.faults.append(Fault(kind, times=2))
    assert asked.read("s3://data/big", 1000, 3000) == bytes(2000)


def test_what_stays_cut_short_is_told(served):
    served.faults.append(Fault("cut"))
    asked = transport(served.url)
    with pytest.raises(IntegrityError, match="cut short"):
        asked.run(asked.fetch("s3://data/big", 0, 1000))


@pytest.mark.parametrize("way", ["fetch", "read"])
def test_the_deadline_is_one_for_all_tries(way, served):
    served.faults.append(Fault("stall"))
    asked = transport(served.url, deadline=0.6)
    work = {
        "fetch": lambda: asked.run(asked.fetch("s3://data/big", 0, 10)),
        "read": lambda: asked.read("s3://data/big", 0, 10),
    }[way]
    with pytest.raises(SourceUnavailable, match=r"within 0\.6 s"):
        work()


def test_an_object_that_is_too_large_is_not_taken_whole(served):
    with pytest.raises(Trouble, match=r"2,000,000 bytes at once \(at most 1,000"):
        transport(served.url).run(store(served.url).fetch("s3://data/big", None, 1000))


@pytest.mark.parametrize(("status", "kind"), [(404, Absent), (403, Denied), (401, Denied)])
def test_what_is_not_to_be_had_is_asked_for_once(status, kind, served):
    served.faults.append(Fault("status", status=status))
    asked = transport(served.url)
    with pytest.raises(kind):
        asked.run(asked.fetch("s3://data/big", 0, 10))
    assert len(served.hits) == 1


def test_nobody_there_and_no_such_host():
    with pytest.raises(SourceUnavailable, match=r"no connection.*tried 4 times"):
        transport(f"http://127.0.0.1:{free_port()}").read("s3://data/a", 0, 1)
    with pytest.raises(SourceUnavailable, match="no such host"):
        transport("http://nowhere.invalid").read("s3://data/a", 0, 1)


def test_ranges_at_the_edges(endpoint):
    asked, url = transport(endpoint), "s3://edges/a/one.bin"
    assert asked.run(asked.fetch(url, 8, 100)) == b"89"
    assert asked.run(asked.fetch(url, 3, None)) == b"3456789"
    assert asked.run(asked.fetch(url, -4, None)) == b"6789"
    assert asked.run(asked.fetch(url, 100, 110)) == b""
    assert asked.run(asked.fetch("s3://edges/a/empty")) == b""
    assert asked.run(asked.size("s3://edges/a/empty")) == 0


@pytest.mark.parametrize(
    ("key", "there"), [("a", True), ("a/", True), ("a/o", True), ("b", False), ("a/z/", False)]
)
def test_whether_there_is_anything(key, there, endpoint):
    asked = transport(endpoint)
    assert asked.run(store(endpoint).anything(f"s3://edges/{key}")) is there


def test_a_folder_is_no_object(endpoint):
    asked = transport(endpoint)
    with pytest.raises(Absent):
        asked.run(asked.size("s3://edges/a/"))


def test_the_region_is_learnt_from_a_bucket_that_is_elsewhere(served, tmp_path, monkeypatch):
    with DataServer(tmp_path) as aws:
        aws.faults.append(
            Fault("status", status=403, headers={"x-amz-bucket-region": "eu-north-1"})
        )
        monkeypatch.setattr(bucket, "_AWS", aws.url)
        served.faults.append(Fault("status", status=301, times=1))
        asked = transport(served.url)
        assert asked.run(asked.fetch("s3://data/big", 0, 4)) == bytes(4)
        assert bucket._regions == {"data": "eu-north-1"}
        assert [hit.method for hit in aws.hits] == ["HEAD"]


def test_a_region_that_is_none_is_not_believed(tmp_path, monkeypatch):
    with DataServer(tmp_path) as aws:
        aws.faults.append(Fault("status", status=200, headers={"x-amz-bucket-region": "x@evil/"}))
        monkeypatch.setattr(bucket, "_AWS", aws.url)
        with pytest.raises(Trouble, match="not known"):
            region_of("data", 5)


def test_an_account_is_asked_for():
    with pytest.raises(InvalidInput, match="name of its account"):
        Bucket("az", with_endpoint("az", {}, trusted=True), 5)._at("az://data/a")


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_request_is_signed_only_where_that_is_asked_for(scheme, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a real one")
    head = b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 4\r\nLast-Modified: '
    answer = head + b"Thu, 02 Jan 2020 03:04:05 GMT\r\n\r\nabcd"
    with RawServer(lambda send, _: send(answer)) as server:
        for anon in (True, False) if scheme == "s3" else (True,):
            chosen = {"endpoint_url": server.url, "anon": anon}
            asked = Transport(storage_options=chosen, deadline=5, trusted=True)
            assert asked.run(asked.fetch(f"{scheme}://data/a")) == b"abcd"
        told = [
            b"authorization: aws4-hmac-sha256 credential=akidexample/" in request.lower()
            for request in server.requests
        ]
        assert told == ([False, True] if scheme == "s3" else [False])
        assert all(b"google" not in request.lower() for request in server.requests)


def test_a_private_container_is_read_with_the_key_of_the_environment(monkeypatch, tmp_path):
    if azurite() is None:
        pytest.skip("Azurite is not on this machine (npm install -g azurite)")
    for place in ("files", "scratch"):
        (tmp_path / place).mkdir()
    (tmp_path / "files" / "a.bin").write_bytes(b"0123456789")
    with azure_server(tmp_path / "files", tmp_path / "scratch", public=False) as endpoint:
        options = {"endpoint_url": endpoint, "account_name": ACCOUNT}
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)
        anonymous = Transport(storage_options=options, deadline=20, trusted=True)
        with pytest.raises(SourceUnavailable):
            anonymous.run(anonymous.fetch("az://data/a.bin", 2, 5))
        signed = Transport(storage_options=options | {"anon": False}, deadline=20, trusted=True)
        assert signed.run(signed.fetch("az://data/a.bin", 2, 5)) == b"234"
        assert signed.read("az://data/a.bin", 0, 4) == b"0123"
        assert signed.run(signed.fetch("az://data/a.bin", -3, None)) == b"789"
        assert set(signed.run(signed.files("az://data"))) == {"az://data/a.bin"}


def test_names_and_files_below_a_prefix(endpoint):
    asked = transport(endpoint)
    assert asked.run(asked.names("s3://edges")) == {"a": None, "ab": 1}
    assert asked.run(asked.names("s3://edges/a/")) == {"one.bin": 10, "empty": 0}
    files = asked.run(asked.files("s3://edges"))
    assert {url: says.size for url, says in files.items()} == {
        "s3://edges/a/one.bin": 10,
        "s3://edges/a/empty": 0,
        "s3://edges/ab": 1,
    }
    assert set(asked.run(asked.files("s3://edges/a"))) == set(files) - {"s3://edges/ab"}
    for work in (asked.names, asked.files):
        with pytest.raises(Absent, match="nothing under this prefix"):
            asked.run(work("s3://edges/none"))
        with pytest.raises(SourceUnavailable):
            asked.run(work("s3://nobody/none"))


def test_what_is_said_of_an_object_is_the_same_however_it_is_asked(endpoint):
    asked, url = transport(endpoint), "s3://edges/a/one.bin"
    head = asked.run(asked.version(url))
    assert (head.size, head.version) == (10, "")
    assert head.etag == '"781e5e245d69b566979b86e28d23f2c7"'  # MD5, as S3 does
    assert head.modified.endswith("+00:00")
    bucket_ = store(endpoint)
    assert asked.run(bucket_.fetch(url, (2, 4), 10)).says == head
    assert bucket_.read(url, (2, 4), 10, Deadline.after(5)).says == head
    assert asked.run(asked.files("s3://edges/a"))[url] == head


GOT = b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 4\r\nLast-Modified: '
GOT += b"Thu, 02 Jan 2020 03:04:05 GMT\r\n\r\nabcd"


@pytest.mark.parametrize(
    ("scheme", "options", "header"),
    [
        ("s3", {"requester_pays": True, "anon": False}, b"x-amz-request-payer: requester"),
        ("gs", {"project": "mine"}, b"x-goog-user-project: mine"),
    ],
)
def test_who_pays_is_said(scheme, options, header, monkeypatch):
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # S3 takes it from a signed request
        monkeypatch.setenv(key, "not a real one")
    with RawServer(lambda send, _: send(GOT)) as server:
        for more, told in ((options, True), ({}, False)):
            chosen = with_endpoint(scheme, {"endpoint_url": server.url, **more}, trusted=True)
            chosen.pop("plain")
            asked = Bucket(scheme, chosen, 5)
            assert Transport().run(asked.fetch(f"{scheme}://data/a", None, 9)).body == b"abcd"
            assert (header in server.requests[-1].lower()) is told
            assert b"user-agent: sciknow/" in server.requests[-1].lower()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, TroubleKind.FATAL),
        (401, TroubleKind.DENIED),
        (403, TroubleKind.DENIED),
        (404, TroubleKind.ABSENT),
        (409, TroubleKind.FATAL),
        (429, TroubleKind.TRANSIENT),
        (500, TroubleKind.TRANSIENT),
        (503, TroubleKind.TRANSIENT),
    ],
)
def test_what_a_status_means_and_the_store_s_own_words(status, kind):
    body = b"<Error><Code>X</Code><Message>the tape is out</Message></Error>"
    head = f"HTTP/1.1 {status} Some Reason\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with RawServer(lambda send, _: send(head + body)) as server:
        with pytest.raises(Trouble) as caught:
            store(server.url).read("s3://data/a", (0, 4), 9, Deadline.after(5))
        assert caught.value.kind is kind
        assert "the tape is out" in caught.value.reason
        if kind in {TroubleKind.FATAL, TroubleKind.TRANSIENT}:
            assert caught.value.reason.startswith(f"HTTP {status} ")
        assert "127.0.0.1" not in caught.value.reason
        assert len(server.requests) == 1


def test_a_region_that_is_named_is_not_asked_for(served, monkeypatch):
    monkeypatch.setattr(bucket, "_AWS", "http://127.0.0.1:9")
    served.faults.append(Fault("status", status=301))
    with pytest.raises(Trouble):
        store(served.url, region="eu-north-1").read("s3://data/big", (0, 4), 9, Deadline.after(5))
    assert bucket._regions == {}
    assert len(served.hits) == 1


def test_a_body_that_is_too_long_is_cut(served):
    found = store(served.url).read("s3://data/big", (0, 1000), 9, Deadline.after(5))
    assert len(found.body) == 1000
    with pytest.raises(Trouble, match="no answer within"):
        store(served.url).read("s3://data/big", (0, 1000), 9, Deadline.after(1e-9))
