"""Keeping copies for good: bags with fixity, made step by step, audited and mended.

A dataset's files are kept as they came in BagIt bags (RFC 8493). No bytes are fetched here: the
hub brings them through the readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.preservation.bag import (
        CARD,
        FORMAT,
        REFERENCES,
        PreservedBag,
        bags_of,
        content_name,
        is_bag,
        read_records,
        today,
        write_tags,
    )
    from sciknow.preservation.check import FETCH, check_bag
    from sciknow.preservation.finding import AuditReport, BagReport, Damage, Problem
    from sciknow.preservation.history import (
        bags_below,
        read_history,
        unfinished_report,
        write_history,
    )
    from sciknow.preservation.manifest import read_fetch
    from sciknow.preservation.mend import Origin, mend_bag
    from sciknow.preservation.naming import PAYLOAD
    from sciknow.preservation.plan import PreservationPlan, Preserved, plan_files
    from sciknow.preservation.terms import check_terms
    from sciknow.preservation.whole import check_whole
    from sciknow.preservation.workspace import PARTIAL, Workspace, locked

_HOMES = {
    "CARD": "bag",
    "FETCH": "check",
    "FORMAT": "bag",
    "PARTIAL": "workspace",
    "PAYLOAD": "naming",
    "REFERENCES": "bag",
    "AuditReport": "finding",
    "BagReport": "finding",
    "Damage": "finding",
    "Origin": "mend",
    "PreservationPlan": "plan",
    "Preserved": "plan",
    "PreservedBag": "bag",
    "Problem": "finding",
    "Workspace": "workspace",
    "bags_below": "history",
    "bags_of": "bag",
    "check_bag": "check",
    "check_terms": "terms",
    "check_whole": "whole",
    "content_name": "bag",
    "is_bag": "bag",
    "locked": "workspace",
    "mend_bag": "mend",
    "plan_files": "plan",
    "read_fetch": "manifest",
    "read_history": "history",
    "read_records": "bag",
    "today": "bag",
    "unfinished_report": "history",
    "write_history": "history",
    "write_tags": "bag",
}

__all__ = [
    "CARD",
    "FETCH",
    "FORMAT",
    "PARTIAL",
    "PAYLOAD",
    "REFERENCES",
    "AuditReport",
    "BagReport",
    "Damage",
    "Origin",
    "PreservationPlan",
    "Preserved",
    "PreservedBag",
    "Problem",
    "Workspace",
    "bags_below",
    "bags_of",
    "check_bag",
    "check_terms",
    "check_whole",
    "content_name",
    "is_bag",
    "locked",
    "mend_bag",
    "plan_files",
    "read_fetch",
    "read_history",
    "read_records",
    "today",
    "unfinished_report",
    "write_history",
    "write_tags",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
