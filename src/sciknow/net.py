"""One policy for URLs, hosts, deadlines and credentials, shared by everything that goes out.

Here lives what is allowed, never the transfer itself: that is done by the rooms that own a
client. Nothing here imports more than the standard library, and nothing here opens a socket.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

from sciknow.errors import InvalidInput, SourceUnavailable, UntrustedInput
from sciknow.text import clean
from sciknow.version import __version__

WEB_SCHEMES = frozenset({"http", "https"})
"""Schemes of a plain web request."""

OBJECT_SCHEMES = frozenset({"s3", "gs", "az", "abfs"})
"""Schemes of object stores."""

REMOTE_SCHEMES = WEB_SCHEMES | OBJECT_SCHEMES
"""Every scheme that data may come from."""

MAX_URL = 8_000
MAX_REDIRECTS = 5
DEADLINE = 60.0
"""Seconds that opening, or one read afterwards, may take in all, retries included."""

USER_AGENT = f"sciknow/{__version__}"

_SECRET = re.compile(
    r"(?<![a-z])(?<!page_)(?<!next_)(?<!continuation_)(?<!resumption_)"
    r"(?:sig|signature|token|secret|password|passwd|pwd|credentials?|sas|jwt|auth|authorization|"
    r"(?:api|subscription|shared|private|client|consumer)_?key|(?:aws_?)?access_?key(?:_?id)?|account_?key|connection_string)(?![a-z])"
)
_LOGIN = frozenset({"key", "user", "username", "header", "headers", "cookie", "cookies"})
"""Options that carry a credential, where a query means something else by these words."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that stand for one of version 4 (RFC 6052)."""

_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is routed between networks of version 6 (RFC 4291)."""

_INSIDE = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2001::/23", "3fff::/20"),
    )
)
"""Beside what Python knows: protocol assignments, and where Azure answers its own machines."""

_SAFE = "/:@!$&'()*+,;=~-._%[]"


def parse_url(value: str, *, schemes: Collection[str] = REMOTE_SCHEMES) -> str:
    """Check a URL and return its one canonical form.

    Scheme and host come back in lower case (international names as IDNA), without a default
    port or a fragment, with unsafe characters percent-encoded.

    Parameters
    ----------
    value : str
        An absolute URL.
    schemes : collection of str
        The schemes that are allowed.

    Raises
    ------
    InvalidInput
        For something that is no absolute URL.
    UntrustedInput
        For another scheme, a user name or password, or a control character.

    Examples
    --------
    >>> parse_url("HTTPS://Example.ORG:443/a b#top")
    'https://example.org/a%20b'
    """
    text = value.strip()
    if clean(text) != text or any(char in text for char in "\r\n\t\\"):
        raise UntrustedInput(
            f"the URL {clean(text)[:200]!r} holds control or invisible characters",
            hint="write it in plain characters",
        )
    if len(text) > MAX_URL:
        raise InvalidInput(f"a URL of {len(text):,} characters", hint=f"at most {MAX_URL:,}")
    parts = _split(text)
    if parts.scheme not in schemes:
        raise UntrustedInput(
            f"the URL {redact(text)} has the scheme {parts.scheme or 'none'!r}",
            hint="allowed are " + ", ".join(sorted(schemes)),
        )
    return urlunsplit(
        (parts.scheme, _authority(parts, text), _path(parts), quote(parts.query, _SAFE + "?"), "")
    )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise InvalidInput(f"{text[:200]!r} is no URL: {error}") from None
    if parts.scheme and not parts.netloc and parts.scheme in REMOTE_SCHEMES:
        raise InvalidInput(f"{text[:200]!r} names no host", hint="write scheme://host/path")
    return parts


def _authority(parts: SplitResult, text: str) -> str:
    if parts.username is not None or parts.password is not None:
        raise UntrustedInput(
            f"the URL {redact(text)} carries a user name or password",
            hint="leave credentials to the tools' own places (environment, ~/.aws, ~/.netrc)",
        )
    if parts.scheme in OBJECT_SCHEMES:
        return parts.netloc
    host = normalise_host(parts.hostname or "")
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    return (f"[{host}]" if ":" in host else host) + port


def _path(parts: SplitResult) -> str:
    if parts.scheme in OBJECT_SCHEMES:
        return parts.path
    return quote(parts.path or "/", safe=_SAFE)


def normalise_host(host: str) -> str:
    """Return a host in lower case, without a final dot, international names as IDNA.

    Examples
    --------
    >>> normalise_host("数据.CN.")
    'xn--vxup8b.cn'
    """
    bare = host.rstrip(".").lower()
    if not bare.isascii():
        try:
            bare = bare.encode("idna").decode("ascii")
        except UnicodeError:
            raise InvalidInput(f"{host!r} is no host name") from None
    marks = ".-_:%" if ":" in bare else ".-_"  # a percent sign begins the zone of an address
    if not bare or any(not (char.isalnum() or char in marks) for char in bare):
        raise InvalidInput(f"{host!r} is no host name")
    return bare


def is_private_host(host: str) -> bool:
    """Tell whether a host is this machine or an address inside a private network.

    Names are judged as they are written; nothing is looked up.
    """
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith((".localhost", ".local", ".internal")):
        return True
    address = _address(bare)
    return address is not None and not _is_public(address)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return not any(address in network for network in _INSIDE)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host is, in whatever spelling the system understands."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))  # 127.1, 0x7f000001, 2130706433
        except OSError:
            return None
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def redirect_target(origin: str, location: str) -> str:
    """Check where a redirect leads and return the absolute URL.

    Raises
    ------
    InvalidInput
        For something that is no address.
    UntrustedInput
        For another scheme, or a step down from https to http. Whether its host may be reached is
        told where it is connected to (`sciknow.wire.reach`).
    """
    try:
        joined = urljoin(origin, location)
    except ValueError as error:
        raise InvalidInput(f"{clean(location)[:200]!r} is no URL: {error}") from None
    target = parse_url(joined, schemes=WEB_SCHEMES)
    before, after = urlsplit(origin), urlsplit(target)
    if before.scheme == "https" and after.scheme == "http":
        raise UntrustedInput(f"{redact(origin)} redirects to the unencrypted {redact(target)}")
    return target


def redact(url: str) -> str:
    """Return a URL fit for a message: no user, no query values, no control characters."""
    bare = re.sub(r"//[^/@]*@", "//", clean(url))
    head, mark, query = bare.partition("?")
    shown = re.sub(r"=[^&]*", "=…", query)
    return (head + mark + shown)[:500]


def names_secret(name: str) -> bool:
    """Tell whether a key of a query, or an option, is the name of a credential.

    Examples
    --------
    >>> names_secret("X-Amz-Signature"), names_secret("accessToken"), names_secret("sigma")
    (True, True, False)
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return _SECRET.search(re.sub(r"[^a-z0-9]+", "_", words.lower())) is not None


def secret_in(url: str) -> str:
    """Return the key under which the query of an address carries a credential, else nothing."""
    pairs = parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True)
    return next((key for key, _ in pairs if names_secret(key)), "")


def check_no_credentials(options: Mapping[str, object], what: str) -> None:
    """Refuse options that carry a credential, at any depth.

    Raises
    ------
    UntrustedInput
        Naming the option.
    """
    for key, value in options.items():
        if (str(key).lower() in _LOGIN or names_secret(str(key))) and value:
            raise UntrustedInput(
                f"{what} carries a credential in the option {key!r}",
                hint="leave credentials to the tools' own places (environment, ~/.aws, ~/.netrc)",
            )
        if isinstance(value, Mapping):
            check_no_credentials(value, what)


def is_offline() -> bool:
    """Tell whether the user has asked for no network at all (``SCIKNOW_OFFLINE=1``)."""
    return os.environ.get("SCIKNOW_OFFLINE", "").lower() in {"1", "true", "yes", "on"}


def check_online(what: str, *, instead: str = "") -> None:
    """Refuse to ask for something while no network is wanted.

    Parameters
    ----------
    what : str
        What would be asked for, fit for a message.
    instead : str
        What else would help.

    Raises
    ------
    SourceUnavailable
        When sciknow is offline.
    """
    if is_offline():
        raise SourceUnavailable(
            f"{what} is not asked for, since sciknow is offline (SCIKNOW_OFFLINE)",
            hint="unset SCIKNOW_OFFLINE" + (f", or {instead}" if instead else ""),
        )


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which nothing is waited for any more.

    Parameters
    ----------
    at : float
        On the clock of `time.monotonic`.
    seconds : float
        How long it was when it was set; for messages.
    """

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Set a deadline some seconds from now.

        Raises
        ------
        InvalidInput
            For something that is no positive number.
        """
        if not isinstance(seconds, (int, float)) or not 0 < seconds < 1e7:
            raise InvalidInput(f"a deadline of {seconds!r}", hint="give a number of seconds over 0")
        return cls(time.monotonic() + seconds, float(seconds))

    @property
    def left(self) -> float:
        """Seconds that are left; zero or below once it has passed."""
        return self.at - time.monotonic()

    def check(self, what: str) -> float:
        """Return the seconds left.

        Raises
        ------
        SourceUnavailable
            When none are.
        """
        if (left := self.left) <= 0:
            raise SourceUnavailable(
                f"{what} did not answer within {self.seconds:g} s",
                hint="try again later, or give a larger deadline",
            )
        return left
