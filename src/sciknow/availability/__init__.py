"""Whether data can still be had: the history of probes, and what is made of it.

Here live the file that remembers, the rules of what counts, and the status page. Nothing here
asks a source: that is done by `sciknow.readers`. Names are imported when first asked for, so that
opening a dataset can note that it did at no cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.availability.doubt import Doubt
    from sciknow.availability.history import History
    from sciknow.availability.opened import note_opened, notes_of, user_history
    from sciknow.availability.polite import politely
    from sciknow.availability.report import Availability
    from sciknow.availability.row import Row
    from sciknow.availability.standing import Standing

_HOMES = {
    "Availability": "report",
    "Doubt": "doubt",
    "History": "history",
    "Row": "row",
    "Standing": "standing",
    "note_opened": "opened",
    "notes_of": "opened",
    "politely": "polite",
    "user_history": "opened",
}

__all__ = [
    "Availability",
    "Doubt",
    "History",
    "Row",
    "Standing",
    "note_opened",
    "notes_of",
    "politely",
    "user_history",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
