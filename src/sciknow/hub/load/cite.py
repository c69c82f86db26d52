"""From datasets to their citations."""

from __future__ import annotations

import sciknow.ledger as ledger
from sciknow.hub.load.open import source_of
from sciknow.hub.store.records import What
from sciknow.hub.store.state import State
from sciknow.version import __version__


def cite(state: State, *what: What, style: str = "bibtex", language: str = "en") -> str:
    """Cite datasets with their data papers, and this software; see `Hub.cite`."""
    sources = [source_of(state, item) for item in what]
    return ledger.cite(sources, style=style, language=language, software_version=__version__)
