"""Finding: from a question to hits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from sciknow.hub.generation import SEARCH
from sciknow.hub.hit import Hit, Hits
from sciknow.hub.loading import Loading
from sciknow.hub.rooms import search
from sciknow.model import Dataset

if TYPE_CHECKING:
    from sciknow.search import Index, Results


class Finding(Loading):
    """The search of a hub; its hits open what they found."""

    @cached_property
    def _index(self) -> Index:
        return search.Index.open(self._generation.folder / SEARCH, embedder=self._embedder)

    def search(
        self,
        question: str,
        *,
        bbox: Sequence[float] | None = None,
        period: tuple[str | None, str | None] | None = None,
        variables: Sequence[str] = (),
        sector: str | Sequence[str] | None = None,
        license: str | None = None,
        publisher: str | None = None,
        openable: bool = False,
        offline: bool = False,
        constraints: bool = True,
        limit: int = 10,
        offset: int = 0,
    ) -> Hits:
        """Find datasets for a question in English or Chinese.

        Parameters
        ----------
        question : str
            Words, a sentence or an identifier, in either language or both mixed.
        bbox : sequence of four floats, optional
            West, south, east, north in degrees; west > east crosses the antimeridian. Datasets
            that are known not to touch the box are left out.
        period : tuple of two ISO dates, optional
            First and last day of interest, either may be None; ``("1979", "2020")``.
        variables : sequence of str, optional
            CF standard names, or names as the data write them; any of them will do.
        sector : str or sequence of str, optional
            Sectors, for example ``ocean``.
        license : str, optional
            An SPDX identifier, or ``open`` for every licence that allows reuse.
        publisher : str, optional
            An agent's id or a part of its name.
        openable, offline : bool
            Only datasets that open lazily, or that open with no network.
        constraints : bool
            Heed years, places, time steps, grid spacings and the like that the question itself
            names; the result says what was understood.
        limit, offset : int
            The page of hits: at most *limit*, after the first *offset*.

        Returns
        -------
        Hits
            Best first; each says why it is there.

        Raises
        ------
        InvalidInput
            For an impossible box, period, sector or page.
        """
        filters = search.Filters.of(
            bbox=bbox,
            period=period,
            variables=variables,
            sector=sector,
            license=license,
            publisher=publisher,
            openable=openable,
            offline=offline,
        )
        results = self._index.search(
            question, filters=filters, limit=limit, offset=offset, constraints=constraints
        )
        return self._hits(question, results)

    def similar(self, what: str | Dataset, *, limit: int = 10) -> Hits:
        """Find datasets like a dataset (itself, its id) or like a text."""
        name = what if isinstance(what, str) else what.id
        return self._hits(f"like {name}", self._index.similar(name, limit=limit))

    def suggest(self, prefix: str, *, limit: int = 8) -> list[str]:
        """Complete what someone is typing, in either language."""
        found: list[str] = self._index.suggest(prefix, limit)
        return found

    def _hits(self, question: str, results: Results) -> Hits:
        return Hits(
            question,
            [Hit(self.dataset(item.id), item.score, item.why, self) for item in results.hits],
            total=results.total,
            filtered=results.filtered,
            understood=results.understood,
        )
