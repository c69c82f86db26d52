"""What preserving would take, before a byte moves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sciknow.errors import LimitExceeded
from sciknow.model.preserved import SourceFile
from sciknow.text import counted, human_bytes

SPARE = 64 * 2**20
"""Bytes of a disk that are left free beside those that are needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreservationPlan:
    """What is to be copied, and whether there is room.

    Parameters
    ----------
    dataset, distribution : str
        Ids.
    url : str
        Where it is.
    folder : str
        Where the bag will lie.
    files, bytes : int
        How many files, and the bytes of those whose size is known.
    unknown : int
        Files whose size the source does not say.
    maybe : int
        Files that may be missing at the source without harm (chunks of nothing but fill).
    present : int
        Bytes that are here already, from a run that was broken off.
    free : int
        Bytes free on the disk.
    made : str
        How the copy is made, where the source has no files of its own; empty otherwise.
    notes : tuple of str
        What whoever copies should know: terms, what could not be told.
    """

    dataset: str
    distribution: str
    url: str
    folder: str
    files: int
    bytes: int
    unknown: int = 0
    maybe: int = 0
    present: int = 0
    free: int = 0
    made: str = ""
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[str, object]]:
        """Yield the plan as name and value pairs."""
        yield "dataset", self.dataset
        yield "distribution", self.distribution
        yield "from", self.url
        yield "to", self.folder
        yield "files", self.files
        yield "bytes", self.bytes
        yield "size unknown", self.unknown
        yield "may be missing", self.maybe
        yield "here already", self.present
        yield "free", self.free
        yield "made", self.made
        yield "notes", list(self.notes)

    def __str__(self) -> str:
        unknown = f", {self.unknown:,} of unknown size" if self.unknown else ""
        lines = [
            f"{self.dataset} ({self.distribution}) from {self.url}",
            f"{counted(self.files, 'file')}, {human_bytes(self.bytes)}{unknown}; "
            f"{human_bytes(self.free)} free in {self.folder}",
        ]
        lines += [self.made] if self.made else []
        lines += [f"{human_bytes(self.present)} here already"] if self.present else []
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def check(self, max_bytes: int | None) -> PreservationPlan:
        """Refuse what is over a budget or would not fit on the disk.

        Raises
        ------
        LimitExceeded
            With the plan.
        """
        if max_bytes is not None and self.bytes > max_bytes:
            raise LimitExceeded(
                f"{self.dataset} has {counted(self.bytes, 'byte')}, allowed are {max_bytes:,}",
                hint="raise max_bytes, or name a part with bbox, period or variables",
            )
        needed = max(0, self.bytes - self.present) + SPARE
        if needed > self.free:
            raise LimitExceeded(
                f"{self.dataset} needs {needed:,} bytes in {self.folder}, {self.free:,} are free",
                hint="name a folder on another disk, or make room",
            )
        return self


def plan_files(
    files: Sequence[SourceFile],
    folder: Path,
    *,
    present: int = 0,
    notes: tuple[str, ...] = (),
    made: str = "",
    made_bytes: int | None = None,
    dataset: str = "",
    distribution: str = "",
    url: str = "",
) -> PreservationPlan:
    """Count files into a plan.

    Parameters
    ----------
    files : sequence of SourceFile
        What is to be copied.
    folder : Path
        Where to; need not be there yet.
    present : int
        Bytes that are here already.
    notes : tuple of str
        What whoever copies should know.
    made : str
        How the copy is made, where the source has no files of its own.
    made_bytes : int, optional
        Bytes of that one file at most, where known.
    dataset, distribution, url : str
        What it is, by which way, from where.
    """
    at = folder
    while not at.exists():
        at = at.parent
    sizes = [item.state.size for item in files if not item.optional]
    return PreservationPlan(
        dataset=dataset,
        distribution=distribution,
        url=url,
        made=made,
        notes=notes,
        folder=str(folder),
        files=len(files) if not made else 1,
        bytes=made_bytes or sum(item.state.size or 0 for item in files),
        unknown=sum(size is None for size in sizes) if not made else int(made_bytes is None),
        maybe=sum(item.optional for item in files),
        present=present,
        free=shutil.disk_usage(at).free,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserved:
    """What preserving did.

    Parameters
    ----------
    bag : Path or None
        The bag; None where only the plan was asked for.
    plan : PreservationPlan
        What it was to take.
    fetched, fetched_bytes : int
        Files that came from the source in this run.
    resumed : int
        Files that an earlier run, broken off, had brought.
    reused : int
        Files that an older bag had and the source still states to be the same.
    unchanged : bool
        Whether a bag with these very files was there already, so that none was made.
    notes : tuple of str
        What happened on the way.
    """

    bag: Path | None
    plan: PreservationPlan
    fetched: int = 0
    fetched_bytes: int = 0
    resumed: int = 0
    reused: int = 0
    unchanged: bool = False
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.bag is None:
            return str(self.plan)
        word = "unchanged since it was preserved" if self.unchanged else "preserved"
        counts = [
            f"{counted(self.fetched, 'file')} fetched ({human_bytes(self.fetched_bytes)})",
            f"{self.resumed:,} from an earlier run" if self.resumed else "",
            f"{self.reused:,} from an older bag" if self.reused else "",
        ]
        lines = [f"{self.plan.dataset}: {word} in {self.bag}", ", ".join(filter(None, counts))]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "bag": None if self.bag is None else str(self.bag),
            "plan": dict(self.plan.rows()),
            "fetched": self.fetched,
            "fetched_bytes": self.fetched_bytes,
            "resumed": self.resumed,
            "reused": self.reused,
            "unchanged": self.unchanged,
            "notes": list(self.notes),
        }
