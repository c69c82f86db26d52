"""What a search returns: hits that open, cite and explain themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from sciknow._html import Markup, join, link, table, tag
from sciknow.model import Dataset
from sciknow.text import shorten, width

if TYPE_CHECKING:
    from sciknow.hub.loading import Loading
    from sciknow.readers import Plan
    from sciknow.search import Why


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """One dataset that a search found.

    Parameters
    ----------
    dataset : Dataset
        Its record.
    score : float
        Its score, between 0 and 1; comparable within one search.
    why : Why
        What matched: terms by field, passage, concepts, publications, and their shares.
    """

    dataset: Dataset
    score: float
    why: Why
    _hub: Loading

    @property
    def id(self) -> str:
        """The dataset's identifier."""
        return self.dataset.id

    def open(self, distribution: str | None = None, **options: Any) -> Any:
        """Open it lazily; see `Hub.open`."""
        return self._hub.open(self.dataset, distribution, **options)

    def plan(self, distribution: str | None = None, **options: Any) -> Plan:
        """Say what opening it, or a part of it, would cost; see `Hub.plan`."""
        return self._hub.plan(self.dataset, distribution, **options)

    def cite(self, *, style: str = "bibtex", language: str = "en") -> str:
        """Cite it with its data papers; see `Hub.cite`."""
        return self._hub.cite(self.dataset, style=style, language=language)

    def __repr__(self) -> str:
        return f"Hit({self.score:.2f}, {self.dataset.id!r}, {str(self.dataset.title)!r})"

    def _repr_html_(self) -> Markup:
        return join([hits_table([self]), self.why._repr_html_()])


class Hits(Sequence[Hit]):
    """The hits of one search, best first.

    Parameters
    ----------
    question : str
        What was asked.
    hits : sequence of Hit
        The page of hits that was asked for.
    total : int
        How many datasets matched in all.
    filtered : mapping of str to int
        Filter → how many datasets it took away.
    understood : str
        What was recognised in the question beyond its words; empty for nothing.
    """

    def __init__(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        total: int,
        filtered: Mapping[str, int],
        understood: str = "",
    ) -> None:
        self.question = question
        self.total = total
        self.filtered = dict(filtered)
        self.understood = understood
        self._hits = tuple(hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        return self._hits[index]

    def __len__(self) -> int:
        return len(self._hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    @property
    def summary(self) -> str:
        """One line: how many were found, what was understood, what the filters took away."""
        parts = [f"{len(self)} of {self.total} datasets for {self.question!r}"]
        if self.understood:
            parts.append(f"understood as {self.understood}")
        parts += [f"{count} left out by {name}" for name, count in self.filtered.items() if count]
        return "; ".join(parts)

    def __repr__(self) -> str:
        rows = [(f"{hit.score:.2f}", hit.id, hit.dataset.title.best()) for hit in self]
        column = max((width(row[1]) for row in rows), default=0)
        lines = [
            f"{score}  {identifier.ljust(column)}  {shorten(title, 76)}"
            for score, identifier, title in rows
        ]
        return "\n".join([self.summary, *lines])

    def _repr_html_(self) -> Markup:
        return join([tag("p", self.summary), hits_table(self)])


def hits_table(hits: Sequence[Hit]) -> Markup:
    """Return hits as an html table: what, who, where, when, why."""
    rows = [
        (
            tag("b", f"{hit.score:.2f}"),
            _what(hit),
            hit._hub.name_of(hit.dataset.publisher),
            str(hit.dataset.spatial.name) or _box(hit.dataset),
            _when(hit.dataset),
            hit.why.summary,
        )
        for hit in hits
    ]
    head = ("score", "dataset", "publisher", "where", "when", "why it matched")
    return table(head, rows, class_="sciknow-hits")


def _what(hit: Hit) -> Markup:
    dataset = hit.dataset
    both: list[object] = [link(dataset.title.best(), dataset.landing_page)]
    if dataset.title.en and dataset.title.zh:
        both += [tag("br"), dataset.title.zh]
    mark = "opens offline" if dataset.offline else "opens lazily" if dataset.openable else ""
    both += [tag("br"), tag("code", dataset.id), f" {dataset.license} {mark}"]
    return join(both)


def _box(dataset: Dataset) -> str:
    box = dataset.spatial.bbox
    return "" if box is None else " ".join(f"{number:g}" for number in box)


def _when(dataset: Dataset) -> str:
    period = dataset.temporal
    if not period:
        return ""
    return f"{period.start or '…'} – {period.end or 'now'}"
