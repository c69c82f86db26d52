"""A bucket or container of an object store, through obstore; one request is one attempt.

obstore's own retries are off and our deadline is its timeout. Bodies come as streams, so that a
budget cuts them. Reads in the calling thread hold no lock of Python's while they wait.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

import obstore
from obstore.exceptions import PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, S3Store

from sciknow.clock import stamp
from sciknow.errors import InvalidInput
from sciknow.model.preserved import FileVersion
from sciknow.net import USER_AGENT, Deadline
from sciknow.wire import blocking
from sciknow.wire.answer import Plan, Reply, Span, check_status, words_of
from sciknow.wire.budget import PIECE, Pieces
from sciknow.wire.credentials import aws_profile
from sciknow.wire.redirect import Hops
from sciknow.wire.retry import CONNECT, late
from sciknow.wire.trouble import Trouble, TroubleKind

_STATUS = re.compile(r"status code: (\d{3}) ?([A-Za-z ]*)")
_ASKED = re.compile(r"^.* in [\d.]+\S+ - ", re.DOTALL)
"""What obstore says first: what it asked for, and how long that took."""

_NOBODY = json.dumps(
    {"client_email": "", "private_key": "", "private_key_id": "", "disable_oauth": True}
)
"""A key of nobody: with it Google's places for credentials are not looked through."""

_MARKS = (
    ("dns error", (TroubleKind.NO_HOST, "no such host: ")),
    ("connect", (TroubleKind.UNREACHABLE, "no connection: ")),
    ("response body", (TroubleKind.TRUNCATED, "the answer was cut short")),
    ("kind: body", (TroubleKind.TRUNCATED, "the answer was cut short")),
    ("http error", (TroubleKind.UNREACHABLE, "no connection: ")),
    ("sending request", (TroubleKind.UNREACHABLE, "no connection: ")),
)
"""What obstore says, with all that led to it, and what it means; the first that fits counts."""

_AWS = "https://s3.amazonaws.com"
_regions: dict[str, str] = {}
"""Bucket → region, of buckets that turned out to be elsewhere."""


class Bucket:
    """An object store as one set of options sees it.

    Parameters
    ----------
    scheme : str
        ``s3``, ``gs``, ``az`` or ``abfs``.
    options : mapping
        Checked ones, see `objectstore.with_endpoint`.
    seconds : float
        The longest that one request may take.
    """

    def __init__(self, scheme: str, options: Mapping[str, Any], seconds: float) -> None:
        self.scheme, self.seconds = scheme, seconds
        self._options = tuple(sorted(options.items()))

    def _at(self, url: str) -> tuple[Any, str]:
        name, _, key = url.partition("://")[2].partition("/")
        region = _regions.get(name, "")
        return _store(self.scheme, name, self._options, self.seconds, region), key

    async def fetch(self, url: str, span: Span | None, limit: int) -> Reply:
        """Return a range, the end of an object (a negative start), or all of it."""
        start, end = span or (None, None)
        if self.scheme in {"az", "abfs"} and start is not None and start < 0:
            size = (await self.head(url)).total or 0  # Azure knows no ranges from the end
            span = (max(0, size + start), end)
        store, key = self._at(url)
        try:
            found = await obstore.get_async(store, key, options=_range(span))
            plan = _plan(found, span, limit)
            came = Pieces(plan.most)
            async for piece in found.stream(min_chunk_size=PIECE):
                if not came.take(piece):
                    break
        except Exception as error:
            if _is_beyond(error):
                return Reply()
            raise await self._trouble(url, error) from error
        return plan.reply(came.body)

    def read(self, url: str, span: Span, limit: int, deadline: Deadline) -> Reply:
        """Return a range, fetched by the calling thread."""
        store, key = self._at(url)
        try:
            found = obstore.get(store, key, options=_range(span))
            plan = _plan(found, span, limit)
            came = Pieces(plan.most)
            for piece in found.stream(min_chunk_size=PIECE):
                if deadline.left <= 0:
                    raise late(deadline.seconds)
                if not came.take(piece):
                    break
        except Exception as error:
            if _is_beyond(error):
                return Reply()
            raise self._learnt(url, error) from error
        return plan.reply(came.body)

    async def head(self, url: str) -> Reply:
        """Return what the store says of an object."""
        store, key = self._at(url)
        if not key or key.endswith("/"):
            raise Trouble(TroubleKind.ABSENT, "a folder, not an object")
        try:
            return Reply(says=_version(await obstore.head_async(store, key)))
        except Exception as error:
            raise await self._trouble(url, error) from error

    async def names(self, url: str) -> dict[str, int | None]:
        """Return the names directly below a prefix, with their sizes where they are objects."""
        store, key = self._at(url)
        try:
            found = await obstore.list_with_delimiter_async(store, key.strip("/") or None)
        except Exception as error:
            raise await self._trouble(url, error) from error
        below: dict[str, int | None] = {_last(name): None for name in found["common_prefixes"]}
        below |= {_last(item["path"]): item["size"] for item in found["objects"]}
        if not below:
            raise Trouble(TroubleKind.ABSENT, "nothing under this prefix")
        return below

    async def files(self, url: str) -> dict[str, FileVersion]:
        """Return every object below a prefix: address → what the store says of it."""
        store, key = self._at(url)
        top = f"{self.scheme}://{url.partition('://')[2].partition('/')[0]}"
        found: dict[str, FileVersion] = {}
        try:
            async for some in obstore.list(store, prefix=key.strip("/") or None):
                found |= {f"{top}/{item['path']}": _version(item) for item in some}
        except Exception as error:
            raise await self._trouble(url, error) from error
        if not found:
            raise Trouble(TroubleKind.ABSENT, "nothing under this prefix")
        return found

    async def anything(self, url: str) -> bool:
        """Tell whether there is anything of which the address is the beginning."""
        store, key = self._at(url)
        folder, _, name = key.rstrip("/").rpartition("/")
        before = (f"{folder}/" if folder else "") + name[:-1]
        try:
            async for some in obstore.list(store, prefix=folder or None, offset=before or None):
                if any(item["path"].startswith(key.rstrip("/")) for item in some):
                    return True
                if some[-1]["path"] > key:
                    return False
        except Exception as error:
            raise await self._trouble(url, error) from error
        return False

    async def _trouble(self, url: str, error: Exception) -> Trouble:
        return await asyncio.to_thread(self._learnt, url, error)

    def _learnt(self, url: str, error: Exception) -> Trouble:
        """Tell what an exception means; of a bucket in another region that is learnt first."""
        bucket = url.partition("://")[2].partition("/")[0]
        asked = self.scheme == "s3" and not dict(self._options).get("region")
        if asked and "redirect without LOCATION" in str(error) and bucket not in _regions:
            _regions[bucket] = region = region_of(bucket, self.seconds)
            return Trouble(TroubleKind.TRANSIENT, f"the bucket is in the region {region}")
        return trouble_of(error, self.seconds)


def region_of(bucket: str, seconds: float) -> str:
    """Ask S3 in which region a bucket is; it says so to anybody.

    Raises
    ------
    Trouble
        When it does not.
    """
    url = f"{_AWS}/{bucket}"
    with blocking.answering(Hops(url, "HEAD"), {}, Deadline.after(seconds)) as answer:
        region = answer.headers.get("x-amz-bucket-region", "")
    if not re.fullmatch(r"[a-z0-9-]{4,40}", region):
        raise Trouble(TroubleKind.FATAL, "the region of the bucket is not known")
    return region


@lru_cache(maxsize=64)
def _store(
    scheme: str, name: str, options: tuple[tuple[str, Any], ...], seconds: float, region: str
) -> Any:
    chosen = dict(options)
    client: dict[str, Any] = {
        "timeout": timedelta(seconds=seconds),
        "connect_timeout": timedelta(seconds=min(CONNECT, seconds)),
        "user_agent": USER_AGENT,
        "allow_http": str(chosen.get("endpoint_url") or "").startswith("http://"),
    }
    if scheme == "gs" and chosen.get("project"):
        client["default_headers"] = {"x-goog-user-project": str(chosen["project"])}
    once: dict[str, Any] = {
        "retry_config": {"max_retries": 0, "retry_timeout": timedelta(seconds=seconds)},
        "client_options": client,
    }
    kinds: dict[str, tuple[Any, Callable[..., dict[str, Any]]]] = {
        "s3": (S3Store, _s3_config),
        "gs": (GCSStore, _gs_config),
    }
    kind, config = kinds.get(scheme, (AzureStore, _az_config))
    return kind(name, config={"skip_signature": chosen["anon"], **config(chosen, region)}, **once)


def _s3_config(chosen: Mapping[str, Any], region: str) -> dict[str, Any]:
    config: dict[str, Any] = {} if chosen["anon"] else dict(aws_profile())
    if region := chosen.get("region") or region:
        config["region"] = region
    if endpoint := chosen.get("endpoint_url"):
        config["endpoint"] = endpoint
    if chosen.get("requester_pays"):
        config["request_payer"] = True
    return config


def _gs_config(chosen: Mapping[str, Any], _region: str) -> dict[str, Any]:
    config = {"service_account_key": _NOBODY} if chosen["anon"] else {}
    endpoint = chosen.get("endpoint_url")
    return config | ({"base_url": endpoint} if endpoint else {})


def _az_config(chosen: Mapping[str, Any], _region: str) -> dict[str, Any]:
    account, endpoint = chosen.get("account_name"), chosen.get("endpoint_url")
    if not account and not endpoint:
        raise InvalidInput(
            "an az:// address without the name of its account",
            hint="give account_name among the storage options",
        )
    config = {"account_name": account or "unnamed"}  # with an endpoint the name is not used
    return config | ({"endpoint": endpoint} if endpoint else {})


def _range(span: Span | None) -> Any:
    start, end = span or (None, None)
    if start is None and end is None:
        return None
    if start is not None and start < 0:
        return {"range": {"suffix": -start}}
    if end is None:
        return {"range": {"offset": start or 0}}
    return {"range": (start or 0, end)}


def _plan(found: Any, span: Span | None, limit: int) -> Plan:
    low, high = found.range
    if span is None and high - low > limit:
        raise Trouble(
            TroubleKind.FATAL,
            f"the store would send {high - low:,} bytes at once (at most {limit:,} are taken)",
        )
    return Plan(high - low, exact=True, says=_version(found.meta))


def _version(meta: Mapping[str, Any]) -> FileVersion:
    tag, moment = meta["e_tag"] or "", meta["last_modified"]
    if tag and not tag.endswith('"'):
        tag = f'"{tag}"'  # Azure's listings leave the quotes out
    changed = stamp(moment) if moment else ""
    version = meta["version"] or ""
    return FileVersion(meta["size"], tag, changed, "" if version == "null" else version)


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _is_beyond(error: Exception) -> bool:
    """Tell whether a range was wanted that begins behind the end."""
    return "status code: 416" in str(error)


def trouble_of(error: Exception, seconds: float) -> Trouble:
    """Tell what an exception of obstore means."""
    if isinstance(error, Trouble):
        return error
    whole = str(error)
    shown = _ASKED.sub("", whole.partition("\n\nDebug source")[0])
    said = words_of(shown.encode())
    status = _STATUS.search(shown)
    words = f"HTTP {status[1]} {status[2]}".strip() if status else " ".join(shown.split())[:200]
    words = f"{words}: {said}" if status and said else words
    if isinstance(error, FileNotFoundError):
        return Trouble(TroubleKind.ABSENT, f"no such object ({words})")
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        return Trouble(TroubleKind.DENIED, f"access denied ({words})")
    if status:
        return _of_status(int(status[1]), words)
    low = whole.lower()
    if "timedout" in low or "timed out" in low:
        return late(seconds)
    system = re.search(r'message: "([^"]{1,100})"', whole)
    words = system[1] if system else words
    kind, what = next((found for mark, found in _MARKS if mark in low), (TroubleKind.FATAL, ""))
    return Trouble(kind, f"{what}{words}" if what.endswith(" ") or not what else what)


def _of_status(status: int, words: str) -> Trouble:
    try:
        check_status(status, "", {})
    except Trouble as trouble:
        return Trouble(trouble.kind, words)
    return Trouble(TroubleKind.FATAL, words)
