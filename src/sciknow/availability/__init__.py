"""Whether data can still be had: the history of probes, and what is made of it.

Here live the file that remembers, the rules of what counts, and the status page. Nothing here
asks a source: that is done by `sciknow.readers`.
"""

from sciknow.availability.doubt import Doubt
from sciknow.availability.history import History, notes_of
from sciknow.availability.opened import note_opened
from sciknow.availability.polite import politely
from sciknow.availability.report import Availability
from sciknow.availability.row import Row
from sciknow.availability.standing import Standing

__all__ = [
    "Availability",
    "Doubt",
    "History",
    "Row",
    "Standing",
    "note_opened",
    "notes_of",
    "politely",
]
