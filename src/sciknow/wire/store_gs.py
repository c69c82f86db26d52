"""The driver of Google Cloud Storage.

Access is anonymous unless a distribution says otherwise; then Google's own places are looked
through (application default credentials, the gcloud tool, the machine's account).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from gcsfs.core import GCSFileSystem


def filesystem(options: Mapping[str, Any], seconds: float) -> Any:
    """Return the driver for checked options; one request is one attempt.

    It is the plain driver: the package's default one first asks another service what kind of
    bucket it is.
    """
    made = GCSFileSystem(
        token="anon" if options["anon"] else None,
        endpoint_url=options.get("endpoint_url"),
        project=options.get("project") or "",
        requester_pays=bool(options.get("requester_pays", False)),
        use_listings_cache=False,
    )
    once = getattr(GCSFileSystem._request, "__wrapped__", None)
    if once is not None:  # without the driver's own retries, which take half a minute
        made._request = partial(once, made)
    return made
