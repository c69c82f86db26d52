"""Reading a set of references, as one document or as a folder of Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sciknow.errors import IntegrityError
from sciknow.readers.formats.kerchunk.probe import is_folder
from sciknow.readers.formats.kerchunk.references import (
    ParquetReferences,
    Resolve,
    parse_document,
    resolver,
)
from sciknow.readers.protocol import Location
from sciknow.wire.transport import Transport
from sciknow.wire.trouble import DAMAGED


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
    return parse_document(location.transport.run(work), resolve, _overrides(location))


def _overrides(location: Location) -> dict[str, str]:
    """Return the templates that the catalogue sets; its local paths are below its own folder."""
    found = location.storage_options.get("template_overrides")
    folder = location.transport.folder
    return {
        str(name): place if "://" in place or folder is None else str(folder / place)
        for name, place in (found.items() if isinstance(found, Mapping) else ())
    }
