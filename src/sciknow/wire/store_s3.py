"""The driver of S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import fsspec


def filesystem(options: Mapping[str, Any], seconds: float) -> Any:
    """Return the driver for checked options; one request is one attempt."""
    client = {"region_name": options["region"]} if options.get("region") else {}
    made = fsspec.filesystem(
        "s3",
        use_listings_cache=False,
        anon=options["anon"],
        endpoint_url=options.get("endpoint_url"),
        requester_pays=bool(options.get("requester_pays", False)),
        client_kwargs=client,
        config_kwargs={
            "connect_timeout": min(20.0, seconds),
            "read_timeout": seconds,
            "retries": {"max_attempts": 1},
        },
    )
    made.retries = 1
    return made
