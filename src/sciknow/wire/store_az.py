"""The driver of Azure Blob Storage; addresses are ``az://container/path``.

Access is anonymous unless a distribution says otherwise; then Azure's own places are looked
through (``AZURE_STORAGE_*``, the az tool, the machine's identity).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

from adlfs import AzureBlobFileSystem
from azure.storage.blob.aio import BlobServiceClient

from sciknow.errors import InvalidInput

_ours: WeakSet[Any] = WeakSet()
"""Drivers (each is made once for its options) that have been given a client of ours."""


def filesystem(options: Mapping[str, Any], seconds: float) -> Any:
    """Return the driver for checked options; one request is one attempt.

    Raises
    ------
    InvalidInput
        When it is not said whose container it is.
    """
    account, endpoint = options.get("account_name"), options.get("endpoint_url")
    if not account and not endpoint:
        raise InvalidInput(
            "an az:// address without the name of its account",
            hint="give account_name among the storage options",
        )
    if not options["anon"]:
        return AzureBlobFileSystem(account_name=account, anon=False, use_listings_cache=False)
    # a text of our own is taken before what the environment says, which is not asked for here
    where = f"BlobEndpoint={endpoint or f'https://{account}.blob.core.windows.net'}"
    made = AzureBlobFileSystem(connection_string=where, anon=True, use_listings_cache=False)
    if made not in _ours:  # the driver's own client tries again for a minute
        made.service_client = BlobServiceClient.from_connection_string(
            where, retry_total=0, connection_timeout=min(20.0, seconds), read_timeout=seconds
        )
        _ours.add(made)
    return made
