"""Which options a store takes, who may name an endpoint, and where keys come from."""

from __future__ import annotations

import pytest

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.wire.credentials import aws_profile
from sciknow.wire.objectstore import parse_options, with_endpoint


@pytest.fixture(autouse=True)
def no_environment(monkeypatch, tmp_path):
    for key in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(key, raising=False)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


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


def test_keys_come_from_the_profile_that_is_in_use(tmp_path, monkeypatch):
    assert aws_profile() == {}
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = a\naws_secret_access_key = b%c\n"
        "[work]\naws_access_key_id = d\naws_secret_access_key = e\naws_session_token = f\n"
    )
    (tmp_path / "config").write_text("[profile work]\nregion = eu-north-1\noutput = json\n")
    assert aws_profile() == {"access_key_id": "a", "secret_access_key": "b%c"}
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert aws_profile() == {
        "access_key_id": "d",
        "secret_access_key": "e",
        "session_token": "f",
        "region": "eu-north-1",
    }
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert "region" not in aws_profile()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    assert aws_profile() == {}
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (tmp_path / "credentials").write_text("no ini at all")
    assert aws_profile() == {"region": "eu-north-1"} or "access_key_id" not in aws_profile()
