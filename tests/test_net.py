"""The one policy for what goes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import InvalidInput, SciknowError, SourceUnavailable, UntrustedInput
from sciknow.net import (
    WEB_SCHEMES,
    Deadline,
    check_no_credentials,
    is_offline,
    is_private_host,
    normalise_host,
    parse_url,
    redact,
    redirect_target,
)


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("HTTPS://Example.ORG:443/a b#top", "https://example.org/a%20b"),
        ("http://example.org.", "http://example.org/"),
        ("http://[::1]:8080/x?y=1 2", "http://[::1]:8080/x?y=1%202"),
        ("https://数据.cn/气温", "https://xn--vxup8b.cn/%E6%B0%94%E6%B8%A9"),
        ("s3://Bucket/Key with/plus+", "s3://Bucket/Key with/plus+"),
        ("https://h/a%20b", "https://h/a%20b"),
    ],
)
def test_canonical_form(value, canonical):
    assert parse_url(value) == canonical
    assert parse_url(canonical) == canonical


@pytest.mark.parametrize(
    "value",
    [
        "http://user:pass@host/",
        "https://token@host/",
        "file:///etc/passwd",
        "ftp://host/a",
        "javascript:alert(1)",
        "data:text/plain,x",
        "http://a\r\nHost: b/",
        "http://a\tb/",
        "http://a\\@b/",
        "http://good.org\u202e/evil",
        "//host/a",
        "",
    ],
)
def test_untrusted(value):
    with pytest.raises(UntrustedInput):
        parse_url(value)


@pytest.mark.parametrize("value", ["http:///a", "http://h:99999/", "http://[::1/", "https://a b/"])
def test_no_url(value):
    with pytest.raises(InvalidInput):
        parse_url(value)


def test_a_scheme_that_is_not_wanted_here():
    with pytest.raises(UntrustedInput, match="allowed are http, https"):
        parse_url("s3://bucket/key", schemes=WEB_SCHEMES)


def test_a_url_without_end():
    with pytest.raises(InvalidInput, match="characters"):
        parse_url("http://h/" + "a" * 9_000)


@given(st.text(max_size=60))
def test_any_text_gives_a_url_or_an_error_of_ours(value):
    try:
        found = parse_url(value)
    except SciknowError:
        return
    assert parse_url(found) == found


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "::1",
        "[fd00::1]",
        "printer.local",
        "metadata.google.internal",
        "0.0.0.0",
        "127.1",  # spellings that the system understands, too
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "224.0.0.1",
        "100.64.0.1",
        "168.63.129.16",
        "192.0.0.192",
        "::127.0.0.1",
        "64:ff9b:1::7f00:1",
        "::ffff:0:7f00:1",
        "fd00:ec2::254",
        "fe80::1%eth0",
    ],
)
def test_private_hosts(host):
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host",
    ["example.org", "8.8.8.8", "134744072", "2606:4700::1111", "64:ff9b::808:808", "localhost.org"],
)
def test_public_hosts(host):
    assert not is_private_host(host)


@pytest.mark.parametrize("host", ["a/b", "127.0.0.%31", ""])
def test_host_that_is_none(host):
    with pytest.raises(InvalidInput):
        normalise_host(host)


@pytest.mark.parametrize(
    ("origin", "location", "target"),
    [
        ("http://h/a/b", "c", "http://h/a/c"),
        ("http://h/a", "https://other.org/x", "https://other.org/x"),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/b", "http://127.0.0.1:2/b"),
    ],
)
def test_redirects_that_are_followed(origin, location, target):
    assert redirect_target(origin, location) == target


@pytest.mark.parametrize(
    ("origin", "location"),
    [
        ("https://h.org/a", "http://h.org/a"),
        ("http://h.org/a", "file:///etc/passwd"),
        ("http://h.org/a", "s3://bucket/a"),
        ("http://h.org/a", "http://user:pass@h.org/"),
    ],
)
def test_redirects_that_are_not(origin, location):
    with pytest.raises(UntrustedInput):
        redirect_target(origin, location)


def test_redact():
    assert redact("https://u:p@h/x?sig=abc&z=1") == "https://h/x?sig=…&z=…"


@pytest.mark.parametrize("options", [{"key": "x"}, {"a": {"token": "x"}}, {"Authorization": "x"}])
def test_credentials(options):
    with pytest.raises(UntrustedInput, match="credential"):
        check_no_credentials(options, "the distribution x")


def test_no_credentials():
    check_no_credentials({"anon": True, "secret": "", "client_kwargs": {"region": "x"}}, "x")


def test_deadline():
    assert 0 < Deadline.after(5).left <= 5
    with pytest.raises(SourceUnavailable, match=r"x did not answer within 2 s"):
        Deadline(0.0, 2.0).check("x")
    with pytest.raises(InvalidInput):
        Deadline.after(0)


@pytest.mark.parametrize(
    ("value", "offline"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_offline(value, offline, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", value)
    assert is_offline() is offline
