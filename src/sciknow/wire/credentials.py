"""The one door of credentials: what the user keeps for a host, never anything out of data.

For a web server it is the environment, the system's keyring where the package keyring is installed,
or ``~/.netrc``; each is bound to one host and goes over https alone. Keys of AWS come from its
tools' own files; those in the environment obstore finds itself.
"""

from __future__ import annotations

import base64
import os
from configparser import ConfigParser, Error
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from netrc import NetrcParseError, netrc
from pathlib import Path
from urllib.parse import urlsplit

LOGIN = "SCIKNOW_LOGIN"
"""Lines of a host and what it is told: ``user:password``, or ``Bearer`` and a token."""

_SERVICE = "sciknow"

_FIELDS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
}


def login_for(url: str) -> str:
    """Return the value of ``Authorization`` for an address; empty where nothing is kept for it.

    Parameters
    ----------
    url : str
        An address that the user named. Only for https, on its own port, there is a login.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or not host or parts.port not in (None, 443):
        return ""
    file = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _kept(host, os.environ.get(LOGIN, ""), file, changed)


@lru_cache(maxsize=256)
def _kept(host: str, told: str, file: Path, changed: int) -> str:
    return (
        _in_environment(host, told) or _in_keyring(host) or (_in_netrc(host, file) * bool(changed))
    )


def _in_environment(host: str, lines: str) -> str:
    for line in lines.splitlines():
        name, _, told = line.strip().partition(" ")
        if name.lower() == host and told.strip():
            return told.strip() if told.strip().startswith("Bearer ") else _basic(told.strip())
    return ""


def _in_keyring(host: str) -> str:
    if find_spec("keyring") is None:
        return ""
    try:
        found = import_module("keyring").get_credential(f"{_SERVICE}:{host}", None)
    except Exception:  # no keyring answers on this machine
        return ""
    return _basic(f"{found.username}:{found.password}") if found is not None else ""


def _in_netrc(host: str, file: Path) -> str:
    """Return the login of the machine of that very name; the line ``default`` is for nobody."""
    with suppress(OSError, NetrcParseError, UnicodeDecodeError):
        found = netrc(str(file)).hosts.get(host)
        if found is not None and host != "default" and found[2]:
            return _basic(f"{found[0]}:{found[2]}")
    return ""


def _basic(told: str) -> str:
    return "Basic " + base64.b64encode(told.encode()).decode()


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
