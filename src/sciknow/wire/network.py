"""Whether this machine has any way out, told without sending a byte."""

from __future__ import annotations

import socket
from urllib.request import getproxies

_FAR = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation (RFC 5737, RFC 3849): nobody is there."""


def has_route() -> bool:
    """Tell whether the system knows a route to public addresses, or a proxy is named.

    Connecting a datagram socket only looks the route up.
    """
    if getproxies():
        return True
    for family, address in _FAR:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
        except OSError:
            continue
        return True
    return False
