"""From a question to hits, to completions and to counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypedDict, Unpack

from sciknow.errors import InvalidInput
from sciknow.hub.find.facets import Facets
from sciknow.hub.find.hit import NOUNS, Chips, Hit, Hits, HitVerbs, Record
from sciknow.hub.find.pairs import Pair, pairs_of, two_themes
from sciknow.hub.store.records import Records
from sciknow.hub.store.state import SEARCH, State
from sciknow.model import Concept, Dataset, Publication
from sciknow.model.identifier import find_work
from sciknow.search import Filters, Index, IndexHit, Results, Unstated, load_embedder

_FILTERS = {"publication": ("period", "sector"), "concept": ("sector", "variables")}
"""Kind → the filters that mean something for it, where not all do."""
_OPENING = ("openable", "offline")
IN_WORDS = ("dataset", "variable")
"""Kinds for which years and places in the question's own words are heeded."""


class SearchFilters(TypedDict, total=False):
    """What records have to be, as `Hub.search` takes it by keyword."""

    bbox: Sequence[float] | None
    period: tuple[str | None, str | None] | None
    variables: Sequence[str]
    sector: str | Sequence[str] | None
    license: str | None
    publisher: str | None
    openable: bool
    offline: bool
    access: str | Sequence[str] | None
    format: str | None
    resolution: float | str | None
    step: str | None
    unstated: Unstated | None
    prefer: str | Sequence[str] | None


class SearchOptions(SearchFilters, total=False):
    """All that `Hub.search` takes by keyword."""

    kind: str
    constraints: bool
    without: Sequence[str]
    explain: bool
    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a hub, checked.

    Parameters
    ----------
    text : str
        The words; empty where all records are meant.
    kind : str
        Which records.
    filters : Filters
        What they have to be.
    constraints, without, explain, limit, offset
        As of `Hub.search`.
    """

    text: str = ""
    kind: str = "dataset"
    filters: Filters
    constraints: bool = True
    without: tuple[str, ...] = ()
    explain: bool = False
    limit: int = 10
    offset: int = 0


def parse_question(
    text: str = "",
    *,
    kind: str = "dataset",
    constraints: bool = True,
    without: str | Sequence[str] = (),
    explain: bool = False,
    limit: int = 10,
    offset: int = 0,
    **filters: Unpack[SearchFilters],
) -> Question:
    """Read a question and its filters, refusing those that mean nothing for the kind.

    Raises
    ------
    InvalidInput
        For such a filter, or an impossible one.
    """
    meant = _FILTERS.get(kind)
    if kind not in IN_WORDS:  # nothing of it opens, is current or has a licence
        filters["prefer"] = None
    for name, value in filters.items():
        if meant is not None and name not in meant and value not in (None, (), [], "", False):
            raise InvalidInput(
                f"the filter {name} means nothing for a {kind}",
                hint=f"a {kind} can be filtered by {' and '.join(meant)}",
            )
    return Question(
        text=text,
        kind=kind,
        filters=Filters.of(**filters),
        constraints=constraints and kind in IN_WORDS,
        without=(without,) if isinstance(without, str) else tuple(without),
        explain=explain,
        limit=limit,
        offset=offset,
    )


def index_of(state: State) -> Index:
    """Return the index of a hub, opened when it is first needed."""
    state.whole.check(SEARCH)
    if state.engines.index is None:
        own = state.embedder
        embedder = None if own is None else load_embedder(own)
        state.engines.index = Index.open(state.generation / SEARCH, embedder=embedder)
    return state.engines.index


def search(state: State, verbs: HitVerbs, question: Question) -> Hits:
    """Answer one question; see `Hub.search`.

    Parameters
    ----------
    state : State
        Where it is asked.
    verbs : HitVerbs
        What can be done with what is found.
    question : Question
        What is asked.
    """
    return search_many(state, verbs, [question.text], question)[0]


def search_many(
    state: State, verbs: HitVerbs, texts: Sequence[str], question: Question
) -> list[Hits]:
    """Answer several questions that differ in their words only; see `Hub.search_many`."""
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise InvalidInput("search_many takes several questions", hint="put it into a list")
    texts = list(texts)
    if any(isinstance(text, str) and not text.strip() for text in texts):
        raise InvalidInput("the question is empty", hint='ask for a theme, as "sea ice"')
    works = [find_work(text) if isinstance(text, str) else "" for text in texts]
    plain = [text for text, work in zip(texts, works, strict=True) if not work]
    found = iter(_asked(state, plain, question))
    results = [_of_work(state, work, question) if work else next(found) for work in works]
    asked = [replace(question, text=text) for text in texts]
    return [hits_of(state, verbs, one, found) for one, found in zip(asked, results, strict=True)]


def _asked(state: State, texts: Sequence[str], question: Question) -> list[Results]:
    return index_of(state).search_many(
        texts,
        filters=question.filters,
        kind=question.kind,
        constraints=question.constraints,
        without=question.without,
        explain=question.explain,
        limit=question.limit,
        offset=question.offset,
    )


def _of_work(state: State, work: str, question: Question) -> Results:
    """Return the record that a DOI or CSTR names, then what its title finds; none without one.

    A publication stands for the datasets that it describes, where datasets are asked for.
    """
    records = state.records
    paper = records.get(Publication, work)
    named: list[Dataset | Publication | None] = [paper]
    if question.kind in IN_WORDS:
        named = [records.get(Dataset, work)]
        described = paper.describes if paper else ()
        named += [records.get(Dataset, item) for item in described]
    known = [item for item in named if item is not None]
    if not known:
        return replace(_asked(state, [work], question)[0], hits=(), total=0, asked=None)
    titled = replace(question, text=known[0].title.best("en"), constraints=False)
    return _asked(state, [titled.text], titled)[0].led_by([item.id for item in known])


def hits_of(
    state: State, verbs: HitVerbs, question: Question, results: Results, *, pages: bool = True
) -> Hits:
    """Return what the index found, with the records; *pages* tells whether there can be more."""

    def page(offset: int) -> Hits:
        return search(state, verbs, replace(question, offset=offset))

    return Hits(
        question.text,
        [Hit(_record(state.records, item), item, state, verbs) for item in results.hits],
        total=results.total,
        filtered=results.filtered,
        filters=results.counts,
        understood=Chips(results.constraints.chips),
        kind=question.kind,
        offset=question.offset,
        page=page if pages else None,
        held=(lambda: results.held) if pages else None,
        pairs=(lambda: _pairs(state, verbs, question, results)) if pages else None,
    )


def _pairs(
    state: State, verbs: HitVerbs, question: Question, results: Results
) -> tuple[Pair[Hit], ...]:
    """Return pairs that fit each other, where a question asks for two things."""
    themes = two_themes(results.constraints.theme) if question.kind == "dataset" else None
    if themes is None:
        return ()
    rest = [word for chip in results.constraints.chips for word in chip.words]
    plain = replace(question, offset=0, limit=10, explain=False)

    def ask(text: str) -> tuple[bool | None, Sequence[Hit]]:
        hits = search(state, verbs, replace(plain, text=text))
        return hits.fits, hits

    return pairs_of(themes, rest, ask, partial(verbs.compare, state))


def _record(records: Records, found: IndexHit) -> Record:
    if found.kind == "publication":
        return records.find(Publication, found.id)
    if found.kind == "concept":
        return records.find(Concept, found.id)
    name = found.id.partition("#")[0] if found.kind == "variable" else found.id
    return records.find(Dataset, name)


def suggest(state: State, prefix: str, limit: int) -> list[str]:
    """Complete what someone is typing; see `Hub.suggest`."""
    return index_of(state).suggest(prefix, limit)


def facets(state: State, question: Question, best: int) -> Facets:
    """Count records; see `Hub.facets`."""
    kind, text = question.kind, question.text
    found = index_of(state).facets(question.filters, kind, text=text, best=best)
    total = sum(found[-1].counts.values()) if found else 0
    what = f"best {NOUNS[kind]} for {text!r}" if text.strip() else NOUNS[kind]
    opens = kind in IN_WORDS  # publications and concepts never do
    found = [facet for facet in found if opens or facet.name not in _OPENING]
    return Facets(what, total, found, state.records)
