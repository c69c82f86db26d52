"""Ranges of S3 objects from the calling thread, for the reason that `blocking` tells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config

from sciknow.model.preserved import FileVersion
from sciknow.net import Deadline
from sciknow.wire.answer import Reply, Span, range_header
from sciknow.wire.objectstore import parse_options, trouble_of
from sciknow.wire.trouble import Trouble, TroubleKind


@cache
def _client(options: tuple[tuple[str, Any], ...], seconds: float) -> Any:
    chosen = dict(options)
    config = Config(
        connect_timeout=min(20.0, seconds),
        read_timeout=seconds,
        retries={"max_attempts": 0},
        max_pool_connections=32,
        **({"signature_version": UNSIGNED} if chosen["anon"] else {}),
    )
    return botocore.session.get_session().create_client(
        "s3",
        config=config,
        endpoint_url=chosen.get("endpoint_url"),
        region_name=chosen.get("region") or "us-east-1",
    )


def fetch(path: str, span: Span, options: Mapping[str, object], deadline: Deadline) -> Reply:
    """Ask for a range of an S3 object once, in this thread."""
    chosen = parse_options(options)
    client = _client(tuple(sorted(chosen.items())), deadline.seconds)
    bucket, _, key = path.partition("/")
    payer = {"RequestPayer": "requester"} if chosen.get("requester_pays") else {}
    try:
        answer = client.get_object(Bucket=bucket, Key=key, Range=range_header(*span), **payer)
        body = answer["Body"].read()
    except Exception as error:
        if deadline.left <= 0:
            raise Trouble(
                TroubleKind.TRANSIENT, f"no answer within {deadline.seconds:g} s"
            ) from error
        raise trouble_of(error) from error
    return Reply(body, FileVersion(None, str(answer.get("ETag", ""))))
