"""The hub: built, opened and swapped as generations; home of the verbs of the public API.

Only names are listed here; each is imported when first asked for, so that opening a hub does not
load what building one needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.hub.auditing import audit
    from sciknow.hub.build import build_from_texts, build_hub
    from sciknow.hub.combining import compatible
    from sciknow.hub.crating import crate
    from sciknow.hub.facets import Facets
    from sciknow.hub.folder import HubFolder
    from sciknow.hub.hit import Hit, Hits
    from sciknow.hub.hub import Hub
    from sciknow.hub.locking import LOCKFILE, lock, verify
    from sciknow.hub.manifest import Manifest
    from sciknow.hub.opening import open_hub
    from sciknow.hub.overview import SectorOverview
    from sciknow.hub.paths import embedded_hub, packaged_source, user_hub
    from sciknow.hub.preserved import open_preserved

_HOMES = {
    "Facets": "facets",
    "LOCKFILE": "locking",
    "Hit": "hit",
    "Hits": "hit",
    "Hub": "hub",
    "HubFolder": "folder",
    "Manifest": "manifest",
    "SectorOverview": "overview",
    "audit": "auditing",
    "build_from_texts": "build",
    "build_hub": "build",
    "compatible": "combining",
    "crate": "crating",
    "embedded_hub": "paths",
    "lock": "locking",
    "open_hub": "opening",
    "open_preserved": "preserved",
    "packaged_source": "paths",
    "user_hub": "paths",
    "verify": "locking",
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
