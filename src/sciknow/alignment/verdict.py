"""What a comparison says: aspects with verdicts, for each pair, shown as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sciknow._html import Markup, join, link, table, tag
from sciknow.errors import NotFound
from sciknow.model import Publication
from sciknow.text import shorten, width


class Verdict(StrEnum):
    """How two things stand to each other in one aspect."""

    SAME = "same"
    COMPATIBLE = "compatible"
    CONVERTIBLE = "convertible"
    DIFFERENT = "different"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One aspect of a pair.

    Parameters
    ----------
    name : str
        For example ``space``, ``calendar`` or ``licence``.
    verdict : Verdict
        The outcome.
    values : tuple of two str
        What each side states; empty where it states nothing.
    sentence : str
        The outcome in plain words.
    how : str
        What converts one into the other, for `Verdict.CONVERTIBLE`.
    blocking : bool
        Whether the two cannot be combined because of it.
    """

    name: str
    verdict: Verdict
    values: tuple[str, str]
    sentence: str
    how: str = ""
    blocking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two of the things that were compared, aspect by aspect.

    Parameters
    ----------
    labels : tuple of two str
        Their names.
    aspects : tuple of Aspect
        In the order in which they are shown.
    publications : tuple of Publication
        Those that name both datasets.
    """

    labels: tuple[str, str]
    aspects: tuple[Aspect, ...]
    publications: tuple[Publication, ...] = ()

    @property
    def blocking(self) -> tuple[Aspect, ...]:
        """The aspects that stand in the way of combining the two."""
        return tuple(item for item in self.aspects if item.blocking)

    def __getitem__(self, name: str) -> Aspect:
        for item in self.aspects:
            if item.name == name:
                return item
        known = ", ".join(item.name for item in self.aspects)
        raise NotFound(f"no aspect {name!r}", hint=f"there is {known}")

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "between": list(self.labels),
            "aspects": [asdict(item) for item in self.aspects],
            "publications": [
                {"id": item.id, "title": item.title.to_dict(), "doi": item.doi}
                for item in self.publications
            ],
        }

    @property
    def headline(self) -> str:
        """One sentence: whether the two can be combined."""
        first, second = self.labels
        if self.blocking:
            why = "; ".join(item.sentence for item in self.blocking)
            return f"{first} and {second} cannot be combined as they are: {why}"
        work = [item.name for item in self.aspects if item.verdict is Verdict.CONVERTIBLE]
        how = f"; to be converted: {', '.join(work)}" if work else ""
        return f"{first} and {second} can be combined{how}"


class Compatibility:
    """How datasets or arrays fit together; made by `sciknow.compatible`.

    A sequence of pairs; with two things there is one, and its aspects are found by name:
    ``found["calendar"]``.

    Parameters
    ----------
    pairs : sequence of Pair
        Every pair of the things that were compared.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._pairs = tuple(pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __getitem__(self, key: int | str) -> Any:
        if isinstance(key, str):
            return self._pairs[0][key]
        return self._pairs[key]

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The aspects of every pair, in order."""
        return tuple(aspect for pair in self for aspect in pair.aspects)

    @property
    def publications(self) -> tuple[Publication, ...]:
        """The publications that name both datasets of a pair, each once."""
        found = {paper.id: paper for pair in self for paper in pair.publications}
        return tuple(found.values())

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way of combining them; licences are never in the way."""
        return not any(pair.blocking for pair in self)

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {"ok": self.ok, "pairs": [pair.to_dict() for pair in self]}

    def __repr__(self) -> str:
        return "\n\n".join("\n".join(_lines(pair)) for pair in self)

    def _repr_html_(self) -> Markup:
        return join(part for pair in self for part in _markup(pair))


def _lines(pair: Pair) -> Iterator[str]:
    yield pair.headline
    names = max(width(item.name) for item in pair.aspects)
    verdicts = max(width(item.verdict) for item in pair.aspects)
    for item in pair.aspects:
        yield f"  {item.name:<{names}}  {item.verdict:<{verdicts}}  {item.sentence}"
    for paper in pair.publications:
        yield f"  both in: {shorten(paper.title.best(), 90)} {paper.doi}".rstrip()


def _markup(pair: Pair) -> Iterator[object]:
    yield tag("p", pair.headline)
    rows = [
        (tag("b", item.name), item.verdict, *item.values, item.sentence) for item in pair.aspects
    ]
    yield table(("aspect", "verdict", *pair.labels, "in words"), rows, class_="sciknow-compatible")
    if pair.publications:
        papers = (
            tag("li", link(item.title.best(), item.iri if item.doi else item.url), f" {item.doi}")
            for item in pair.publications
        )
        yield tag("ul", *papers)
