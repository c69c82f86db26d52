"""Mending a damaged bag: only bytes with the recorded digest take the place of damaged ones."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from sciknow.errors import SciknowError
from sciknow.files import digests_of, sync_folder, write_atomic
from sciknow.preservation.bag import payload_text, read_records
from sciknow.preservation.check import check_bag, expected
from sciknow.preservation.finding import MENDABLE, BagReport, Problem
from sciknow.preservation.manifest import read_manifest
from sciknow.preservation.naming import PAYLOAD, regular
from sciknow.preservation.tags import BAGIT, DECLARATION

Origin = tuple[str, Callable[[Path], None]]
"""What a place is called, and how its bytes are put into a file."""

Origins = Callable[[str], Iterable[Origin]]
"""Where the bytes of a path of the bag may be had, the likeliest first."""


def mend_bag(bag: Path, report: BagReport, origins: Origins) -> BagReport:
    """Mend what can be mended, and say what cannot.

    Parameters
    ----------
    bag : Path
        The bag.
    report : BagReport
        What `check_bag` found.
    origins : callable
        Where good bytes may be.

    Returns
    -------
    BagReport
        Each problem with where it was mended from, or what was tried.
    """
    # a name that nobody could have put a link under before
    aside = Path(tempfile.mkdtemp(prefix=f".mending-{bag.name}-", dir=bag.parent))
    try:
        return _mended(bag, report, origins, aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _mended(bag: Path, report: BagReport, origins: Origins, aside: Path) -> BagReport:
    tags = [_mend_tag(bag, one, aside) for one in report.problems if _mendable(one, tag=True)]
    if any(one.mended for one in tags):
        mended = tuple(one for one in tags if one.mended)
        again = check_bag(bag)  # with the right manifests, other files may turn out to be right
        report = replace(again, problems=(*mended, *again.problems))
        tags = [_mend_tag(bag, one, aside) for one in again.problems if _mendable(one, tag=True)]
    digests = expected(bag).digests
    left = {one.path: one for one in tags}
    found = [
        _mend_file(bag, one, digests.get(one.path, {}), origins, aside)
        if _mendable(one, tag=False)
        else left.get(one.path, one)
        if not one.mended
        else one
        for one in report.problems
    ]
    return replace(report, problems=tuple(found))


def _mendable(problem: Problem, *, tag: bool) -> bool:
    payload = problem.path.startswith(f"{PAYLOAD}/")
    return problem.damage in MENDABLE and not problem.mended and payload != tag


def _mend_file(
    bag: Path, problem: Problem, digests: dict[str, str], origins: Origins, aside: Path
) -> Problem:
    tried: list[str] = []
    for name, bring in origins(problem.path):
        fresh = aside / "fresh"
        fresh.unlink(missing_ok=True)
        try:
            bring(fresh)
            if not digests or digests_of(fresh, tuple(digests)) != digests:
                tried.append(f"{name}: has other bytes")
                continue
            _put(fresh, bag, problem.path, aside / "damaged")
        except (SciknowError, OSError) as error:
            tried.append(f"{name}: {error}")
            continue
        return replace(problem, mended=name)
    return replace(problem, tried=tuple(tried) or ("nothing: no address is known",))


def _put(fresh: Path, bag: Path, path: str, old: Path) -> None:
    """Put good bytes in place; the damaged file stays under a second name until they are there."""
    target = bag / path
    regular(bag, path)  # refuses links on the way
    target.parent.mkdir(parents=True, exist_ok=True)
    old.unlink(missing_ok=True)
    if target.exists():
        os.link(target, old)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(fresh, target)
    sync_folder(target.parent)
    old.unlink(missing_ok=True)


def _mend_tag(bag: Path, problem: Problem, aside: Path) -> Problem:
    """Write a tag file of ours anew, where what it should be can be made and has its digest."""
    try:
        regular(bag, problem.path)
        wanted = tag_digests(bag, problem.path)
        for text in _made(bag, problem.path):
            write_atomic(aside / "tag", text)
            if wanted and digests_of(aside / "tag", tuple(wanted)) == wanted:
                write_atomic(bag / problem.path, text)
                return replace(problem, mended="what else the bag records")
    except (SciknowError, OSError) as error:
        return replace(problem, tried=(str(error),))
    return replace(problem, tried=("to make it again from the rest of the bag",))


def tag_digests(bag: Path, name: str) -> dict[str, str]:
    """Return the digests that the tag manifests of a bag have of one tag file."""
    found: dict[str, str] = {}
    for algorithm in ("sha512", "sha256"):
        path = f"tagmanifest-{algorithm}.txt"
        if regular(bag, path) is not None:
            digests, _ = read_manifest(bag / path, algorithm)
            found |= {algorithm: digests[name]} if name in digests else {}
    return found


def _made(bag: Path, name: str) -> Sequence[str]:
    if name == BAGIT:
        return (DECLARATION,)
    if name.startswith("manifest-") and (records := read_records(bag)):
        algorithm = name.removeprefix("manifest-").removesuffix(".txt")
        if algorithm in ("sha256", "sha512"):
            return (payload_text(records, algorithm),)
    return ()
