"""What a hub holds, counted: by sector, publisher, licence, format, language and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sciknow._html import Markup, join, table, tag
from sciknow.text import shorten

if TYPE_CHECKING:
    from sciknow.hub.store.records import Records
    from sciknow.search import Facet

SILENT = "(not stated)"
_SHOWN = 8


class Facets(Mapping[str, Mapping[str, int]]):
    """Counts by facet: ``facets["license"]["CC-BY-4.0"]``.

    Parameters
    ----------
    of : str
        What was counted, in words.
    total : int
        How many records were counted.
    facets : sequence of Facet
        The counts, most first. Records that do not say are counted under ``(not stated)``.
    names : Records
        Knows the names of publishers and concepts.
    """

    def __init__(self, of: str, total: int, facets: list[Facet], names: Records) -> None:
        self.of = of
        self.total = total
        self._names = names
        self._counts = {
            facet.name: facet.counts | ({SILENT: facet.silent} if facet.silent else {})
            for facet in facets
            if facet.counts
        }

    def __getitem__(self, name: str) -> Mapping[str, int]:
        return self._counts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def rows(self, shown: int = _SHOWN) -> Iterator[tuple[str, str, str, int]]:
        """Yield facet, word, the word's name and its count, the most frequent of each facet."""
        for name, counts in self.items():
            named = [word for word in counts if word != SILENT]
            more = [SILENT] if SILENT in counts else []
            for word in [*named[:shown], *more]:
                yield name, word, self._name(name, word), counts[word]

    def _name(self, facet: str, word: str) -> str:
        if facet == "publisher" and word != SILENT:
            return self._names.name_of(word)
        return self._names.label_of(word) if facet == "concept" and word != SILENT else word

    def to_dict(self) -> dict[str, dict[str, int]]:
        """Return every count as plain values."""
        return {name: dict(counts) for name, counts in self.items()}

    @property
    def summary(self) -> str:
        """One line: what was counted."""
        return f"{self.total:,} {self.of}"

    def __repr__(self) -> str:
        lines = [f"{facet:<10} {count:>7,}  {label}" for facet, _, label, count in self.rows()]
        return "\n".join([self.summary, *lines])

    def _repr_html_(self) -> Markup:
        rows = [(tag("b", name), join(self._cell(name, counts))) for name, counts in self.items()]
        return join([tag("p", self.summary), table(("by", "how many"), rows, class_="sk-facets")])

    def _cell(self, name: str, counts: Mapping[str, int]) -> Iterator[object]:
        shown = [row for row in self.rows() if row[0] == name]
        for number, (_, _, label, count) in enumerate(shown):
            yield from (" · " if number else "", shorten(label, 48), " ", tag("b", f"{count:,}"))
        left = len(counts) - len(shown)
        if left > 0:
            yield f" · and {left:,} more"
