"""Words: which records hold them (tantivy), and what each is worth (an array beside it).

tantivy finds the candidates. The score of a candidate is computed here, from the counts of each
term by field, as BM25F (Robertson, Zaragoza and Taylor 2004): the same numbers rank a hit and
explain it. Terms come from `sciknow.search.language.analysis`; tantivy only ever sees them joined
by spaces, so that nothing depends on a tokenizer that an index does not keep.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from sciknow.errors import IntegrityError
from sciknow.search.arrays import open_array, ragged, save_array
from sciknow.search.index.document import FIELDS
from sciknow.search.language.analysis import terms

WEIGHTS = (3.0, 2.0, 1.5, 1.0, 1.0, 0.5, 0.5, 0.5)
"""What a word is worth in each field of `FIELDS`."""
NORMS = (0.3, 0.3, 0.3, 0.5, 0.75, 0.75, 0.3, 0.75)
"""How far a field's length counts against it, 0 not at all, 1 fully."""
K1 = 1.2
"""How soon a repeated word stops counting."""
FEW = 400
"""A smaller collection counts as this large, or a rare word would seem common in it."""
_HEAP = 128_000_000
_FILES = "words"
_WORTH = tuple(zip(FIELDS, WEIGHTS, strict=True))


def build_lexical(folder: Path, texts: Iterable[Mapping[str, str]]) -> None:
    """Write the lexical part of an index for records given by field, in order.

    Parameters
    ----------
    folder : Path
        New folder for it.
    texts : iterable of mapping
        Field → text of each record, Chinese already in simplified characters.
    """
    place = folder / "tantivy"
    place.mkdir(parents=True)
    ledger = _Ledger()
    with engine_errors(place, "written"):
        index = tantivy.Index(_schema(), path=str(place))
        writer = index.writer(heap_size=_HEAP, num_threads=1)
    for number, fields in enumerate(texts):
        analysed = [terms(fields.get(name, "")) for name in FIELDS]
        with engine_errors(place, "written"):
            writer.add_document(_document(number, analysed))
        ledger.add(analysed)
    with engine_errors(place, "written"):
        writer.commit()
        writer.wait_merging_threads()
    ledger.save(folder)


def _document(number: int, analysed: Sequence[Sequence[str]]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", number)
    for name, words in zip(FIELDS, analysed, strict=True):
        if words:
            document.add_text(name, " ".join(words))
    return document


@contextmanager
def engine_errors(place: Path, done: str) -> Iterator[None]:
    """Turn what tantivy raises, its panics too, into one error.

    A panic is no `Exception`: it ends whatever does not name it.

    Raises
    ------
    IntegrityError
        Saying what could not be done with the index in a folder.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        raise _unfit(place, done, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _unfit(place, done, "its engine gave up") from None


def _unfit(place: Path, done: str, why: str) -> IntegrityError:
    hint = "run: sciknow build"
    if done == "written":
        hint = "see that the disk has room and files may be so large, then build again"
    return IntegrityError(f"the index in {place} cannot be {done}: {why[:300]}", hint=hint)


class _Ledger:
    """Counts of terms by record and field, gathered while an index is built."""

    def __init__(self) -> None:
        self._keys: list[NDArray[np.uint32]] = []
        self._counts: list[NDArray[np.uint8]] = []
        self._sizes: list[int] = []
        self._lengths: list[list[int]] = []
        self._frequency: Counter[int] = Counter()

    def add(self, analysed: Sequence[Sequence[str]]) -> None:
        counts: dict[int, list[int]] = {}
        for place, words in enumerate(analysed):
            for word, count in Counter(words).items():
                counts.setdefault(term_key(word), [0] * len(FIELDS))[place] += min(count, 255)
        keys = sorted(counts)
        self._keys.append(np.array(keys, np.uint32))
        table = np.array([counts[key] for key in keys], np.int64).reshape(len(keys), len(FIELDS))
        self._counts.append(np.minimum(table, 255).astype(np.uint8))
        self._sizes.append(len(keys))
        self._lengths.append([len(words) for words in analysed])
        self._frequency.update(keys)

    def save(self, folder: Path) -> None:
        empty = np.zeros((0, len(FIELDS)), np.uint8)
        save_array(folder, f"{_FILES}-key", np.concatenate([*self._keys, np.zeros(0, np.uint32)]))
        save_array(folder, f"{_FILES}-count", np.concatenate([*self._counts, empty]))
        save_array(folder, f"{_FILES}-start", np.cumsum([0, *self._sizes], dtype=np.int64))
        lengths = np.array(self._lengths, np.uint32).reshape(len(self._lengths), len(FIELDS))
        save_array(folder, f"{_FILES}-length", lengths)
        known = np.array(sorted(self._frequency), np.uint32)
        save_array(folder, f"{_FILES}-known", known)
        frequency = np.array([self._frequency[int(key)] for key in known], np.uint32)
        save_array(folder, f"{_FILES}-frequency", frequency)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", fast=True, indexed=True)
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class Lexical:
    """The lexical part of an index, opened read-only.

    Parameters
    ----------
    folder : Path
        What `build_lexical` wrote.
    """

    def __init__(self, folder: Path) -> None:
        self._place = folder / "tantivy"
        with engine_errors(self._place, "opened"):
            self._searcher = _open_tantivy(self._place, self).searcher()
        self._schema = _schema()
        self._key = open_array(folder, f"{_FILES}-key")
        self._count = open_array(folder, f"{_FILES}-count")
        self._start = open_array(folder, f"{_FILES}-start")
        self._length = open_array(folder, f"{_FILES}-length")
        self._known = open_array(folder, f"{_FILES}-known")
        self._frequency = open_array(folder, f"{_FILES}-frequency")
        mean = np.asarray(self._length, np.float64).mean(axis=0) if len(self._length) else 1.0
        self._mean = np.maximum(mean, 1.0) * np.ones(len(FIELDS))
        filled = mean > np.zeros(len(FIELDS))
        self._worth = [pair for pair, any_text in zip(_WORTH, filled, strict=True) if any_text]

    def __len__(self) -> int:
        return len(self._length)

    def idf(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return how rare each term is (BM25's idf); a term that no record holds gets 0."""
        df = self.frequency(words)
        idf = np.log1p((max(len(self), FEW) - df + 0.5) / (df + 0.5))
        return np.where(df > 0, idf, 0.0)

    @property
    def rarest(self) -> float:
        """How rare a term is that no record holds yet."""
        return float(np.log1p((max(len(self), FEW) + 0.5) / 0.5))

    def frequency(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return in how many records each term stands."""
        if not len(self._known):
            return np.zeros(len(words))
        keys = np.array([term_key(word) for word in words], np.uint32)
        place = np.minimum(np.searchsorted(self._known, keys), len(self._known) - 1)
        return np.where(self._known[place] == keys, self._frequency[place], 0).astype(np.float64)

    def candidates(self, weights: Mapping[str, float], limit: int) -> NDArray[np.int64]:
        """Return the rows of the records that hold the terms best, by tantivy's own score."""
        parts = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, name, word, "freq"), weight * worth
                ),
            )
            for word, weight in weights.items()
            for name, worth in self._worth
        ]
        if not parts or not len(self):
            return np.zeros(0, np.int64)
        with engine_errors(self._place, "read"):
            query = tantivy.Query.boolean_query(parts)
            found = self._searcher.search(query, limit, count=False).hits
            rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return np.array(rows, np.int64).reshape(-1)

    def weights(self, words: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the weighted count of each term by field, shape (terms, records, fields)."""
        asked = np.array([term_key(word) for word in words], np.uint32)
        keys, same = np.unique(asked, return_inverse=True)
        term, row, place = self._find(keys, rows)
        counts = np.zeros((len(keys), len(rows), len(FIELDS)))
        counts[term, row] = self._count[place]
        norm = 1 - np.array(NORMS) + np.array(NORMS) * self._length[rows] / self._mean
        return np.asarray(counts[same] * (np.array(WEIGHTS) / norm)[None])

    def _find(
        self, keys: NDArray[np.uint32], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Find sorted terms among those of some records: which term, which record, which place.

        Most terms of a record are told apart from those sought by a look at half of their bits.
        """
        places = ragged(self._start, rows)
        held = self._key[places]
        sought = np.zeros(1 << 16, bool)
        sought[keys.astype(np.uint16)] = True
        near = np.flatnonzero(sought[held.astype(np.uint16)])
        term = np.minimum(np.searchsorted(keys, held[near]), max(len(keys) - 1, 0))
        found = keys[term] == held[near] if len(keys) else np.zeros(0, bool)
        row = np.repeat(np.arange(len(rows)), self._start[rows + 1] - self._start[rows])
        return term[found], row[near[found]], places[near[found]]


def saturated(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a weighted count is worth: a repeated word counts ever less (BM25)."""
    return (K1 + 1) * weight / (weight + K1)


def _open_tantivy(place: Path, owner: object) -> tantivy.Index:
    """Open a tantivy index; from a read-only folder through a scratch folder of links.

    tantivy writes lock files beside the index when it is opened.
    """
    if not tantivy.Index.exists(str(place)):
        raise IntegrityError(f"{place} holds no index", hint="run: sciknow build")
    scratch = Path(tempfile.mkdtemp(prefix="sciknow-index-"))
    weakref.finalize(owner, shutil.rmtree, scratch, ignore_errors=True)
    for path in place.iterdir():
        if not path.name.endswith(".lock"):
            (scratch / path.name).symlink_to(path.resolve())
    return tantivy.Index.open(str(scratch))


def term_key(term: str) -> int:
    """Return the 32-bit number that a term is kept under (CRC-32)."""
    return zlib.crc32(term.encode())
