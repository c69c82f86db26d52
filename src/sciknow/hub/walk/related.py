"""What the graph joins to a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import overload

from sciknow._html import Markup, join, table, tag
from sciknow.graph import Neighbour
from sciknow.graph import related as neighbours_of
from sciknow.hub.store.records import What
from sciknow.hub.store.state import State
from sciknow.hub.walk.query import store_of
from sciknow.text import shorten
from sciknow.vocab import ID_BASE


class Related(Sequence[Neighbour]):
    """Publications, concepts, agents, funders and datasets around one dataset.

    Parameters
    ----------
    dataset : str
        The dataset's id.
    neighbours : sequence of Neighbour
        Each with its kind, name, tie and label.
    """

    def __init__(self, dataset: str, neighbours: Sequence[Neighbour]) -> None:
        self.dataset = dataset
        self._neighbours = tuple(neighbours)

    @overload
    def __getitem__(self, index: int) -> Neighbour: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Neighbour]: ...
    def __getitem__(self, index: int | slice) -> Neighbour | Sequence[Neighbour]:
        return self._neighbours[index]

    def __len__(self) -> int:
        return len(self._neighbours)

    def of_kind(self, kind: str) -> tuple[Neighbour, ...]:
        """Return those of one kind: publication, concept, agent, funder or dataset."""
        return tuple(item for item in self if item.kind == kind)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (kind, id, tie, label) of each."""
        for item in self:
            how = item.how + (f": {shorten(item.via, 40)}" if item.via else "")
            yield item.kind, _short(item.iri), how, _label(item)

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {"dataset": self.dataset, "related": [asdict(item) for item in self]}

    def __repr__(self) -> str:
        lines = [f"{kind:<12} {label}  ({how})" for kind, _, how, label in self.rows()]
        return "\n".join([f"{len(self)} neighbours of {self.dataset}", *lines])

    def _repr_html_(self) -> Markup:
        head = ("kind", "id", "how", "what")
        return join(
            [
                tag("p", f"{len(self)} neighbours of ", tag("code", self.dataset)),
                table(head, self.rows(), class_="sciknow-related"),
            ]
        )


def _short(name: str) -> str:
    return name.removeprefix(ID_BASE).partition(":")[2] if name.startswith(ID_BASE) else name


def _label(item: Neighbour) -> str:
    if item.label and item.label_zh and item.label != item.label_zh:
        return f"{item.label} {item.label_zh}"
    return item.label or item.label_zh


def related(state: State, what: What) -> Related:
    """Return what the graph joins to a dataset; see `Hub.related`."""
    dataset = state.records.card(what)
    return Related(dataset.id, neighbours_of(store_of(state), dataset.iri))
