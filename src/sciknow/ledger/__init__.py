"""What was opened: the ledger of a session, and the citations that follow from it.

Citation libraries are imported here and nowhere else; no data are read and no network is used.
"""

from sciknow.ledger.book import Ledger, Opened, current, library_versions, now, session
from sciknow.ledger.citation import STYLES, cite, csl_items
from sciknow.ledger.source import Source

__all__ = [
    "STYLES",
    "Ledger",
    "Opened",
    "Source",
    "cite",
    "csl_items",
    "current",
    "library_versions",
    "now",
    "session",
]
