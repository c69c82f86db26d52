"""Whether a bag is whole, so that it may stand in for its source."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sciknow.errors import DegradedWarning, IntegrityError
from sciknow.preservation.check import check_bag
from sciknow.preservation.history import read_history, write_history
from sciknow.text import counted


def check_whole(bag: Path) -> str:
    """Return when a bag was last found whole; it is audited now if that is not known.

    The last audit counts as long as no file of the bag has been touched since. What an audit
    finds is appended to the history beside the bag, so that the next opening reads nothing twice.

    Parameters
    ----------
    bag : Path
        Its folder.

    Returns
    -------
    str
        ISO date and time, UTC.

    Raises
    ------
    IntegrityError
        When it is damaged.
    """
    last = next((e for e in reversed(read_history(bag.parent)) if e.get("bag") == bag.name), {})
    at = str(last.get("at", ""))
    if last.get("verdict") == "whole" and _untouched_since(bag, at):
        return at
    report = check_bag(bag)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegradedWarning)  # an archive that is only read
        write_history(bag, report)
    if not report.ok:
        problems = counted(len(report.left), "problem")
        raise IntegrityError(
            f"the bag {bag} is damaged: {problems}, the first is {report.left[0]}",
            hint="mend it with `sciknow audit --repair`",
        )
    return report.at


def _untouched_since(bag: Path, at: str) -> bool:
    """Tell whether the system changed neither files nor folders of a bag since a moment."""
    try:
        moment = datetime.fromisoformat(at)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > datetime.now(UTC):
            return False  # by a wrong clock: nothing comes after it, whatever changes
        return all(changed < moment.timestamp() for changed in _changes(bag))
    except (ValueError, OSError):
        return False


def _changes(bag: Path) -> Iterator[float]:
    """Yield when each folder and file was last changed; users cannot set that time."""
    for at, _, names in os.walk(bag, followlinks=False):
        yield os.lstat(at).st_ctime
        yield from (os.lstat(os.path.join(at, name)).st_ctime for name in names)
