"""Keys of AWS: from the profile that is in use, after those of the environment."""

from __future__ import annotations

import pytest

from sciknow.wire.credentials import aws_profile


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
