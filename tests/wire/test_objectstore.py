"""Which options a store takes, and who may name an endpoint."""

from __future__ import annotations

import pytest

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.wire.objectstore import parse_options, with_endpoint


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for key in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(key, raising=False)


def test_access_is_anonymous_unless_it_is_said():
    assert parse_options({})["anon"] is True
    assert parse_options({"anon": False})["anon"] is False
    assert parse_options({"token": "anon"}) == {"anon": True}


def test_options_of_the_client_are_read_too():
    found = parse_options({"client_kwargs": {"endpoint_url": "https://a.b/", "region_name": "x"}})
    assert found == {"anon": True, "endpoint_url": "https://a.b", "region": "x"}


@pytest.mark.parametrize("options", [{"key": "x"}, {"client_kwargs": {"aws_secret_access_key": 1}}])
def test_credentials_are_refused(options):
    with pytest.raises(UntrustedInput, match="credential"):
        parse_options(options)


def test_unknown_options_are_refused():
    with pytest.raises(InvalidInput, match="hook"):
        parse_options({"hook": 1})


@pytest.mark.parametrize(
    ("scheme", "endpoint", "plain"),
    [
        ("s3", None, False),
        ("s3", "https://s3.eu-north-1.amazonaws.com", False),
        ("s3", "https://s3.amazonaws.com", False),
        ("s3", "https://s3-us-west-2.amazonaws.com", False),
        ("s3", "https://s3.dualstack.us-west-2.amazonaws.com", False),
        ("s3", "https://noaa-goes16.s3.amazonaws.com", False),
        ("s3", "https://s3.cn-north-1.amazonaws.com.cn", False),
        ("s3", "http://s3.amazonaws.com", True),
        ("s3", "https://abc.execute-api.us-east-1.amazonaws.com", True),
        ("s3", "https://a.s3-website-us-east-1.amazonaws.com", True),
        ("s3", "https://a.s3-website.eu-central-1.amazonaws.com", True),
        ("s3", "https://xs3.amazonaws.com", True),
        ("s3", "https://amazonaws.com.evil.example", True),
        ("s3", "https://evilamazonaws.com", True),
        ("s3", "https://usgs.osn.mghpcc.org", True),
        ("gs", "https://storage.googleapis.com", False),
        ("az", "https://abc.blob.core.windows.net", False),
        ("abfs", "https://abc.dfs.core.windows.net", False),
    ],
)
def test_an_endpoint_from_data_is_plain_unless_it_is_the_provider_s(scheme, endpoint, plain):
    options = {"endpoint_url": endpoint} if endpoint else {}
    assert with_endpoint(scheme, options, trusted=False)["plain"] is plain
    assert with_endpoint(scheme, options, trusted=True)["plain"] is False


@pytest.mark.parametrize(
    ("scheme", "endpoint"),
    [
        ("gs", "https://run.googleapis.com"),
        ("az", "https://abc.z6.web.core.windows.net"),
        ("az", "https://blob.core.windows.net"),
    ],
)
def test_what_only_lies_below_a_provider_s_domain_is_not_its_store(scheme, endpoint):
    with pytest.raises(UntrustedInput, match="catalogue of your own"):
        with_endpoint(scheme, {"endpoint_url": endpoint}, trusted=False)


@pytest.mark.parametrize(
    "options",
    [
        {"region": "evil.example/x"},
        {"region": "us-east-1@evil"},
        {"client_kwargs": {"region_name": "evil.example:8080/"}},
        {"account_name": "evil.example/x"},
        {"account_name": "127.0.0.1:80#"},
        {"project": "a\r\nHost: b"},
    ],
)
def test_an_option_that_becomes_part_of_a_host_cannot_lead_elsewhere(options):
    with pytest.raises(InvalidInput, match="option"):
        parse_options(options)


def test_the_user_s_tools_may_name_an_endpoint(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://minio.local:9000/")
    found = with_endpoint("s3", {}, trusted=False)
    assert (found["endpoint_url"], found["plain"]) == ("http://minio.local:9000", False)
    data = with_endpoint("s3", {"endpoint_url": "https://other.example"}, trusted=False)
    assert (data["endpoint_url"], data["plain"]) == ("https://other.example", True)
    assert "endpoint_url" not in with_endpoint("gs", {}, trusted=False)
