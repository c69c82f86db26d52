"""What a search returns: hits that open, cite and explain themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias, Unpack, overload

from sciknow._html import Markup, join, tag
from sciknow.errors import InvalidInput
from sciknow.hub.find.pairs import Pair
from sciknow.hub.store.state import State
from sciknow.model import Concept, Dataset, LangString, Publication, Variable
from sciknow.show.hits import Found, hits_table
from sciknow.show.record import record
from sciknow.text import language_of, shorten, width
from sciknow.words import said

if TYPE_CHECKING:
    import xarray as xr
    from dask.dataframe import DataFrame

    from sciknow.alignment import Compatibility
    from sciknow.hub.load.open import OpenOptions
    from sciknow.readers import As, Opened, Options, Plan
    from sciknow.search import Chip, Count, Held, IndexHit, Why

Record: TypeAlias = Dataset | Publication | Concept
NOUNS = {
    "dataset": "datasets",
    "publication": "publications",
    "concept": "concepts",
    "variable": "variables",
}
"""Kind of a record → its plural."""
_NEAREST = 2
"""How many of the nearest are named where nothing fits."""


@dataclass(frozen=True, slots=True)
class HitVerbs:
    """What can be done with a dataset that was found; the hub hands it in.

    So finding imports nothing that opening, planning or citing needs.

    Parameters
    ----------
    open, plan, cite : callable
        As of `Hub`; each takes the state that the hit was found in, then the dataset.
    compare : callable
        Tells how two hits fit each other, as `Hub.compatible` does.
    """

    open: Callable[..., Opened]
    plan: Callable[..., Plan]
    cite: Callable[..., str]
    compare: Callable[..., Compatibility]


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """One record that a search found: a dataset, or what the search was asked for.

    Parameters
    ----------
    record : Dataset, Publication or Concept
        The record; for a variable the dataset that has it.
    found : IndexHit
        The same in the index, with its score and its reasons.
    state : State
        Where it was found.
    verbs : HitVerbs
        What can be done with it.
    """

    record: Record
    _found: IndexHit
    _state: State
    _verbs: HitVerbs

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

    @overload
    def open(
        self,
        distribution: str | None = None,
        *,
        as_: Literal["dataset"],
        **options: Unpack[OpenOptions],
    ) -> xr.Dataset: ...
    @overload
    def open(
        self,
        distribution: str | None = None,
        *,
        as_: Literal["tree"],
        **options: Unpack[OpenOptions],
    ) -> xr.DataTree: ...
    @overload
    def open(
        self,
        distribution: str | None = None,
        *,
        as_: Literal["table"],
        **options: Unpack[OpenOptions],
    ) -> DataFrame: ...
    @overload
    def open(
        self,
        distribution: str | None = None,
        *,
        as_: As | None = None,
        **options: Unpack[OpenOptions],
    ) -> Opened: ...
    def open(
        self,
        distribution: str | None = None,
        *,
        as_: As | None = None,
        **options: Unpack[OpenOptions],
    ) -> Opened:
        """Open it lazily, of a variable's dataset that variable only; see `Hub.open`."""
        if self.kind == "variable":
            options.setdefault("variables", [self.variable.name])
        return self._verbs.open(self._state, self.dataset, distribution, as_=as_, **options)

    def plan(self, distribution: str | None = None, **options: Unpack[Options]) -> Plan:
        """Say what opening it, or a part of it, would cost; see `Hub.plan`."""
        if self.kind == "variable":
            options.setdefault("variables", [self.variable.name])
        return self._verbs.plan(self._state, self.dataset, distribution, **options)

    def cite(self, *, style: str = "bibtex", language: str = "en") -> str:
        """Cite the dataset with its data papers; see `Hub.cite`."""
        return self._verbs.cite(self._state, self.dataset, style=style, language=language)

    def __repr__(self) -> str:
        return f"Hit({self.score:.2f}, {self.id!r}, {str(self.title)!r})"

    def _shown(self) -> Found:
        variable = self.variable if self.kind == "variable" else None
        reasons = tuple(self.why.lines())
        return Found(self.id, self.score, self.record, variable, self.why.summary, reasons)

    def _repr_html_(self) -> Markup:
        names = self._state.records
        rest = record(self.dataset, names) if self.kind == "dataset" else self.why._repr_html_()
        return join([hits_table(self.kind, [self._shown()], names), rest])


class Chips(tuple["Chip", ...]):
    """What was understood of a question, chip by chip; as text, all of it."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(self._said, self))

    def __repr__(self) -> str:
        return "\n".join(f"{chip.name}: {self._said(chip)}" for chip in self)

    @staticmethod
    def _said(chip: Chip) -> str:
        """Return a chip with what else it may mean."""
        return f"{chip.phrase} ({'; '.join(chip.others)})" if chip.others else chip.phrase

    def _repr_html_(self) -> Markup:
        chips = [tag("span", self._said(chip), title=chip.name, class_="sk-chip") for chip in self]
        return tag("p", join(chips))


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
    filters : mapping of str to Count
        Filter → how many records match, do not match, and do not say, and what became of those.
    understood : Chips
        What was recognised in the question beyond its words; empty for nothing. Each chip can be
        taken away: ``search(…, without=chip.name)``.
    kind : str
        What was asked for: ``dataset``, ``publication``, ``concept`` or ``variable``.
    offset : int
        How many better hits were passed over.
    page : callable, optional
        Asks the same again for another offset.
    held : callable, optional
        Tells whether any record is about what was asked for.
    elsewhere : sequence of str
        Registered sources that may hold what this hub does not.
    pairs : callable, optional
        Finds pairs that fit each other, where two things are asked for.
    """

    def __init__(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        total: int,
        filtered: Mapping[str, int],
        filters: Mapping[str, Count] | None = None,
        understood: Chips | None = None,
        kind: str = "dataset",
        offset: int = 0,
        page: Callable[[int], Hits] | None = None,
        held: Callable[[], Held | None] | None = None,
        elsewhere: Sequence[str] = (),
        pairs: Callable[[], tuple[Pair[Hit], ...]] | None = None,
    ) -> None:
        self.question = question
        self.total = total
        self.filtered = dict(filtered)
        self.filters = dict(filters or {})
        self.understood = Chips() if understood is None else understood
        self.kind = kind
        self.offset = offset
        self.elsewhere = tuple(elsewhere)
        self._page = page
        self._judge = held
        self._find_pairs = pairs
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

    @cached_property
    def _held(self) -> Held | None:
        return self._judge() if self._judge else None

    @property
    def fits(self) -> bool | None:
        """Whether any record of the hub is about what was asked for.

        None where that is not told: for other kinds than datasets, for `Hub.similar`, and in a
        hub that was built with another sentence model.
        """
        return self._held.fits if self._held else None

    @property
    def missing(self) -> str:
        """What the hub holds no dataset of, in the question's words; empty where it holds some."""
        return "" if self._held is None or self._held.fits else self._held.theme

    @property
    def unmet(self) -> tuple[str, ...]:
        """What was understood, and is met by no record that is about the theme."""
        return self._held.unmet if self._held else ()

    @cached_property
    def pairs(self) -> tuple[Pair[Hit], ...]:
        """Datasets that fit each other, where the question asks for two things, best pair first.

        Worked out when it is first looked at; empty for a question that asks for one thing.
        """
        return self._find_pairs() if self._find_pairs else ()

    @property
    def summary(self) -> str:
        """One line: how many, whether any fits, what was understood, what filters took away."""
        return self._summary("en")

    def _told(self, language: str) -> Iterator[str]:
        """Yield what is to be said where nothing fits, or nothing fits one of the chips."""
        if self.missing:
            theme, kind = shorten(self.missing, 60), said(self.kind, language)
            nearest = "; ".join(shorten(hit.title.best(language), 60) for hit in self[:_NEAREST])
            yield said("hits.none", language, theme=theme, kind=kind)
            if nearest:
                yield said("hits.nearest", language, titles=nearest)
            if self.elsewhere:
                sources = said("hits.elsewhere", language, sources=", ".join(self.elsewhere))
                yield sources
        if self.pairs:
            best = f"{self.pairs[0]} ({self.pairs[0].headline})"
            yield said("hits.pair", language, pair=best)
        if self.unmet:
            yield said("hits.unmet", language, phrase=", ".join(self.unmet))

    def _summary(self, language: str) -> str:
        shown = f"{len(self)}"
        if self.offset and len(self):
            shown = f"{self.offset + 1} to {self.offset + len(self)}"
        counts = {"shown": shown, "total": self.total, "kind": said(NOUNS[self.kind], language)}
        question = shorten(self.question, 100)
        parts = [said("hits.count", language, question=question, **counts), *self._told(language)]
        if self.understood:
            parts.append(said("hits.understood", language, phrase=self.understood))
        for name, count in self.filtered.items():
            counted = self.filters.get(name)
            if counted and counted.unstated:
                parts.append(f"{name}: {counted.said(language)}")
            elif count:
                parts.append(said("hits.left out", language, count=count, name=name))
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
        language = language_of(self.question)
        summary = tag("p", self._summary(language))
        if not self._hits:
            return summary
        rows = [hit._shown() for hit in self]
        return join([summary, hits_table(self.kind, rows, self._hits[0]._state.records, language)])
