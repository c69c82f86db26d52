"""What an audit found: of each bag, and of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

from sciknow._html import Markup, join, table, tag
from sciknow.errors import IntegrityError
from sciknow.preservation.naming import shown
from sciknow.show.page import page
from sciknow.text import counted, human_bytes
from sciknow.words import said


class Damage(StrEnum):
    """What is wrong with a file of a bag, or with the bag."""

    MISSING = "missing"
    CHANGED = "changed"
    UNEXPECTED = "unexpected"
    UNSAFE = "unsafe"
    INVALID = "invalid"
    UNFINISHED = "unfinished"


MENDABLE = frozenset({Damage.MISSING, Damage.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    damage : Damage
        What.
    path : str
        The file within the bag; empty where it is about the whole.
    detail : str
        In words.
    mended : str
        Where the good bytes came from; empty where it is not mended.
    tried : tuple of str
        What was tried to mend it, without success.
    """

    damage: Damage
    path: str = ""
    detail: str = ""
    mended: str = ""
    tried: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.damage}: {shown(self.path)}" if self.path else str(self.damage)
        text = f"{what} ({self.detail})" if self.detail else what
        if self.mended:
            place = self.mended.replace("{CATALOG_DIR}", "the catalogue's folder:")
            return f"{text}; mended from {place}"
        return text + "".join(f"; tried {one}" for one in self.tried)


@dataclass(frozen=True, slots=True, kw_only=True)
class BagReport:
    """What became of one bag.

    Parameters
    ----------
    bag : str
        Its folder.
    at : str
        When the check began, UTC.
    files, bytes : int
        What was read.
    problems : tuple of Problem
        What is wrong, mended or not.
    notes : tuple of str
        What is worth knowing and no damage.
    """

    bag: str
    at: str
    files: int = 0
    bytes: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[Problem, ...]:
        """The problems that are not mended; what a run has not finished is no damage."""
        unfinished = Damage.UNFINISHED
        return tuple(p for p in self.problems if not p.mended and p.damage != unfinished)

    @property
    def ok(self) -> bool:
        """Whether the bag is whole now."""
        return not self.left

    @property
    def verdict(self) -> str:
        """In one or two words."""
        if not self.ok:
            return "damaged"
        if any(one.damage == Damage.UNFINISHED for one in self.problems):
            return "unfinished"
        return "mended" if self.problems else "whole"


class AuditReport(Sequence[BagReport]):
    """What an audit found.

    Parameters
    ----------
    bags : sequence of BagReport
        Each bag.
    """

    def __init__(self, bags: Sequence[BagReport]) -> None:
        self._bags = tuple(bags)

    @overload
    def __getitem__(self, index: int) -> BagReport: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[BagReport]: ...
    def __getitem__(self, index: int | slice) -> BagReport | Sequence[BagReport]:
        return self._bags[index]

    def __len__(self) -> int:
        return len(self._bags)

    def __iter__(self) -> Iterator[BagReport]:
        return iter(self._bags)

    @property
    def ok(self) -> bool:
        """Whether every bag is whole now."""
        return all(one.ok for one in self)

    @property
    def summary(self) -> str:
        """One line: how many bags, files and bytes, and what became of them."""
        counts = {word: 0 for word in ("whole", "mended", "damaged", "unfinished")}
        for one in self:
            counts[one.verdict] += 1
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        files, size = sum(one.files for one in self), sum(one.bytes for one in self)
        bags, held = counted(len(self), "bag"), counted(files, "file")
        return f"{bags}, {held}, {human_bytes(size)}: {told or 'nothing there'}"

    def error(self) -> IntegrityError | None:
        """Return the error that says what is left damaged; None where nothing is."""
        if self.ok:
            return None
        left = sum(len(one.left) for one in self)
        mendable = any(p.damage in MENDABLE and not p.tried for one in self for p in one.left)
        hint = "mend what can be mended with --repair" if mendable else "see the report"
        return IntegrityError(f"{self.summary}; {counted(left, 'problem')} left", hint=hint)

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values."""
        return {"ok": self.ok, "summary": self.summary, "bags": [plain(one) for one in self]}

    def __repr__(self) -> str:
        lines = [self.summary]
        for one in self:
            lines.append(f"{one.verdict:8} {one.bag}  {counted(one.files, 'file')}")
            lines += [f"  {problem}" for problem in one.problems]
            lines += [f"  note: {note}" for note in one.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> Markup:
        rows = [
            (
                tag("b", one.verdict),
                tag("code", one.bag),
                f"{one.files:,}",
                human_bytes(one.bytes),
                join([*(tag("div", str(p)) for p in one.problems), *map(_note, one.notes)]),
            )
            for one in self
        ]
        head = ("verdict", "bag", "files", "size", "what was found")
        return join([tag("p", self.summary), table(head, rows, class_="sciknow-audit")])

    def page(self) -> str:
        """Return the report as a whole html page."""
        title = said("audit.title")
        return page(title, tag("h1", title), self._repr_html_())


def _note(text: str) -> Markup:
    return tag("div", f"note: {text}")


def plain(one: BagReport) -> dict[str, object]:
    """Return what became of a bag as plain values."""
    return {
        "bag": one.bag,
        "at": one.at,
        "verdict": one.verdict,
        "files": one.files,
        "bytes": one.bytes,
        "problems": [
            {
                "damage": str(p.damage),
                "path": shown(p.path),
                "detail": p.detail,
                "mended": p.mended,
                "tried": list(p.tried),
            }
            for p in one.problems
        ],
        "notes": list(one.notes),
    }
