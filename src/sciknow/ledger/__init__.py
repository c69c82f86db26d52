"""What was opened: the ledger of a session, its citations, its lockfile and its crate.

Citation libraries are imported here and nowhere else; no data are read and no network is used.
"""

from sciknow.ledger.book import (
    Ledger,
    Opened,
    current,
    library_versions,
    opened,
    session,
)
from sciknow.ledger.citation import STYLES, cite, csl_items, software_items
from sciknow.ledger.crate import Study, check_folder, check_study, contents, take_in, write_crate
from sciknow.ledger.difference import Change, ChangeKind, Comparison, compare
from sciknow.ledger.lockfile import (
    Lock,
    Locked,
    environment,
    make_lock,
    read_lock,
    write_lock,
)
from sciknow.ledger.report import Report, Status, Verdict
from sciknow.ledger.source import Source
from sciknow.model.selection import SELECTION, selection_of, selection_text

__all__ = [
    "SELECTION",
    "STYLES",
    "Change",
    "ChangeKind",
    "Comparison",
    "Ledger",
    "Lock",
    "Locked",
    "Opened",
    "Report",
    "Source",
    "Status",
    "Study",
    "Verdict",
    "check_folder",
    "check_study",
    "cite",
    "compare",
    "contents",
    "csl_items",
    "current",
    "environment",
    "library_versions",
    "make_lock",
    "opened",
    "read_lock",
    "selection_of",
    "selection_text",
    "session",
    "software_items",
    "take_in",
    "write_crate",
    "write_lock",
]
