"""What reading ranges of a file costs where small reads come from pages that are held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sciknow.wire.rangefile import PAGE, RangeFile

Span = tuple[int, int]
"""First byte and the one after the last."""


class Pages:
    """Counts what a `RangeFile` asks for: one small range by pages, anything else as it is."""

    def __init__(self, file: Any, paged: bool) -> None:
        self.held = set(file._pages) if paged and isinstance(file, RangeFile) else set()
        self.size, self.paged = file.size, paged
        self.requests = self.bytes = 0
        self.spans: set[Span] = set()

    def add(self, group: Sequence[Span]) -> None:
        """Count ranges that are read at once."""
        self.spans |= set(group)
        if len(group) == 1 and self.paged and self._by_pages(*group[0]):
            return self.page(*group[0])
        self.requests += len(group)
        self.bytes += sum(high - low for low, high in group)

    def _by_pages(self, low: int, high: int) -> bool:
        pages = range(low // PAGE, max(low, high - 1) // PAGE + 1)
        return high - low <= PAGE or all(number in self.held for number in pages)

    def page(self, low: int, high: int) -> None:
        """Count the pages of a small range that are not held yet."""
        for number in range(low // PAGE, max(low, high - 1) // PAGE + 1):
            if number not in self.held:
                self.held.add(number)
                self.requests += 1
                self.bytes += min(PAGE, self.size - number * PAGE)
