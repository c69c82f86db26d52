"""The index of a hub: ask it, and it answers with hits that explain themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sciknow.errors import IntegrityError, InvalidInput, NotFound
from sciknow.search.embed.embedder import Embedder, WordEmbedder
from sciknow.search.embed.models import load_embedder
from sciknow.search.index.document import KINDS
from sciknow.search.index.facet import Facet, facets
from sciknow.search.index.filters import Filters, Selection
from sciknow.search.index.store import FORMAT
from sciknow.search.language.analysis import VERSION, fold
from sciknow.search.language.bridge import Bridge, open_bridge
from sciknow.search.language.spelling import Speller
from sciknow.search.rank.answer import IndexHit, Results
from sciknow.search.rank.explain import Asked
from sciknow.search.rank.held import DEPTH as HELD
from sciknow.search.rank.meaning import read_meaning, reader
from sciknow.search.rank.question import MAX_QUESTION, Question, read_question, with_theme
from sciknow.search.rank.ranking import Collection, Meant, Ranking, ranked, scaled
from sciknow.search.wish.wish import Understood, understand
from sciknow.text import halfwidth, has_han, squeeze

MAX_LIMIT = 10_000
_MAX_PREFIX = 200
_FORGIVEN = 4
"""Letters from which on one of them may be wrong."""

_Key: TypeAlias = tuple[str, str, date, tuple[str, ...]]
_ALL = ("*",)
"""Nothing of a question is heeded but its words."""
_REMEMBERED = 64
"""Questions that stay read."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A question as it was read: its words, what the sentence model made of it, its wishes."""

    question: Question
    meant: Meant
    wish: Understood


class Index:
    """An index, opened read-only; any number of processes may read one at once.

    Use `Index.open`.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, Any], embedder: Embedder | None
    ) -> None:
        self.folder = folder
        self.settings = settings
        self._embedder = embedder
        self._collections: dict[str, Collection] = {}
        self._known: dict[_Key, _Read] = {}

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None) -> Index:
        """Open an index.

        Parameters
        ----------
        folder : Path
            What `build_index` wrote; it may be read-only and another user's.
        embedder : Embedder, optional
            The model for questions: the very one the index was built with. By default it is
            loaded by the name that the index keeps, when the first question comes.

        Raises
        ------
        IntegrityError
            When the folder holds no index, or one of another format.
        InvalidInput
            When the index was built with another model.
        """
        settings = _settings(folder)
        if embedder is not None:
            _same_model(settings, embedder, folder)
        return cls(folder, settings, embedder)

    @cached_property
    def embedder(self) -> Embedder:
        """The model that reads the questions."""
        if self._embedder is not None:
            return self._embedder
        model = self.settings["model"]
        loaded = load_embedder(None if model["default"] else model["name"])
        _same_model(self.settings, loaded, self.folder)
        return loaded

    @cached_property
    def bridge(self) -> Bridge | None:
        """The Chinese dictionary."""
        return open_bridge()

    @property
    def counts(self) -> dict[str, int]:
        """Kind → how many records."""
        return dict(self.settings["counts"])

    def collection(self, kind: str) -> Collection:
        """Return the records of one kind."""
        if kind not in KINDS:
            raise InvalidInput(f"unknown kind {kind!r}", hint="one of " + ", ".join(KINDS))
        if kind not in self._collections:
            if kind not in self.settings["counts"]:
                raise NotFound(
                    f"this index holds no records of kind {kind}",
                    hint="it holds " + (", ".join(self.settings["counts"]) or "nothing"),
                )
            self._collections[kind] = Collection(self.folder / kind)
        return self._collections[kind]

    def search(
        self,
        text: str,
        *,
        filters: Filters | None = None,
        kind: str = "dataset",
        limit: int = 10,
        offset: int = 0,
        explain: bool = False,
        constraints: bool = True,
        without: Sequence[str] = (),
    ) -> Results:
        """Find records for a question in English or Chinese.

        Parameters
        ----------
        text : str
            Words, a sentence or an identifier, in either language or both mixed.
        filters : Filters, optional
            What the records have to be.
        kind : str
            One of `KINDS`.
        limit, offset : int
            The page of hits: at most *limit*, after the first *offset*.
        explain : bool
            Work out why each hit is there at once, not when it is asked.
        constraints : bool
            Read dates, places, resolutions, licences and formats out of the question.
        without : sequence of str
            Constraints that are not heeded after all, nor their words: ``["place"]``.

        Raises
        ------
        InvalidInput
            For an impossible page or kind.
        NotFound
            When the index holds no records of the kind.
        """
        return self.search_many(
            [text],
            filters=filters,
            kind=kind,
            limit=limit,
            offset=offset,
            explain=explain,
            constraints=constraints,
            without=without,
        )[0]

    def search_many(
        self,
        texts: Sequence[str],
        *,
        filters: Filters | None = None,
        kind: str = "dataset",
        limit: int = 10,
        offset: int = 0,
        explain: bool = False,
        constraints: bool = True,
        without: Sequence[str] = (),
    ) -> list[Results]:
        """Answer several questions; the sentence model reads them together."""
        _check_page(limit, offset)
        texts = [_typed(text) for text in texts]
        collection = self._optional(kind)
        if collection is None or not len(collection):
            return [Results((), 0) for _ in texts]
        selection = collection.select(Filters() if filters is None else filters)
        return [
            self._answer(
                collection,
                asked.question,
                asked.meant,
                selection,
                asked.wish,
                kind,
                limit,
                offset,
                explain,
            )
            for asked in self._read_all(texts, kind, tuple(without) if constraints else _ALL)
        ]

    def _read_all(
        self, texts: Sequence[str], kind: str, without: tuple[str, ...] = ()
    ) -> list[_Read]:
        """Read questions, each once: the next page of its hits reads it no second time."""
        keys = [(text, kind, date.today(), without) for text in texts]
        fresh = [key for key in dict.fromkeys(keys) if key not in self._known]
        known = {key: self._known[key] for key in keys if key in self._known}
        if fresh:
            wishes = [self._wish(key) for key in fresh]
            questions = [
                self._with_theme(key[0], kind, wish)
                for key, wish in zip(fresh, wishes, strict=True)
            ]
            for key, question, meant, wish in zip(
                fresh, questions, self.mean(questions), wishes, strict=True
            ):
                known[key] = _Read(question, meant, wish)
            self._known = dict([*self._known.items(), *known.items()][-_REMEMBERED:])
        return [known[key] for key in keys]

    def read(self, text: str, kind: str = "dataset") -> Question:
        """Read a question: its words, renderings and concepts."""
        bridge = self.bridge if has_han(text) else None
        native = bool(self.settings["model"]["languages"]) and (
            "zh" in self.settings["model"]["languages"]
        )
        return read_question(text, self.collection(kind).store, bridge, native=native)

    def _wish(self, key: _Key) -> Understood:
        """Return what was understood of a question; one less some chips is not read anew."""
        if key[3] == _ALL:
            return Understood()
        if "spelling" in key[3]:
            return self.understand(key[0], respell=False).without(*key[3])
        known = self._known.get((*key[:3], ()))
        return (known.wish if known else self.understand(key[0])).without(*key[3])

    def _with_theme(self, text: str, kind: str, wish: Understood) -> Question:
        asked, theme = wish.asked, wish.theme
        question = self.read(asked if asked != wish.text or wish.spelled else text, kind)
        unwanted = tuple(self.read(words, kind) for words in wish.unwanted)
        question = replace(question, unwanted=unwanted)
        if not theme or theme == asked:
            return question
        return with_theme(question, self.read(theme, kind), wish.words)

    def understand(self, text: str, *, respell: bool = True) -> Understood:
        """Recognise dates, places, grain, licence and format; traditional characters too.

        Misspelt words are read as what they probably mean, unless *respell* is False.
        """
        text = _typed(text)
        bridge = self.bridge if has_han(text) else None
        plain = bridge.simplify(text[:MAX_QUESTION]) if bridge else text
        spelled: tuple[str, ...] = ()
        if respell and self._speller:
            plain, spelled = self._speller.respell(plain)
        wish = understand(plain, formats=self.settings.get("formats"))
        return replace(wish, spelled=spelled) if spelled else wish

    @cached_property
    def _speller(self) -> Speller | None:
        """What spelling is judged by, where there are records and the model tells words."""
        collection = self._optional("dataset")
        if collection is None or not isinstance(self.embedder, WordEmbedder):
            return None
        return Speller(collection.lexical.frequency, self.embedder.knows, lambda: self.bridge)

    def mean(self, questions: Sequence[Question]) -> list[Meant]:
        """Let the sentence model read questions."""
        largest = max(self.counts.values(), default=0)
        themes = [question.theme for question in questions if question.theme]
        meant = read_meaning(reader(self.embedder, largest), [*questions, *themes])
        alone = iter(meant[len(questions) :])
        return [
            replace(item, theme=next(alone)) if question.theme else item
            for question, item in zip(questions, meant, strict=False)
        ]

    def _optional(self, kind: str) -> Collection | None:
        if kind == "dataset" and "dataset" not in self.settings["counts"]:
            return None
        return self.collection(kind)

    def _answer(
        self,
        collection: Collection,
        question: Question,
        meant: Meant,
        selection: Selection,
        wish: Understood,
        kind: str,
        limit: int,
        offset: int,
        explain: bool,
    ) -> Results:
        def ask(depth: int) -> Ranking:
            return collection.rank(question, meant, selection, depth, wish)

        hits: list[IndexHit] = []
        for ranking in ranked(ask, offset, offset + limit):
            asked = Asked(collection, question, meant, selection, ranking, wish)
            rows = [int(row) for row in ranking.rows]
            names = collection.store.ids(rows)
            hits += [
                IndexHit(names[row], scaled(ranking.score[place]), kind, asked, place)
                for place, row in enumerate(rows)
            ]
        for hit in hits if explain else ():
            _ = hit.why  # worked out now, kept

        def best() -> Asked:
            theme, alone = question.theme or question, meant.theme or meant
            ranking = collection.rank(theme, alone, selection, HELD)
            return Asked(collection, question, meant, selection, ranking, wish)

        dropped, counts = selection.dropped, selection.counts
        told = best if kind == "dataset" and self.settings["model"]["default"] else None
        return Results(tuple(hits), selection.total, dropped, counts, str(wish), wish, told)

    def similar(
        self,
        what: str,
        *,
        kind: str = "dataset",
        limit: int = 10,
        filters: Filters | None = None,
        wish: Understood | None = None,
    ) -> Results:
        """Find records like a record (by its id) or like a text.

        Parameters
        ----------
        what : str
            The id of a record of this kind, or any text.
        wish : Understood, optional
            With a text: the place and the time that it speaks of; records that fit are raised.
        """
        _check_page(limit, 0)
        typed = _typed(what)
        collection = self._optional(kind)
        if collection is None or not len(collection):
            return Results((), 0)
        row = collection.store.row_of(what)
        if row is None:
            return self._like_text(typed, collection, kind, limit, filters, wish)
        record = collection.store.records([row])[row]
        text = " ".join(record.fields.get(name, "") for name in ("title", "keywords"))
        question = self.read(text, kind)
        selection = collection.select(Filters() if filters is None else filters)
        mask = np.ones(len(collection), bool) if selection.mask is None else selection.mask.copy()
        mask[row] = False
        others = replace(selection, mask=mask, total=int(mask.sum()))
        meant = Meant(collection.vectors.vector(row))
        return self._answer(
            collection, question, meant, others, Understood(), kind, limit, 0, False
        )

    def _like_text(
        self,
        text: str,
        collection: Collection,
        kind: str,
        limit: int,
        filters: Filters | None,
        wish: Understood | None,
    ) -> Results:
        question = self.read(text, kind)
        (meant,) = self.mean([question])
        selection = collection.select(Filters() if filters is None else filters)
        known = wish or Understood()
        return self._answer(collection, question, meant, selection, known, kind, limit, 0, False)

    def suggest(self, prefix: str, limit: int = 8) -> list[str]:
        """Complete what someone is typing, in either language."""
        return [text for text, _ in self.complete(prefix, limit)]

    def complete(self, prefix: str, limit: int = 8) -> list[tuple[str, str]]:
        """Complete what someone is typing: the text, and what it is (concept, dataset, …).

        Traditional characters count as the simplified ones; where nothing begins as typed, one
        letter may be wrong.
        """
        _check_page(limit, 0)
        collection, typed = self._optional("dataset"), fold(_begun(_typed(prefix)))
        if collection is None or not typed:
            return []
        found = collection.store.complete(typed, limit)
        if not found and has_han(typed) and self.bridge:
            found = collection.store.complete(self.bridge.simplify(typed), limit)
        if not found and typed.isascii() and len(typed) >= _FORGIVEN:
            found = collection.store.complete_nearly(typed, limit)
        return found

    def facets(
        self,
        filters: Filters | None = None,
        kind: str = "dataset",
        *,
        text: str = "",
        best: int = 100,
    ) -> list[Facet]:
        """Count records by sector, publisher, licence and the rest.

        Parameters
        ----------
        filters : Filters, optional
            What the records have to be.
        kind : str
            One of `KINDS`.
        text : str
            A question: then only its best hits are counted.
        best : int
            How many of them.
        """
        text = _typed(text)
        collection = self._optional(kind)
        if collection is None:
            return []
        selection = collection.select(Filters() if filters is None else filters)
        if not text.strip():
            return facets(collection.columns, selection.mask)
        _check_page(best, 0)
        (asked,) = self._read_all([text], kind)
        mask = np.zeros(len(collection), bool)
        for ranking in ranked(
            lambda depth: collection.rank(
                asked.question, asked.meant, selection, depth, asked.wish
            ),
            0,
            best,
        ):
            mask[ranking.rows] = True
        return facets(collection.columns, mask)

    def close(self) -> None:
        """Close the files."""
        for collection in self._collections.values():
            collection.store.close()
        self._collections.clear()


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "settings.json"
    try:
        settings: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise IntegrityError(
            f"{folder} holds no search index: {error}", hint="run: sciknow build"
        ) from error
    if (settings.get("format"), settings.get("analysis")) != (FORMAT, VERSION):
        raise IntegrityError(f"the index in {folder} has another format", hint="run: sciknow build")
    return settings


def _same_model(settings: Mapping[str, Any], embedder: Embedder, folder: Path) -> None:
    model = settings["model"]
    if model["digest"] != embedder.digest:
        raise InvalidInput(
            f"the index in {folder} was built with {model['name']} ({model['digest'][:12]}), "
            f"not with {embedder.name} ({embedder.digest[:12]})",
            hint="open it with that model, or build it again with this one",
        )


def _begun(prefix: str) -> str:
    """Return what was typed, squeezed; a space at its end closes the last word."""
    return squeeze(prefix[:_MAX_PREFIX]) + (" " if prefix[-1:].isspace() else "")


def _typed(text: object) -> str:
    """Return what somebody typed in the form in which it is compared; see `halfwidth`."""
    if not isinstance(text, str):
        raise InvalidInput(
            f"a question has to be text, not {type(text).__name__}", hint='write "sea ice"'
        )
    return halfwidth(text)


def _check_page(limit: int, offset: int) -> None:
    if not isinstance(limit, int) or not isinstance(offset, int):
        raise InvalidInput(f"limit {limit!r}, offset {offset!r}", hint="write whole numbers")
    if not 0 < limit <= MAX_LIMIT or not 0 <= offset <= MAX_LIMIT:
        raise InvalidInput(
            f"limit {limit}, offset {offset}",
            hint=f"limit from 1, offset from 0, both at most {MAX_LIMIT:,}",
        )
