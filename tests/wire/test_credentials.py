"""Logins of web servers, each for one host over https; keys of AWS."""

from __future__ import annotations

import base64
import sys

import pytest
from servers.web import DataServer, Fault

from sciknow.errors import DegradedWarning
from sciknow.wire import Client, Request, Transport
from sciknow.wire.credentials import LOGIN, _kept, aws_profile, login_for
from sciknow.wire.reach import NOBODY
from sciknow.wire.redirect import Hops


@pytest.fixture(autouse=True)
def no_environment(monkeypatch, tmp_path):
    for key in ("AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(key, raising=False)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


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
    monkeypatch.delenv("AWS_REGION")
    assert aws_profile() == {"region": "eu-north-1"}
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert aws_profile() == {}


def test_the_files_lie_where_aws_s_tools_look(tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")
    monkeypatch.delenv("AWS_CONFIG_FILE")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\naws_access_key_id = a\n")
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-west-1\n")
    assert aws_profile() == {"access_key_id": "a", "region": "eu-west-1"}


HOST = "https://data.example.org"
KEPT = "Basic " + base64.b64encode(b"me:secret-word").decode()


@pytest.fixture(params=["environment", "keyring", "netrc"])
def kept(request, tmp_path, monkeypatch):
    """Keep a login for one host, in each of the places."""
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.delenv(LOGIN, raising=False)
    if request.param == "environment":
        lines = "other.example.org a:b\ndata.example.org me:secret-word\n"
        monkeypatch.setenv(LOGIN, lines)
    elif request.param == "keyring":
        (tmp_path / "keyring.py").write_text(
            "from types import SimpleNamespace\n"
            "def get_credential(service, name):\n"
            "    if service == 'sciknow:data.example.org':\n"
            "        return SimpleNamespace(username='me', password='secret-word')\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "keyring", raising=False)
    else:
        (tmp_path / "netrc").write_text(
            "machine data.example.org login me password secret-word\n"
            "default login all password secret-all\n"
        )
    _kept.cache_clear()
    yield request.param
    sys.modules.pop("keyring", None)
    _kept.cache_clear()


def test_a_login_is_for_one_host_over_https(kept):
    assert login_for(f"{HOST}/a") == login_for("https://DATA.example.org:443/") == KEPT
    for other in (
        "http://data.example.org/a",
        "https://data.example.org:8443/a",
        "https://data.example.org.evil.example/",
        "https://x.data.example.org/",
        "https://example.org/",
        "https://default/",
        "s3://data.example.org/a",
    ):
        assert login_for(other) == "", other


def test_a_login_goes_to_a_host_that_the_user_named_and_never_after_another(kept):
    assert Hops(f"{HOST}/a").carried({})["Authorization"] == KEPT
    assert Hops(f"{HOST}/a", reach=NOBODY).carried({}) == {}
    own = Hops(f"{HOST}/a").carried({"authorization": "mine"})
    assert own == {"authorization": "mine"}
    for away in ("https://else.example.org/b", "https://data.example.org:444/b"):
        way = Hops(f"{HOST}/a")
        way.lead(away)
        assert way.carried({"X-Api-Key": "k", "Range": "r"}) == {"Range": "r"}
        way.lead(f"{HOST}/back")
        assert way.carried({"X-Api-Key": "k", "Range": "r"}) == {"Range": "r"}
    here = Hops(f"{HOST}/a")
    here.lead("/b")
    assert here.carried({})["Authorization"] == KEPT


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize(
    "line", ["machine {} login me password secret", "default login me password secret"]
)
def test_nothing_of_netrc_goes_out_in_the_clear(host, line, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text(line.format(host) + "\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with DataServer(tmp_path) as web:
        web.faults.append(Fault("redirect", match="^/away", location="/headers"))
        base = web.url.replace("127.0.0.1", host)
        transport = Transport()
        for path in ("headers", "away"):
            told = Client().get(f"{base}/{path}").body
            told += transport.run(transport.fetch(f"{base}/{path}"))
            with pytest.warns(DegradedWarning, match="no byte ranges"):
                told += transport.read(f"{base}/{path}", 0, 10_000)
            assert told
            assert b"uthorization" not in told


def test_a_login_is_never_shown():
    asked = Request(f"{HOST}/a", headers={"Authorization": "Bearer secret"})
    assert "secret" not in repr(asked)
