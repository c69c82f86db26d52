"""Fingerprints of references: their own digest, and what they lead to as a Zarr store."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sciknow.files import sha256_bytes
from sciknow.model.fingerprint import Fingerprint
from sciknow.readers.formats.kerchunk.probe import is_folder
from sciknow.readers.formats.kerchunk.references import Files, parse_document, read_references
from sciknow.readers.formats.zarr.fingerprint import canonical, store_fingerprint
from sciknow.readers.formats.zarr.store import ReferenceStore
from sciknow.readers.protocol import Location
from sciknow.wire.trouble import explain


def reference_fingerprint(
    location: Location, options: Mapping[str, object], like: Fingerprint | None
) -> Fingerprint:
    """Take the fingerprint of kerchunk references and of what they lead to."""
    with explain(location.url, "kerchunk references"):
        store = ReferenceStore(location.transport, read_references(location))
        return store_fingerprint(store, location, options, like, _references_digest(location))


def _references_digest(location: Location) -> str:
    """Digest references before their addresses are completed: a mirror has the same."""
    root = location.url.rstrip("/")
    if is_folder(location):
        return sha256_bytes(canonical(json.loads(Files(location.transport, root)(".zmetadata"))))
    data = location.transport.run(location.transport.fetch(location.url))
    plain = parse_document(data, lambda url: url)
    pairs = {
        key: value.decode("latin-1") if isinstance(value, bytes) else list(value)
        for key, value in plain.items()
    }
    return sha256_bytes(canonical(pairs))
