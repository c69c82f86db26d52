"""Where things lie: the packaged catalogues, the embedded hub, the user's hubs."""

from __future__ import annotations

import os
from pathlib import Path

from sciknow.files import data_folder

_PACKAGE = Path(__file__).resolve().parents[2]
PACKAGE_SOURCE = "package:"
"""How a manifest names the catalogues that ship with the package."""


def packaged_source() -> Path:
    """Return the folder with the ``catalogs/`` and ``knowledge_graph/`` that ship with the package.

    In a wheel they lie inside the package, in a checkout at its top.
    """
    inside = _PACKAGE / "_data"
    return inside if inside.is_dir() else _PACKAGE.parents[1]


def packaged_queries() -> Path:
    """Return the folder of the ready queries."""
    return packaged_source() / "knowledge_graph" / "queries"


def embedded_hub() -> Path:
    """Return the folder of the hub that was built when the package was made."""
    return _PACKAGE / "_hub"


def user_hub() -> Path:
    """Return the user's own hub folder; the environment variable ``SCIKNOW_HUB`` overrides it."""
    chosen = os.environ.get("SCIKNOW_HUB")
    return Path(chosen) if chosen else data_folder() / "hub"


def hub_name(path: Path) -> str:
    """Return what a ledger and a lockfile call a hub: its folder; empty for the embedded one."""
    return "" if path.resolve() == embedded_hub().resolve() else str(path.resolve())
