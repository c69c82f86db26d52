"""Kerchunk reference sets: reading the document, and checking where it leads.

The form is that of the kerchunk specification, versions 0 and 1, as JSON (``.zst`` and ``.gz``
too) and as Parquet. Templates are replaced as plain text; nothing in a document is evaluated.
"""

from __future__ import annotations

import base64
import io
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import pyarrow.parquet as pq

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable, UntrustedInput
from sciknow.net import REMOTE_SCHEMES, parse_url
from sciknow.readers.formats.kerchunk.probe import is_folder
from sciknow.readers.jsontext import read_json
from sciknow.readers.packed import unpacked
from sciknow.readers.protocol import Location
from sciknow.wire.budget import MAX_METADATA, MAX_UNPACKED, Limits
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED

LIMITS = Limits()
WHAT = "the reference document"
_PACKED = {b"\x28\xb5\x2f\xfd": "zstd", b"\x1f\x8b": "gzip"}
_TEMPLATE = re.compile(r"\{\{ ?([^{}]{1,200}?) ?\}\}")

Resolve = Callable[[str], str]
"""Turn an address of a document into one that the transport takes."""


def resolver(base: str, *, local: bool, protocol: str = "") -> Resolve:
    """Return the function that checks and completes an address found in a document.

    Parameters
    ----------
    base : str
        Where the document itself is.
    local : bool
        Whether it is a local file; only then may it lead to local files, and the transport
        holds those to its own folder.
    protocol : str
        The scheme of addresses that have none.
    """
    folder = posixpath.dirname(base)

    @lru_cache(maxsize=4096)
    def resolve(url: str) -> str:
        scheme = url.partition("://")[0].lower() if "://" in url else ""
        if scheme in REMOTE_SCHEMES:
            return parse_url(url)
        if scheme not in ("", "file"):
            raise UntrustedInput(
                f"a reference leads to {url[:200]!r}",
                hint="allowed are " + ", ".join(sorted(REMOTE_SCHEMES)),
            )
        path = url.removeprefix("file://")
        if protocol in REMOTE_SCHEMES and not scheme:
            return parse_url(f"{protocol}://{path}")
        if local:
            return posixpath.join(folder, path)
        if scheme == "file" or path.startswith("/"):
            raise UntrustedInput(
                f"a reference of the remote document {base} leads to the local file {path[:200]!r}",
                hint="only the publisher can mend that",
            )
        return parse_url(posixpath.join(folder, path))

    return resolve


def parse_document(
    data: bytes,
    resolve: Resolve,
    overrides: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> dict[str, Any]:
    """Read a JSON reference document.

    Parameters
    ----------
    data : bytes
        The document.
    resolve : callable
        Checks an address.
    overrides : mapping, optional
        Templates that take the place of the document's own.
    limits : Limits
        How large it may be.

    Returns
    -------
    dict
        Key → bytes, or (address,), or (address, offset, length).

    Raises
    ------
    IntegrityError
        When it is no reference document.
    UntrustedInput
        When it leads where nothing may be read, or holds expressions to be evaluated.
    LimitExceeded
        When it unpacks to more bytes, or holds more values, than are taken.
    """
    try:
        plain = read_json(_unpacked(data, limits), WHAT, limits)
    except LimitExceeded:
        raise
    except ValueError as error:
        raise IntegrityError(
            f"the references are no JSON document: {error}", hint=DAMAGED
        ) from error
    refs = plain.get("refs", plain) if isinstance(plain, dict) else None
    if not isinstance(refs, dict) or not any(
        key.endswith((".zgroup", "zarr.json")) for key in refs
    ):
        raise SourceUnavailable(
            "the document holds no kerchunk references",
            hint="check the address; the JSON must have keys such as .zgroup",
        )
    if plain.get("gen"):
        raise UntrustedInput(
            "the references hold expressions to be evaluated (gen)",
            hint="write them out, for example with kerchunk.utils.consolidate",
        )
    told = plain.get("templates") if "refs" in plain else {}
    templates = dict(told) if isinstance(told, Mapping) else {}
    templates |= overrides or {}
    return {key: parse_reference(key, value, templates, resolve) for key, value in refs.items()}


def _unpacked(data: bytes, limits: Limits) -> bytes:
    kind = next((kind for head, kind in _PACKED.items() if data.startswith(head)), "")
    if not kind:
        return data
    if limits.unpacked == MAX_UNPACKED:
        limits = replace(limits, unpacked=MAX_METADATA)
    return unpacked(data, kind, WHAT, limits)


def parse_reference(
    key: str, value: Any, templates: Mapping[str, str], resolve: Resolve
) -> bytes | tuple[Any, ...]:
    """Read one reference: inline text, base64, an object of JSON, or an address with a range."""
    if isinstance(value, str):
        if value.startswith("base64:"):
            try:
                return base64.b64decode(value[7:])
            except ValueError as error:
                raise IntegrityError(f"the reference {key[:200]}: {error}", hint=DAMAGED) from None
        return value.encode("utf-8", "replace")  # half a character is none
    if isinstance(value, dict):
        return json.dumps(value).encode()
    if isinstance(value, list) and len(value) in (1, 3) and isinstance(value[0], str):
        url = value[0]
        if "{{" in url:
            url = _filled(url, templates)
        place = tuple(value[1:])
        if not all(type(number) is int and 0 <= number < 2**63 for number in place):
            raise IntegrityError(
                f"the reference {key[:200]} has an offset or length that is none", hint=DAMAGED
            )
        return (resolve(url), *place)
    raise IntegrityError(
        f"the reference {key} is neither text nor [address, offset, length]", hint=DAMAGED
    )


def _filled(url: str, templates: Mapping[str, str]) -> str:
    # once, and no template within another: each could double the one before
    url = _TEMPLATE.sub(lambda found: str(templates.get(found[1], found[0])), url)
    if "{{" in url:
        raise UntrustedInput(
            f"the reference {url[:200]!r} holds an expression to be evaluated",
            hint="only templates that the document itself defines are replaced",
        )
    return url


class ParquetReferences(Mapping[str, Any]):
    """References kept as Parquet: a metadata document and parts that are read when needed.

    Parameters
    ----------
    read : callable
        Returns the bytes of a file of the set, by its path within it.
    resolve : callable
        Checks an address.
    """

    def __init__(self, read: Callable[[str], bytes], resolve: Resolve) -> None:
        self.read, self.resolve = read, resolve
        plain = read_json(read(".zmetadata"), WHAT)
        self.metadata: dict[str, Any] = plain["metadata"]
        self.record_size = int(plain["record_size"])
        self._part = lru_cache(maxsize=32)(self._load)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.read, self.resolve)

    def __getitem__(self, key: str) -> Any:
        if key in self.metadata:
            return json.dumps(self.metadata[key]).encode()
        field, _, chunk = key.rpartition("/")
        number = self._number(field, chunk)
        if number is None:
            raise KeyError(key)
        part, row = divmod(number, self.record_size)
        found = self._row(f"{field}/refs.{part}.parq", row)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Any:
        return iter(self.metadata)

    def __len__(self) -> int:
        return len(self.metadata)

    def _number(self, field: str, chunk: str) -> int | None:
        array = self.metadata.get(f"{field}/.zarray")
        if array is None:
            return None
        grid = [
            -(-size // step) for size, step in zip(array["shape"], array["chunks"], strict=True)
        ]
        try:
            places = [int(part) for part in chunk.split(array.get("dimension_separator", "."))]
        except ValueError:
            return None
        number = 0
        for place, count in zip(places if grid else [], grid, strict=False):
            number = number * count + place
        return number

    def _load(self, name: str) -> dict[str, list[Any]]:
        return dict(pq.read_table(io.BytesIO(self.read(name))).to_pydict())

    def _row(self, name: str, row: int) -> Any:
        try:
            part = self._part(name)
        except FileNotFoundError:
            return None
        if row >= len(part["path"]):
            return None
        raw = part["raw"][row] if "raw" in part else None
        if raw is not None:
            return bytes(raw)
        if not part["path"][row]:
            return None
        url = self.resolve(str(part["path"][row]))
        offset, length = int(part["offset"][row]), int(part["size"][row])
        return (url,) if not offset and not length else (url, offset, length)


# reading a set, whichever form it has


@cache
def _resolve(base: str, local: bool, protocol: str) -> Resolve:
    return resolver(base, local=local, protocol=protocol)


@dataclass(frozen=True)
class Resolver:
    """A picklable `references.resolver`."""

    base: str
    local: bool
    protocol: str = ""

    def __call__(self, url: str) -> str:
        """Check and complete an address."""
        return _resolve(self.base, self.local, self.protocol)(url)


@dataclass(frozen=True)
class Files:
    """The files of a Parquet reference set."""

    transport: Transport
    root: str

    def __call__(self, name: str) -> bytes:
        """Return the bytes of one."""
        url = f"{self.root}/{name}"
        return self.transport.run(self.transport.fetch(url, document=True))


def read_references(location: Location) -> Mapping[str, Any]:
    """Read a reference set, whichever form it has."""
    protocol = str(location.storage_options.get("remote_protocol") or "")
    protocol = "" if protocol == "file" else protocol
    root, local = location.url.rstrip("/"), location.path is not None
    if is_folder(location):
        resolve = Resolver(f"{root}/", local, protocol)
        try:
            return ParquetReferences(Files(location.transport, root), resolve)
        except (KeyError, ValueError) as error:
            raise IntegrityError(f"{root} holds no references: {error}", hint=DAMAGED) from error
    work = location.transport.fetch(location.url, document=True)
    resolve = Resolver(location.url, local, protocol)
    return parse_document(
        location.transport.run(work), resolve, _overrides(location), location.limits
    )


def _overrides(location: Location) -> dict[str, str]:
    """Return the templates that the catalogue sets; its local paths are below its own folder."""
    found = location.storage_options.get("template_overrides")
    folder = location.transport.folder
    return {
        str(name): place if "://" in place or folder is None else str(folder / place)
        for name, place in (found.items() if isinstance(found, Mapping) else ())
    }
