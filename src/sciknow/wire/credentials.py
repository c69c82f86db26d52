"""Credentials of AWS from its tools' own files; those in the environment obstore finds itself."""

from __future__ import annotations

import os
from configparser import ConfigParser, Error
from pathlib import Path

_FIELDS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
}


def aws_profile() -> dict[str, str]:
    """Return the keys and the region of the profile that is in use; empty where there is none.

    ``AWS_PROFILE``, ``AWS_SHARED_CREDENTIALS_FILE`` and ``AWS_CONFIG_FILE`` count as they do for
    AWS's own tools; keys in the environment come before them.
    """
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return {}
    name = os.environ.get("AWS_PROFILE") or "default"
    home = Path.home() / ".aws"
    credentials = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials"
    config = os.environ.get("AWS_CONFIG_FILE") or home / "config"
    told = _section(config, "default" if name == "default" else f"profile {name}")
    told |= _section(credentials, name)
    if os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        told.pop("region", None)
    return {_FIELDS[key]: value for key, value in told.items() if key in _FIELDS}


def _section(path: str | Path, name: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (Error, OSError, UnicodeDecodeError):
        return {}
    return dict(parser[name]) if parser.has_section(name) else {}
