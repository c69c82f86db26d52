"""Finding: from a question to hits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sciknow.errors import InvalidInput, NotFound
from sciknow.hub.find.facets import Facets
from sciknow.hub.find.hit import NOUNS, Hit, Hits, Record
from sciknow.hub.find.likeness import likeness_of, open_file, origin_of, words_of
from sciknow.hub.load.loading import Loading
from sciknow.hub.rooms import search
from sciknow.hub.store.generation import SEARCH
from sciknow.hub.store.records import KINDS
from sciknow.model import Concept, Dataset, Publication
from sciknow.model.identifier import is_meant
from sciknow.text import shorten, squeeze

if TYPE_CHECKING:
    from sciknow.search import Filters, Index, IndexHit, Results

_FILTERS = {"publication": ("period", "sector"), "concept": ("sector", "variables")}
"""Kind → the filters that mean something for it, where not all do."""
_OPENING = ("openable", "offline")
_IN_WORDS = ("dataset", "variable")
"""Kinds for which years and places in the question's own words are heeded."""


class Finding(Loading):
    """The search of a hub; its hits open what they found."""

    @cached_property
    def _index(self) -> Index:
        own = self._embedder
        embedder = None if own is None else search.load_embedder(own)
        return search.Index.open(self._generation.folder / SEARCH, embedder=embedder)

    def search(
        self,
        question: str,
        *,
        kind: str = "dataset",
        bbox: Sequence[float] | None = None,
        period: tuple[str | None, str | None] | None = None,
        variables: Sequence[str] = (),
        sector: str | Sequence[str] | None = None,
        license: str | None = None,
        publisher: str | None = None,
        openable: bool = False,
        offline: bool = False,
        constraints: bool = True,
        explain: bool = False,
        limit: int = 10,
        offset: int = 0,
    ) -> Hits:
        """Find datasets, or records of another kind, for a question in English or Chinese.

        Parameters
        ----------
        question : str
            Words, a sentence or an identifier, in either language or both mixed.
        kind : str
            ``dataset``; ``variable`` (a dataset's variable), ``publication`` or ``concept``.
        bbox : sequence of four floats, optional
            West, south, east, north in degrees; west > east crosses the antimeridian. Datasets
            that are known not to touch the box are left out.
        period : tuple of two ISO dates, optional
            First and last day of interest, either may be None; ``("1979", "2020")``. For
            publications, when they were issued.
        variables : sequence of str, optional
            CF standard names, or names as the data write them; any of them will do.
        sector : str or sequence of str, optional
            Sectors, for example ``ocean``.
        license : str, optional
            A licence by any of its names, with or without its version, or ``open`` for all that
            allow reuse.
        publisher : str, optional
            An agent's id or a part of its name.
        openable, offline : bool
            Only datasets that open lazily, or that open with no network.
        constraints : bool
            Heed years, places, time steps, grid spacings and the like that the question itself
            names; the result says what was understood.
        explain : bool
            Work out why each hit is there at once, not when it is asked.
        limit, offset : int
            The page of hits: at most *limit*, after the first *offset*.

        Returns
        -------
        Hits
            Best first; each says why it is there.

        Raises
        ------
        InvalidInput
            For an unknown kind, a filter that means nothing for it, or an impossible box,
            period, sector or page.
        NotFound
            When the hub holds no records of the kind.
        """
        return self.search_many(
            [question],
            kind=kind,
            constraints=constraints,
            explain=explain,
            limit=limit,
            offset=offset,
            bbox=bbox,
            period=period,
            variables=variables,
            sector=sector,
            license=license,
            publisher=publisher,
            openable=openable,
            offline=offline,
        )[0]

    def search_many(
        self,
        questions: Sequence[str],
        *,
        kind: str = "dataset",
        constraints: bool = True,
        explain: bool = False,
        limit: int = 10,
        offset: int = 0,
        **filters: Any,
    ) -> list[Hits]:
        """Answer several questions at once; the sentence model reads them together.

        Parameters
        ----------
        questions : sequence of str
            Each as in `search`.
        kind, constraints, explain, limit, offset, **filters
            As in `search`, the same for all.

        Returns
        -------
        list of Hits
            One for each question, in their order.
        """
        if isinstance(questions, str) or not isinstance(questions, Iterable):
            raise InvalidInput("search_many takes several questions", hint="put it into a list")
        questions = list(questions)
        results = self._index.search_many(
            questions,
            filters=_checked(kind, filters),
            kind=kind,
            constraints=constraints and kind in _IN_WORDS,
            explain=explain,
            limit=limit,
            offset=offset,
        )
        same = {"kind": kind, "constraints": constraints, "explain": explain, "limit": limit}
        return [
            self._hits(question, result, kind, offset, same | filters)
            for question, result in zip(questions, results, strict=True)
        ]

    async def search_async(self, question: str, **options: Any) -> Hits:
        """Answer a question in a thread, for programs that must not wait.

        Parameters
        ----------
        question : str
            As in `search`.
        **options
            As in `search`.
        """
        return await asyncio.to_thread(self.search, question, **options)

    def similar(self, what: object, *, kind: str = "dataset", limit: int = 10) -> Hits:
        """Find what is like a dataset, an array object or a text.

        Parameters
        ----------
        what : str, Dataset, Publication, Concept, array object or path
            A record, the id or DOI of a dataset or a publication, or any text. Of an
            `xarray.Dataset`, a `DataArray` or a data frame that a hub opened, the dataset counts;
            of others their title, their summary and their variables' names are read, and what
            lies in the same box and years is raised. A `pathlib.Path` is opened first.
        kind : str
            What to find, as in `search`.
        limit : int
            How many at most.

        Raises
        ------
        InvalidInput
            For an empty text, or an object that says nothing of itself.
        NotFound
            For a DOI or an address that the hub does not know, or a file that is not there.
        """
        what = open_file(Path(what)) if isinstance(what, PathLike) else what
        record, like = self._known(what), None
        if record is not None:
            shown = record.id
            own = KINDS[type(record)] == kind and self._generation.records.has(
                type(record), record.id
            )
            text = record.id if own else words_of(record)
        elif isinstance(what, str):
            shown = text = squeeze(what)
            if not text:
                raise InvalidInput("similar to what? the text is empty", hint="give words or an id")
        else:
            like = likeness_of(what)
            shown = text = like.text
        wish = like.wish if like and kind in _IN_WORDS else None
        results = self._index.similar(text, kind=kind, limit=limit, wish=wish)
        return self._hits(f"like {shorten(shown, 60)}", results, kind)

    def _known(self, what: object) -> Record | None:
        """Return the record of this hub that is meant, by itself, its id or an array's origin."""
        if isinstance(what, Dataset | Publication | Concept):
            return what
        name = squeeze(what) if isinstance(what, str) else origin_of(what)
        if not name:
            return None
        records = self._generation.records
        found = records.get(Dataset, name) or records.get(Publication, name)
        if found is None and isinstance(what, str) and is_meant(name):
            raise NotFound(
                f"no dataset or publication {name!r} in this hub",
                hint="describe in words what it should be like",
            )
        return found

    def suggest(self, prefix: str, *, limit: int = 8) -> list[str]:
        """Complete what someone is typing, in either language."""
        found: list[str] = self._index.suggest(prefix, limit)
        return found

    def facets(
        self, question: str = "", *, kind: str = "dataset", best: int = 100, **filters: Any
    ) -> Facets:
        """Count records by sector, publisher, licence, format, language, concept and variable.

        Parameters
        ----------
        question : str
            When given, only the best hits for it are counted, else all that the filters leave.
        kind : str
            What to count, as in `search`.
        best : int
            How many hits of a question are counted at most.
        **filters
            As in `search`.

        Returns
        -------
        Facets
            Facet → word → number of records, and a table of the most frequent.
        """
        found = self._index.facets(_checked(kind, filters), kind, text=question, best=best)
        total = sum(found[-1].counts.values()) if found else 0
        what = f"best {NOUNS[kind]} for {question!r}" if question.strip() else NOUNS[kind]
        opens = kind in _IN_WORDS  # publications and concepts never do
        found = [facet for facet in found if opens or facet.name not in _OPENING]
        return Facets(what, total, found, self)

    def _hits(
        self,
        question: str,
        results: Results,
        kind: str,
        offset: int = 0,
        again: Mapping[str, Any] | None = None,
    ) -> Hits:
        return Hits(
            question,
            [Hit(self._record(item), item, self) for item in results.hits],
            total=results.total,
            filtered=results.filtered,
            understood=results.understood,
            kind=kind,
            offset=offset,
            page=None if again is None else lambda at: self.search(question, offset=at, **again),
        )

    def _record(self, found: IndexHit) -> Record:
        if found.kind == "publication":
            return self.publication(found.id)
        if found.kind == "concept":
            return self.concept(found.id)
        return self.dataset(found.id.partition("#")[0] if found.kind == "variable" else found.id)


def _checked(kind: str, filters: Mapping[str, Any]) -> Filters:
    """Make the filters, refusing those that mean nothing for a kind."""
    meant = _FILTERS.get(kind)
    for name, value in filters.items():
        if meant is not None and name not in meant and value not in (None, (), [], "", False):
            raise InvalidInput(
                f"the filter {name} means nothing for a {kind}",
                hint=f"a {kind} can be filtered by {' and '.join(meant)}",
            )
    return search.Filters.of(**filters)
