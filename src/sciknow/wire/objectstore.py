"""Object stores: which options they take, and who talks to the endpoint that is named.

A store is reached through obstore when its endpoint is the provider's own or one that the user
named. obstore looks names up and follows redirects by itself, so an endpoint that came from data
is read by our own client instead (`sciknow.wire.plain_s3`), where the rules of `net` hold.
Access is anonymous unless the options say otherwise.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.net import WEB_SCHEMES, check_no_credentials, parse_url, redact

OPTIONS = frozenset(
    {"anon", "endpoint_url", "region", "requester_pays", "account_name", "token", "project"}
)
"""Options that a catalogue may set for an object store; none of them is a secret."""

_AZURE = re.compile(r"[a-z0-9]+\.(blob|dfs)\.core\.windows\.net")
_OWN = {
    "s3": re.compile(r"([a-z0-9.-]+\.)?s3([.-](?!website)[a-z0-9-]++)*\.amazonaws\.com(\.cn)?"),
    "gs": re.compile(r"storage\.googleapis\.com"),
    "az": _AZURE,
    "abfs": _AZURE,
}
"""Scheme → the hosts at which its provider's store answers.

Not everything below a provider's domain: what answers at `execute-api.*.amazonaws.com` was put
there by anybody, and redirects wherever they like.
"""

_SHAPES = {
    "region": re.compile(r"[a-z0-9-]{1,40}"),
    "account_name": re.compile(r"[a-z0-9]{3,24}"),
    "project": re.compile(r"[A-Za-z0-9.:-]{1,100}"),
}
"""Options that become part of a host or a header → what they may look like."""

_NAMED = {"s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")}
"""Scheme → where the provider's own tools let the user name an endpoint."""


def parse_options(options: Mapping[str, object]) -> dict[str, Any]:
    """Check the options of an object store and fill in anonymous access.

    Raises
    ------
    UntrustedInput
        For a credential among them.
    InvalidInput
        For an option that is not known, or a value that is none of its kind.
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
    for name, shape in _SHAPES.items():
        if flat.get(name) and not shape.fullmatch(str(flat[name])):
            raise InvalidInput(
                f"the option {name} of an object store: {str(flat[name])[:100]!r}",
                hint=f"it looks like {shape.pattern}",
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
        For options out of data that want the user's keys, or an endpoint that speaks no S3.
    """
    chosen = parse_options(options)
    if not trusted and not chosen["anon"]:
        raise UntrustedInput(
            "a record from elsewhere wants an object store to be asked with your keys",
            hint="put the dataset into a catalogue of your own if you trust it",
        )
    endpoint = chosen.get("endpoint_url")
    if endpoint is None:
        named = next((os.environ[key] for key in _NAMED.get(scheme, ()) if os.environ.get(key)), "")
        if named:
            chosen["endpoint_url"] = parse_url(named, schemes=WEB_SCHEMES).rstrip("/")
        return chosen | {"plain": False}
    if trusted or _is_own(scheme, str(endpoint)):
        return chosen | {"plain": False}
    if scheme != "s3":
        raise UntrustedInput(
            f"a record from elsewhere names the endpoint {redact(str(endpoint))} of a store",
            hint="only public S3 is read from there; put the dataset into a catalogue of your own "
            "if you trust it",
        )
    return chosen | {"plain": True}


def _is_own(scheme: str, endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    return parts.scheme == "https" and bool(_OWN[scheme].fullmatch(parts.hostname or ""))
