"""The verb that looks after preserved data: fixity checked again, damage mended from the source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sciknow.preservation as preservation
from sciknow.clock import stamp
from sciknow.errors import InvalidInput
from sciknow.hub.hub import Hub
from sciknow.hub.keep.mirror import Mirrors, Places
from sciknow.hub.store.hubs import Hubs
from sciknow.net import DEADLINE
from sciknow.preservation import AuditReport, BagReport
from sciknow.progress import Progress, silent


def audit(
    *folders: Path | str,
    repair: bool = False,
    mirrors: Sequence[str | Path] = (),
    private: bool = False,
    hub: Hub | None = None,
    deadline: float = DEADLINE,
    progress: Progress | None = None,
) -> AuditReport:
    """Check the fixity of every bag below some folders, and mend what is damaged where asked to.

    Any BagIt bag is checked, whoever made it: nothing outside it is read, links are not followed,
    and nothing is fetched unless *repair* is given. What was found is appended to
    ``audits.jsonl`` beside each bag.

    Parameters
    ----------
    *folders : path
        Bags, or folders of bags at any depth.
    repair : bool
        Fetch damaged and missing files again: from where they came, from the hub's ways to the
        dataset, from *mirrors*. Only bytes with the recorded digest are taken.
    mirrors : sequence of str or path
        Addresses or folders that hold the same files, other copies of the bag among them.
    private : bool
        Let addresses that a bag itself names lead into a private network.
    hub : Hub, optional
        Where other ways to a dataset are looked up; the default one when left out.
    deadline : float
        Seconds in which a source must answer.
    progress : callable, optional
        Called with the bag's name, the files done and the files in all.

    Returns
    -------
    AuditReport
        What is missing, changed, unexpected or unsafe in each bag, and what was mended; ``ok``
        says whether all is whole now.

    Raises
    ------
    NotFound
        When there is no bag.
    """
    if not folders:
        raise InvalidInput("nothing to audit was named", hint="name bags, or folders of bags")
    bags = [bag for folder in folders for bag in preservation.bags_below(Path(folder))]
    with Hubs(hub._state if hub is not None else None) as hubs:
        known = Mirrors(mirrors, private, hubs, deadline)
        found = [
            _one(bag, known if repair else None, progress or silent) for bag in dict.fromkeys(bags)
        ]
    return preservation.AuditReport(found)


def _one(bag: Path, mirrors: Mirrors | None, progress: Progress) -> BagReport:
    if bag.name.startswith(preservation.PARTIAL):
        at = stamp()
        return preservation.unfinished_report(bag, at)
    report = preservation.check_bag(bag, progress=progress)
    if mirrors is not None and not report.ok:
        with preservation.locked(bag.parent):
            report = preservation.mend_bag(bag, report, Places(bag, mirrors))
    preservation.write_history(bag, report)
    return report
