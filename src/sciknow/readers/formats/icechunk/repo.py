"""One Icechunk repository: where it is, what its branches and tags name, and a read-only session.

Icechunk moves its own bytes. Names of versions are read through the transport, so that a dead
server, a missing repository and being offline are told as for any other source; what icechunk
itself does is put under the transport's deadline, and its errors are turned into ours.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import icechunk

from sciknow.clock import stamp
from sciknow.errors import IntegrityError, InvalidInput, SciknowError, UntrustedInput
from sciknow.net import REMOTE_SCHEMES, WEB_SCHEMES, parse_url, redact
from sciknow.readers.formats.icechunk import VERSIONS
from sciknow.readers.protocol import Location
from sciknow.wire.objectstore import parse_options, with_endpoint
from sciknow.wire.retry import READ, late
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED, Absent, Trouble, TroubleKind, failure

T = TypeVar("T")

SCHEMES = frozenset({"http", "https", "s3"})
"""Where a remote repository may be."""

SNAPSHOT = re.compile(r"[0-9A-HJKMNP-TV-Z]{20}")
"""An id of a snapshot: twelve bytes in Crockford's base 32."""

_REF = re.compile(r"[^/\x00-\x1f\x7f]{1,200}")
_MARKS = (
    (TroubleKind.ABSENT, ("not found", "doesn't exist", "nosuchkey", "nosuchbucket", "no such")),
    (TroubleKind.DENIED, ("accessdenied", "forbidden", "permission denied", "unauthorized")),
    (TroubleKind.TRUNCATED, ("end of file before", "unexpected eof", "incomplete")),
    (TroubleKind.TRANSIENT, ("dispatch failure", "dns error", "timeout", "timed out", "io error")),
)

if "ICECHUNK_LOG" not in os.environ:
    icechunk.set_logs_filter("error")  # it warns of concurrent commits; nothing is committed here


def parse_version(options: Mapping[str, object]) -> tuple[str, str]:
    """Read which version is wanted: ``(kind, name)``, the branch ``main`` by default.

    Raises
    ------
    InvalidInput
        For two of them, or a name that can't be one.
    """
    named = [(kind, options[kind]) for kind in VERSIONS if options.get(kind)]
    if len(named) > 1:
        raise InvalidInput(
            f"both {named[0][0]} and {named[1][0]} are named", hint="name one version"
        )
    kind, name = named[0] if named else ("branch", "main")
    pattern = SNAPSHOT if kind == "snapshot" else _REF
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise InvalidInput(f"{name!r:.200} is no {kind}", hint=f"name a {kind} of the repository")
    return kind, name


def parse_containers(value: object) -> dict[str, dict[str, str]]:
    """Read ``virtual_containers``: prefixes of addresses → region and endpoint of their store.

    Raises
    ------
    UntrustedInput
        For a prefix that is not remote, or a credential.
    InvalidInput
        For anything but a mapping.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidInput(
            "virtual_containers is no mapping", hint='give {"s3://bucket/prefix/": {}}'
        )
    found = {}
    for prefix, store in value.items():
        url = parse_url(str(prefix), schemes=SCHEMES)
        plain = parse_options(store if isinstance(store, Mapping) else {})
        found[url.rstrip("/") + "/"] = {
            key: str(plain[key]) for key in ("region", "endpoint_url") if plain.get(key)
        }
    return found


@dataclass(frozen=True)
class Repository:
    """A repository at a checked place; picklable.

    Parameters
    ----------
    transport : Transport
        Carries the names of versions, the deadline and the cache.
    url : str
        Address, or path of a local folder.
    containers : mapping
        Where virtual chunks may lie; see `parse_containers`.
    """

    transport: Transport
    url: str
    containers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def local(self) -> bool:
        """Whether it is a folder of this machine."""
        return "://" not in self.url

    async def snapshot(self, kind: str, name: str) -> str:
        """Return the id of the snapshot that a version names.

        Raises
        ------
        Absent
            When there is no such repository, branch or tag: says which there are.
        IntegrityError
            When what names it is damaged.
        """
        if kind == "snapshot":
            return name
        try:
            if kind == "tag" and await self._there(f"refs/tag.{name}/ref.json.deleted"):
                raise Absent(f"the tag {name} was deleted")
            found = await self._document(f"refs/{kind}.{name}/ref.json")
        except Absent as error:
            raise await self._missing(kind, name) from error
        return _parse_ref(found, f"{kind} {name} of {redact(self.url)}")

    async def _document(self, key: str) -> bytes:
        return await self.transport.fetch(f"{self.url}/{key}", document=True)

    async def _there(self, key: str) -> bool:
        try:
            await self._document(key)
        except Absent:
            return False
        return True

    async def _missing(self, kind: str, name: str) -> SciknowError:
        if await self._there("repo"):
            return failure(
                self.url,
                Trouble(TroubleKind.FATAL, "a repository of Icechunk format 2, which is not read"),
            )
        names = await self._refs(kind)
        if not names and not await self._there("refs/branch.main/ref.json"):
            return Absent(
                f"there is no Icechunk repository at {redact(self.url)}",
                hint="check the address: it is that of the folder that holds refs/ and snapshots/",
            )
        return Absent(
            f"{redact(self.url)} has no {kind} {name!r}",
            hint=f"it has {', '.join(names[:10])}" if names else f"name another {kind}",
        )

    async def _refs(self, kind: str) -> list[str]:
        try:
            found = await self.transport.names(f"{self.url}/refs")
        except (SciknowError, OSError):
            return []
        start = f"{kind}."
        return sorted(name.removeprefix(start) for name in found if name.startswith(start))

    async def session(self, snapshot: str) -> Any:
        """Open a read-only session of one snapshot."""
        opened = await self.within(
            icechunk.Repository.open_async(
                _storage(self.url, self.transport.storage_options),
                self._config(),
                self._credentials(),
            )
        )
        return await self.within(opened.readonly_session_async(snapshot_id=snapshot))

    async def written_at(self, snapshot: str) -> str:
        """Return when a snapshot was committed: ISO date and time, UTC."""
        opened = await self.within(
            icechunk.Repository.open_async(_storage(self.url, self.transport.storage_options))
        )
        info = await self.within(opened.lookup_snapshot_async(snapshot))
        return stamp(info.written_at)

    async def within(self, work: Awaitable[T]) -> T:
        """Wait for something icechunk does, until the deadline, with errors of ours."""
        limit = self.transport.limit
        try:
            async with asyncio.timeout(max(limit.left, 0.001)):
                with translated(self.url):
                    return await work
        except TimeoutError:
            raise failure(self.url, late(limit.seconds)) from None

    def _config(self) -> icechunk.RepositoryConfig:
        pause = int(READ.pause * 1000)
        retries = icechunk.StorageRetriesSettings(
            max_tries=READ.tries,
            initial_backoff_ms=pause,
            max_backoff_ms=pause * 2**READ.tries,
        )
        made = icechunk.RepositoryConfig(storage=icechunk.StorageSettings(retries=retries))
        for prefix, options in self.containers.items():
            made.set_virtual_chunk_container(
                icechunk.VirtualChunkContainer(prefix, _chunk_store(prefix, options))
            )
        return made

    def _credentials(self) -> Any:
        anonymous = icechunk.s3_credentials(anonymous=True)
        return icechunk.containers_credentials(
            {prefix: anonymous if prefix.startswith("s3") else None for prefix in self.containers}
        )


def repository(location: Location, options: Mapping[str, object]) -> Repository:
    """Return the repository that a location leads to.

    Raises
    ------
    InvalidInput
        For a store that is not read, or an address without a path.
    """
    scheme = location.url.partition("://")[0] if location.path is None else ""
    if scheme and scheme not in SCHEMES:
        others = ", ".join(sorted(REMOTE_SCHEMES - SCHEMES))
        raise InvalidInput(
            f"Icechunk repositories are not read from {scheme}://",
            hint=f"they are read from local folders, http(s) and s3, not from {others}",
        )
    url = location.url.rstrip("/")
    containers = parse_containers(options.get("virtual_containers"))
    if scheme:
        _bucket(url)
        _check_trust(location.transport, url, containers)
    return Repository(location.transport, url, containers)


def _check_trust(
    transport: Transport, url: str, containers: Mapping[str, Mapping[str, str]]
) -> None:
    """Refuse what a record from elsewhere would have icechunk's own client visit."""
    web = url.startswith(("http://", "https://"))
    stranger = web and not transport.reach_of(url).owns(url)
    if transport.trusted and not stranger:
        return
    elsewhere = [
        prefix
        for prefix, store in containers.items()
        if store.get("endpoint_url") or not prefix.startswith("s3://")
    ]
    if stranger:
        elsewhere.append("a web server")
    options = {} if web else transport.storage_options
    if elsewhere or with_endpoint("s3", options, trusted=False)["plain"]:
        raise UntrustedInput(
            f"a record from elsewhere names {redact(elsewhere[0]) if elsewhere else 'an endpoint'} "
            "for an Icechunk repository, which moves its own bytes",
            hint="put the dataset into a catalogue of your own if you trust it",
        )


def _parse_ref(data: bytes, what: str) -> str:
    try:
        found = json.loads(data)["snapshot"]
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"the {what} is damaged: {data[:60]!r}", hint=DAMAGED) from error
    if not isinstance(found, str) or not SNAPSHOT.fullmatch(found):
        raise IntegrityError(f"the {what} names no snapshot: {found!r:.60}", hint=DAMAGED)
    return found


def _bucket(url: str) -> tuple[str, str, str]:
    """Split an address into origin (empty for s3), bucket and prefix."""
    parts = urlsplit(url)
    if parts.scheme in WEB_SCHEMES:
        bucket, _, prefix = parts.path.strip("/").partition("/")
        origin = f"{parts.scheme}://{parts.netloc}"
    else:
        bucket, prefix, origin = parts.netloc, parts.path.strip("/"), ""
    if not bucket or parts.query:
        raise InvalidInput(
            f"{redact(url)} is no address of an Icechunk repository",
            hint="give scheme://host/folder, without a query",
        )
    return origin, bucket, prefix


def _storage(url: str, options: Mapping[str, object]) -> Any:
    """Return icechunk's storage; a web server is read like an anonymous S3, path by path."""
    if "://" not in url:
        return icechunk.local_filesystem_storage(url)
    origin, bucket, prefix = _bucket(url)
    chosen = parse_options({} if origin else options)
    endpoint = origin or str(chosen.get("endpoint_url") or "")
    return icechunk.s3_storage(
        bucket=bucket,
        prefix=prefix,
        region=str(chosen.get("region") or "us-east-1"),
        endpoint_url=endpoint or None,
        allow_http=endpoint.startswith("http://"),
        force_path_style=bool(endpoint),
        anonymous=True if chosen["anon"] else None,
        from_env=None if chosen["anon"] else True,
        requester_pays=bool(chosen.get("requester_pays", False)),
    )


def _chunk_store(prefix: str, options: Mapping[str, str]) -> Any:
    if not prefix.startswith("s3"):
        return icechunk.http_store()
    endpoint = options.get("endpoint_url")
    return icechunk.s3_store(
        region=options.get("region", "us-east-1"),
        endpoint_url=endpoint,
        allow_http=bool(endpoint and endpoint.startswith("http://")),
        anonymous=True,
        s3_compatible=bool(endpoint),
        force_path_style=bool(endpoint),
    )


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn icechunk's errors into ours."""
    try:
        yield
    except icechunk.IcechunkError as error:
        raise _error_of(url, " ".join(str(error).split())) from error


def _error_of(url: str, words: str) -> SciknowError:
    if virtual := re.search(r"resolves to the url prefix (\S+?),", words):
        return UntrustedInput(
            f"{redact(url)} keeps chunks at {redact(virtual[1])}, which the distribution does "
            "not name",
            hint="name the place under the option virtual_containers if you trust it",
        )
    if "v2 format" in words:
        trouble = Trouble(TroubleKind.FATAL, "a repository of Icechunk format 2, or no repository")
        return failure(url, trouble)
    low = words.lower()
    kind = next((kind for kind, marks in _MARKS if any(mark in low for mark in marks)), None)
    chain = [part.strip(" |x") for part in re.split(r"\| context:.*?(?=[|`]->)|[|`]->", words)]
    ends = dict.fromkeys(part for part in (chain[0], chain[-1]) if part)
    return failure(url, Trouble(kind or TroubleKind.FATAL, ": ".join(ends)[:300]))
