"""Several hubs, searched as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

from sciknow.errors import InvalidInput, NotFound
from sciknow.hub.find.hit import Hit, Hits
from sciknow.hub.hub import Hub
from sciknow.model import Agent, Concept, Dataset, Publication
from sciknow.model.receipt import Receipt
from sciknow.model.same import keys_of

if TYPE_CHECKING:
    from sciknow.hub.find.search import SearchOptions
    from sciknow.hub.load.open import OpenOptions
    from sciknow.hub.store.records import What
    from sciknow.readers import Opened

T = TypeVar("T")


class JoinedHubs:
    """Several hubs opened for reading, searched as one; made by ``open_hub([…])``.

    Each stays what it is: nothing is copied. A dataset that several hold, by its id, DOI, CSTR or
    an address at which it opens, is found once, in the hub that is named first.

    Parameters
    ----------
    hubs : sequence of Hub
        In the order in which they are asked.
    """

    def __init__(self, hubs: Sequence[Hub]) -> None:
        if not hubs:
            raise InvalidInput("no hub is named", hint='write open_hub(["mine", "embedded"])')
        self.hubs = tuple(hubs)

    def __repr__(self) -> str:
        return "<sciknow hubs: " + ", ".join(map(repr, self.hubs)) + ">"

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Dataset]:
        seen: set[str] = set()
        for hub in self.hubs:
            for dataset in hub:
                if _is_new(dataset, seen):
                    yield dataset

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all of them."""
        for hub in self.hubs:
            hub.close()

    def search(self, question: str, **options: Unpack[SearchOptions]) -> Hits:
        """Ask every hub the same, and return the best hits of all; see `Hub.search`.

        A hit opens, cites and explains itself from the hub that holds it.
        """
        limit, offset = options.get("limit", 10), options.get("offset", 0)
        if limit < 0 or offset < 0:
            raise InvalidInput(f"limit {limit} and offset {offset}", hint="neither is negative")
        options["limit"], options["offset"] = limit + offset, 0
        found = [hub.search(question, **options) for hub in self.hubs]
        hits = _once([hit for one in found for hit in one])
        hits.sort(key=lambda hit: -hit.score)  # stable: of equal ones the first hub's

        def page(at: int) -> Hits:
            options["limit"], options["offset"] = limit, at
            return self.search(question, **options)

        return Hits(
            question,
            hits[offset : offset + limit],
            total=sum(one.total for one in found),
            filtered=_summed([one.filtered for one in found]),
            understood=found[0].understood,
            kind=found[0].kind,
            offset=offset,
            page=page,
        )

    def dataset(self, identifier: str) -> Dataset:
        """Return the dataset with an id, a DOI, a CSTR or an IRI, from the first that has it."""
        return self._first(lambda hub: hub.dataset(identifier))

    def concept(self, identifier: str) -> Concept:
        """Return the concept with an id or an IRI, from the first hub that has it."""
        return self._first(lambda hub: hub.concept(identifier))

    def publication(self, identifier: str) -> Publication:
        """Return the publication with an id, a DOI or an IRI, from the first that has it."""
        return self._first(lambda hub: hub.publication(identifier))

    def agent(self, identifier: str) -> Agent:
        """Return the person or organisation with an id, from the first hub that has it."""
        return self._first(lambda hub: hub.agent(identifier))

    def open(self, what: What, **options: Unpack[OpenOptions]) -> Opened:
        """Open a dataset from the first hub that has it; see `Hub.open`."""
        opened: Opened = self._holding(what).open(what, **options)
        return opened

    def cite(self, *what: What, style: str = "bibtex", language: str = "en") -> str:
        """Cite datasets, each from the first hub that has it; see `Hub.cite`."""
        found = (self._holding(item).cite(item, style=style, language=language) for item in what)
        return "\n".join(found)

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What every harvest into any of them says of itself, the newest first."""
        found = [receipt for hub in self.hubs for receipt in hub.receipts]
        return tuple(sorted(found, key=lambda receipt: receipt.began, reverse=True))

    def _holding(self, what: What) -> Hub:
        name = what if isinstance(what, str) else getattr(what, "id", "").partition("#")[0]
        return self._first(lambda hub: (hub.dataset(name), hub)[1])

    def _first(self, ask: Callable[[Hub], T]) -> T:
        for hub in self.hubs[:-1]:
            with suppress(NotFound):
                return ask(hub)
        return ask(self.hubs[-1])


def _is_new(dataset: Dataset, seen: set[str]) -> bool:
    keys = {f"id {dataset.id}", *keys_of(dataset)}
    new = not keys & seen
    seen |= keys
    return new


def _once(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, those of one thing once."""
    seen: set[str] = set()
    kept = []
    for hit in hits:
        if hit.kind == "dataset":
            if _is_new(hit.dataset, seen):
                kept.append(hit)
        elif f"{hit.kind} {hit.id}" not in seen:
            seen.add(f"{hit.kind} {hit.id}")
            kept.append(hit)
    return kept


def _summed(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for one in counts for name in one)
    return {name: sum(one.get(name, 0) for one in counts) for name in names}
