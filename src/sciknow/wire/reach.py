"""Whom a request may reach: the one rule about addresses inside a machine or a network.

An address in this machine, in a private network or of a cloud's metadata is asked only where the
user named it. Everything else, be it a redirect, a link, a reference, a record of somebody else,
is judged by the addresses that its host has at the moment of connecting; the connection then goes
to one of exactly those, so that a name cannot become another address in between.

Behind a proxy it is the proxy that looks names up and connects: there a host is judged by how it
is written, and by our own look-up where that knows the name.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from sciknow.errors import InvalidInput, SciknowError, UntrustedInput
from sciknow.net import WEB_SCHEMES, is_private_host, normalise_host, parse_url, redact

SETTING = "SCIKNOW_PRIVATE"
"""Names hosts (``data.intra``, ``10.1.2.3:8080``) and networks that data may lead to as well."""

_PORTS = {"http": 80, "https": 443}

Place = tuple[str, int]
"""Host, as it is written, and port."""

Found = tuple[socket.AddressFamily, str]
"""An address as a look-up gave it, with its family."""


def place_of(url: str) -> Place:
    """Return host and port of an address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    with suppress(InvalidInput):  # what is no name resolves to nothing
        host = normalise_host(host)
    return host, parts.port or _PORTS.get(parts.scheme, 0)


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for an address."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    return None if not proxy or proxy_bypass(parts.hostname or "") else proxy


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom requests may reach.

    Parameters
    ----------
    own : frozenset of (host, port)
        What the user named: it may lie anywhere.
    anywhere : bool
        Whether everything may, because the user says so.

    Examples
    --------
    >>> reach = Reach.of("http://localhost:8080/a.nc", "s3://bucket/b.zarr")
    >>> reach.owns("http://localhost:8080/other"), reach.owns("http://localhost:9090/")
    (True, False)
    """

    own: frozenset[Place] = frozenset()
    anywhere: bool = False

    @classmethod
    def of(cls, *urls: str, anywhere: bool = False) -> Reach:
        """Return the reach of a user who named some addresses.

        Whoever names a host without a port means its encrypted one too: servers redirect there.
        """
        places = set[Place]()
        for url in urls:
            with suppress(SciknowError):  # no web address
                places.add(place_of(parse_url(url, schemes=WEB_SCHEMES)))
        usual = frozenset(_PORTS.values())
        more = {(host, other) for host, port in places if port in usual for other in usual}
        return cls(frozenset(places | more), anywhere)

    def names(self, url: str) -> bool:
        """Tell whether the user named the host of an address, at its port."""
        return place_of(url) in self.own

    def owns(self, url: str) -> bool:
        """Tell whether a host may lie anywhere: the user named it, here or in the setting."""
        return self.anywhere or place_of(url) in self.own or _is_named(place_of(url))

    def check(self, url: str, base: str = "") -> None:
        """Refuse an address that is written as one inside a machine or a network.

        Parameters
        ----------
        url : str
            The address.
        base : str
            What led to it, for the message.

        Raises
        ------
        UntrustedInput
            When the user did not name it.
        """
        if is_private_host(place_of(url)[0]) and not self.owns(url):
            raise refusal(url, base=base)

    def check_behind_proxy(self, url: str) -> None:
        """Refuse a host that our own look-up finds inside; one that it does not know passes.

        Raises
        ------
        UntrustedInput
            When the user did not name it.
        """
        self.check(url)
        if not self.owns(url):
            with suppress(OSError):
                public_addresses(*place_of(url))


NOBODY = Reach()
"""Of whom the user named nothing."""


def public_addresses(host: str, port: int, family: int = 0) -> list[Found]:
    """Look a host up, and return its addresses, every one of them public.

    Raises
    ------
    OSError
        When it has none.
    UntrustedInput
        When one of them is inside a machine or a network.
    """
    return [_judged(host, port, item) for item in _look_up(host, port, family)]


def _look_up(host: str, port: int, family: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, f"{host[:100]!r} is no host name") from error


def _judged(host: str, port: int, found: tuple[Any, ...]) -> Found:
    family, address = found[0], str(found[4][0])
    if is_private_host(address) and not _is_named((address, port)):
        raise refusal(host, address)
    return family, address


def refusal(what: str, address: str = "", *, base: str = "") -> UntrustedInput:
    """Return the error for an address inside a machine or a network.

    Parameters
    ----------
    what : str
        The address, or the name of the host.
    address : str
        What a look-up found.
    base : str
        What led there.
    """
    shown = redact(what)
    told = f" ({address})" if address and address != shown else ""
    led = f"{redact(base)} leads" if base else "data lead"
    return UntrustedInput(
        f"{led} into a private network or this machine: {shown}{told}",
        hint=f"if you trust it, name its host in {SETTING} (hosts and networks, with commas)",
    )


def _is_named(place: Place) -> bool:
    """Tell whether the setting names a place."""
    given = os.environ.get(SETTING, "")
    return any(_fits(item.strip().lower(), *place) for item in given.split(",") if item.strip())


def _fits(named: str, host: str, port: int) -> bool:
    if named in (host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"):
        return True
    if "/" not in named:
        return False
    try:
        network = ipaddress.ip_network(named)
    except ValueError as error:
        raise InvalidInput(f"{SETTING}: {error}", hint="a network looks like 10.1.0.0/16") from None
    with suppress(ValueError):
        return ipaddress.ip_address(host) in network
    return False
