"""Bags below a folder, and the history of their audits: a line each time, never rewritten."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sciknow.errors import DegradedWarning, NotFound
from sciknow.files import append_line
from sciknow.preservation.bag import SOFTWARE, is_bag
from sciknow.preservation.finding import BagReport, Damage, Problem, plain
from sciknow.preservation.workspace import PARTIAL

HISTORY = "audits.jsonl"
MAX_PROBLEMS = 100


def bags_below(folder: Path) -> Iterator[Path]:
    """Yield every bag below a folder, and what was left unfinished; links are not followed.

    Raises
    ------
    NotFound
        When there is neither.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", hint="name a bag, or a folder of bags")
    found = False
    for at, names, _ in os.walk(folder, followlinks=False):
        here = Path(at)
        if is_bag(here) or here.name.startswith(PARTIAL):
            found = True
            names.clear()
            yield here
        names[:] = sorted(name for name in names if name[0] != "." or name.startswith(PARTIAL))
    if not found:
        raise NotFound(f"there is no bag below {folder}", hint="make one with `sciknow preserve`")


def unfinished_report(folder: Path, at: str) -> BagReport:
    """Report a bag that was never finished."""
    detail = "a run was broken off, or is under way; `sciknow preserve` goes on with it"
    problem = Problem(damage=Damage.UNFINISHED, detail=detail)
    return BagReport(bag=str(folder), at=at, problems=(problem,))


def write_history(bag: Path, report: BagReport) -> None:
    """Append what an audit found to the history beside the bag.

    A folder that may not be written to is no reason to fail; it is warned about.
    """
    few = replace(report, problems=report.problems[:MAX_PROBLEMS])
    entry = plain(few) | {"bag": bag.name, "software": SOFTWARE, "verdict": report.verdict}
    if len(report.problems) > MAX_PROBLEMS:
        entry |= {"more_problems": len(report.problems)}
    line = json.dumps(entry, ensure_ascii=False).encode()
    path = bag.parent / HISTORY
    try:
        append_line(path, line, durable=True, follow=False)
    except OSError as error:
        warnings.warn(
            f"the audit of {bag} is not written into {path}: {error.strerror}",
            DegradedWarning,
            stacklevel=2,
        )


def read_history(folder: Path) -> list[dict[str, object]]:
    """Return the audits that stand in a history, oldest first."""
    path = folder / HISTORY
    if not path.is_file():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # a line that was being written when the power went
        if isinstance(entry, dict):
            found.append(entry)
    return found
