"""Whether data can still be had: the history of probes, and what is made of it.

Here live the file that remembers, the rules of what counts, and the status page. Nothing here
asks a source: that is done by `sciknow.readers`. Names are imported when first asked for, so that
opening a dataset can note that it did at no cost.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sciknow.availability.doubt import Doubt
    from sciknow.availability.history import History
    from sciknow.availability.opened import note_opened, notes_of
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
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
