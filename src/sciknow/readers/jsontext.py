"""JSON documents of strangers: how many values one may hold is seen before they are made."""

from __future__ import annotations

import json
from typing import Any

from sciknow.wire.budget import Limits

LIMITS = Limits()


def read_json(data: bytes, what: str, limits: Limits = LIMITS) -> Any:
    """Read a document.

    Parameters
    ----------
    data : bytes
        The document.
    what : str
        What it is, for messages.
    limits : Limits
        As many values as a sheet has cells are taken.

    Raises
    ------
    LimitExceeded
        For more values.
    ValueError
        When it is no JSON, or nested without end.

    Examples
    --------
    >>> read_json(b'{"a": [1, 2]}', "the document")
    {'a': [1, 2]}
    """
    count = sum(map(data.count, (b",", b"[", b"{")))
    limits.check("cells", count, what, "values")
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("lists and objects in each other without end") from None
