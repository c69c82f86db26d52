"""Checking a bag, whoever made it: every file against every manifest, nothing trusted.

Nothing outside the bag is read, no link is followed, nothing is written and nothing is fetched.
Source: RFC 8493, section 3 (complete and valid bags).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from sciknow.clock import stamp
from sciknow.errors import NotFound, SciknowError, UntrustedInput
from sciknow.files import digests_of
from sciknow.preservation.finding import BagReport, Damage, Problem
from sciknow.preservation.manifest import (
    manifest_names,
    read_fetch,
    read_manifest,
    unlike_files,
)
from sciknow.preservation.naming import PAYLOAD, regular, shown
from sciknow.preservation.tags import BAGIT, INFO, UTF_8, read_encoding, read_tags
from sciknow.progress import Progress, silent
from sciknow.text import counted

FETCH = "fetch.txt"
AT_ONCE = 4
_WEAK = frozenset({"md5", "sha1"})
_OXUM = re.compile(r"(\d+)\.(\d+)")


@dataclass(slots=True)
class Expected:
    """What the manifests of a bag say.

    Parameters
    ----------
    digests : dict
        Path → algorithm → digest, payload and tag files.
    problems : list of Problem
        What is wrong with the manifests themselves.
    notes : list of str
        What is worth knowing.
    encoding : str
        Of the manifests and tag files.
    """

    digests: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    encoding: str = UTF_8

    def invalid(self, detail: str, path: str = "", damage: Damage = Damage.INVALID) -> None:
        """Note something that is wrong."""
        self.problems.append(Problem(damage=damage, path=path, detail=detail))


def check_bag(bag: Path, *, progress: Progress = silent) -> BagReport:
    """Check one bag.

    Parameters
    ----------
    bag : Path
        Its folder.
    progress : callable
        Told the bag's name, the files done and the files in all.

    Returns
    -------
    BagReport
        Every problem; nothing has been changed.
    """
    began = stamp()
    told = expected(bag)
    there = Listing(bag)
    digests = _as_they_lie(told, there)
    gone = [path for path in digests if there.lacks(path)]
    sizes: dict[str, int] = dict.fromkeys(gone, 0)
    problems = [Problem(damage=Damage.MISSING, path=path) for path in sorted(gone)]
    near = [(path, digests[path]) for path in sorted(digests.keys() - sizes.keys())]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        work = pool.map(lambda pair: _check_file(bag, *pair), near)
        for done, (path, size, problem) in enumerate(work, 1 + len(gone)):
            sizes[path] = size
            problems += [problem] if problem else []
            progress(bag.name, done, len(digests))
    problems.sort(key=lambda one: one.path)
    payload = {path: size for path, size in sizes.items() if path.startswith(f"{PAYLOAD}/")}
    problems += _unexpected(bag, digests)
    if not any(one.damage in (Damage.MISSING, Damage.CHANGED) for one in problems):
        problems += _oxum(bag, payload, told.encoding)
    return BagReport(
        bag=str(bag),
        at=began,
        files=len(sizes),
        bytes=sum(sizes.values()),
        problems=(*told.problems, *problems),
        notes=tuple(told.notes),
    )


class Listing:
    """What lies in a bag, listed once: of 400,000 files that are missing none is asked for.

    Parameters
    ----------
    bag : Path
        Its folder; links are not entered.
    """

    def __init__(self, bag: Path) -> None:
        self._names: set[str] = set()
        self._links = False
        for at, folders, files in os.walk(bag, followlinks=False):
            here = Path(at).relative_to(bag).as_posix()
            before = "" if here == "." else f"{here}/"
            self._names.update(before + name for name in (*files, *folders))
            self._links = self._links or any(Path(at, name).is_symlink() for name in folders)

    def lacks(self, path: str) -> bool:
        """Tell whether there is surely nothing under a path; behind links nobody knows."""
        return path not in self._names and not self._links

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._names:
            if not name.isascii():
                found.setdefault(normalize("NFC", name), []).append(name)
        return found

    def spelled(self, path: str) -> str:
        """Return a path as it lies on the disk, where only the Unicode form differs."""
        if path in self._names or path.isascii():
            return path
        same = self._alike.get(normalize("NFC", path), [])
        return same[0] if len(same) == 1 else path


def _as_they_lie(told: Expected, there: Listing) -> dict[str, dict[str, str]]:
    """Return the digests under the names that files have on this disk.

    File systems and archivers store accents in one character or in two (RFC 8493, section 6.1).
    """
    found: dict[str, dict[str, str]] = {}
    other = 0
    for path, digests in told.digests.items():
        name = there.spelled(path)
        other += name != path
        found.setdefault(name, {}).update(digests)
    if other:
        told.notes.append(
            f"{counted(other, 'name')} written in another Unicode form than on this disk"
        )
    return found


def expected(bag: Path) -> Expected:
    """Read what a bag should hold."""
    told = Expected()
    try:
        told.encoding = read_encoding(bag)
    except NotFound:
        told.invalid("the bag does not declare itself", BAGIT, Damage.MISSING)
    except SciknowError as error:
        told.invalid(error.message, BAGIT, Damage.CHANGED)
    manifests = manifest_names(bag)
    payload = [name for name in manifests if name.startswith("manifest")]
    if not payload:
        told.invalid("there is no payload manifest, so nothing can be checked")
    if not (bag / PAYLOAD).is_dir() or (bag / PAYLOAD).is_symlink():
        told.invalid("there is no folder data/")
    read = {name: _read(bag, name, manifests[name], told) for name in manifests}
    for path in sorted(unlike_files([read[name] for name in payload]))[:100]:
        told.invalid("not every payload manifest names it", path)
    if payload and {manifests[name] for name in payload} <= _WEAK:
        told.notes.append("only md5 or sha1: this finds accidents, not intent")
    if not any(name.startswith("tag") for name in manifests):
        told.notes.append("no tag manifest: changes of the bag's own description go unseen")
    _note_fetch(bag, told)
    return told


def _read(bag: Path, name: str, algorithm: str, told: Expected) -> Mapping[str, str]:
    try:
        if regular(bag, name) is None:
            return {}
        found, wrong = read_manifest(bag / name, algorithm, encoding=told.encoding)
    except SciknowError as error:
        told.invalid(error.message, name)
        return {}
    for line in wrong:
        told.invalid(line, name, Damage.UNSAFE if "inside the bag" in line else Damage.INVALID)
    tag = name.startswith("tag")
    for path, digest in found.items():
        if tag == path.startswith(f"{PAYLOAD}/"):
            told.invalid("named in the wrong manifest", path)
        else:
            told.digests.setdefault(path, {})[algorithm] = digest
    return found


def _note_fetch(bag: Path, told: Expected) -> None:
    try:
        if regular(bag, FETCH) is None:
            return
        count = sum(1 for _ in read_fetch(bag / FETCH, encoding=told.encoding))
        told.notes.append(
            f"{FETCH} names {counted(count, 'file')} elsewhere; an audit fetches none"
        )
    except SciknowError as error:
        told.invalid(error.message, FETCH)


def _check_file(
    bag: Path, path: str, digests: Mapping[str, str]
) -> tuple[str, int, Problem | None]:
    try:
        found = regular(bag, path)
        if found is None:
            return path, 0, Problem(damage=Damage.MISSING, path=path)
        now = digests_of(bag / path, tuple(digests))
    except UntrustedInput as error:
        return path, 0, Problem(damage=Damage.UNSAFE, path=path, detail=error.message)
    except OSError as error:
        detail = f"not readable: {error.strerror}"
        return path, 0, Problem(damage=Damage.CHANGED, path=path, detail=detail)
    wrong = [name for name in digests if now[name] != digests[name]]
    if not wrong:
        return path, found.st_size, None
    detail = f"{wrong[0]} is {now[wrong[0]][:16]}…, recorded is {digests[wrong[0]][:16]}…"
    if len(wrong) < len(digests):
        detail = f"the manifests disagree: {detail}"
    return path, found.st_size, Problem(damage=Damage.CHANGED, path=path, detail=detail)


def _unexpected(bag: Path, digests: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what lies in the payload and stands in no manifest; links are not entered."""
    for at, folders, names in os.walk(bag / PAYLOAD, followlinks=False):
        folders.sort()
        links = [name for name in folders if Path(at, name).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(at, name).relative_to(bag).as_posix()
            if path not in digests:
                yield Problem(
                    damage=Damage.UNEXPECTED, path=path, detail="it stands in no manifest"
                )


def _oxum(bag: Path, payload: Mapping[str, int], encoding: str) -> Iterator[Problem]:
    try:
        if regular(bag, INFO) is None:
            return
        told = {name.lower(): value for name, value in read_tags(bag / INFO, encoding=encoding)}
    except SciknowError as error:
        yield Problem(damage=Damage.INVALID, path=INFO, detail=error.message)
        return
    match = _OXUM.fullmatch(told.get("payload-oxum", ""))
    if match and (int(match[1]), int(match[2])) != (sum(payload.values()), len(payload)):
        detail = f"Payload-Oxum says {shown(match[0])}, there are {sum(payload.values())}."
        yield Problem(damage=Damage.INVALID, path=INFO, detail=f"{detail}{len(payload)}")
