"""The hub: built, opened and swapped as generations; home of the verbs of the public API.

Only names are listed here; each is imported when first asked for, so that opening a hub does not
load what building one needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.hub.combine.combining import compatible
    from sciknow.hub.find.facets import Facets
    from sciknow.hub.find.hit import Hit, Hits
    from sciknow.hub.hub import Hub
    from sciknow.hub.keep.auditing import audit
    from sciknow.hub.keep.preserved import open_preserved
    from sciknow.hub.make.build import build_from_texts, build_hub
    from sciknow.hub.pin.crating import crate
    from sciknow.hub.pin.locking import LOCKFILE, lock, verify
    from sciknow.hub.store.folder import HubFolder
    from sciknow.hub.store.manifest import Manifest
    from sciknow.hub.store.opening import open_hub
    from sciknow.hub.store.paths import embedded_hub, packaged_source, user_hub
    from sciknow.hub.walk.overview import SectorOverview

_HOMES = {
    "Facets": "find.facets",
    "LOCKFILE": "pin.locking",
    "Hit": "find.hit",
    "Hits": "find.hit",
    "Hub": "hub",
    "HubFolder": "store.folder",
    "Manifest": "store.manifest",
    "SectorOverview": "walk.overview",
    "audit": "keep.auditing",
    "build_from_texts": "make.build",
    "build_hub": "make.build",
    "compatible": "combine.combining",
    "crate": "pin.crating",
    "embedded_hub": "store.paths",
    "lock": "pin.locking",
    "open_hub": "store.opening",
    "open_preserved": "keep.preserved",
    "packaged_source": "store.paths",
    "user_hub": "store.paths",
    "verify": "pin.locking",
}

__all__ = [
    "LOCKFILE",
    "Facets",
    "Hit",
    "Hits",
    "Hub",
    "HubFolder",
    "Manifest",
    "SectorOverview",
    "audit",
    "build_from_texts",
    "build_hub",
    "compatible",
    "crate",
    "embedded_hub",
    "lock",
    "open_hub",
    "open_preserved",
    "packaged_source",
    "user_hub",
    "verify",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
