"""The receipt: computed here, once, for all protocols.

A `Tally` is shown every page and counts; it also says when to stop. It knows no protocol.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sciknow.harvest.protocol import Mapped, Page, Record
from sciknow.model.receipt import Asked, Complete, Receipt, Refusal
from sciknow.text import clean, counted, shorten

BARREN = 5
"""Pages after each other that may bring nothing new before nobody goes on."""

KEPT = 1_000
"""Refusals whose reasons are kept."""


def fingerprint(name: str) -> bytes:
    """Return 16 bytes that stand for an id or a cursor; a million of them take 100 MB."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass
class _Part:
    """One list of a source."""

    before: int | None = None
    after: int | None = None
    count: int = 0


class Tally:
    """Counts what comes of one harvest.

    Parameters
    ----------
    asked : Asked
        What is asked.

    Attributes
    ----------
    stop : str
        Why nobody goes on; empty while there is no reason to stop.
    fresh : list of str
        The ids that the last page brought for the first time.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.stop = ""
        self.fresh: list[str] = []
        self.distinct = 0
        self._seen: set[bytes] = set()
        self._here: set[bytes] = set()
        self._cursors: set[bytes] = set()
        self._parts: dict[str, _Part] = {}
        self._part = ""
        self._barren = 0
        self._pages = self._received = self._duplicates = self._refused_count = 0
        self._refused: list[Refusal] = []
        self._deleted: dict[str, None] = {}
        self._unmapped: Counter[str] = Counter()
        self._mended: Counter[str] = Counter()
        self._missing: dict[str, None] = {}
        self._doubts: dict[str, None] = {}
        self._until = ""
        self._limited = False

    @property
    def declared(self) -> int | None:
        """How many records the source says that it has, as far as it has said so."""
        return _sum(part.after for part in self._parts.values())

    def has(self, name: str) -> bool:
        """Tell whether an id came."""
        return fingerprint(name) in self._seen

    def page(self, page: Page) -> Iterator[Record]:
        """Count a page, and yield the records that are new and not deleted."""
        self._pages += 1
        part = self._enter(page)
        self.fresh = []
        for record in page.records:
            if self.asked.limit is not None and self.distinct >= self.asked.limit:
                self._limited = True
                break
            self._received += not page.again
            if not record.id:
                self.refuse(record, record.problem or "it has no id")
                continue
            if self._is_new(record, part, again=page.again):
                yield from self._new(record)
        self._judge(page)

    def _enter(self, page: Page) -> _Part:
        if page.part != self._part:
            self._part, self._here = page.part, set()
        part = self._parts.setdefault(page.part, _Part())
        if page.declared is not None:
            part.before = page.declared if part.before is None else part.before
            part.after = page.declared
        self._until = self._until or page.until
        for kept, told in ((self._missing, page.missing), (self._doubts, page.doubt)):
            if told:
                kept[told] = None
        if page.mended:
            self._mended[page.mended] += 1
        return part

    def _is_new(self, record: Record, part: _Part, *, again: bool) -> bool:
        mark = fingerprint(record.id)
        here = self._here if self._part else self._seen
        if mark in here:
            self._duplicates += not again
            return False
        self._received += again
        part.count += 1
        if self._part:
            here.add(mark)
            if mark in self._seen:
                return False
        self._seen.add(mark)
        self.distinct += 1
        self.fresh.append(record.id)
        return True

    def _new(self, record: Record) -> Iterator[Record]:
        if record.deleted:
            self._deleted[record.id] = None
        elif record.problem:
            self.refuse(record, record.problem)
        else:
            yield record

    def _judge(self, page: Page) -> None:
        limit = self.asked.limit
        if limit is not None and self.distinct >= limit and (page.cursor or self._limited):
            self._limited = True
            self.stop = f"only {counted(limit, 'record')} were wanted"
            return
        self._barren = 0 if self.fresh else self._barren + 1
        if page.cursor:
            mark = fingerprint(f"{page.part} {page.cursor}")
            if mark in self._cursors:
                shown = shorten(page.cursor, 60)
                self.stop = f"page {self._pages} leads back to one that has been there ({shown})"
            self._cursors.add(mark)
        if self._barren >= BARREN and page.cursor:
            self.stop = f"{self._barren} pages after each other brought nothing new"

    def refuse(self, record: Record, reason: str) -> None:
        """Count a record that is not taken."""
        self._refused_count += 1
        if len(self._refused) < KEPT:
            self._refused.append(Refusal(clean(record.id)[:300], clean(reason)[:500]))

    def map(self, mapped: Mapped) -> None:
        """Count what a record became."""
        if mapped.dataset is not None:
            self._unmapped.update(dict.fromkeys(mapped.dataset.extra, 1))

    def broken(self, reason: str) -> None:
        """Note that the walk ended before its end."""
        self.stop = self.stop or f"after {counted(self._pages, 'page')}: {clean(reason)[:500]}"

    def receipt(self, **more: object) -> Receipt:
        """Return the receipt.

        Parameters
        ----------
        **more
            What is known outside: times, what went over the wire, the digest of the answers.
        """
        complete, because = self._verdict()
        digest = hashlib.sha256()
        for mark in sorted(self._seen):
            digest.update(mark)
        return Receipt(
            asked=self.asked,
            until=self._until,
            declared_before=_sum(part.before for part in self._parts.values()),
            declared_after=self.declared,
            pages=self._pages,
            received=self._received,
            distinct=self.distinct,
            duplicates=self._duplicates,
            deleted=tuple(self._deleted),
            refused=tuple(self._refused),
            refused_count=self._refused_count,
            unmapped=dict(sorted(self._unmapped.items())),
            mended=dict(sorted(self._mended.items())),
            complete=complete,
            because=because,
            digest=digest.hexdigest(),
            **more,  # type: ignore[arg-type]
        )

    def _verdict(self) -> tuple[Complete, str]:
        if self.stop:
            return Complete.NO, self.stop
        if self._missing:
            return Complete.NO, "; ".join(self._missing)
        for name, part in self._parts.items():
            short = part.after is not None and part.count < part.after
            if short and part.before == part.after:
                said = f"{part.count:,} of {part.after:,} declared records came"
                return Complete.NO, f"{name}: {said}" if name else said
        doubts = [*self._doubts, *filter(None, map(_doubt, self._parts.values()))]
        if not self._parts:
            doubts.append("no page came")
        if doubts:
            return Complete.UNKNOWN, "because " + "; ".join(dict.fromkeys(doubts))
        return Complete.YES, ""


def _doubt(part: _Part) -> str:
    """Say why nobody can know from a list's own numbers whether all of it came."""
    if part.before is None or part.after is None:
        return "the source does not say how many records it has"
    if part.before != part.after:
        changed = f"{part.before:,} records at the first page and {part.after:,} at the last"
        return f"the source declared {changed}"
    if part.count > part.after:
        return f"{part.count:,} records came where the source declares {part.after:,}"
    return ""


def _sum(numbers: Iterator[int | None]) -> int | None:
    found = list(numbers)
    return sum(n for n in found if n is not None) if found and None not in found else None
