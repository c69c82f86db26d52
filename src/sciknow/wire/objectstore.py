"""Object stores: which options they take, and who talks to the endpoint that is named.

A store is reached through obstore when its endpoint is the provider's own or one that the user
named. obstore looks names up and follows redirects by itself, so an endpoint that came from data
is read by our own client instead (`sciknow.wire.plain_s3`), where the rules of `net` hold.
Access is anonymous unless the options say otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.net import WEB_SCHEMES, check_no_credentials, parse_url, redact

OPTIONS = frozenset(
    {"anon", "endpoint_url", "region", "requester_pays", "account_name", "token", "project"}
)
"""Options that a catalogue may set for an object store; none of them is a secret."""

_OWN = {
    "s3": (".amazonaws.com", ".amazonaws.com.cn"),
    "gs": (".googleapis.com",),
    "az": (".core.windows.net",),
    "abfs": (".core.windows.net",),
}
"""Scheme → how the hosts of its provider end."""

_NAMED = {"s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")}
"""Scheme → where the provider's own tools let the user name an endpoint."""


def parse_options(options: Mapping[str, object]) -> dict[str, Any]:
    """Check the options of an object store and fill in anonymous access.

    Raises
    ------
    UntrustedInput
        For a credential among them.
    InvalidInput
        For an option that is not known.
    """
    flat = dict(options)
    client = flat.pop("client_kwargs", None)
    if isinstance(client, Mapping):
        renamed = {"region_name": "region"}
        flat |= {renamed.get(str(key), str(key)): value for key, value in client.items()}
    if flat.get("token") == "anon":
        flat["anon"] = bool(flat.pop("token"))
    check_no_credentials(flat, "the access to an object store")
    if unknown := sorted(set(flat) - OPTIONS):
        raise InvalidInput(
            f"the option {unknown[0]!r} of an object store is not known",
            hint="known are " + ", ".join(sorted(OPTIONS)),
        )
    if endpoint := flat.get("endpoint_url"):
        flat["endpoint_url"] = parse_url(str(endpoint), schemes=WEB_SCHEMES).rstrip("/")
    return {"anon": True} | flat


def with_endpoint(scheme: str, options: Mapping[str, object], *, trusted: bool) -> dict[str, Any]:
    """Check the options of a store, and fill in the endpoint that the user's tools name.

    Parameters
    ----------
    trusted : bool
        Whether the options were written by the user, or ship with the package.

    Returns
    -------
    dict
        With ``plain`` true where the endpoint has to be read by our own client.

    Raises
    ------
    UntrustedInput
        For an endpoint out of data that would be sent a signature, or that speaks no S3.
    """
    chosen = parse_options(options)
    endpoint = chosen.get("endpoint_url")
    if endpoint is None:
        named = next((os.environ[key] for key in _NAMED.get(scheme, ()) if os.environ.get(key)), "")
        if named:
            chosen["endpoint_url"] = parse_url(named, schemes=WEB_SCHEMES).rstrip("/")
        return chosen | {"plain": False}
    if trusted or _is_own(scheme, str(endpoint)):
        return chosen | {"plain": False}
    if not chosen["anon"] or scheme != "s3":
        raise UntrustedInput(
            f"a record from elsewhere names the endpoint {redact(str(endpoint))} of a store",
            hint="only public S3 is read from there; put the dataset into a catalogue of your own "
            "if you trust it",
        )
    return chosen | {"plain": True}


def _is_own(scheme: str, endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(_OWN[scheme])
