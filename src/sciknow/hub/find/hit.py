"""What a search returns: hits that open, cite and explain themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, overload

from sciknow._html import Markup, join, tag
from sciknow.errors import InvalidInput
from sciknow.hub.find.hit_table import hits_table
from sciknow.model import Concept, Dataset, LangString, Publication, Variable
from sciknow.text import shorten, width

if TYPE_CHECKING:
    from sciknow.hub.load.loading import Loading
    from sciknow.readers import Plan
    from sciknow.search import IndexHit, Why

Record: TypeAlias = Dataset | Publication | Concept
NOUNS = {
    "dataset": "datasets",
    "publication": "publications",
    "concept": "concepts",
    "variable": "variables",
}
"""Kind of a record → its plural."""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """One record that a search found: a dataset, or what the search was asked for.

    Parameters
    ----------
    record : Dataset, Publication or Concept
        The record; for a variable the dataset that has it.
    found : IndexHit
        The same in the index, with its score and its reasons.
    hub : Hub
        Where it was found.
    """

    record: Record
    _found: IndexHit
    _hub: Loading

    @property
    def id(self) -> str:
        """The record's identifier; for a variable ``dataset#name``."""
        return self._found.id

    @property
    def kind(self) -> str:
        """What it is: ``dataset``, ``publication``, ``concept`` or ``variable``."""
        return self._found.kind

    @property
    def score(self) -> float:
        """Its score, between 0 and 1; comparable within one search."""
        return self._found.score

    @property
    def why(self) -> Why:
        """What matched: terms by field, passage, concepts, publications, and their shares.

        Worked out when it is first asked for, unless the search was told to explain.
        """
        return self._found.why

    @property
    def dataset(self) -> Dataset:
        """The dataset, for a variable the one that has it.

        Raises
        ------
        InvalidInput
            For a publication or a concept.
        """
        return self.record if isinstance(self.record, Dataset) else self._no("dataset")

    @property
    def publication(self) -> Publication:
        """The publication.

        Raises
        ------
        InvalidInput
            For a hit of another kind.
        """
        return self.record if isinstance(self.record, Publication) else self._no("publication")

    @property
    def concept(self) -> Concept:
        """The concept.

        Raises
        ------
        InvalidInput
            For a hit of another kind.
        """
        return self.record if isinstance(self.record, Concept) else self._no("concept")

    @property
    def variable(self) -> Variable:
        """The variable.

        Raises
        ------
        InvalidInput
            For a hit of another kind.
        """
        if self.kind != "variable":
            self._no("variable")
        name = self.id.partition("#")[2]
        return next(item for item in self.dataset.variables if item.name == name)

    def _no(self, kind: str) -> NoReturn:
        raise InvalidInput(
            f"the hit {self.id!r} is a {self.kind} and has no {kind}",
            hint=f'hit.{self.kind} is there; search with kind="{kind}" to find {NOUNS[kind]}',
        )

    @property
    def title(self) -> LangString:
        """What it is called in each language."""
        if self.kind == "variable":
            variable = self.variable
            named = variable.standard_name.replace("_", " ") or variable.name
            return variable.long_name or LangString(named)
        return self.record.pref_label if isinstance(self.record, Concept) else self.record.title

    def open(self, distribution: str | None = None, **options: Any) -> Any:
        """Open it lazily, of a variable's dataset that variable only; see `Hub.open`."""
        return self._hub.open(self.dataset, distribution, **(self._part() | options))

    def plan(self, distribution: str | None = None, **options: Any) -> Plan:
        """Say what opening it, or a part of it, would cost; see `Hub.plan`."""
        return self._hub.plan(self.dataset, distribution, **(self._part() | options))

    def _part(self) -> dict[str, Any]:
        return {"variables": [self.variable.name]} if self.kind == "variable" else {}

    def cite(self, *, style: str = "bibtex", language: str = "en") -> str:
        """Cite the dataset with its data papers; see `Hub.cite`."""
        return self._hub.cite(self.dataset, style=style, language=language)

    def __repr__(self) -> str:
        return f"Hit({self.score:.2f}, {self.id!r}, {str(self.title)!r})"

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
        How many records the filters leave in all.
    filtered : mapping of str to int
        Filter → how many records it took away.
    understood : str
        What was recognised in the question beyond its words; empty for nothing.
    kind : str
        What was asked for: ``dataset``, ``publication``, ``concept`` or ``variable``.
    offset : int
        How many better hits were passed over.
    page : callable, optional
        Asks the same again for another offset.
    """

    def __init__(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        total: int,
        filtered: Mapping[str, int],
        understood: str = "",
        kind: str = "dataset",
        offset: int = 0,
        page: Callable[[int], Hits] | None = None,
    ) -> None:
        self.question = question
        self.total = total
        self.filtered = dict(filtered)
        self.understood = understood
        self.kind = kind
        self.offset = offset
        self._page = page
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

    def next(self) -> Hits:
        """Return the next page of the same search; empty when there is no more.

        Raises
        ------
        InvalidInput
            For hits that come in one page only, such as those of `Hub.similar`.
        """
        if self._page is None:
            raise InvalidInput("these hits come in one page", hint="ask for more with limit=")
        return self._page(self.offset + len(self))

    @property
    def summary(self) -> str:
        """One line: how many were found, what was understood, what the filters took away."""
        shown = f"{len(self)}"
        if self.offset and len(self):
            shown = f"{self.offset + 1} to {self.offset + len(self)}"
        parts = [f"{shown} of {self.total} {NOUNS[self.kind]} for {shorten(self.question, 100)!r}"]
        if self.understood:
            parts.append(f"understood as {self.understood}")
        parts += [f"{count} left out by {name}" for name, count in self.filtered.items() if count]
        return "; ".join(parts)

    def __repr__(self) -> str:
        rows = [(f"{hit.score:.2f}", hit.id, hit.title.best()) for hit in self]
        column = max((width(row[1]) for row in rows), default=0)
        lines = [
            f"{score}  {identifier.ljust(column)}  {shorten(title, 76)}"
            for score, identifier, title in rows
        ]
        return "\n".join([self.summary, *lines])

    def _repr_html_(self) -> Markup:
        return join([tag("p", self.summary), hits_table(self) if len(self) else ""])
