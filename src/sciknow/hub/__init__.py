"""The hub: built, opened and swapped as generations; home of the verbs of the public API.

Only names are listed here; each is imported when first asked for, so that opening a hub does not
load what building one needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.hub.combine.compatible import compatible
    from sciknow.hub.find.facets import Facets
    from sciknow.hub.find.hit import Hit, Hits
    from sciknow.hub.hub import Hub
    from sciknow.hub.keep.audit import audit
    from sciknow.hub.keep.copy import open_preserved
    from sciknow.hub.make.build import build_from_texts, build_hub
    from sciknow.hub.make.validation import validate_source
    from sciknow.hub.pin.crate import crate
    from sciknow.hub.pin.lockfile import LOCKFILE, lock, verify
    from sciknow.hub.store.folder import HubFolder
    from sciknow.hub.store.manifest import Manifest
    from sciknow.hub.store.opening import open_hub
    from sciknow.hub.store.paths import embedded_hub, packaged_source, user_hub
    from sciknow.hub.walk.overview import SectorOverview

_HOMES = {
    "Facets": "find.facets",
    "LOCKFILE": "pin.lockfile",
    "Hit": "find.hit",
    "Hits": "find.hit",
    "Hub": "hub",
    "HubFolder": "store.folder",
    "Manifest": "store.manifest",
    "SectorOverview": "walk.overview",
    "audit": "keep.audit",
    "build_from_texts": "make.build",
    "build_hub": "make.build",
    "compatible": "combine.compatible",
    "crate": "pin.crate",
    "embedded_hub": "store.paths",
    "lock": "pin.lockfile",
    "open_hub": "store.opening",
    "open_preserved": "keep.copy",
    "packaged_source": "store.paths",
    "user_hub": "store.paths",
    "validate_source": "make.validation",
    "verify": "pin.lockfile",
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
    "validate_source",
    "verify",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
