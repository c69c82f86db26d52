"""The hub: built, opened and swapped as generations; home of the verbs of the public API.

Importing this room loads the search engines, and nothing of xarray, rdflib or intake.
"""

from sciknow.hub.build import build_from_texts, build_hub
from sciknow.hub.folder import HubFolder
from sciknow.hub.hit import Hit, Hits
from sciknow.hub.hub import Hub
from sciknow.hub.manifest import Manifest
from sciknow.hub.opening import open_hub
from sciknow.hub.overview import SectorOverview
from sciknow.hub.paths import embedded_hub, packaged_source, user_hub

__all__ = [
    "Hit",
    "Hits",
    "Hub",
    "HubFolder",
    "Manifest",
    "SectorOverview",
    "build_from_texts",
    "build_hub",
    "embedded_hub",
    "open_hub",
    "packaged_source",
    "user_hub",
]
